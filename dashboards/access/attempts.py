"""Who tries too often: wrong tokens lock an address out, and what changes something has a rate. Pure.

Guessing 256 bits is hopeless; this keeps somebody who tries from filling the log, the audit and the processor.
"""

from collections import OrderedDict

from msgspec import Struct

from schemas.millis import MINUTE

WRONG_ONES = 10  # in a row, within …
WITHIN_MS = 10 * MINUTE
LOCKED_MS = 15 * MINUTE
CHANGES_A_MINUTE = 60  # of one address: log-ins, log-outs, acknowledgements
MOST_ADDRESSES = 10_000  # the one that was quiet for longest is forgotten


class _Tries(Struct):
    since: int
    wrong: int = 0
    locked_until: int = 0


class Attempts:
    """Of each address: how often it was wrong of late."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def locked_for_ms(self, address: str, now: int) -> int:
        """How long the address has to wait; 0 if it may try."""
        tries = self._tries.get(address)
        return 0 if tries is None else max(0, tries.locked_until - now)

    def wrong(self, address: str, now: int) -> bool:
        """Note a wrong try; True when the address is locked from now on."""
        tries = self._tries.pop(address, None)
        if tries is None or now - tries.since > WITHIN_MS:
            tries = _Tries(now)
        self._tries[address] = tries
        while len(self._tries) > MOST_ADDRESSES:
            self._tries.popitem(last=False)
        tries.wrong += 1
        if tries.wrong < WRONG_ONES:
            return False
        self._tries[address] = _Tries(now, locked_until=now + LOCKED_MS)
        return True

    def right(self, address: str) -> None:
        self._tries.pop(address, None)


class Rate:
    """How many of each address in this minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._counted: dict[str, int] = {}

    def is_over(self, address: str, now: int) -> bool:
        """Count one; whether it is too many."""
        if now // MINUTE != self._minute:
            self._minute, self._counted = now // MINUTE, {}
        if address not in self._counted and len(self._counted) >= MOST_ADDRESSES:
            address = ""  # the rest share one count
        self._counted[address] = self._counted.get(address, 0) + 1
        return self._counted[address] > CHANGES_A_MINUTE
