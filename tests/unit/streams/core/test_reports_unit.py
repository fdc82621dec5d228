"""The unit of `reports`: whose clocks it waits for, what it writes, and that a restart changes nothing."""

import msgspec
import pytest

from schemas.across import AcrossRecord, AlertAcross, DecidedAcross
from schemas.codec import decode_as, encode
from schemas.millis import LATEST, SECOND
from schemas.quarantine import Quarantined
from schemas.reports import Passed
from schemas.topics import version_of
from streams.core.reports_unit import Cursor, ReportsUnit
from streams.core.state_format import FORMAT, encode_piece
from streams.core.unit import UnreadablePieceError
from tests.support.builders import clock
from tests.support.reporting import Desk, report

FIVE = ("ada", "bo", "cy", "di", "eve")


def raised(day: Desk) -> list[str]:
    return [alert.state for alert in day.alert_records()]


def test_time_is_that_of_the_last_clock_that_goes() -> None:
    day = Desk().ordinary()
    day.broker_at = clock("12:00")  # all of it is read at once
    day.pass_to("11:00", partition=1).calls(*FIVE, at="11:10").pass_to("11:20")
    assert raised(day) == []  # the calls of the other partition up to 11:10 may not be told yet
    day.pass_to("11:20", partition=1)
    assert raised(day) == ["firing"]


def test_a_clock_that_is_silent_or_ended_is_not_waited_for() -> None:
    day = Desk().ordinary().pass_to("11:00", partition=1, ended=True)
    assert raised(day.calls(*FIVE, at="11:10").pass_to("11:20")) == ["firing"]
    silent = Desk().ordinary().pass_to("11:00", partition=1)
    silent.calls(*FIVE, at="11:10")
    silent.say(Passed(0, "node", clock("11:20")), silent.records[-1].timestamp + 31 * SECOND)
    assert raised(silent) == ["firing"]


def test_the_last_clock_of_an_input_that_ends_counts() -> None:
    day = Desk().ordinary()
    for place, caller in enumerate(FIVE):
        day.say(report(caller, clock(f"11:1{place}")))
    assert raised(day.pass_to("11:20", ended=True)) == ["firing"]


def test_what_a_clock_that_was_not_waited_for_tells_is_decided_though_time_stands_still() -> None:
    day = Desk().ordinary().pass_to("11:20")  # the other partition comes half a minute later
    for place, caller in enumerate(FIVE):
        day.say(report(caller, clock(f"11:1{place}")), clock("11:21"))
    assert raised(day) == []
    day.say(Passed(1, "node", clock("11:20"), ended=True), clock("11:21"))
    assert raised(day) == ["firing"]


def test_a_source_that_catches_up_from_hours_ago_is_waited_for_some_minutes() -> None:
    day, behind = Desk().ordinary(), clock("09:30")
    for step in range(30):
        now = clock("11:10") + step * 15 * SECOND
        day.say(Passed(1, "node", behind + step), now)  # it goes, so it is not stale
        if step < 5:
            day.say(report(FIVE[step], now), now)
        day.say(Passed(0, "node", now), now)
        if step == 15:
            assert raised(day.restart()) == []
    assert raised(day) == ["firing"]


def test_its_versions_rise_with_the_log() -> None:
    day = Desk().ordinary().calls(*FIVE, "fay", at="11:10").pass_to("11:16")
    day.take()
    assert [each.version for each in day.written] == sorted(each.version for each in day.written)
    newest = day.alert_records()[0]
    assert newest.version == version_of(1, day.records[-1].offset)
    assert newest.known_at == day.records[-1].timestamp


def test_workers_are_told_what_is_open_and_how_far_it_is_decided() -> None:
    day = Desk().ordinary().calls(*FIVE, at="11:10").pass_to("11:15")
    (alert,) = day.alert_records()
    told: list[AcrossRecord] = [decode_as(AcrossRecord, each) for each in day.told_across]  # type: ignore[arg-type]
    assert AlertAcross(alert) in told
    assert told[-1] == DecidedAcross(clock("11:15") - 5 * SECOND)


def test_the_first_checkpoint_on_a_former_state_tells_how_far_the_topic_is_read() -> None:
    """If a former release wrote the state: `drain` would wait for ever for a place that nobody commits."""
    day = Desk().ordinary().restart()
    assert day.unit.checkpoint() is None
    former = msgspec.msgpack.decode(day.pieces[b"reports|cursor"], type=Cursor)
    former.is_committed = False
    day.pieces[b"reports|cursor"] = encode_piece(former)
    assert day.restart().unit.checkpoint() is not None
    assert day.unit.checkpoint() is None


def test_a_checkpoint_is_written_only_after_new_records() -> None:
    day = Desk()
    day.calls("ada", at="09:00")
    checkpoint = day.unit.checkpoint()
    assert checkpoint is not None
    assert [key for key, _ in checkpoint.pieces][-1] == b"reports|cursor"
    assert day.unit.checkpoint() is None
    day.unit.commit_done()


def test_what_cannot_be_read_is_set_aside_and_the_next_counts() -> None:
    day = Desk().ordinary().say_bytes(b"noise", clock("11:10")).calls(*FIVE, at="11:10")
    assert raised(day.pass_to("11:15")) == ["firing"]
    row = decode_as(Quarantined, day.set_aside[0])
    assert row.reason == "not_json"
    assert day.unit.results["quarantined"] == 1
    assert day.unit.reasons == {"not_json": 1}


def test_a_bug_in_one_record_does_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    day = Desk().ordinary()
    with monkeypatch.context() as broken:
        broken.setattr(day.incidents, "take", lambda _: 1 / 0)
        day.say(report("zoe", clock("11:05")))
    assert raised(day.calls(*FIVE, at="11:10").pass_to("11:15")) == ["firing"]
    assert day.unit.reasons == {"internal_error": 1}


def test_a_restart_goes_on_where_it_was() -> None:
    day = Desk().ordinary().restart().calls(*FIVE[:3], at="11:10").restart()
    day.calls(*FIVE[3:], at="11:13").restart().pass_to("11:20").restart()
    (alert,) = day.alert_records()
    assert (alert.state, alert.n) == ("firing", 5)
    assert day.pass_to("12:20").restart().states() == ["ward-12 resolved 5"]
    assert day.unit.next_offset == day.records[-1].offset + 1


def test_it_begins_at_the_begin_of_the_log_and_knows_its_pieces_only() -> None:
    unit = ReportsUnit(0, 1)
    unit.load(b"calls|cursor", b"of another unit")
    unit.load(b"reports|baseline", None)
    unit.start(7)
    assert unit.next_offset == 7


def test_a_piece_that_is_damaged_or_of_a_newer_release_is_named() -> None:
    with pytest.raises(UnreadablePieceError, match=r"piece reports\|cursor"):
        ReportsUnit(0, 1).load(b"reports|cursor", b"\xc1")
    newer = encode_piece({"format": FORMAT + 1, "reports": []})
    with pytest.raises(UnreadablePieceError, match="newer queuewatch"):
        ReportsUnit(0, 1).load(b"reports|pending", newer)
    place = b"reports|cell|" + encode(("leak", "ward-1"))
    with pytest.raises(UnreadablePieceError, match="ward-1"):
        ReportsUnit(0, 1).load(place, newer)


def test_the_cursor_of_a_former_release_has_one_boundary_that_of_incidents() -> None:
    day = Desk().ordinary().calls(*FIVE[:3], at="11:10")
    day.take()
    cursor = msgspec.msgpack.decode(day.pieces[b"reports|cursor"])
    assert cursor["boundaries"] == {
        "incident": cursor["boundary"],
        "passed_around": cursor["boundary"],
    }
    del cursor["boundaries"]
    day.pieces[b"reports|cursor"] = encode_piece(cursor)
    day.restart()
    known = {name: each.boundary for name, each in day.unit.deciders.items()}
    assert known == {"incident": cursor["boundary"], "passed_around": None}
    assert raised(day.calls(*FIVE[3:], at="11:13").pass_to("11:20")) == ["firing"]


def test_a_cursor_may_name_a_rule_that_this_release_lacks() -> None:
    day = Desk().ordinary()
    day.take()
    cursor = msgspec.msgpack.decode(day.pieces[b"reports|cursor"])
    cursor["boundaries"]["of_the_future"] = 5
    day.pieces[b"reports|cursor"] = encode_piece(cursor)
    assert "of_the_future" not in day.restart().unit.deciders


def test_a_rule_in_which_time_cannot_move_on_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = Desk().ordinary()
    monkeypatch.setattr(day.unit.deciders["passed_around"], "advance", lambda *_: 1 / 0)
    day.calls(*FIVE, at="11:10").pass_to("11:15").take()
    assert raised(day) == ["firing"]
    row = decode_as(Quarantined, day.set_aside[-1])
    assert row.detail == "counted, but passed_around: ZeroDivisionError: division by zero"


def test_a_node_is_heard_since_the_first_clock_of_its_sources_in_any_partition() -> None:
    day = Desk().say(Passed(0, "records:may.csv", clock("09:10")))
    day.say(Passed(1, "records:june.csv", clock("09:20"), since=clock("09:05")))
    day.say(Passed(0, "pbx", clock("09:30")))
    for heard in (day.unit.heard_since, day.restart().unit.heard_since):
        assert heard("records") == clock("09:05")
        assert heard("pbx") == clock("09:30")
        assert heard("nobody") == LATEST
    day.say(Passed(1, "pbx", clock("09:31"), since=clock("09:01")))
    assert day.unit.heard_since("pbx") == clock("09:01")


def test_of_a_node_that_a_former_release_heard_nobody_knows_since_when() -> None:
    day = Desk().say(Passed(0, "pbx", clock("09:30")))
    day.take()
    cursor = msgspec.msgpack.decode(day.pieces[b"reports|cursor"])
    del cursor["clocks"]["0/pbx"]["since"]
    day.pieces[b"reports|cursor"] = encode_piece(cursor)
    day.unit = day._fresh()
    day.say(Passed(1, "pbx", clock("09:31")))
    assert day.unit.heard_since("pbx") is None
