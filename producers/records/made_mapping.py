"""A mapping that ships, made for one file: what is kept, what the file says itself, and what a person must decide. Pure."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, structs

from producers.records.fitting_formats import (
    MOST_LOOKED_AT,
    FittingFormats,
    count_read,
    fitting_formats,
    spread,
)
from producers.records.guess import MOST_WORDS
from producers.records.header import Header, HeaderError, read_header
from producers.records.mapping import Mapping, parse_mapping
from producers.records.sample import Sample
from producers.records.shipped_mappings import ReadAs, ShippedMapping, text_for
from producers.records.times import has_offset, says_offset
from schemas.privacy import DIGIT_RUN


class MadeMapping(Struct, frozen=True):
    """`undecided`: what a person must decide or look at, one line each."""

    text: str
    undecided: tuple[str, ...]


def made_mapping(shipped: ShippedMapping, first: Sample, zone: str) -> MadeMapping:
    """The mapping for a file whose header `shipped` knows; `zone` is that of its times if the platform names none."""
    theirs = shipped.mapping
    read_as = ReadAs(first.delimiter, first.encoding, theirs.time_format, theirs.time_zone or zone)
    header = _header(shipped, first, read_as)
    if isinstance(header, str):
        text = text_for(shipped, first.names, read_as, {})
        return MadeMapping(text, (header,))
    rows = [row for row in first.rows if not header.is_skipped(row)]
    time_format, undecided = _time_format(theirs, header, rows)
    read_as = structs.replace(read_as, time_format=time_format)
    unknown = _unknown_words(theirs, header, rows)
    if not theirs.time_zone and not _say_offset(time_format, header, spread(rows, MOST_LOOKED_AT)):
        undecided += (f'time_zone: "{zone}" is assumed, of times that say none',)
    elif theirs.time_zone and zone not in {"UTC", theirs.time_zone}:
        undecided += (
            f'time_zone: "{theirs.time_zone}", as the platform writes these times; "{zone}" is not used',
        )
    if unknown:
        words = ", ".join(f'"{word}" ({n:,})' for word, n in unknown.items())
        undecided += (f"outcomes: without a meaning, their rows refused: {words}",)
    return MadeMapping(text_for(shipped, first.names, read_as, unknown), undecided)


def _header(shipped: ShippedMapping, first: Sample, read_as: ReadAs) -> Header | str:
    """Where the columns are, or why the mapping cannot be used as it is."""
    try:
        mapping = parse_mapping(text_for(shipped, first.names, read_as, {}))
        return read_header(first.names, mapping)
    except HeaderError as error:
        return str(error)


def _time_format(
    mapping: Mapping, header: Header, rows: Sequence[Sequence[str]]
) -> tuple[str, tuple[str, ...]]:
    arrived_at = header.getter("arrived_at")
    texts = [text for row in rows if (text := arrived_at(row))]
    found = fitting_formats(texts)
    fitting, usual = found.formats, mapping.time_format
    if not texts or (usual in fitting and len(fitting) == 1):
        return usual, _unread(found)
    if usual in fitting or _reads(mapping, texts, found):
        others = [each for each in fitting if each != usual]
        return usual, tuple(f"time_format: {usual} and {each} both fit" for each in others[:1])
    if not fitting:
        return usual, (f"time_format: {usual} does not fit; write the pattern of this file",)
    said = f"time_format: {fitting[0]}, as this file writes it"
    more = said if len(fitting) == 1 else f"{said}; {fitting[1]} fits as well"
    return fitting[0], (more, *_unread(found))


def _unread(found: FittingFormats) -> tuple[str, ...]:
    return tuple(f"time_format: {each}" for each in found.remarks())


def _say_offset(time_format: str, header: Header, rows: Sequence[Sequence[str]]) -> bool:
    arrived_at = header.getter("arrived_at")
    texts = [text for row in rows if (text := arrived_at(row))]
    return says_offset(time_format) or (bool(texts) and all(map(has_offset, texts)))


def _reads(mapping: Mapping, texts: Sequence[str], found: FittingFormats) -> bool:
    """Whether the platform's own format, which is none of those that are tried, reads as many as the best of them."""
    time_format = mapping.time_formats.get("arrived_at", mapping.time_format)
    read = count_read(time_format, spread(texts, MOST_LOOKED_AT))
    best = found.looked_at - len(found.unread) if found.formats else 0
    return read * 2 > found.looked_at and read >= best


def _unknown_words(
    mapping: Mapping, header: Header, rows: Sequence[Sequence[str]]
) -> dict[str, int]:
    """Words of outcomes that the mapping does not know -> rows; none if there are too many to be words.

    A word with a long number is left out: it may be a caller's, and must not be written down.
    """
    outcome, words = header.getter("outcome"), mapping.outcome_words()
    beginnings = tuple(start for start, _ in mapping.outcome_beginnings())
    found = Counter(" ".join(outcome(row).split()) for row in rows)
    unknown = {
        word: n
        for word, n in found.most_common()
        if word.casefold() not in words
        and not DIGIT_RUN.search(word)
        and not (word and word.casefold().startswith(beginnings))
    }
    return unknown if len(unknown) <= MOST_WORDS else {}
