"""Of very many queues the worst have a row; the others are counted, and named where they are not on target."""

import re

import pytest

from dashboards.wallboard.board_page import Asked
from dashboards.wallboard.drawing.table import MOST_ROWS as MOST
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board
from dashboards.wallboard.painting import paint
from dashboards.wallboard.texts import LANGUAGES, texts_of
from dashboards.wallboard.view import board
from schemas.owners import Language
from streams.charts.html import plain
from tests.support.floors import large
from tests.support.walls import NOW

ROW = re.compile(r'<tr [^>]*data-queue="([^"]+)"')


def house(queues: int) -> Board:
    latest = Latest()
    for record in large(NOW, queues):
        latest.apply(*record)
    return board(latest, NOW)


def test_a_house_of_a_hundred_queues_has_a_row_for_each() -> None:
    shown = house(MOST)
    painted = paint(shown, Asked("all", "", "en"), None)
    assert sorted(ROW.findall(painted.html)) == sorted(row.queue for row in shown.rows)
    assert "where-rest" not in painted.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_thousand_the_worst_have_a_row_and_nobody_is_lost(language: Language) -> None:
    shown, say = house(1_000), texts_of(language)
    painted = paint(shown, Asked("all", "", language), None)
    assert ROW.findall(painted.html) == [row.queue for row in shown.rows[:MOST]]
    calm = sum(row.sign.level == "ok" for row in shown.rows[MOST:])
    assert plain(say("on_target", n=calm)) in painted.html
    assert all(row.sign.level not in {"act", "watch"} for row in shown.rows[MOST:]) or plain(say("others_not")) in painted.html  # fmt: skip
    assert "/desk" in painted.html.partition("where-rest")[2]
    # All are in the sums.
    assert painted.html.count('id="totals"') == 1
    assert shown.all.queues == 1_000


def test_each_update_of_a_thousand_queues_is_as_small_as_that_of_a_hundred() -> None:
    hundred, thousand = (
        len(paint(house(queues), Asked("all", "", "en"), None).html) for queues in (MOST, 1_000)
    )
    assert thousand < 1.5 * hundred
