"""Tables of a contact centre that are no call records: counts by interval, events, Asterisk's CDR. Pure.

They are named and refused before a mapping is guessed: each row of them would become a call.
"""

from collections import defaultdict
from collections.abc import Sequence

NEEDED = (
    "needed is an export with one row for each call in a queue (often named call log, call details, contacts"
    " or interactions)"
)
_INTERVALS = frozenset({
    "interval", "intervalstart", "intervalend", "period", "timeslot", "halfhour", "hour", "hourofday",
    "intervall", "stunde", "zeitraum", "starttime", "start", "date", "datum", "time", "day", "datetime",
})  # fmt: skip
_COUNTS = (
    "offered", "answered", "handled", "abandoned", "abandons", "received", "presented", "accepted", "calls",
    "contacts", "inbound", "lost", "missed", "angenommen", "verloren", "anrufe", "angeboten", "entered",
)  # fmt: skip
_EVENTS = frozenset({
    "event", "eventtype", "eventname", "action", "actiontype", "verb", "callevent", "ereignis", "aktion",
    "newstate", "segmenttype",
})  # fmt: skip
_IDS = frozenset({
    "callid", "uniqueid", "linkedid", "contactid", "conversationid", "interactionid", "id", "calluuid", "uuid",
    "sessionid", "tasksid", "anrufid", "vorgangsid", "leguuid", "legid", "callsid",
})  # fmt: skip
_CDR = frozenset(
    {"calldate", "clid", "src", "dst", "dcontext", "lastapp", "disposition", "billsec"}
)
_CALLERS = frozenset({
    "caller", "callerid", "ani", "clid", "from", "phone", "phonenumber", "callernumber", "rufnummer", "anrufer",
})  # fmt: skip
_MOST_COUNTED = 6  # digits of a count
_FEWEST_COUNTS = 2
_FEWEST_ROWS = 3


def what_it_is(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """What the table is instead of call records, in one line that says what is needed; empty if it may be some."""
    bare = [bare_name(name) for name in names]
    if set(bare) >= _CDR:
        return (
            "a CDR of Asterisk or FreePBX, which does not say how long callers waited in a queue; needed is its"
            " queue_log (/var/log/asterisk/queue_log, or the table of it): queuewatch send queue-log"
        )
    return _intervals(names, bare, rows) or _events(names, bare, rows)


def _intervals(names: Sequence[str], bare: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows or (_IDS | _CALLERS) & set(bare) or not _INTERVALS & set(bare):
        return ""
    counts = [
        place
        for place, name in enumerate(bare)
        if any(word in name for word in _COUNTS) and all(_is_count(row[place]) for row in rows)
    ]
    told = [place for place in counts if any(row[place] for row in rows)]
    # 0 and 1 are no counts: a call record may say so what became of its call
    are_flags = all(row[place] in {"", "0", "1"} for place in told for row in rows)
    if len(told) < _FEWEST_COUNTS or are_flags:
        return ""
    shown = ", ".join(f'"{names[place]}"' for place in told[:3])
    return f"a report of intervals (counts in {shown}), which has no single calls; {NEEDED}"


def _is_count(cell: str) -> bool:
    return not cell or (cell.isdecimal() and len(cell) < _MOST_COUNTED)


def _events(names: Sequence[str], bare: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Several rows a call, which differ in a column of events."""
    ids = [place for place, name in enumerate(bare) if name in _IDS]
    events = [place for place, name in enumerate(bare) if name in _EVENTS]
    for at in events:
        for one in ids:
            told: dict[str, set[str]] = defaultdict(set)
            for row in rows:
                if row[one]:
                    told[row[one]].add(row[at].casefold())
            several = sum(len(words) > 1 for words in told.values())
            if len(rows) >= _FEWEST_ROWS and told and several * 2 >= len(told):
                return (
                    f'a table of events (several rows a call, told apart by "{names[at]}"), of which no row is'
                    f" a whole call; {NEEDED}"
                )
    return ""


def bare_name(name: str) -> str:
    """The name of a column in small letters, without spaces and punctuation."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())
