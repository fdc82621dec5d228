"""Pages as text: figures, few calls, what does not exist, and that no name is ever markup."""

import re

import pytest
from msgspec.structs import replace

from dashboards.wallboard.board_page import Asked
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page_catalogue import PAGES, asked_by
from dashboards.wallboard.painting import Look, Painted, document, look_of, paint
from dashboards.wallboard.texts import LANGUAGES
from dashboards.wallboard.view import board
from schemas.counters import Counts
from schemas.millis import HOUR, from_iso
from schemas.owners import Language
from tests.support.floors import records, snapshot, targets
from tests.support.walls import NOW, WATCH, latest_of


def page(latest: Latest, path: str, language: Language = "en") -> Painted:
    asked = asked_by(path, language)
    assert asked is not None
    return paint(board(latest, NOW), asked, None)


def text(painted: Painted) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", painted.html))


def floor() -> Latest:
    latest = Latest()
    for record in records(NOW):
        latest.apply(*record)
    return latest


def test_addresses() -> None:
    assert asked_by("/", "en") == Asked("all", "", "en")
    assert asked_by("/wall", "zu") == Asked("wall", "", "zu")
    assert asked_by("/queue/a", "en") == Asked("queue", "a", "en")
    for path in ("/queue/", "/queue", "/queue/a/b", "/nothing", "", "/wall/a/b"):
        assert asked_by(path, "en") is None, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_drawn_in_every_language_with_its_figures(language: Language) -> None:
    for path in ("/", "/wall", "/department/city", "/centre/electricity", "/queue/power-outage"):
        painted = page(floor(), path, language)
        assert (painted.status, "19" in text(painted)) == (200, True)
        whole = document(painted, Asked("all", "", language), Look(), "b", path).decode()
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in whole
        assert " style=" not in whole  # the content policy refuses it
        assert "onclick" not in whole


def test_few_calls_are_shown_as_calls_everywhere() -> None:
    few = Counts(offered=3, answered=3, answered_in_target=2)
    latest = latest_of(snapshot(NOW, windows={30: few}, today=few, attention=WATCH))
    for path in ("/", "/wall", "/queue/burst-pipes", "/centre/water"):
        shown = text(page(latest, path))
        assert "2/3 few calls" in shown
        assert "67" not in shown


def test_a_wall_shows_eight_in_full_and_names_every_other_that_is_not_on_target() -> None:
    queues = [f"q{n:02}" for n in range(50)]
    late = {f"q{n:02}" for n in range(10)}
    shown = [snapshot(NOW, queue=q, attention=WATCH) if q in late else snapshot(NOW, queue=q) for q in queues]  # fmt: skip
    promises = tuple(targets(queue=q, name=f"Line {q}") for q in queues)
    painted = page(latest_of(*shown, promises=promises), "/wall")
    assert painted.html.count("<tr data-key") == 8
    assert "Also not on target: Line q08 , Line q09 40 others on target" in text(painted)


def test_what_does_not_exist_says_what_is_nearest_to_it() -> None:
    for path, near in (
        ("/department/citty", "city"), ("/centre/electrcity", "electricity"), ("/queue/power-outages", "power-outage"),
        ("/wall/elctricity", "electricity"),
    ):  # fmt: skip
        painted = page(floor(), path)
        assert (painted.status, f"<code>{near}</code>" in painted.html) == (404, True), path
    odd = page(floor(), "/queue/<script>alert(1)</script>".replace("</", "<\\"))
    assert "<script" not in odd.html


def test_markup_in_a_name_is_text() -> None:
    bad = "<img src=x onerror=alert(1)>"
    latest = latest_of(snapshot(NOW), promises=(targets(name=bad, centre_name=bad),))
    for path in ("/", "/wall", "/queue/burst-pipes"):
        painted = page(latest, path)
        whole = document(painted, Asked("all", "", "en"), Look(), "b", path).decode()
        assert "<img" not in whole


def test_sums_over_queues_with_different_promises_are_called_so() -> None:
    latest = latest_of(
        snapshot(NOW, queue="a"), snapshot(NOW, queue="b", answer_within_ms=60_000),
        promises=(targets(queue="a"), targets(queue="b", answer_within_ms=60_000)),
    )  # fmt: skip
    assert "Answered as each queue promised, 30 min" in text(page(latest, "/wall"))
    alike = latest_of(snapshot(NOW, queue="a"), promises=(targets(queue="a"),))
    assert "each queue promised" not in text(page(alike, "/wall"))


def test_every_page_leads_to_the_past_of_what_it_shows() -> None:
    def foot(asked: Asked) -> str:
        return document(page(floor(), "/"), asked, Look(), "b", "/").decode()

    assert 'href="/history"' in foot(Asked("all", "", "en"))
    assert 'href="/history?queue=power-outage&amp;lang=ar"' in foot(Asked("queue", "power-outage", "ar"))  # fmt: skip
    assert 'href="/history?centre=water"' in foot(Asked("trends", "centre=water", "en"))
    assert 'href="/history"' in foot(
        Asked("wall", "water", "en")
    )  # of which kind it is, the id does not say


def test_a_look_that_is_none_is_left_out() -> None:
    assert look_of("light", "high", "22-6") == Look("light", "high", "22-6")
    assert look_of('x"', "low", "22-x") == Look()


def test_no_page_scrolls_that_is_for_a_television() -> None:
    assert [page.name for page in PAGES.values() if not page.scrolls] == ["wall"]


def test_a_page_knows_the_next_change_of_its_clock_before_it_comes() -> None:
    """It may hear nothing in the night of the change."""
    spring = from_iso("2026-03-29T01:00:00Z")
    asked, shown = asked_by("/wall", "en"), board(floor(), NOW)
    assert asked is not None
    html = paint(replace(shown, now=spring - HOUR, zone="Europe/London"), asked, None).html
    assert f'data-offset-from="{spring}" data-offset-then="{HOUR}"' in html
    assert "data-offset-from" not in paint(shown, asked, None).html  # where no clock is changed
