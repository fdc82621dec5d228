"""Platform `records`: a finished file of call records."""

import shlex
from pathlib import Path

import click

from producers.contract import FinishedFile, Options, Platform
from producers.input_file import InputFile, InputFileError
from producers.keeping_text import keep_text_option
from producers.records.first_rows import first_rows
from producers.records.mapping import read_mapping
from producers.records.reading import RecordsFile
from producers.records.shipped_mappings import ShippedMapping, fitting
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
        first = first_rows(InputFile(path), lambda names: fitting(names) is not None)
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
