"""Records that a stranger writes into any topic: no reader ends of one, and what is shown of it stays text.

What a stranger can do who may write there, and what not: docs/security.md.
"""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.callers.not_back import not_back
from dashboards.callers.stays import Stays
from dashboards.callers.story import story
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.view import board
from schemas.alerts import Alert
from schemas.codec import UndecodableError, encode
from schemas.commands import AlertCommand
from schemas.legs import LegRow
from schemas.topics import TOPICS
from streams.admin.alerts import known
from streams.admin.alerts_text import alert_line, mute_line, whole
from streams.admin.audit_trail import Held, _entry, trail
from streams.admin.broker import decodable
from streams.history.render import rendered
from streams.sinks.clickhouse.database import RefusedError
from streams.sinks.clickhouse.records import TOPICS as ARCHIVED
from streams.sinks.clickhouse.records import Source, rows_of
from streams.sinks.clickhouse.rows import check_ranges
from tests.support import hostile
from tests.support.walls import NOW

# `legs` goes to the stories of callers, not to the newest state.
BESIDE = {"audit", "legs"}
ON_THE_BOARD = [each.name for each in TOPICS if "board" in each.readers and each.name not in BESIDE]
lasting = settings(suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("topic", ON_THE_BOARD)
@lasting
@given(st.data())
def test_the_board_goes_on(topic: str, data: st.DataObject) -> None:
    latest = Latest()
    for value in data.draw(st.lists(hostile.events(topic), min_size=1, max_size=3)):
        latest.apply(topic, data.draw(st.sampled_from([b"a/b", b"\xff", b""])), value)
    msgspec.json.encode(board(latest, NOW))


@lasting
@given(st.lists(hostile.events("legs"), min_size=1, max_size=5))
def test_the_lists_of_callers_go_on(values: list[bytes]) -> None:
    stays = Stays()
    for value in values:
        with suppress(UndecodableError):
            stays.take(value)
    for row in decodable(LegRow, values):
        if (stay := stays.of_leg(row.queue, row.leg_id, row.arrived_at)) is not None:
            msgspec.json.encode(story(stays, stay, NOW, lambda _: True))
        msgspec.json.encode(not_back(stays, row.queue, NOW, NOW))
    stays.forget(NOW)


@pytest.mark.parametrize("topic", ARCHIVED)
@lasting
@given(st.data())
def test_the_archive_takes_it_or_sets_it_aside(topic: str, data: st.DataObject) -> None:
    value = data.draw(hostile.events(topic))
    with suppress(UndecodableError, RefusedError):
        for table, row in rows_of(Source(topic, 0, 0, NOW, b"k", value)):
            check_ranges(table, [row])


@lasting
@given(
    st.lists(hostile.events("alerts"), max_size=3), st.lists(hostile.events("commands"), max_size=3)
)
def test_lists_of_alerts_show_no_control_characters(
    alerts: list[bytes], commands: list[bytes]
) -> None:
    found = known(decodable(Alert, alerts), decodable(AlertCommand, commands))  # type: ignore[arg-type]
    lines = [alert_line(alert, found.book, NOW) for alert in found.alerts]
    mutes = [mute_line(mute, NOW) for mute in found.book.mutes(NOW)]
    for rows in (lines, mutes):
        if rows:
            assert len(rendered(rows, tuple(rows[0]), "table").splitlines()) == 1 + len(rows)
    for alert in found.alerts:
        assert "\x1b" not in "".join(whole(alert, found.book, NOW))


@given(st.lists(hostile.events("audit"), max_size=5))
def test_the_audit_is_listed_beside_them(values: list[bytes]) -> None:
    entries = [_entry(NOW + at, at, value) for at, value in enumerate(values)]
    found = trail(Held({(each.appended_at, each.offset): each for each in entries}), None, 0)
    assert len(found.entries) == len(values)
    encode(found.broken)


HOSTILE_ZONES = ("../../etc/passwd", "Nowhere/X", "", "\x00", "x" * 5_000)
HOSTILE_TIMES = (2**62, -(2**62), 10**15)
FORGED = [
    *((f"targets {place}", {place: zone}) for place in ("default_zone", "queue") for zone in HOSTILE_ZONES),
    *(("snapshots", {field: at}) for field in ("as_of", "replay_shift_ms") for at in HOSTILE_TIMES),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes"), FORGED)
def test_a_record_that_is_right_but_for_one_field_stops_no_board(
    what: str, changes: dict[str, object]
) -> None:
    topic = what.partition(" ")[0]
    told = json.loads(hostile.examples(topic)[0])
    zone = changes.pop("queue", None)
    if zone is not None:
        told["queues"][0]["time_zone"] = zone
    latest = Latest()
    latest.apply(topic, b"k", json.dumps(told | changes | {"valid_from": 0}).encode())
    assert latest.undecodable == 1
    board(latest, NOW)
