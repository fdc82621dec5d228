"""The desk: callers where they are listed, agents once each, mutes of what is seen."""

from msgspec.structs import replace

from dashboards.access.rights import Scope
from dashboards.callers.stays import Stays
from dashboards.wallboard.desk import Desk, desk
from dashboards.wallboard.filters import Chosen
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.view import board
from schemas.codec import encode
from schemas.commands import LineShown, Muted, command_key
from schemas.millis import HOUR, MINUTE
from tests.support.callers import stays_of
from tests.support.desks import ALL, GONE, VIEWER, WAITS, WATER, town
from tests.support.walls import NOW, person


def seen(latest: Latest, scope: Scope, chosen: Chosen = Chosen()) -> Desk:  # noqa: B008 - frozen
    return desk(
        board(latest, NOW, scope=scope), latest, stays_of(WAITS, GONE), scope=scope, chosen=chosen
    )


def test_callers_are_listed_where_the_reader_may_see_them() -> None:
    assert set(seen(town(), ALL).callers) == {"burst-pipes", "payroll"}
    assert set(seen(town(), WATER).callers) == {"burst-pipes"}
    assert seen(town(), VIEWER).callers == {}
    assert len(seen(town(), VIEWER).board.rows) == 2  # counted they are
    only = seen(town(), ALL, Chosen(queues=frozenset({"payroll"})))
    assert (set(only.callers), len(only.board.rows)) == ({"payroll"}, 1)


def test_whoever_rings_in_any_queue_is_back_though_that_queue_is_not_seen() -> None:
    found = seen(town(), ALL).callers["payroll"].not_back
    assert found is not None
    assert found.n == 0  # waits in burst pipes


def test_what_is_old_is_not_listed() -> None:
    latest = town()
    whole = board(latest, NOW + HOUR, scope=ALL)
    assert desk(whole, latest, Stays(), scope=ALL).callers == {}


def test_a_shared_agent_stands_there_once() -> None:
    shared = replace(person("thandi", "idle", "burst-pipes", "payroll"), since=NOW - MINUTE)
    busy = person("bheki", "talking", "payroll")
    away = replace(person("zodwa", "idle", "payroll", routing="not_ready"), reason="lunch")
    gone = person("sipho", "idle", "payroll", routing="logged_out")
    cards = seen(town(shared, busy, away, gone), ALL).agents
    assert [(each.agent, each.state, each.queues) for each in cards] == [
        ("thandi", "available", ("burst-pipes", "payroll")),
        ("bheki", "talking", ("payroll",)),
        ("zodwa", "not_ready", ("payroll",)),
    ]
    assert (cards[0].age_ms, cards[2].reason) == (MINUTE, "lunch")
    assert [each.queues for each in seen(town(shared, busy), WATER).agents] == [("burst-pipes",)]
    assert seen(town(shared), VIEWER).agents == ()
    assert seen(town(shared, named_to=()), ALL).agents == ()


def test_the_age_of_an_agent_of_a_replay_is_not_known() -> None:
    replayed = replace(person("thandi", "idle", "burst-pipes"), replay=True)
    assert seen(town(replayed), ALL).agents[0].age_ms is None


def test_mutes_and_lines_of_what_is_seen() -> None:
    latest = town()
    until = NOW + HOUR
    for command in (
        Muted(who="ann", at=NOW, mute_id="m", until=until, queue="payroll", note="works"),
        Muted(who="ann", at=NOW, mute_id="r", until=until + 1, rule="surge", note="test"),
        LineShown(who="bo", at=NOW, line_id="l", until=until, note="crews are out"),
        LineShown(
            who="bo", at=NOW - 1, line_id="s", until=until, note="of staff", department="staff"
        ),
        LineShown(who="bo", at=NOW, line_id="over", until=NOW, note="over"),
    ):
        latest.apply("commands", command_key(command), encode(command))
    assert [each.mute_id for each in seen(latest, ALL).mutes] == ["m", "r"]
    assert [each.mute_id for each in seen(latest, WATER).mutes] == ["r"]
    assert [each.text for each in seen(latest, ALL).board.lines] == ["crews are out", "of staff"]
    assert [each.text for each in seen(latest, WATER).board.lines] == ["crews are out"]
    water = Chosen(departments=frozenset({"water"}))
    assert [each.line_id for each in seen(latest, ALL, water).board.lines] == ["l"]
