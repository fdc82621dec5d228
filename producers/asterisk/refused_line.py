"""A line of queue_log that cannot be counted: the reason, and its text without what concerns a caller."""

import re

from msgspec import Struct

from producers.asterisk.left_out import is_shown, verb_of
from producers.asterisk.verbs import CALLERS, KNOWN
from producers.contract import Refused
from schemas.privacy import TokenKey, caller_token, mask, mask_text
from schemas.quarantine import InputReason

_DATA = 5  # the first data field
# Until 2033 a time begins with 1; a caller's number of ten digits does not, but may stand first in a line
# that is none.
_EPOCH = re.compile(r"1\d{9}(\.\d{1,9})?")
_CALL_ID = re.compile(r"[\w-]*\d\.\d+|NONE|REALTIME|MANAGER")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d{1,9})?( ?(Z|[+-]\d\d(:?\d\d)?))?")
_FIGURE = re.compile(r"\d{1,5}")  # a position, a wait


class RefusedLine(Struct, frozen=True):
    """The reason. The translator adds neither text nor position: it knows no file and no key."""

    reason: InputReason
    detail: str


def unknown_verb(verb: str) -> str:
    """The detail for a verb that we do not know; it is named only if it cannot be somebody's number."""
    if not is_shown(verb):
        return "a verb that we do not know, not shown: it does not look like a verb"
    return f"a verb that we do not know: {verb} (--ignore {verb} leaves such lines out)"


def refused(
    line: RefusedLine, text: str, key: TokenKey, number: int = 0, *, keep_text: bool = False
) -> Refused:
    """`number` is the line number in a finished file."""
    masked = masked_line(key, text, keep_text=keep_text)
    return Refused(line.detail, masked, number, reason=line.reason, is_masked=True)


def masked_line(key: TokenKey, text: str, *, keep_text: bool = False) -> str:
    """Time, call id, queue, agent and verb stay; of the data only what a verb of ours counts by.

    Numbers of callers become tokens, all other letters x and digits 0: a dial plan writes names and
    streets, too. With `keep_text` letters and short numbers stay. If the fifth field is no verb, a
    field is missing and nobody knows what the others are: only the time stays.
    """
    hide = mask if keep_text else mask_text
    fields = text.split("|")
    verb = verb_of(text)
    kept = 1 if _EPOCH.fullmatch(fields[0].strip()) else 0
    if not is_shown(verb):
        return "|".join((*fields[:kept], *(hide(key, field) for field in fields[kept:])))
    callid = fields[1] if _CALL_ID.fullmatch(fields[1].strip()) else hide(key, fields[1])
    data = [
        field if verb in KNOWN and _FIGURE.fullmatch(field.strip()) else hide(key, field)
        for field in fields[_DATA:]
    ]
    if verb in CALLERS and len(data) > CALLERS[verb]:  # a short number may be a caller's, too
        data[CALLERS[verb]] = caller_token(key, fields[_DATA + CALLERS[verb]])
    time = fields[0] if kept or _TIME.fullmatch(fields[0].strip()) else hide(key, fields[0])
    return "|".join((time, callid, *fields[2:_DATA], *data))
