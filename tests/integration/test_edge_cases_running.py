"""Edge cases in which time or transport matter, through Kafka, stream, archive and board (docs/definitions.md).

One line, all stories in one go: four hours that end now, told by three platforms. Then what comes
late: an answer three hours after it was given. Times are `base` and seconds.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from producers.publisher import Publisher
from schemas.calls import Event, Mark
from schemas.codec import decode_as
from schemas.millis import HOUR, MINUTE, SECOND, iso
from schemas.minutes import MinuteRow
from schemas.queues_toml import parse_queues
from schemas.snapshots import QueueSnapshot
from schemas.timing import PUBLISH_AHEAD_MS
from streams.admin.broker import read_whole
from streams.admin.targets import publish
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka import LocalKafka, free_port
from tests.support.builders import agent, call, mark
from tests.support.line import Line, Row
from tests.support.services import Server, get
from tests.support.waiting import wait_until

PBX, SLOW, OLD = SOURCES = ("pbx", "slow", "old")  # `slow` is two seconds behind, `old` restarts
SIX = tuple(f"desk-{number}" for number in range(6))
NOON_S = 2 * 3_600  # when another target begins to hold
LATE_S = 3 * 3_600 + 600  # when the answer of `late` is told at last


def queues_toml(day_start_hour: int, noon_target: str) -> str:
    """The business day begins before the stories do, at whatever hour the tests run."""
    names = [
        "billing",
        "repairs",
        "callbacks",
        "resumes",
        "ward-a",
        "ward-b",
        "ward-c",
        "skewed",
        "night-desk",
        "empty",
        *SIX,
    ]
    plain = "".join(f"[queues.{name}]\n" for name in names)
    return f"""\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
day_start = "{day_start_hour:02}:00"
{plain}
[queues.late]
waiting_cap = "5h"
[queues.noon]
answer_within = "{noon_target}"
"""


class Floor:
    """The running system, and the three platforms that report to it."""

    def __init__(self, line: Line, publisher: Publisher, board_url: str) -> None:
        self.line = line
        self.publisher = publisher
        self.board_url = board_url
        self.base = (_now() - 4 * HOUR) // MINUTE * MINUTE
        self.span = ("--from", iso(self.base), "--to", iso(self.base + 4 * HOUR))
        self.queues: set[str] = set()  # in which somebody called
        self._ticked_s = -30
        self._to_tell: list[tuple[float, Event]] = []
        self._read: dict[tuple[str, ...], list[Row]] = {}

    def say(
        self, kind: str, leg: str, at_s: float, queue: str, source: str = PBX,
        told_s: float | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """A fact, to be told when it happens unless `told_s` says when."""
        self.queues.add(queue)
        event = call(kind, leg, self.base + round(at_s * SECOND), queue, source=source, **more)
        self._to_tell.append((at_s if told_s is None else told_s, event))

    def restart(self, source: str, at_s: float) -> None:
        self._to_tell.append((at_s, mark("restarted", self.base + round(at_s * SECOND), source)))

    def play(self, end_s: int) -> None:
        """Tell what is to be told before then, in order, with every platform's tick each half minute."""
        due = sorted((each for each in self._to_tell if each[0] < end_s), key=lambda each: each[0])
        self._to_tell = [each for each in self._to_tell if each[0] >= end_s]
        for told_s, event in due:
            self._tick_to(told_s)
            if isinstance(event, Mark):
                self.publisher.send_mark("calls", event)  # type: ignore[arg-type]  # by its kind
            else:
                self.publisher.send_call(event)  # type: ignore[arg-type]  # a fact, by its kind
        self._tick_to(end_s)
        self.publisher.flush()

    def _tick_to(self, second: float) -> None:
        while self._ticked_s + 30 <= second:
            self._ticked_s += 30
            self.tick(self.base + self._ticked_s * SECOND)

    def tick(self, at: int) -> None:
        for source in SOURCES:
            self.publisher.send_mark("calls", mark("tick", at, source))  # type: ignore[arg-type]

    def told(self) -> None:
        self.line.drain()
        self._read.clear()

    def report(self, *arguments: str) -> list[Row]:
        """Rows of history over the four hours, read once until more is told."""
        if arguments not in self._read:
            self._read[arguments] = self.line.history(arguments[0], *self.span, *arguments[1:])
        return self._read[arguments]

    def leg(self, leg: str, queue: str) -> Row:
        rows = [row for row in self.legs(queue) if row["leg_id"] == leg]
        assert len(rows) == 1, rows  # one leg, in its newest version
        return rows[0]

    def legs(self, queue: str) -> list[Row]:
        return [row for row in self.report("legs") if row["queue"] == queue]

    def summary(self, queue: str, basis: str = "arrival") -> dict[str, int]:
        """The counts of a queue in history that are not 0."""
        rows = [r for r in self.report("summary", "--basis", basis) if r["queue"] == queue]
        names = ("offered", "answered", "abandoned", "transferred", "callback", "dropped", "ghost",
                 "open", "answered_in_target", "rejected")  # fmt: skip
        return {name: n for name in names if (n := int(rows[0][name]))}

    def seen(self, queue: str) -> QueueSnapshot:
        topic = self.line.namespace + "snapshots"
        records = read_whole(self.line.bootstrap, topic)
        found = [
            decode_as(QueueSnapshot, r.value or b"") for r in records if r.key == queue.encode()
        ]
        assert found[-1].unexplained_legs == 0
        return found[-1]


def _now() -> int:
    return time.time_ns() // 1_000_000


def _tell_stories(floor: Floor) -> None:
    """Three hours and ten minutes, tick by tick; nobody says that `late` was answered."""
    _write_stories(floor)
    floor.play(30)
    wait_until(lambda: _abandoned(floor), "the abandon of `ida` is counted")
    floor.play(NOON_S - 90)
    floor.told()
    file = parse_queues(queues_toml(_hour(floor.base), "60s"), RULE_TABLES)
    noon = floor.base + NOON_S * SECOND
    publish(floor.line.bootstrap, floor.line.namespace, file, noon - PUBLISH_AHEAD_MS)
    floor.play(LATE_S)
    floor.told()


def _write_stories(floor: Floor) -> None:
    say = floor.say
    # E2
    say("queued", "ada-1", 0, "billing", contact_id="ada")
    say("transferred", "ada-1", 60, "billing", to_queue="repairs", contact_id="ada")
    say("queued", "ada-2", 60, "repairs", contact_id="ada")
    say("answered", "ada-2", 90, "repairs", contact_id="ada", agent="ann")
    say("ended", "ada-2", 200, "repairs", contact_id="ada")
    # E21
    say("queued", "eve-1", 0, "callbacks", contact_id="eve")
    say("callback_requested", "eve-1", 300, "callbacks", contact_id="eve")
    say("queued", "eve-2", 600, "callbacks", contact_id="eve", channel="callback")
    say("answered", "eve-2", 608, "callbacks", contact_id="eve", agent="ann")
    say("ended", "eve-2", 700, "callbacks", contact_id="eve")
    # resumed: everybody sees the abandon before it is taken back
    say("queued", "ida", 0, "resumes")
    say("abandoned", "ida", 10, "resumes")
    say("resumed", "ida", 12, "resumes", told_s=35)
    say("answered", "ida", 40, "resumes", agent="ann")
    say("ended", "ida", 100, "resumes")
    # E13
    say("queued", "late", 0, "late")
    # E14: true waits of 7, 20 and 0.5 s; the slow clock tells less
    for number, (arrived, waited) in enumerate(((5, 7), (65, 20), (125, 0.5))):
        left = arrived + waited
        say("queued", f"skew{number}", arrived, "skewed")
        say("answered", f"skew{number}", left - 2, "skewed", SLOW, told_s=left, agent="ann")
        say("ended", f"skew{number}", arrived + 60 - 2, "skewed", SLOW, told_s=arrived + 60)
    # E15: `old` serves three wards, in several partitions; one caller stands at another platform
    for ward in ("ward-a", "ward-b", "ward-c"):
        say("queued", f"{ward}-waits", 0, ward, OLD)
        say("queued", f"{ward}-talks", 0, ward, OLD)
        say("answered", f"{ward}-talks", 10, ward, OLD, agent="ann")
    say("queued", "elsewhere", 0, "ward-a")
    floor.restart(OLD, 120)
    say("queued", "ward-a-new", 121, "ward-a", OLD)
    say("answered", "ward-a-new", 125, "ward-a", OLD, agent="ann")
    # E22
    for second in (NOON_S - 70, NOON_S, NOON_S + 300):
        leg = f"at{second}"
        say("queued", leg, second, "noon")
        say("answered", leg, second + 30, "noon", agent="ann")
        say("ended", leg, second + 60, "noon")


def _abandoned(floor: Floor) -> bool:
    return floor.line.figures("callcentre_legs_abandoned_total", "queue").get("resumes") == 1


def _hour(base: int) -> int:
    """An hour before `base`, on the clock of UTC."""
    return (base // HOUR - 1) % 24


@pytest.fixture(scope="module")
def floor(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    folder = tmp_path_factory.mktemp("edge-cases")
    base = (_now() - 4 * HOUR) // MINUTE * MINUTE
    line = Line(kafka.place.bootstrap, folder, queues_toml(_hour(base), "20s"))
    port = free_port()
    url = f"http://127.0.0.1:{port}/api/board"
    command = line.command("board", "--port", str(port))
    board = Server("board", command, lambda: get(url) is not None, folder / "board.log")
    with line, board, Publisher(line.bootstrap, line.namespace) as publisher:
        floor = Floor(line, publisher, url)
        _tell_stories(floor)
        yield floor
        line.check_books(floor.queues)


def test_e2_the_journey_of_a_transferred_contact_stands_in_history(floor: Floor) -> None:
    first, second = floor.leg("ada-1", "billing"), floor.leg("ada-2", "repairs")
    assert (first["outcome"], second["outcome"]) == ("transferred", "answered")
    assert {first["contact_id"], second["contact_id"]} == {"ada"}
    assert int(first["wait_ms"]) + int(second["wait_ms"]) == 90 * SECOND
    assert floor.summary("billing") == {"offered": 1, "transferred": 1}
    assert floor.summary("repairs") == {"offered": 1, "answered": 1}
    today = floor.seen("billing").today
    assert today is not None
    assert (today.offered, today.transferred, today.abandoned) == (1, 1, 0)


def test_e21_a_callback_is_two_legs_and_no_abandon(floor: Floor) -> None:
    assert floor.summary("callbacks") == {
        "offered": 2, "callback": 1, "answered": 1, "answered_in_target": 1,
    }  # fmt: skip
    asked, rung = floor.leg("eve-1", "callbacks"), floor.leg("eve-2", "callbacks")
    assert (asked["outcome"], asked["wait_ms"]) == ("callback", "300000")
    assert (rung["outcome"], rung["channel"], rung["wait_ms"]) == ("answered", "callback", "8000")


def test_resumed_the_abandon_of_a_resumed_call_is_taken_back_everywhere(floor: Floor) -> None:
    row = floor.leg("ida", "resumes")
    assert (row["outcome"], row["wait_ms"], row["flags"]) == ("answered", "40000", "resumed")
    assert floor.summary("resumes") == floor.summary("resumes", "event") == {
        "offered": 1, "answered": 1,
    }  # fmt: skip
    counted = {
        name: floor.line.figures(f"callcentre_legs_{name}_total", "queue")["resumes"]
        for name in ("offered", "answered", "abandoned", "abandoned_reversed")
    }
    assert counted == {"offered": 1, "answered": 1, "abandoned": 1, "abandoned_reversed": 1}
    assert floor.seen("resumes").waiting == 0


def test_e14_two_sources_with_clocks_of_their_own_make_no_negative_wait(floor: Floor) -> None:
    rows = {row["leg_id"]: row for row in floor.legs("skewed")}
    assert [rows[f"skew{n}"]["wait_ms"] for n in range(3)] == ["5000", "18000", "0"]
    assert [rows[f"skew{n}"]["flags"] for n in range(3)] == ["", "", "negative_wait"]
    assert floor.summary("skewed") == {"offered": 3, "answered": 3, "answered_in_target": 3}
    minutes = _minutes(floor, "skewed", 600)
    assert all(0 <= int(row["waiting"]) <= 1 for row in minutes)  # never fewer than nobody


def test_e15_a_restart_mark_reaches_every_partition(floor: Floor) -> None:
    for ward in ("ward-a", "ward-b", "ward-c"):
        waits, talks = floor.leg(f"{ward}-waits", ward), floor.leg(f"{ward}-talks", ward)
        assert (waits["outcome"], waits["reason"], waits["wait_ms"]) == (
            "dropped", "restart", "120000",
        )  # fmt: skip
        assert (talks["outcome"], talks["flags"]) == ("answered", "end_unknown")
    assert floor.leg("ward-a-new", "ward-a")["outcome"] == "answered"
    assert floor.leg("elsewhere", "ward-a")["outcome"] in ("open", "ghost")  # nobody ended it
    assert floor.summary("ward-b") == {
        "offered": 2, "answered": 1, "answered_in_target": 1, "dropped": 1,
    }  # fmt: skip


def test_e22_targets_published_while_queues_run_judge_arrivals_from_then_on(floor: Floor) -> None:
    rows = {row["leg_id"]: row for row in floor.legs("noon")}
    judged = [
        (rows[f"at{second}"]["answer_within_ms"], rows[f"at{second}"]["in_target"] in ("1", "True"))
        for second in (NOON_S - 70, NOON_S, NOON_S + 300)
    ]
    assert judged == [("20000", False), ("60000", True), ("60000", True)]
    assert floor.summary("noon") == {"offered": 3, "answered": 3, "answered_in_target": 2}
    today = floor.seen("noon").today
    assert today is not None
    assert today.answered_in_target == 2
    assert _minute_targets(floor) == {20_000: [NOON_S - 60], 60_000: [NOON_S, NOON_S + 60]}


def test_e13_three_hours_late_corrects_history_and_the_day_and_no_frozen_minute(
    floor: Floor,
) -> None:
    walls = _minutes(floor, "late", LATE_S - 120)
    assert len(walls) > 180
    # from the second minute on the wall showed a caller in line
    assert [row for row in walls[1:] if row["waiting"] != "1"] == []
    assert floor.summary("late") == {"offered": 1, "open": 1}
    known_at = iso(_now())
    floor.say("answered", "late", 15, "late", told_s=LATE_S, agent="ann")
    floor.say("ended", "late", 100, "late", told_s=LATE_S)
    floor.play(LATE_S + 180)
    floor.told()
    row = floor.leg("late", "late")
    assert (row["outcome"], row["wait_ms"], row["answered_at"]) == (
        "answered", "15000", iso(floor.base + 15 * SECOND),
    )  # fmt: skip
    assert floor.summary("late") == {"offered": 1, "answered": 1, "answered_in_target": 1}
    assert _minutes(floor, "late", LATE_S - 120) == walls
    seen = floor.seen("late")
    assert (seen.waiting, seen.windows[60].answered) == (0, 0)
    assert seen.today is not None
    assert (seen.today.answered, seen.today.answered_in_target) == (1, 1)
    as_known = floor.line.history("summary", *floor.span, "--queue", "late", "--as-of", known_at)
    assert (as_known[0]["answered"], as_known[0]["open"]) == ("0", "1")


def test_e19_an_agent_in_six_queues_is_one_person_on_the_board(floor: Floor) -> None:
    for name in ("ann", "bob"):
        floor.publisher.send_agent(agent("available", name, _now(), *SIX, source=PBX))
    for number, queue in enumerate(SIX):
        at_s = (_now() - floor.base) / SECOND - 1
        floor.say("queued", f"desk{number}", at_s, queue)
        floor.say("answered", f"desk{number}", at_s, queue, agent="ann")
    floor.play(int((_now() - floor.base) / SECOND))

    def shown() -> dict[str, Any] | None:
        floor.tick(_now())  # a board shows nothing that is older than half a minute
        floor.publisher.send_mark("agents", mark("tick", _now(), PBX))  # type: ignore[arg-type]
        floor.publisher.flush()
        board: dict[str, Any] = json.loads(get(floor.board_url) or b"{}")
        rows = [row for row in board.get("rows", []) if row["queue"] in SIX and row.get("agents")]
        return board if len(rows) == len(SIX) else None

    board = wait_until(shown, "the board shows agents in all six queues", every_s=0.5)
    assert board is not None
    rows = [row for row in board["rows"] if row["queue"] in SIX]
    assert [row["agents"]["free"] for row in rows] == [2] * 6
    assert board["all"]["agents"]["free"] == 2


def test_agents_of_queues_without_calls_are_shown_with_zero_calls(floor: Floor) -> None:
    """One queue is configured and one is not; of `empty` nobody tells anything."""
    served = ("night-desk", "new-desk")
    floor.publisher.send_agent(agent("available", "cy", _now(), *served, source=PBX))

    def shown() -> dict[str, Any] | None:
        floor.tick(_now())
        floor.publisher.flush()
        board: dict[str, Any] = json.loads(get(floor.board_url) or b"{}")
        rows = {row["queue"]: row for row in board.get("rows", [])}
        agents = [rows.get(queue, {}).get("agents") for queue in served]
        return rows if all(agents) else None

    rows = wait_until(shown, "the board shows the agent of both queues", every_s=0.5)
    assert rows is not None
    assert [(rows[queue]["agents"]["free"], rows[queue]["waiting"]) for queue in served] == [
        (1, 0), (1, 0),
    ]  # fmt: skip
    night, empty = rows["night-desk"], rows["empty"]
    assert (night["sign"]["word"], night["service_level"]["n"]) == ("OK", 0)
    assert "value" not in night["service_level"]
    assert (empty["sign"]["word"], "waiting" in empty, "agents" in empty) == ("QUIET", False, False)
    agents = floor.line.figures("callcentre_agents", "queue")
    waiting = floor.line.figures("callcentre_queue_waiting_callers", "queue")
    assert [(agents.get(queue), waiting.get(queue)) for queue in (*served, "empty")] == [
        (1, 0), (1, 0), (None, None),
    ]  # fmt: skip
    floor.queues.update(served)


def _minutes(floor: Floor, queue: str, until_s: int) -> list[Row]:
    end = iso(floor.base + until_s // 60 * MINUTE)
    return floor.line.history("snapshots", "--from", iso(floor.base), "--to", end, "--queue", queue)


def _minute_targets(floor: Floor) -> dict[int | None, list[int]]:
    """The targets that the minute rows of `noon` carry, with the seconds of a few of them."""
    topic = floor.line.namespace + "minutes"
    rows = [decode_as(MinuteRow, r.value or b"") for r in read_whole(floor.line.bootstrap, topic)]
    found: dict[int | None, list[int]] = {}
    for row in rows:
        second = (row.at - floor.base) // SECOND
        if row.queue == "noon" and NOON_S - 60 <= second <= NOON_S + 60:
            found.setdefault(row.answer_within_ms, []).append(second)
    return {target: sorted(set(seconds)) for target, seconds in found.items()}
