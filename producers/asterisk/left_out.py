"""Lines that the user leaves out by their verb (`--ignore`), and how many there were."""

import re
from collections import Counter
from collections.abc import Iterable

_VERB = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_NUMBER = re.compile(r"\d{6}")  # perhaps a caller's number that slipped into the place of the verb
_PLACE = 4


def is_shown(verb: str) -> bool:
    """Whether a word, in upper case, looks like a verb and may stand in a message.

    Where a line has lost a field, a name or a number of a caller stands in the place of the verb.
    """
    return _VERB.fullmatch(verb) is not None and _NUMBER.search(verb) is None


def verb_of(text: str) -> str:
    """The verb of a line in upper case; empty if the line is too short to have one."""
    fields = text.split("|", _PLACE + 1)
    return fields[_PLACE].strip().upper() if len(fields) > _PLACE else ""


class LeftOut:
    """The verbs whose lines are left out. Followers share one over all connections to Kafka."""

    def __init__(self, verbs: Iterable[str] = ()) -> None:
        self._lines: Counter[str] = Counter(dict.fromkeys(verbs, 0))

    def takes(self, text: str) -> bool:
        """Whether the line is left out; then it is counted."""
        if not self._lines:
            return False
        verb = verb_of(text)
        if verb not in self._lines:
            return False
        self._lines[verb] += 1
        return True

    def forget(self) -> None:
        """Count anew: a finished file may be read twice."""
        for verb in self._lines:
            self._lines[verb] = 0

    def notes(self) -> tuple[str, ...]:
        """One remark a verb, also for one that no line had: perhaps it was misspelt."""
        return tuple(
            f"{n:,} line{'' if n == 1 else 's'} with {verb} ignored"
            for verb, n in sorted(self._lines.items())
        )
