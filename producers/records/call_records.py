"""Platform `records`: a finished file of call records."""

import shlex
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from producers.contract import FinishedFile, Options, Platform, input_file
from producers.input_file import InputFile, InputFileError
from producers.keeping_text import keep_text_option
from producers.records.mapping import read_mapping
from producers.records.reading import RecordsFile
from producers.records.sample import sample_of
from producers.records.shipped_mappings import ShippedMapping, fitting
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
        try:
            return RecordsFile(
                file, source, key, mapping, keep_text=bool(given.get("keep_text", False))
            )
        except InputFileError:
            shipped = _shipped_for(path) if given["mapping_file"] is None else None
            if shipped is not None:
                raise InputFileError(_advice(path, shipped)) from None
            raise


def _shipped_for(path: Path) -> ShippedMapping | None:
    try:
        first = sample_of(InputFile(path), lambda names: fitting(names) is not None)
    except InputFileError:
        return None
    return fitting(first.names)


def _advice(path: Path, shipped: ShippedMapping) -> str:
    zone = "" if shipped.mapping.time_zone else " --time-zone ZONE"
    return (
        f"{path}: the mapping {shipped.name}, which ships, knows these columns; type: queuewatch mapping init"
        f" {shlex.quote(str(path))} my-mapping.toml{zone}, then the same again with --mapping my-mapping.toml"
    )


RECORDS = CallRecords()
