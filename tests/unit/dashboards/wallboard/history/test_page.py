"""The page of the past: what it says, in every language, and when the archive says little."""

import re
from datetime import date

import pytest
from msgspec.structs import replace

from dashboards.wallboard.history.address import Address, address_of
from dashboards.wallboard.history.page import Frame, page, parts_of
from dashboards.wallboard.history.place import Place, place_of
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.painting import Look
from dashboards.wallboard.past import KnownFigures, Problem
from dashboards.wallboard.texts import LANGUAGES, texts_of
from dashboards.wallboard.view import board
from schemas.millis import DAY, from_iso
from schemas.owners import Language
from schemas.past_figures import Part, PastAsked, PastTold
from tests.support.floors import snapshot, targets
from tests.support.past_figures import told_of
from tests.support.walls import latest_of

NOW = from_iso("2026-11-30T14:40:00+02:00")
ARABIC = "م" * 90
MONTH = [("when", "2026-10")]


def place(address: Address) -> Place:
    promises = (
        targets(), targets(queue="meters", name="Meters <b>"),
        targets(queue="rates", name=ARABIC, department="money", department_name="Money", centre="rates", centre_name="Rates"),
    )  # fmt: skip
    latest = latest_of(*(snapshot(NOW, queue=each.queue) for each in promises), promises=promises)
    found = place_of(board(latest, NOW), address)
    assert found is not None
    return found


def shown(
    query: list[tuple[str, str]] = MONTH, problem: Problem = "", language: Language = "en", **told: object
) -> Shown:  # fmt: skip
    """`told` changes what the archive says."""
    address = address_of(query, date(2026, 11, 30))
    where = place(address)
    by = address.by or (where.groups() or ("queue",))[0]
    known: dict[Part, KnownFigures] = {}
    for part in parts_of(address, where):
        asked = PastAsked(part, address.period, where.queues, by, address.clock)
        answer = replace(told_of(asked, NOW), **told) if told.get("rows", ()) is not None else None
        known[part] = KnownFigures(answer, problem)
    return Shown(address, where, known, texts_of(language), NOW, "UTC", may_export=True, may_list=True)  # fmt: skip


def html(of: Shown) -> str:
    return page(of, Frame(of.say, Look())).decode()


def test_a_month_has_every_part_and_a_day_what_fits_it() -> None:
    def parts(*query: tuple[str, str]) -> tuple[Part, ...]:
        address = address_of(query, date(2026, 11, 30))
        return parts_of(address, place(address))

    assert parts(*MONTH) == (
        "glance",
        "league",
        "trend",
        "notes",
        "weekly",
        "months",
        "compare",
        "metrics",
        "corrections",
        "published",
    )
    assert parts(("when", "2026-W44"), ("queue", "rates")) == (
        "glance",
        "trend",
        "notes",
        "weekly",
        "metrics",
        "corrections",
    )
    assert parts(("when", "2026-10-14")) == ("glance", "league", "trend", "notes", "metrics", "corrections", "published")  # fmt: skip
    assert parts(("when", "2026-10-14"), ("queue", "rates"), ("at", "09:30")) == ("calls",)


def test_the_figures_of_the_archive_stand_there_with_their_digits() -> None:
    said = html(shown())
    for text in (
        "12,403",
        "81.4 %",
        "31 of 136",
        "11.2 %",
        "48.2 s",
        "126 of 136",
        "182.4 s",
        "\N{MINUS SIGN}3.0</bdi> points",
        "goal 80.0 %: met",
    ):
        assert text in said, text
    assert "the average looks fine" in said.lower()
    assert "Without a call, and not shown: 1" in said


@pytest.mark.parametrize(("language", "unit"), [("ar", "ث"), ("id", "dtk"), ("zu", "sec")])
def test_no_page_of_another_language_has_the_unit_of_english(language: Language, unit: str) -> None:
    said = html(shown([("when", "2026-10-14"), ("lang", language)], language=language))
    assert re.findall(r"\d s\b", said) == []
    assert f"182.4 {unit}" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("when", ["2026-10", "2026-W44", "2026-10-14"])
def test_every_language_says_all_of_it(language: Language, when: str) -> None:
    said = html(shown([("when", when), ("lang", language)], language=language))
    assert f'<html lang="{language}"' in said
    assert not re.search(r"\{\w+\}", said)  # no place is left open
    for part in ("glance", "league", "trend", "losses", "metrics", "corrections", "published"):
        assert f'id="{part}"' in said


def test_names_are_text_and_never_markup() -> None:
    said = html(shown([*MONTH, ("by", "queue")]))
    assert "Meters &lt;b&gt;" in said
    assert "<b>" not in said
    assert ARABIC in said


def test_every_link_of_the_page_is_an_address_of_ours_and_keeps_the_language() -> None:
    said = html(shown([*MONTH, ("lang", "ar"), ("theme", "dark")], language="ar"))
    links = re.findall(r'href="(/history\?[^"]*)"', said)
    assert len(links) > 10
    for link in links:
        query = link.partition("?")[2].replace("&amp;", "&")
        pairs = [tuple(each.split("=", 1)) for each in query.split("&")]
        address_of(pairs, date(2026, 11, 30))
        assert ("theme", "dark") in pairs


def test_it_has_no_script_and_no_style_of_an_element() -> None:
    said = html(shown())
    assert "<script" not in said
    assert " style=" not in said
    assert "http-equiv" not in said


@pytest.mark.parametrize(
    ("problem", "said"),
    [("asking", "being asked"), ("slow", "slow to answer"), ("unreachable", "does not answer"), ("no_archive", "started without one")],
)  # fmt: skip
def test_an_archive_that_says_nothing_is_said_in_every_section(problem: Problem, said: str) -> None:
    found = html(shown(problem=problem, rows=None))
    assert found.count(said) == 10
    assert "<table" not in found
    assert ("refresh" in found) is (problem in {"asking", "slow"})


def test_what_is_known_stays_while_the_archive_is_away() -> None:
    found = html(shown(problem="unreachable"))
    assert "does not answer" in found
    assert "12,403" in found


def test_how_far_the_figures_go_is_said_first() -> None:
    start, end = address_of(MONTH, date(2026, 11, 30)).period.bounds("Africa/Johannesburg")
    assert "reaches only to 2026-10-20" in html(shown(reaches=(start, from_iso("2026-10-20T10:00:00Z"))))  # fmt: skip
    assert "begins only at 2026-10-20" in html(shown(reaches=(from_iso("2026-10-20T10:00:00Z"), end)))  # fmt: skip
    assert "nobody knows whether anybody called" in html(shown(reaches=None))
    assert "This period still runs: figures until 2026-11-30 14:40" in html(shown([("when", "2026-11")], reaches=(start, NOW)))  # fmt: skip
    assert "has not begun" in html(shown([("when", "2027-01")], reaches=None))
    assert "in none of these figures: 1" in html(shown(not_configured=("rates",)))


def test_nothing_is_not_zero() -> None:
    found = html(shown(rows=(), beside=()))
    assert found.count("The archive has nothing of this.") == 6
    assert "Nothing of this period was corrected" in found


def test_what_was_deleted_is_said_at_the_top_and_where_nothing_else_is_left() -> None:
    until, at = NOW - 60 * DAY, NOW - DAY
    said = html(shown(deleted_until=until, deleted_at=at))
    assert said.count("were deleted on") == 1  # its sections have their figures
    assert "12,403" in said
    gone = html(shown(rows=(), beside=(), deleted_until=until))
    assert gone.count("are deleted: what needs each of them has no value") == 10
    assert "no correction" not in gone.lower()


def test_the_way_down_leads_back_up() -> None:
    found = html(shown([*MONTH, ("queue", "rates")]))
    up = found.partition('class="up"')[2].partition("</nav>")[0]
    assert "All departments" in up
    assert "department=money" in up
    assert "centre=rates" in up


def test_calls_are_tokens_on_the_clock_of_the_queue() -> None:
    found = html(shown([("when", "2026-10-14"), ("queue", "rates"), ("at", "09:30")]))
    assert "19fe.00000001" in found
    assert "09:31:05" in found
    assert "agent" not in found.partition("<main")[2].partition("</main>")[0]


def test_only_who_may_take_files_sees_where() -> None:
    assert "/history.csv?" in html(shown())
    assert "/history.csv?" not in html(replace(shown(), may_export=False))


def test_a_half_hour_leads_to_its_calls_for_whoever_may_see_them() -> None:
    day = shown([("when", "2026-10-14"), ("queue", "rates")])
    assert "at=07%3A30" in html(day)
    assert "at=07%3A30" not in html(replace(day, may_list=False))


def told(part: Part) -> PastTold:
    found = shown().told(part)
    assert found is not None
    return found


def test_the_heatmap_has_every_slot_and_marks_what_is_below_the_goal() -> None:
    found = html(shown()).partition('id="weekly"')[2]
    plot = found.partition('class="plot wide"')[2].partition("</div>")[0]
    slots = [each for each in told("weekly").rows if each["promised_calls"] == 50]  # fmt: skip
    assert plot.count("<title>") == len(slots) + 1  # and one of few calls
    assert "below the goal" in plot
    assert "2/3" in plot or "1/3" in plot or "0/3" in plot


def test_of_few_calls_and_of_what_nobody_knows_no_line_is_drawn() -> None:
    plot = (
        html(shown())
        .partition('id="trend"')[2]
        .partition('class="plot wide"')[2]
        .partition("</svg>")[0]
    )
    line = (
        plot.partition("</g>")[2]
        .partition('class="c-line c-first"')[2]
        .partition(' d="')[2]
        .partition('"')[0]
    )
    assert line.count("M") > 2


def test_metrics_of_users_stand_there_with_their_formulas() -> None:
    found = html(shown()).partition('id="metrics"')[2].partition("</section>")[0]
    for text in (
        "Soon &lt;b&gt;", "42.7 %", "80.0 %", "12,001", "182.2 s", "(answered_in_20_s + short_abandoned) / offered",
        "no value when", "offered &lt; 20", "divided by 0", "All departments", "=1+1",
    ):  # fmt: skip
        assert text in found, text
    assert "version 3" not in found  # one definition held in the whole of it
    assert "قريبًا" in html(shown(language="ar"))
    assert 'dir="ltr"' in found


def test_where_a_formula_changed_the_page_says_which_held_when() -> None:
    rows = list(told("metrics").rows)
    rows[1] = {**rows[1], "start": "2026-10-16T00:00:00+02:00", "metric_version": 4}
    known = shown()
    answer = replace(told("metrics"), rows=tuple(rows))
    found = html(replace(known, known={**known.known, "metrics": KnownFigures(answer, "")}))
    assert "version 4, 2026-10-16 00:00 to 2026-11-01 00:00" in found


def test_without_metrics_there_is_no_such_section() -> None:
    known = shown()
    nothing = replace(told("metrics"), rows=())
    found = html(replace(known, known={**known.known, "metrics": KnownFigures(nothing, "")}))
    assert 'id="metrics"' not in found


def marks(found: str) -> list[str]:
    """What stands in the marks of the wide charts."""
    return re.findall(r"c-note-mark.*?</rect><text[^>]*>([^<]*)<", found)


def test_notes_have_their_numbers_on_the_charts_and_their_words_in_the_table() -> None:
    of_day = html(shown([("when", "2026-10-14")]))
    assert sorted(set(marks(of_day))) == ["1", "2", "3"]
    assert "&lt;b&gt;burst&lt;/b&gt; main in the north" in of_day
    assert sorted(set(marks(html(shown())))) == ["1, 2, 3"]  # all of one day


def test_without_notes_it_says_so_and_the_charts_have_no_mark() -> None:
    bare = shown()
    told = bare.known["notes"].told
    assert told is not None
    known = {**bare.known, "notes": KnownFigures(replace(told, rows=()), "")}
    found = html(replace(bare, known=known))
    assert "Nobody wrote anything of this period." in found
    assert marks(found) == []


def test_a_form_is_for_whoever_may_write_and_not_on_a_page_that_is_loaded_again() -> None:
    assert 'value="add_note"' not in html(shown())
    may = replace(shown([*MONTH, ("queue", "rates"), ("lang", "ar")]), may_note=True, mark="<mark>")
    found = html(may)
    assert '<form method="post" action="/api/orders"' in found
    for name, value in (("do", "add_note"), ("queue", "rates"), ("csrf", "&lt;mark&gt;")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in found
    assert 'value="/history?when=2026-10&amp;queue=rates&amp;lang=ar#notes"' in found
    slow = replace(shown(problem="slow"), may_note=True)
    assert 'value="add_note"' not in html(slow)


def test_of_a_day_the_form_has_the_day() -> None:
    found = html(replace(shown([("when", "2026-10-14")]), may_note=True))
    assert 'name="since" required value="2026-10-14T00:00"' in found
    assert 'name="until" required value="2026-10-15T00:00"' in found


def test_every_month_is_a_panel_also_one_of_which_nobody_knows_anything() -> None:
    found = html(shown())
    section = found[found.index('id="months"') : found.index('id="compare"')]
    for month in ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10"):
        assert f">{month}</text>" in section
    assert ">2026-08 " not in section  # its table has no row of it
    assert "▼ 88 / 119" in section
    assert "54.0 %" in section  # the numbers of the chart
