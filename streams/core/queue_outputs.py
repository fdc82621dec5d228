"""What one queue writes at a checkpoint: changed pieces of its state, and rows for those behind.

Each of these takes what it returns from the monitor: it is written once, or the worker dies.
"""

from schemas.codec import encode
from schemas.counters import Counts
from schemas.millis import MINUTE
from schemas.snapshots import QueueTotals
from streams.core.calls_pieces import BUCKETS, LEGS, QUEUE, Piece, encode_piece
from streams.core.leg_row import leg_row
from streams.core.quarantining import unplaced
from streams.core.queue_monitor import QueueMonitor
from streams.core.unit import Output


def queue_pieces(monitor: QueueMonitor) -> list[Piece]:
    """The queue itself, minutes of buckets, minutes of legs; None deletes a piece."""
    name = monitor.queue.encode()
    found: list[Piece] = [(QUEUE + name, encode_piece(monitor.state()))]
    for start in monitor.windows.touched:
        held = monitor.windows.minute_of_buckets(start)
        key = b"%b%b|%d" % (BUCKETS, name, start // MINUTE)
        found.append((key, encode_piece(held) if held else None))
    monitor.windows.touched.clear()
    found += [
        (b"%b%b|%d" % (LEGS, name, minute), monitor.legs.encode(minute))
        for minute in monitor.legs.touched
    ]
    monitor.legs.touched.clear()
    return found


def queue_rows(origin: str, monitor: QueueMonitor) -> list[Output]:
    """Legs, minutes and alerts that changed; legs that never could be placed go to quarantine."""
    queue, key, book = monitor.queue, monitor.queue.encode(), monitor.book
    rows = []
    for entry in monitor.dirty_legs.values():
        arrived_at = entry.verdict.arrived_at
        row = leg_row(queue, entry, book.at(queue, arrived_at or 0)[0], "live")
        if row is not None:
            rows.append(Output("legs", key, encode(row)))
    rows += [Output("minutes", key, encode(row)) for row in monitor.minute.rows.values()]
    rows += [Output("alerts", a.alert_id.encode(), encode(a)) for a in monitor.alerts.values()]
    rows += [
        Output("quarantine", key, encode(unplaced(origin, queue, leg))) for leg in monitor.unplaced
    ]
    monitor.dirty_legs, monitor.minute.rows, monitor.alerts = {}, {}, {}
    monitor.unplaced = []
    return rows


def queue_totals(monitor: QueueMonitor) -> QueueTotals:
    """Everything ever counted, and everything ever taken back."""
    return QueueTotals(monitor.queue, Counts(*monitor.tally.added), Counts(*monitor.tally.reversed))
