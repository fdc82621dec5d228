"""Platform `records`: a finished file of call records."""

from pathlib import Path

import click

from producers.contract import FinishedFile, Options, Platform
from producers.input_file import InputFile
from producers.keeping_text import keep_text_option
from producers.records.mapping import read_mapping
from producers.records.reading import RecordsFile
from schemas.privacy import TokenKey


class CallRecords(Platform):
    help = """Send call records: CSV (or gzipped), one row a leg, rows in any order.

    Times without an offset are read as UTC unless a mapping names their zone. Bad rows go to
    quarantine and are counted. Other columns: `queuewatch mapping init`.

    \b
    Example:
      queuewatch send records yesterday.csv.gz --mapping ours.toml
    """
    options = (
        click.option(
            "--mapping",
            "mapping_file",
            type=click.Path(path_type=Path),
            default=None,
            metavar="FILE.toml",
            help="Other columns, times, words; deploy/mappings/example.toml.",
        ),
        keep_text_option,
    )

    def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
        mapping = read_mapping(given["mapping_file"])
        file = InputFile(path, mapping.encoding)
        return RecordsFile(
            file, source, key, mapping, keep_text=bool(given.get("keep_text", False))
        )


RECORDS = CallRecords()
