"""What must hold of every story, whatever it is about: the books, and the same story under faults.

`check(day)` ends each story of tests/unit/streams/core/edge_cases: what is live and what is in the archive
agree to the integer, a worker that dies before every record changes nothing, nor does it when every
record comes twice.
"""

from msgspec.structs import replace

from schemas.counters import COUNTERS
from schemas.identity import LegKey
from schemas.legs import LegRow
from schemas.targets import TargetsVersion
from tests.support.story import Story
from tests.support.unexplained import unexplained_by_queue


def check(day: Story) -> None:
    check_books(day)
    _check_crashes(day)
    _check_repeats(day)


def check_books(day: Story) -> None:
    """Offered equals outcomes and waiting, and the counters equal the legs of the archive."""
    for queue, unexplained in unexplained_by_queue(day.unit).items():
        assert unexplained == 0, queue
        totals = day.totals(queue)
        seen = day.snapshot(queue)
        rows = [row for row in day.legs(queue).values() if row.feed == "live"]
        assert {name: getattr(totals, name) for name in COUNTERS} == _counted(rows), queue
        assert seen.waiting == sum(_is_counted(row) and row.outcome == "open" for row in rows)
        assert seen.in_service == totals.answered - totals.service_ended


def _is_counted(row: LegRow) -> bool:
    return row.direction == "inbound" and not row.out_of_hours and row.outcome != "rejected"


def _counted(rows: list[LegRow]) -> dict[str, int]:
    """Each counter from the rows as they stand in the archive, written apart from streams.core."""
    inbound = [row for row in rows if row.direction == "inbound"]
    legs = [row for row in inbound if _is_counted(row)]
    answered = [row for row in legs if row.outcome == "answered"]
    abandoned = [row for row in legs if row.outcome == "abandoned"]
    rung_back = [row for row in answered if row.channel == "callback"]
    given_up = [row for row in abandoned if row.channel == "callback"]
    closed = [row for row in legs if row.channel == "callback" and row.outcome != "open"]
    ended = [row for row in answered if row.ended_at is not None]
    found = {outcome: sum(row.outcome == outcome for row in legs) for outcome in COUNTERS[1:8]}
    return found | {
        "offered": len(legs),
        "answered_in_target": sum(row.in_target for row in answered),
        "abandoned_in_target": sum(row.in_target for row in abandoned),
        "short_abandoned": sum(row.short for row in abandoned),
        "rejected": sum(row.outcome == "rejected" and not row.out_of_hours for row in inbound),
        "out_of_hours": sum(row.out_of_hours for row in inbound),
        "missed_offers": sum(row.missed_offers for row in legs),
        "service_ended": len(ended),
        "service_timed": sum(row.talk_hold_ms is not None for row in ended),
        "wrap_timed": sum(row.wrap_ms is not None for row in answered),
        "answer_wait_ms": sum(row.wait_ms or 0 for row in answered),
        "abandon_wait_ms": sum(row.wait_ms or 0 for row in abandoned),
        "talk_hold_ms": sum(row.talk_hold_ms or 0 for row in ended),
        "wrap_ms": sum(row.wrap_ms or 0 for row in answered),
        "callback_answered": len(rung_back),
        "callback_answer_wait_ms": sum(row.wait_ms or 0 for row in rung_back),
        "abandoned_wait_unknown": sum(row.wait_ms is None for row in abandoned),
        "callback_left": sum(row.outcome != "ghost" for row in closed),
        "callback_answered_in_target": sum(row.in_target for row in rung_back),
        "callback_abandoned_in_target": sum(row.in_target for row in given_up),
        "callback_short_abandoned": sum(row.short for row in given_up),
    }


def _check_crashes(day: Story) -> None:
    other = _retold(day, crashes=True)
    assert other.outputs.legs == _all_legs(day)
    assert other.minutes() == day.minutes()
    assert other.alert_records() == day.alert_records()
    assert other.quarantined() == day.quarantined()
    for queue in day.unit.monitors:
        assert other.totals(queue) == day.totals(queue)
        if day.unit.monitors[queue].sources:
            assert other.snapshot(queue) == day.snapshot(queue)


def _check_repeats(day: Story) -> None:
    other = _retold(day, repeats=True)
    told, twice = _all_legs(day), _all_legs(other)
    assert {key: _unversioned(row) for key, row in twice.items()} == {
        key: _unversioned(row) for key, row in told.items()
    }
    for queue in day.unit.monitors:
        assert other.totals(queue) == day.totals(queue)
    assert len(other.minutes()) == len(day.minutes())


def _all_legs(day: Story) -> dict[tuple[str, LegKey], LegRow]:
    day.visits()
    return day.outputs.legs


def _unversioned(row: LegRow) -> LegRow:
    """Without what tells when it became known; offers of an open leg show with its next fact."""
    return replace(row, version=0, known_at=0, offers=0 if row.outcome == "open" else row.offers)


def _retold(day: Story, *, crashes: bool = False, repeats: bool = False) -> Story:
    other = Story(day.queue, configured=False, roster=day.roster, day=day.day)
    for entry in day.journal:
        if isinstance(entry, TargetsVersion):
            other.put_in_force(entry)
            continue
        if crashes:
            other.restart()
        for _ in range(2 if repeats else 1):
            other.say_bytes(entry.value or b"", entry.timestamp)
    other.outputs.take(other.unit)
    return other
