"""The page of days past: what it says, of which queues, and what it says when it knows little."""

from msgspec.structs import replace

from dashboards.access.rights import Scope
from dashboards.wallboard.board_page import Asked, Beside
from dashboards.wallboard.drawing.days import clocks
from dashboards.wallboard.last_hour import LastHour
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page_catalogue import asked_by
from dashboards.wallboard.pages.trends import queues
from dashboards.wallboard.painting import Look, Painted, document, paint
from dashboards.wallboard.past import Known, Problem
from dashboards.wallboard.view import board
from schemas.half_hours import HalfHour, PastDay, PastDays
from schemas.millis import MINUTE, from_iso
from tests.support.floors import snapshot, targets
from tests.support.past_days import days
from tests.support.walls import latest_of

NOW = from_iso("2026-11-30T14:40:00+02:00")
DAYS = days(NOW)


def floor() -> Latest:
    promises = (
        targets(), targets(queue="meters", name="Meters <b>"), targets(queue="rates", department="money", centre="rates"),
    )  # fmt: skip
    return latest_of(*(snapshot(NOW, queue=each.queue) for each in promises), promises=promises)


def page(
    of: str = "queue=burst-pipes",
    past: PastDays | None = DAYS,
    problem: Problem = "",
    language: str = "en",
) -> Painted:
    shown = board(floor(), NOW)
    asked = Asked("trends", of, language)  # type: ignore[arg-type]
    return paint(shown, asked, None, Beside(LastHour(), Known(past, problem)))


def test_it_says_what_changed_and_since_when() -> None:
    html = page().html
    assert "Since 10:00 service level 54\N{NO-BREAK SPACE}% of " in html
    assert "at the same time (until 14:30)." in html
    assert "calls more than on the same day last week, until 14:30." in html


def test_a_day_like_the_others_is_told_as_one() -> None:
    assert "No change beyond chance" in page(past=days(NOW, worse_from="", busy=1.0)).html


def test_each_figure_stands_in_the_table_with_its_n() -> None:
    html = page().html
    half = next(each for each in DAYS.today.halves if each.clock == "11:00")
    assert half.in_time is not None
    assert half.n
    row = html.partition('data-key="11:00"')[2].partition("</tr>")[0]
    assert f">{half.offered}<" in row
    assert f"{round(100 * half.in_time / half.n)}\N{NO-BREAK SPACE}%" in row
    assert f"of {half.n}" in row


def test_the_half_hour_of_now_is_marked_and_stands_off_the_line() -> None:
    html = page().html
    assert "still running" in html.partition('data-key="14:30"')[2].partition("</tr>")[0]
    assert html.count("still running") == 1
    assert html.count('class="c-running"') == 4  # two charts, each for two widths


def changed(clock: str, **changes: object) -> PastDays:
    halves = tuple(
        replace(each, **changes) if each.clock == clock else each for each in DAYS.today.halves
    )
    return replace(DAYS, today=replace(DAYS.today, halves=halves))


def line_of_today(painted: Painted) -> str:
    plot = painted.html.partition('class="plot wide"')[2].partition("</g>")[2]  # behind its legend
    return plot.partition('class="c-line c-first"')[2].partition(' d="')[2].partition('"')[0]


def cells(past: PastDays, clock: str) -> str:
    return page(past=past).html.partition(f'data-key="{clock}"')[2].partition("</tr>")[0]


def test_few_calls_are_shown_as_calls_no_value_as_a_dash_and_zero_as_zero() -> None:
    assert ">2/3<" in cells(changed("11:00", in_time=2, n=3), "11:00")
    assert '<td class="today level">–</td>' in cells(
        changed("11:00", in_time=None, n=None), "11:00"
    )
    empty = cells(changed("11:00", offered=0, abandoned=0, in_time=0, n=0), "11:00")
    assert '<td class="today">0</td>' in empty
    assert '<td class="today level">–</td>' in empty
    unknown = changed("11:00", offered=None, abandoned=None, in_time=None, n=None)
    assert '<td class="today">–</td>' in cells(unknown, "11:00")


def test_a_half_hour_that_the_archive_has_in_part_is_said_to_be_that() -> None:
    part = changed("11:00", is_whole=False)
    assert "in part" in cells(part, "11:00")
    line = line_of_today(page(past=part))
    assert line.count("M") == 2  # a gap


def test_an_archive_that_does_not_answer_is_said_and_what_is_known_stays() -> None:
    html = page(problem="unreachable").html
    assert "The archive does not answer." in html
    assert "As the archive had it at 14:40:00." in html
    assert 'data-key="11:00"' in html
    for problem, said in (
        ("slow", "slow to answer"), ("asking", "is being asked"), ("no_archive", "started without one"),
    ):  # fmt: skip
        html = page(past=None, problem=problem).html  # type: ignore[arg-type]
        assert said in html
        assert "<table" not in html


def test_how_far_the_archive_reaches_is_said() -> None:
    late = replace(DAYS, reaches_to=NOW - 150 * MINUTE)
    assert "It reaches only to 12:10: what came later is missing, not zero." in page(past=late).html
    assert "nothing of the last 24 hours" in page(past=replace(DAYS, reaches_to=None)).html


def test_an_archive_without_these_days_has_no_chart() -> None:
    empty = PastDay("2026-11-30", (HalfHour(NOW, NOW + 30 * MINUTE, "14:30", False),))
    html = page(past=PastDays(NOW, "UTC", empty, empty, empty)).html
    assert "The archive has no calls of these days." in html
    assert "<svg" not in html.partition('id="days"')[2]


def test_the_goal_stands_where_all_queues_have_one() -> None:
    assert ">Goal 80 %<" in page().html  # as the axis beside it has 75 %
    assert ">75 %<" in page().html
    assert 'class="c-goal"' in page().html
    other = targets(queue="meters", goal=0.9, answer_within_ms=60_000)
    latest = latest_of(
        snapshot(NOW), snapshot(NOW, queue="meters", goal=0.9, answer_within_ms=60_000), promises=(targets(), other)
    )  # fmt: skip
    both = paint(
        board(latest, NOW),
        Asked("trends", "centre=water", "en"),
        None,
        Beside(LastHour(), Known(DAYS, "")),
    )
    assert 'class="c-goal"' not in both.html
    assert "Answered as each queue promised" in both.html


def test_the_archive_is_asked_of_the_queues_that_the_viewer_sees() -> None:
    shown = board(floor(), NOW)
    assert queues(shown, "queue=rates") == ("rates",)
    assert queues(shown, "department=works") == ("burst-pipes", "meters")
    assert queues(shown, "centre=rates") == ("rates",)
    assert queues(shown, "") == ("burst-pipes", "meters", "rates")
    works = board(floor(), NOW, scope=Scope(departments=frozenset({"works"})))
    assert queues(works, "") == ("burst-pipes", "meters")
    assert queues(works, "queue=rates") == ()


def test_what_is_not_there_or_not_to_be_seen_is_not_found() -> None:
    for of in ("queue=nowhere", "centre=nowhere", "department=<script>"):
        found = page(of)
        assert found.status == 404
        assert "<script>" not in found.html


def test_names_are_escaped_and_links_keep_what_the_page_is_of() -> None:
    found = page("queue=meters")
    whole = document(found, Asked("trends", "queue=meters", "en"), Look(), "b", "/trends").decode()
    assert "Meters &lt;b&gt;" in whole
    assert 'href="?queue=meters&amp;lang=ar"' in whole
    assert 'href="/wall/meters"' in whole


def test_its_address_says_of_what_it_is() -> None:
    assert asked_by("/trends", "en", {"centre": "water", "lang": "en"}) == Asked(
        "trends", "centre=water", "en"
    )
    assert asked_by("/trends", "en", {}) == Asked("trends", "", "en")
    assert asked_by("/queue/a", "en", {"centre": "water"}) == Asked("queue", "a", "en")


def test_from_right_to_left_the_day_runs_so_too() -> None:
    def first_x(painted: Painted) -> float:
        return float(line_of_today(painted)[1:].partition(" ")[0])

    assert first_x(page()) < 100
    assert first_x(page(language="ar")) > 620


def test_the_hour_that_a_night_has_twice_stands_twice() -> None:
    def day(*names: str) -> PastDay:
        return PastDay("", tuple(HalfHour(0, 1, name, True, 1, 0, 1, 1) for name in names))

    twice = day("01:30", "02:00", "02:30", "02:00+01:00", "02:30+01:00", "03:00")
    spring, plain = day("01:30", "03:00"), day("01:30", "02:00", "02:30", "03:00")
    assert clocks(PastDays(0, "UTC", plain, twice, plain)) == [each.clock for each in twice.halves]
    assert clocks(PastDays(0, "UTC", spring, plain, plain)) == [each.clock for each in plain.halves]
    assert clocks(PastDays(0, "UTC", day("01:30"), spring, day("02:00", "02:30"))) == [
        "01:30", "02:00", "02:30", "03:00",
    ]  # fmt: skip
    evening = PastDays(
        0, "UTC", day("22:00", "00:30"), day("22:00", "23:00", "00:30"), day("22:00", "00:00")
    )
    assert clocks(evening) == ["22:00", "23:00", "00:00", "00:30"]
