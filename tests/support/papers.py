"""A made-up paper with everything that a paper can have, and names that want to be markup or formulas."""

from streams.history.annotated import ANNOTATED
from streams.history.paper import Chart, Figure, Paper, Section, Table
from streams.history.papers.league import CENTRES, QUEUES
from streams.history.papers.trend import STEPS, WEEK
from streams.history.report import Row
from streams.history.reports.month import LOSSES
from streams.history.sentences import Moment, Points, Share, Span, sentence
from tests.support.builders import MONDAY

MARKUP = "<script>alert(1)</script> & #strong[x] *b* $y$ @z"
FORMULA = "=HYPERLINK(1)"
# 92 characters, as a municipality writes them.
LONG_ARABIC = "مركز خدمة المراجعين للمياه والصرف الصحي وطوارئ انقطاع التيار في الأحياء الشرقية والغربية من المدينة"
FORTY = 40
SHOWN = ("place", "name", "called", "sl_promised", "goal", "half_hours_missed", "half_hours", "gave_up", "sl_change", "sl_says")  # fmt: skip


def league_row(place: int, name: str) -> Row:
    return {
        "place": place, "queue": f"q{place}", "name": name, "called": 12_000 + place, "promised_calls": 11_000 + place,
        "sl_promised": 0.612345, "goal": 0.8, "against_goal": "missed", "half_hours": 136, "half_hours_missed": 126,
        "gave_up": 1_234, "rejected": 56, "sl_change": -4.25, "sl_says": "worse", "wait_p90_s": 186.345,
    }  # fmt: skip


def step_rows() -> list[Row]:
    return [
        {"start": f"2026-03-{day:02}T00:00:00+00:00", "called": 100 * day, "sl_promised": day / 40, "goal": 0.8}
        for day in range(1, 6)
    ]  # fmt: skip


def note_rows() -> list[Row]:
    return [
        {"number": 1, "planned": "incident", "began": "2026-03-01T08:00:00+00:00", "ended": "2026-03-03T11:00:00+00:00",
         "reason": MARKUP, "about": LONG_ARABIC, "owner": FORMULA},
        {"number": 2, "planned": "holiday", "began": "2026-03-04T00:00:00+00:00", "ended": "2026-03-05T00:00:00+00:00"},
    ]  # fmt: skip


def week_rows() -> list[Row]:
    return [
        {"weekday": day, "half_hour": f"{half // 2:02}:{half % 2 * 30:02}", "promised_calls": half, "sl_promised": half / 48,
         "goal": 0.8}
        for day in range(1, 8) for half in range(48)
    ]  # fmt: skip


def made_paper(*names: str) -> Paper:
    """Queues of these names; without any, forty of them."""
    called = names or (MARKUP, FORMULA, LONG_ARABIC, *(f"Queue {n}" for n in range(4, FORTY + 1)))
    queues = [league_row(place, name) for place, name in enumerate(called, start=1)]
    losses: list[Row] = [
        {"step": "called", "legs": 500, "share_of_called": 1.0},
        {"step": "rejected", "legs": 20, "share_of_called": 0.04, "reasons": FORMULA},
        {"step": "answered_in_target", "legs": 480, "share_of_called": 0.96},
    ]
    bad = sentence(
        "bad", place=1, group=called[0], share=Share(0.612345), goal=Share(0.8), calls=11_001, missed=126, eligible=136,
        longest=9, worst_at=Moment(MONDAY, "UTC"), worst_share=Share(0.05), calls_in_missed=9_000, gave_up=1_234, refused=56,
        change=sentence("worse", "month", points=Points(4.25), then=Share(0.65)),
    )  # fmt: skip
    figures = (
        Figure("served", Share(0.612345), sentence("beside_goal", goal=Share(0.8)), is_bad=True),
        Figure("gave_up", 1_234, sentence("beside_called", called=12_001)),
    )
    return Paper(
        sentence("title", period=Span("month", MONDAY, "UTC")),
        {"length": "month", "known_at": "2026-04-02T08:00:00+00:00", "program_version": "0.1.0", "department": FORMULA},
        (
            Section("head", sentences=(sentence("about_all", queues=len(called), called=3),)),
            Section("short", figures=figures),
            Section("worst_centres", sentences=(bad,), charts=(Chart("bars", "centres", "name", ("sl_promised",), "goal", "centres_goal"),)),
            Section("trend",
                    charts=(Chart("lines", "steps", "start", ("sl_promised",), "goal", "steps", "annotated"),
                            Chart("heatmap", "week", "half_hour", ("weekday", "sl_promised", "promised_calls"), "goal", "week")),
                    tables=(Table(ANNOTATED, note_rows(), ("number", "planned", "began", "ended", "reason", "about")), Table(STEPS, step_rows(), ("start", "called", "sl_promised", "goal")), Table(WEEK, week_rows(), first=0))),
            Section("leagues", tables=(Table(CENTRES, queues[:3], SHOWN), Table(QUEUES, queues, SHOWN))),
            Section("losses", charts=(Chart("waterfall", "losses", "step", ("legs",), name="losses"),), tables=(Table(LOSSES, losses),)),
            Section("definitions", definitions=("served", "no_value")),
        ),
    )  # fmt: skip
