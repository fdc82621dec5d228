"""Chooses how a file of call records is read: by its first bytes, never by its name."""

import re

from producers.encodings import found_encoding
from producers.input_file import InputFile, InputFileError
from producers.progress import silent
from producers.records.csv_table import CsvTable
from producers.records.header import HeaderError
from producers.records.json_lines import JsonLinesTable
from producers.records.mapping import Mapping
from producers.records.table import Table
from producers.records.workbook import OLD_OR_LOCKED, ZIP, WorkbookTable

_PAGE = re.compile(r"<(?:!doctype|\?xml|html|head|meta|style|body|table|workbook)\b", re.IGNORECASE)

_QUEUE_LOG = re.compile(rb"\d{10}(?:\.\d+)?(?:\|[^|\r\n]*){3}\|[A-Z]+(?:[|\r\n]|$)")
_LONGEST_START = 500


def table_of(file: InputFile, mapping: Mapping) -> Table:
    """The table in a file; InputFileError, one line with its name, if there is none."""
    try:
        return _table(file, mapping)
    except HeaderError as error:
        if _QUEUE_LOG.match(file.start(_LONGEST_START)):
            raise InputFileError(
                f"{file.path}: a queue_log of Asterisk: `queuewatch send queue-log` reads it"
            ) from None
        raise InputFileError(f"{file.path}: {error}") from None


def _table(file: InputFile, mapping: Mapping) -> Table:
    if is_workbook(file):
        return WorkbookTable(file, mapping)
    checked = found_encoding(file)
    if is_json_lines(checked):
        return JsonLinesTable(checked, mapping)
    return CsvTable(checked, mapping)


def is_workbook(file: InputFile) -> bool:
    """Whether it is a zip file; InputFileError for a workbook that cannot be read."""
    start = file.start(len(OLD_OR_LOCKED))
    if start == OLD_OR_LOCKED:
        raise InputFileError(
            f"{file.path}: a workbook with a password, or of the old kind .xls: save it as .xlsx without a"
            " password, or as CSV"
        )
    return start.startswith(ZIP)


def is_json_lines(file: InputFile) -> bool:
    """Whether the first line with text begins an object; InputFileError for a whole array, and for a web page."""
    first = next((text.strip() for _, text in file.lines(silent()) if text.strip()), "")
    if first == "[" or first.replace(" ", "").startswith("[{"):
        raise InputFileError(
            f"{file.path}: a JSON array; write one object a line (jq -c '.[]' does)"
        )
    # Many exports "to Excel" are a page, named .xls: without this its tags would be a header.
    if _PAGE.match(first):
        raise InputFileError(
            f"{file.path}: HTML or XML, not a table: open it in a spreadsheet and save it as .xlsx or CSV"
        )
    return first.startswith("{")
