"""Option `--keep-text` of platforms whose lines may hold names, streets and remarks."""

import click

keep_text_option = click.option(
    "--keep-text",
    is_flag=True,
    help="Keep the words of refused lines in quarantine. Without it their letters become x."
    " Numbers of six digits or more become tokens in any case.",
)
