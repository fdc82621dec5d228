"""Which formats of dates and clocks read all times of a column. Pure."""

from collections.abc import Iterator, Sequence

from producers.records.mapping import FORMATS
from producers.records.times import ReadTime, time_reader

_DATES = (
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d. %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d/%b/%Y",
)
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


def fitting_formats(texts: Sequence[str]) -> list[str]:
    """The formats that read all of these times, without those that read the same as the first; none of no texts."""
    fitting = [each for each in _formats() if texts and all(_fits(each, text) for text in texts)]
    if not fitting:
        return []
    read = time_reader(fitting[0], None)
    others = [each for each in fitting[1:] if _reads_otherwise(each, read, texts)]
    return [fitting[0], *others]


def _formats() -> Iterator[str]:
    yield from FORMATS
    for clock in _CLOCKS:
        for date in _DATES:
            yield f"{date} {clock}"
            yield f"{date}, {clock}"


def _fits(time_format: str, text: str) -> bool:
    try:
        time_reader(time_format, None)(text)
    except ValueError:
        return False
    return True


def _reads_otherwise(time_format: str, read: ReadTime, texts: Sequence[str]) -> bool:
    otherwise = time_reader(time_format, None)
    return any(read(text) != otherwise(text) for text in texts)
