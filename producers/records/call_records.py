"""Platform `records`: a finished file of call records."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from producers.contract import FinishedFile, Options, Platform, input_file
from producers.keeping_text import keep_text_option
from producers.records.mapping import read_mapping
from producers.records.reading import RecordsFile
from schemas.privacy import TokenKey


def _zone(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    try:
        return given and ZoneInfo(given).key
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f'"{given}" is no IANA name such as Europe/Berlin') from None


class CallRecords(Platform):
    help = """Send call records: CSV, JSON lines or .xlsx, one row a leg, rows in any order.

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
        click.option(
            "--time-zone",
            default=None,
            callback=_zone,
            metavar="ZONE",
            help="Zone of times without an offset, and of --at."
            "  [default: that of the mapping, or UTC]",
        ),
        keep_text_option,
    )

    def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
        mapping = read_mapping(given["mapping_file"])
        if zone := given.get("time_zone"):
            mapping = replace(mapping, time_zone=zone)
        file = input_file(path, given, mapping.encoding)
        return RecordsFile(
            file, source, key, mapping, keep_text=bool(given.get("keep_text", False))
        )


RECORDS = CallRecords()
