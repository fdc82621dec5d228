"""What the desk draws: in every language, with nothing of others and no markup that is not ours."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from dashboards.access.rights import Grant, Principal
from dashboards.callers.not_back import HungUp, NotBack
from dashboards.callers.story import Before, Story
from dashboards.wallboard.board_page import Asked, Asker, Unknown
from dashboards.wallboard.callers import CallerLine, Callers
from dashboards.wallboard.desk import AgentCard, Desk, MuteLine, desk
from dashboards.wallboard.desk_choice import Wanted
from dashboards.wallboard.drawing.table import MOST_ROWS
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import ShownLine
from dashboards.wallboard.painting import paint
from dashboards.wallboard.texts import LANGUAGES, texts_of
from dashboards.wallboard.view import board
from schemas.agents import ShownState
from schemas.codec import encode
from schemas.millis import HOUR, MINUTE
from schemas.owners import Language
from schemas.roles import Role
from streams.charts.html import Html, plain
from tests.support.callers import stays_of
from tests.support.desks import ALL, GONE, WAITS, town
from tests.support.floors import large
from tests.support.walls import NOW, alert, person
from tests.unit.dashboards.wallboard.drawing.test_floor import ROW

EVIL = "<script>x</script>"
STATES: tuple[ShownState, ...] = (
    "available", "ringing", "talking", "hold", "wrap", "not_ready", "unreachable",
)  # fmt: skip


def busy() -> Desk:
    """Everything that a desk can tell, at once."""
    latest = town(person("thandi", "idle", "burst-pipes"))
    fires = alert(alert_id="late/burst-pipes", department="water", reason=EVIL)
    latest.apply("alerts", b"a", encode(fires))
    made = desk(board(latest, NOW, scope=ALL), latest, stays_of(WAITS, GONE), scope=ALL)
    story = Story(
        caller="aaaaaaaa", rang_today=3, hung_up_at=NOW - HOUR, missed_offers=2, is_call_back=True,
        stays_before=9, waited_before_ms=MINUTE, sent_from="payroll",
        before=(Before("payroll", "exited", NOW - HOUR, None), Before(), Before(EVIL, "exited", NOW, 1_000)),
    )  # fmt: skip
    lines = (
        CallerLine(EVIL, NOW, 0, late=True, ringing=True, doubtful=True, priority=7, story=story),
        CallerLine("b", NOW, 0),
        CallerLine("c", NOW, 0, story=Story()),
    )
    gone = NotBack(
        NOW - HOUR, 60, 2, (HungUp("g", "bbbbbbbb", NOW, None, 2, 1), HungUp("h", "c", NOW, 1_000))
    )
    return replace(
        made,
        board=replace(made.board, lines=(ShownLine("l", EVIL, "Bo", NOW + HOUR), ShownLine("w", "x", "Bo", NOW, "water"))),
        callers={"burst-pipes": Callers(70, True, lines, gone)},
        agents=tuple(AgentCard(f"{EVIL}{state}", state, NOW, ("burst-pipes",), EVIL, 5) for state in STATES),
        mutes=(MuteLine("m", "Bo", NOW + HOUR, "surge", "burst-pipes", EVIL), MuteLine("a", "Bo", NOW + HOUR)),
    )  # fmt: skip


def asker(*roles: Role, departments: Iterable[str] | None = None, **changes: Any) -> Asker:
    to = None if departments is None else frozenset(departments)
    who = Principal("Ann", tuple(Grant(role, to) for role in roles), "session", "the-mark")
    given = Asker(who, "/desk?q=a", busy(), departments=(("water", "Water"), ("staff", EVIL)))
    return replace(given, **changes)


def drawn(asked: Asker, language: Language = "en") -> str:
    whole = asked.desk.board if asked.desk else board(town(), NOW, scope=ALL)
    return str(paint(whole, Asked("desk", "", language), None, asker=asked).html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_every_language_and_no_text_is_markup(language: Language) -> None:
    html = drawn(asker("supervisor"), language)
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    assert "Hung up" not in html or language == "en"
    for what in ("aaaaaaaa", "bbbbbbbb", "late/burst-pipes", "the-mark"):
        assert what in html, what


def test_a_form_carries_its_mark_and_leads_back() -> None:
    html = drawn(asker("supervisor"))
    assert html.count('name="csrf" value="the-mark"') == html.count('method="post"')
    # To the alert that it is about, not to the top of the page.
    then = re.findall(r'name="then" value="/desk\?q=a#([^"]+)"', html)
    assert len(then) == html.count('method="post"')
    assert {f'id="{each}"' for each in then if f'id="{each}"' not in html} == set()
    assert any(each.startswith("alert-") for each in then)
    assert {
        each
        for each in ("acknowledge", "note", "mute", "unmute", "show_line", "take_line")
        if f'value="{each}"' not in html
    } == set()


@pytest.mark.parametrize(
    ("roles", "departments", "may"),
    [
        (("viewer",), None, set()),
        (("on-call",), None, {"acknowledge"}),
        (("supervisor",), {"water"}, {"acknowledge", "note", "mute", "unmute", "show_line", "take_line"}),
        (("supervisor",), {"staff"}, set()),
    ],
)  # fmt: skip
def test_nobody_is_offered_what_the_role_may_not(
    roles: Any, departments: Any, may: set[str]
) -> None:
    html = drawn(asker(*roles, departments=departments))
    orders = ("acknowledge", "release", "note", "mute", "unmute", "show_line", "take_line")
    assert {each for each in orders if f'name="do" value="{each}"' in html} - {
        "show_line"
    } == may - {"show_line"}


def test_an_alert_that_somebody_has_is_given_back() -> None:
    asked = asker("on-call")
    assert asked.desk is not None
    rows = tuple(
        replace(
            row,
            alerts=tuple(
                replace(line, had_by="Bo", quiet="Bo has it for 1m") for line in row.alerts
            ),
        )
        for row in asked.desk.board.rows
    )
    html = drawn(
        replace(asked, desk=replace(asked.desk, board=replace(asked.desk.board, rows=rows)))
    )
    assert 'value="release"' in html
    assert 'value="acknowledge"' not in html


def test_where_callers_are_not_listed_or_not_read_yet_it_says_so() -> None:
    asked = asker("viewer")
    assert asked.desk is not None
    none = drawn(replace(asked, desk=replace(asked.desk, callers={})))
    assert none.count("Callers are not listed one by one here.") == 2
    reading = drawn(
        replace(asked, desk=replace(asked.desk, callers={"burst-pipes": Callers(0, True)}))
    )
    assert "Nobody waits." in reading
    assert "Earlier calls are still being read." in reading


def test_a_search_that_finds_nothing_does_not_say_that_there_is_nothing() -> None:
    html = drawn(asker("supervisor", wanted=Wanted("no such thing")))
    assert html.count("Nothing here matches the search.") == 4
    for false in ("No alert", "Nobody waits.", "Callers are not listed", "Everybody is back"):
        assert false not in html, false


def test_without_any_data_of_now_nothing_is_said_of_callers_agents_and_alerts() -> None:
    asked = asker("supervisor")
    assert asked.desk is not None
    dark = board(town(), NOW + HOUR, scope=ALL)
    html = drawn(replace(asked, desk=replace(asked.desk, board=dark, callers={}, agents=())))
    # The four lists, the head, what is heard, and what the page says when it loses the board.
    assert html.count("Nothing can be said of the queues now") == 7
    for false in ("No alert", "Callers are not listed", "Agents are not measured"):
        assert false not in html, false


def test_the_filters_stand_as_they_were_asked_for() -> None:
    html = drawn(asker("viewer", wanted=Wanted(EVIL, "oldest"), sign="ACT", department="water"))
    for chosen in ("oldest", "ACT", "water"):
        assert f'<option value="{chosen}" dir="auto" selected>' in html
    assert not re.search(r"<option[^>]*>[^<]*<(?!/option>)", html)  # an option holds text alone
    assert 'value="&lt;script&gt;' in html


def test_a_filter_that_there_is_not_is_said() -> None:
    painted = paint(
        board(town(), NOW, scope=ALL),
        Asked("desk", "", "en"),
        None,
        asker=asker("viewer", desk=None, unknown=(Unknown("queue", EVIL),)),
    )
    assert painted.status == 404
    assert "There is no queue “" in painted.html
    assert EVIL not in painted.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_and_a_state_that_there_are_not_are_said_in_place(language: Language) -> None:
    """The address may have been kept since another release: its reader still has the queues."""
    found = asker("viewer", unknown=(Unknown("sort", "age"), Unknown("sign", EVIL)))
    html = drawn(found, language)
    said = texts_of(language)
    assert plain(said("not_found_sort", id=Html("age"))) in plain(Html(html))
    assert "Burst pipes" in html
    assert EVIL not in html


def test_a_mute_names_the_queue_and_not_its_id() -> None:
    assert "Muted: many more calls than usual · Burst pipes" in plain(Html(drawn(asker("viewer"))))


def test_an_alert_across_queues_is_muted_at_its_place() -> None:
    about = alert(
        rule="incident",
        queue="",
        topic="leak",
        area="ward-1",
        queues=("burst-pipes",),
        department="water",
    )
    latest = town()
    latest.apply("alerts", b"a", encode(about))
    made = desk(board(latest, NOW, scope=ALL), latest, stays_of(), scope=ALL)
    html = drawn(asker("supervisor", desk=made))
    assert 'name="queue" value="leak/ward-1"' in html


def test_departments_of_a_calm_desk_are_folded_and_one_with_trouble_is_open() -> None:
    html = drawn(asker("viewer"))
    folds = re.findall(
        r'<details class="folded" data-keep data-key="department ([^"]*)"( open)?>', html
    )
    assert len(folds) > 1
    flat = drawn(asker("viewer", wanted=Wanted(sort="name")))  # an order goes over all of them
    assert 'class="folded"' not in flat
    assert flat.count('<table class="queues') == 1


def test_each_part_of_the_page_is_a_link_at_its_top() -> None:
    html = drawn(asker("viewer"))
    parts = re.findall(r'href="#([a-z-]+)"', html)
    assert parts == ["queues", "alerts", "callers", "not-back", "agents"]
    for part in parts:
        assert f'id="{part}"' in html


def test_a_figure_leads_to_the_callers_or_agents_behind_it() -> None:
    html = drawn(asker("viewer"))
    for part in ("callers", "not-back", "agents"):
        assert f'href="/desk?queue=burst-pipes#{part}"' in html
        assert f'id="{part}"' in html


def test_an_order_of_ones_own_has_the_first_rows_and_says_how_many_are_left_out() -> None:
    """The row of each queue was sent to each desk at each change."""
    latest = Latest()
    for record in large(NOW, 1_000):
        latest.apply(*record)
    whole = desk(board(latest, NOW, scope=ALL), latest, stays_of(), scope=ALL)
    by_name = drawn(asker("supervisor", desk=whole, wanted=Wanted(sort="name")))
    rows = sorted(whole.board.rows, key=lambda row: (row.name.casefold(), row.queue))
    assert ROW.findall(by_name) == [row.queue for row in rows[:MOST_ROWS]]
    assert f"and {1_000 - MOST_ROWS} more" in plain(Html(by_name))
    one = whole.board.departments[0].id
    of_one = asker("supervisor", desk=whole, wanted=Wanted(sort="name"), department=one)
    assert len(ROW.findall(drawn(of_one))) == 1_000, "whoever asks for a department gets all of it"
