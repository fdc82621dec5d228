"""A line of queue_log that cannot be counted: the reason, and its text without numbers of callers."""

from msgspec import Struct

from producers.asterisk.left_out import is_shown
from producers.asterisk.lines import parse_line
from producers.contract import Refused
from schemas.privacy import TokenKey, mask
from schemas.quarantine import InputReason


class RefusedLine(Struct, frozen=True):
    """The reason. The translator adds neither text nor position: it knows no file and no key."""

    reason: InputReason
    detail: str


def unknown_verb(verb: str) -> str:
    """The detail for a verb that we do not know; it is named only if it cannot be somebody's number."""
    if not is_shown(verb):
        return "a verb that we do not know, not shown: it does not look like a verb"
    return f"a verb that we do not know: {verb} (--ignore {verb} leaves such lines out)"


def refused(line: RefusedLine, text: str, key: TokenKey, number: int = 0) -> Refused:
    """`number` is the line number in a finished file."""
    return Refused(line.detail, masked_line(key, text), number, reason=line.reason, is_masked=True)


def masked_line(key: TokenKey, text: str) -> str:
    """Time, ids and verb stay; numbers in the data fields become tokens."""
    if parse_line(text) is None:
        return mask(key, text)
    fields = text.split("|")
    callid = fields[1] if "." in fields[1] else mask(key, fields[1])
    kept = [fields[0], callid, fields[2], fields[3], fields[4]]
    return "|".join((*kept, *(mask(key, field) for field in fields[5:])))
