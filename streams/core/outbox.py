"""What is not written yet of one queue, and the rows and pieces that the next checkpoint makes of it.

Rule 1: nothing else keeps track of what is unwritten. Code that changes something that goes to a topic
notes it here; a change without a note would be lost at a restart.
Rule 2: `take_pieces` and `take_rows` return everything once. The caller must write it, or the worker ends.
"""

from collections.abc import Callable, Container, Iterable

from schemas.alerts import Alert
from schemas.codec import encode
from schemas.identity import LegKey
from schemas.millis import MINUTE
from schemas.minutes import MinuteRow
from schemas.reports import newest
from schemas.targets import Targets
from streams.core.calls_pieces import BUCKETS, LEGS, QUEUE, Piece, encode_buckets
from streams.core.leg import Leg
from streams.core.leg_row import leg_row
from streams.core.leg_store import Entry, LegStore
from streams.core.quarantining import unplaced
from streams.core.unit import Output
from streams.core.untold import Untold
from streams.core.windows import Windows

TargetsAt = Callable[[int], Targets | None]


class Outbox:
    """The unwritten changes of one queue. A new queue has its piece `queue` to write."""

    __slots__ = (
        "alerts",
        "bucket_minutes",
        "gone",
        "is_state_changed",
        "leg_minutes",
        "legs",
        "minutes",
        "reports",
        "unplaced",
    )

    def __init__(self) -> None:
        self.is_state_changed = True  # the piece `queue`
        self.leg_minutes: set[int] = set()  # packs of legs, by number of their minute
        self.bucket_minutes: set[int] = set()  # buckets, by start of their minute
        self.legs: dict[LegKey, Entry] = {}  # legs whose rows changed
        self.gone: list[Output] = []  # the rows of changed legs that left the state since
        self.minutes: dict[int, MinuteRow] = {}  # by their `at`: the newest cut of each
        self.alerts: dict[str, Alert] = {}  # by alert id: the newest stage of each
        self.reports = Untold()
        self.unplaced: list[Leg] = []  # evicted, and their arrival never became known

    @property
    def has_something(self) -> bool:
        return bool(self.is_state_changed or self.leg_minutes or self.bucket_minutes)

    def set_apart(self, left: Container[LegKey], queue: str, targets_at: TargetsAt) -> None:
        """The legs `left` have left the state: make their rows now. A leg that begins anew under the key of one of them
        must not take the place of its row, nor new targets change it: whether it was written already depends on when
        checkpoints are made.
        """
        gone = [key for key in self.legs if key in left]
        self.gone += _leg_rows(queue, (self.legs.pop(key) for key in gone), targets_at)

    def clear_pieces(self) -> None:
        """Forget what is noted of pieces: what was just read from the state topic need not be written."""
        self.is_state_changed = False
        self.leg_minutes.clear()
        self.bucket_minutes.clear()

    def take_pieces(
        self, queue: str, state: Callable[[], bytes], windows: Windows, store: LegStore
    ) -> list[Piece]:
        """The changed pieces: the queue itself, minutes of buckets, minutes of legs; None deletes one."""
        name = queue.encode()
        found: list[Piece] = [(QUEUE + name, state())]
        for start in self.bucket_minutes:
            held = windows.minute_of_buckets(start)
            key = b"%b%b|%d" % (BUCKETS, name, start // MINUTE)
            found.append((key, encode_buckets(held) if held else None))
        found += [
            (b"%b%b|%d" % (LEGS, name, minute), store.encode(minute)) for minute in self.leg_minutes
        ]
        self.clear_pieces()
        return found

    def take_rows(self, origin: str, queue: str, targets_at: TargetsAt) -> list[Output]:
        """The changed legs, minutes and alerts. Legs whose arrival never became known go to quarantine."""
        key = queue.encode()
        rows = [*self.gone, *_leg_rows(queue, self.legs.values(), targets_at)]
        rows += [Output("minutes", key, encode(row)) for row in self.minutes.values()]
        rows += [Output("alerts", a.alert_id.encode(), encode(a)) for a in self.alerts.values()]
        rows += [
            Output("quarantine", key, encode(unplaced(origin, queue, leg))) for leg in self.unplaced
        ]
        self.legs, self.minutes, self.alerts = {}, {}, {}
        self.gone, self.unplaced = [], []
        return rows

    def take_reports(self, queue: str) -> list[Output]:
        """What rules across queues are told."""
        told = self.reports.take(queue)
        if not told:
            return []
        return [Output("reports", key, encode(each)) for key, each in newest(told)]


def _leg_rows(queue: str, entries: Iterable[Entry], targets_at: TargetsAt) -> list[Output]:
    """One for each leg that can be placed in time."""
    found, key = list[Output](), queue.encode()
    for entry in entries:
        row = leg_row(queue, entry, targets_at(entry.verdict.arrived_at or 0), "live")
        if row is not None:
            found.append(Output("legs", key, encode(row)))
    return found
