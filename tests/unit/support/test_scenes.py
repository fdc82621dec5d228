"""Each scenario looks different on the board: its first sentence, and the queues that ask for somebody."""

import re
from functools import cache

import pytest

from dashboards.wallboard.headline import headline
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board
from dashboards.wallboard.texts import texts_of
from dashboards.wallboard.truth import truth_of
from dashboards.wallboard.view import board
from schemas.millis import MINUTE, SECOND, from_iso
from streams.charts.html import plain
from tests.support.scenes import scene

START = from_iso("2026-11-25T05:00:00+02:00")
SIX_HOURS = 6 * 60  # `up` begins so long ago
FORENOON = from_iso("2026-11-25T10:00:00+02:00")
HALF_AN_HOUR = 30  # after which somebody who has just begun looks
POWER = {"outages", "prepaid-meters", "streetlights"}
WATER = {"burst-pipes", "no-water", "sewer-blockages", "water-tankers"}
REVENUE = {"accounts", "rates", "payment-arrangements", "meter-readings"}


@cache
def shown(scenario: str, start: int = START, minutes: int = SIX_HOURS) -> Board:
    latest = Latest()
    for record in scene(scenario, start, minutes):
        latest.apply(*record)
    return board(latest, start + minutes * MINUTE + SECOND)


def soon(scenario: str) -> Board:
    return shown(scenario, FORENOON, HALF_AN_HOUR)


def asking(scenario: str, *levels: str) -> set[str]:
    return _asking(shown(scenario), *levels)


def _asking(seen: Board, *levels: str) -> set[str]:
    return {row.queue for row in seen.rows if row.sign.level in levels}


def said(scenario: str) -> str:
    return _said(shown(scenario))


def _said(seen: Board) -> str:
    truth = truth_of(seen.rows, seen.parts, seen.now)
    return plain(headline(seen.rows, truth, texts_of("en"), seen.now))


def test_an_ordinary_day_is_calm() -> None:
    assert asking("ordinary", "act") == set()
    assert len(asking("ordinary", "watch")) <= 3


@pytest.mark.parametrize(
    ("scenario", "queues"), [("burst-pipe", WATER), ("pay-day", REVENUE), ("sick-leave", POWER)]
)
def test_the_queues_of_the_episode_are_to_be_acted_on_and_stand_first(
    scenario: str, queues: set[str]
) -> None:
    assert asking(scenario, "act")
    assert asking(scenario, "act") <= queues
    first = [row.queue for row in shown(scenario).rows][: len(asking(scenario, "act"))]
    assert set(first) <= queues
    names = {row.name for row in shown(scenario).rows if row.queue in queues}
    assert said(scenario).partition(":")[0] in names


def test_on_sick_leave_the_sentence_says_how_few_agents_there_are() -> None:
    few = re.search(r"none of its (\d+) agents", said("sick-leave"))
    usual = next(row for row in shown("ordinary").rows if row.queue == "outages")
    assert few
    assert usual.agents
    assert (
        int(few[1])
        < (usual.agents.free + usual.agents.busy + usual.agents.wrap + usual.agents.away) / 2
    )


def test_a_slow_system_is_everywhere() -> None:
    slow = asking("slow-system", "act", "watch")
    centres = {row.centre for row in shown("slow-system").rows if row.queue in slow}
    assert len(centres) > 2
    assert len(slow) > 2 * len(asking("ordinary", "act", "watch"))


def test_a_slow_system_is_seen_after_half_an_hour() -> None:
    slow = _asking(soon("slow-system"), "act", "watch")
    centres = {row.centre for row in soon("slow-system").rows if row.queue in slow}
    assert len(centres) > 1
    assert len(slow) > 2 + len(_asking(soon("ordinary"), "act", "watch"))


def test_after_an_outage_of_the_platform_the_sentence_tells_of_the_calls_that_it_lost() -> None:
    assert re.search(r"\d+ calls found lost by the platform", _said(soon("platform-outage")))
    assert not re.search(r"lost by the platform", _said(soon("ordinary")))


def test_a_wrong_menu_is_said_although_no_rule_tells_of_it() -> None:
    assert re.match(r"Street lights: \d+ of \d+ callers hung up within 5s", said("short-abandons"))
    assert "hung up within" not in said("ordinary")
    rows = [row for row in shown("short-abandons").rows if row.sign.level == "ok"]
    assert rows[0].queue == "streetlights"


def test_a_quiet_night_has_hardly_any_calls() -> None:
    counted = [row.service_level.n for row in shown("quiet-night").rows if row.service_level]
    assert sum(n < 5 for n in counted) > len(counted) / 2
