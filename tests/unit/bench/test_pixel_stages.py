"""Which stage of the way to the screen is the price: by the moments at which each first had a caller or a later one."""

import re

import msgspec
import pytest

from dashboards.wallboard.board_page import Asked
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.painting import paint
from dashboards.wallboard.view import board
from streams.plumbing.wall_clock import now_ms
from tests.bench.pixel_stages import STAGES, number_in, stage_rows, stages_of
from tests.support.floors import records

OUTAGE = "power-outage"  # 19 callers wait there


def test_each_stage_is_told_by_its_time_and_by_its_share_of_the_way() -> None:
    moments = {
        name: {2: 1_000 + 10 * place, 3: 2_000 + 10 * place}
        for place, name in enumerate(STAGES, start=1)
    }
    moments["painted"] = {2: 1_160, 3: 2_160}
    found = {each.name: each for each in stages_of({1: 0, 2: 1_000, 3: 2_000}, moments)}
    assert found["in_kafka"].p50_ms == 10
    assert found["painted"].p99_ms == 160 - 70
    assert found["painted"].share == pytest.approx(90 / 160)
    assert sum(each.share for each in found.values()) == pytest.approx(1)


def test_a_stage_that_skips_a_number_has_it_with_the_next_one() -> None:
    moments = {name: {2: 1_000, 3: 1_100} for name in STAGES} | {"painted": {3: 1_400}}
    *_, last = stages_of({1: 0, 2: 1_000, 3: 1_100}, moments)
    assert last.p50_ms == 300
    assert last.p99_ms == 400


def test_without_anybody_who_came_to_the_end_nothing_is_told_to_be_quick() -> None:
    found = stages_of({1: 0, 2: 1_000}, {name: {} for name in STAGES})
    assert {value for _, value, _ in stage_rows(found)} == {"unknown"}


@pytest.mark.parametrize(("page", "asked"), [("/", ("all", "")), (f"/queue/{OUTAGE}", ("queue", OUTAGE))])  # fmt: skip
def test_the_number_is_found_in_the_page_as_it_is_sent(page: str, asked: tuple[str, str]) -> None:
    now, latest = now_ms(), Latest()
    for record in records(now):
        latest.apply(*record)
    html = str(paint(board(latest, now), Asked(*asked, "en"), None).html)
    found = re.search(number_in(page, OUTAGE), msgspec.json.encode({"html": html}).decode())
    assert found
    assert found[1] == "19"


@pytest.mark.parametrize("page", ["/", f"/queue/{OUTAGE}"])
def test_where_a_queue_has_no_figure_none_of_another_is_taken(page: str) -> None:
    one = rf'<tr data-queue=\\"{OUTAGE}\\"><td class=\\"waiting\\"><span class=\\"figure\\">–</span></td></tr>'
    if page != "/":
        one = r'<div class=\\"waiting\\"><dd><span class=\\"figure\\">–</span></dd></div>'
    others = r'<tr><td class=\\"waiting\\"><span class=\\"figure\\">7</span></td></tr>' * 50
    assert re.search(number_in(page, OUTAGE), one + others) is None
