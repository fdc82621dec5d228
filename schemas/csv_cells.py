"""A cell of CSV: a number as it is, a text that no spreadsheet runs. For reports and for what the board shows alike."""

# A spreadsheet runs a cell that begins so. A name that a platform sends must not become a formula on a desk.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# A row of its own, too, would be run; csv.writer leaves a lone \r as it is.
_NO_LINES = {
    ord(sign): ascii(sign)[1:-1]
    for sign in (*map(chr, range(32)), "\x7f", "\x85", "\u2028", "\u2029")
}


def csv_cell(value: str | float | None) -> str:
    """Empty for no value. A text that a spreadsheet would run has an apostrophe before it."""
    if not isinstance(value, str):
        return plain_value(value)
    text = value.translate(_NO_LINES)
    return f"'{text}" if value.startswith(_FORMULA) else text


def plain_value(value: str | float | None) -> str:
    """At most six digits after the point, and none that say nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)
