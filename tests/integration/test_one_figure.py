"""One moment, one figure: the board's page, `/api`, `/metrics` and `history` say the same; and the desk tells of callers."""

import json
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from producers.publisher import Publisher
from schemas.calls import Abandoned, Answered, Ended, Event, Offered, OfferMissed, Queued, Tick
from schemas.formulas import FORMULAS
from schemas.millis import DAY, HOUR, SECOND, iso
from streams.local.kafka import LocalKafka, free_port
from tests.support.line import Line
from tests.support.services import Server, get
from tests.support.waiting import wait_until

ANN, BO, ZODWA = (f"0a1b2c3d.{sign * 32}" for sign in "abc")
_QUEUES = """
[defaults]
time_zone = "{zone}"
answer_within = "20s"
goal = 0.8
callers_listed_to = ["administrator"]
[queues.water]
[queues.meters]
"""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def noon_zone() -> str:
    """A zone in which it is about noon, so that no business day begins in the middle of the test."""
    ahead = 12 - time.gmtime().tm_hour
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{'-' if ahead > 0 else '+'}{abs(ahead)}"


class Platform:
    """A source that tells of calls of the last minutes, and ticks whenever somebody looks."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._told = 0

    def tell(self, kind: Any, at: int, queue: str, leg: str, **more: Any) -> None:
        event: Event = kind(
            event_id=f"{leg}:{kind.__name__}:{at}",
            at=at,
            source="pbx",
            queue=queue,
            leg_id=leg,
            **more,
        )
        self._publisher.send_call(event)  # type: ignore[arg-type]  # of a leg

    def tick(self) -> None:
        self._told += 1
        self._publisher.send_mark(
            "calls", Tick(event_id=f"t{self._told}", at=now_ms(), source="pbx")
        )
        self._publisher.flush()


class Board:
    """A line with a board beside it, and the platform that sends to it."""

    def __init__(self, line: Line, platform: Platform, address: str, began: int) -> None:
        self.line, self.platform, self.address, self.began = line, platform, address, began

    def asked(self, path: str) -> Any:
        with urlopen(self.address + path, timeout=30) as answer:
            return json.loads(answer.read())

    def becomes(self, what: str, condition: Any) -> Any:
        """What `condition` gives at last, while the platform ticks."""

        def looked() -> Any:
            self.platform.tick()
            return condition()

        return wait_until(looked, what)


@pytest.fixture(scope="module")
def board(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder = tmp_path_factory.mktemp("figure")
    port, began = free_port(), now_ms() - 5 * 60 * SECOND
    address = f"http://127.0.0.1:{port}"
    with Line(kafka.place.bootstrap, folder, _QUEUES.format(zone=noon_zone())) as line:
        command = line.command("board", "--port", str(port))
        with Server("board", command, lambda: get(address + "/") is not None, folder / "b.log"):
            publisher = Publisher(kafka.place.bootstrap, line.namespace)
            platform = Platform(publisher)
            told_of_a_few_calls(platform, began)
            yield Board(line, platform, address, began)
            publisher.close()


def told_of_a_few_calls(platform: Platform, t: int) -> None:
    """Of water: two answered in time, one late, one gave up at once, two after a while; one of these waits in meters now,
    where an agent of water has sent another caller, to whom somebody did not pick up.
    """
    for leg, wait in (("w1", 5), ("w2", 20), ("w3", 40)):
        at = t + wait * SECOND
        platform.tell(Queued, t, "water", leg, caller="")
        platform.tell(Answered, at, "water", leg, agent="ann")
        platform.tell(Ended, at + 30 * SECOND, "water", leg, by="agent")
    platform.tell(Queued, t, "water", "w4")
    platform.tell(Abandoned, t + SECOND, "water", "w4")
    for leg, caller in (("w5", BO), ("w6", ZODWA)):
        platform.tell(Queued, t + SECOND, "water", leg, caller=caller)
        platform.tell(Abandoned, t + 61 * SECOND, "water", leg)
    platform.tell(Queued, t, "water", "w7", caller=ANN, contact_id="c1")
    platform.tell(Answered, t + 90 * SECOND, "water", "w7", agent="bo", contact_id="c1")
    platform.tell(Ended, t + 120 * SECOND, "water", "w7", by="transfer", contact_id="c1")
    platform.tell(Queued, t + 120 * SECOND, "meters", "m1", caller=ANN, contact_id="c1")
    platform.tell(Offered, t + 130 * SECOND, "meters", "m1", agent="cy", contact_id="c1")
    platform.tell(OfferMissed, t + 145 * SECOND, "meters", "m1", agent="cy", contact_id="c1")
    platform.tell(Queued, t + 150 * SECOND, "meters", "m2", caller=BO)
    platform.tick()


def test_the_page_the_api_prometheus_and_history_agree(board: Board) -> None:
    def whole() -> Any:
        try:
            found = board.asked("/api/queue/water")
        except HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:  # the board has not read the targets yet
                return None
            raise
        today = {
            each["name"]: each for each in found.get("figures", ()) if each["window"] == "today"
        }
        return found if today and today["unanswered_ab7"]["n"] == 7 else None

    detail = board.becomes("the board has seven calls that left", whole)
    closed = {
        each["name"]: each
        for each in detail["figures"]
        if each["window"] == "today" and each["kind"] == "closed"
    }
    assert set(closed) == {each.name for each in FORMULAS}

    row = detail["row"]
    in_list = next(r for r in board.asked("/api/board?queue=water")["rows"])
    level = closed["sl_short_abandons_ignored"]
    for shown in (row["service_level_today"], in_list["service_level_today"]):
        assert (shown["numerator"], shown["n"], shown["value"]) == (2, 6, level["value"])
    assert (level["numerator"], level["n"]) == (2, 6)

    series = "callcentre_window_service_level_{}_legs"
    exported = {}
    for part in ("numerator", "denominator"):
        text = (get(board.line.metrics_url, 30) or b"").decode()
        name = series.format(part)
        exported[part] = [
            float(line.rsplit(" ", 1)[1])
            for line in text.splitlines()
            if line.startswith(name) and 'queue="water"' in line and 'window="today"' in line
        ]
    assert exported == {"numerator": [2], "denominator": [6]}

    span = ("--from", iso(board.began - HOUR), "--to", iso(board.began + DAY // 2))

    def of_history() -> Any:
        rows = board.line.history("summary", "--basis", "event", *span)
        found = {each["queue"]: each for each in rows}.get("water")
        return found if found and found["sl_short_abandons_ignored"] else None

    board.line.drain()  # of what the archive knows nothing of, it would say so and fail
    history = board.becomes("the archive has it", of_history)
    for name, figure in closed.items():
        if name in history:
            assert round(float(history[name]), 6) == round(figure["value"], 6), name
    assert "abandonment_ab1" in history

    with urlopen(f"{board.address}/queue/{quote('water')}", timeout=30) as answer:
        page = answer.read().decode()
    assert f"{row['service_level_today']['text']}" in page


def test_callers_one_by_one_over_several_queues(board: Board) -> None:
    def told() -> Any:
        desk = board.asked("/api/desk")
        lines = desk.get("callers", {}).get("meters", {}).get("line", ())
        return (
            desk
            if len(lines) == 2 and all("rang_today" in x.get("story", {}) for x in lines)
            else None
        )

    desk = board.becomes("both callers have a story", told)
    first, then = desk["callers"]["meters"]["line"]
    assert (first["leg_id"], first["story"]["sent_from"], first["story"]["missed_offers"]) == (
        "m1",
        "water",
        1,
    )
    assert first["story"]["before"] == [
        {"queue": "water", "outcome": "answered", "arrived_at": board.began, "wait_ms": 90 * SECOND}
    ]
    assert (first["story"]["rang_today"], first["story"].get("hung_up_at")) == (1, None)
    assert (then["story"]["rang_today"], then["story"]["hung_up_at"]) == (
        2,
        board.began + 61 * SECOND,
    )
    gone = desk["callers"]["water"]["not_back"]
    assert [each["leg_id"] for each in gone["callers"]] == ["w6"]  # the other one waits in meters
    assert (gone["n"], gone.get("unknown", 0)) == (1, 0)
    board.platform.tell(Queued, now_ms(), "meters", "m3", caller=ZODWA)
    board.becomes(
        "who rings again is back",
        lambda: board.asked("/api/desk")["callers"]["water"]["not_back"].get("n", 0) == 0 or None,
    )
