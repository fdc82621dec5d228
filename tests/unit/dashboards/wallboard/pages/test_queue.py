"""The page of one queue, and the cards of its department: what people read there, in their language."""

from msgspec.structs import replace

from dashboards.wallboard.board_page import Seen
from dashboards.wallboard.drawing.table import group_table
from dashboards.wallboard.pages.queue import PAGE
from dashboards.wallboard.texts import LANGUAGES, texts_of
from dashboards.wallboard.view import board
from schemas.millis import MINUTE
from schemas.owners import Language
from schemas.roles import ROLES
from streams.charts.html import Html
from tests.support.desks import ALL
from tests.support.floors import snapshot, targets
from tests.support.walls import NOW, latest_of, person


def page(language: Language = "en", **changes: object) -> str:
    people = tuple(
        replace(each, since=NOW - 3 * MINUTE)
        for each in (
            person("thandi", "talking", "burst-pipes"),
            person("bheki", "idle", "burst-pipes", routing="logged_out"),
        )
    )
    latest = latest_of(
        snapshot(NOW, agents={"talking": 1, "logged_out": 1}),
        promises=(targets(agents_named_to=ROLES, **changes),),
        people=people,
    )
    return PAGE.draw(Seen(board(latest, NOW, scope=ALL), "burst-pipes", texts_of(language))).html


def test_states_of_agents_are_in_the_language_of_the_page() -> None:
    for language in LANGUAGES:
        say = texts_of(language)
        for key in ("agent_talking", "agent_logged_out"):
            assert f"<td>{say(key)}</td>" in page(language), (language, key)
    assert 'data-wait="180000"' in page()  # the form of the desk
    assert ">3:00<" in page()


def test_a_centre_with_the_name_of_its_department_is_said_once() -> None:
    assert page(department_name="Water", centre_name="Water").count("<bdi>Water</bdi>") == 1
    assert '<bdi>Works</bdi><span class="dot"> · </span><bdi>Water</bdi>' in page()


def test_a_card_of_a_department_calls_its_figures_what_the_head_of_the_table_calls_them() -> None:
    promises = (targets(), targets(queue="rates", department="money", answer_within_ms=60_000))
    shown = board(latest_of(*(snapshot(NOW, queue=e.queue, answer_within_ms=e.answer_within_ms) for e in promises), promises=promises), NOW)  # fmt: skip
    say = texts_of("en")
    drawn = str(group_table(shown.departments, "department", say, Html(""), shown))
    assert drawn.count(f'data-label="{say("each_30")}"') == 2
    assert f'data-label="{say("level_30")}"' not in drawn
