"""One figure, three answers: what a Grafana board asks, what the exporter shows, and what `history` says of the same moment.

A morning is told to the real core. Prometheus holds what the real exporter shows of it, the archive its calls, on chDB and
on Debian's ClickHouse. Every query of every board that asks Prometheus runs: one that answers nothing fails.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from dashboards.grafana import look, render
from schemas.attention import AttentionLevel
from schemas.counters import Counts
from schemas.formulas import (
    ABANDONMENTS,
    SERVICE_LEVELS,
    denominator,
    numerator,
    service_level,
)
from schemas.goal import ELIGIBLE_CALLS
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.question import Basis, By, Question
from streams.history.report import Row
from streams.history.reports.consistency import consistency_rows
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.archived import ArchivedStory
from tests.support.boards import Asked, asked, expanded, promql_expanded
from tests.support.builders import MONDAY, published, targets
from tests.support.exported_day import (
    BILLING,
    MOMENT,
    MYSTERY,
    PERMITS,
    QUEUES,
    REPAIRS,
    SEEN_AT,
    Sample,
    backfill,
    counted,
    made_up,
    morning,
    shown,
)
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse, Prometheus, prometheus

BOARDS = ("wall", "supervisor", "on-call", "pipeline")
ASKED = [query for board in BOARDS for query in asked(board)]
CONFIGURED = (BILLING, REPAIRS, PERMITS)
GOALS = {BILLING: 0.8, REPAIRS: 0.9, PERMITS: 0.5}
AB2 = ABANDONMENTS[1]
WINDOWS = {"15m": 15 * MINUTE, "30m": 30 * MINUTE, "60m": HOUR, "today": MOMENT - MONDAY}
Values = dict[
    str, float
]  # by queue, or by what else tells the rows apart; "" where there is one row


@pytest.fixture(scope="module")
def day() -> ArchivedStory:
    return morning()


@pytest.fixture(scope="module", params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    day: ArchivedStory,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    with opened(request.param, tmp_path_factory.mktemp("agree"), clickhouse_server) as database:
        day.keep(database)
        yield database


@pytest.fixture(scope="module")
def history(archive: Database) -> "History":
    return History(archive)


@pytest.fixture(scope="module")
def scraped(day: ArchivedStory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus")
    backfill([*shown(day), *_others(), *_alerts()], folder)
    server = prometheus(folder, "scrape_configs: []\n")
    with server.server:
        yield server


def _others() -> list[Sample]:
    """What the other processes show, by the table of series, and counters that the stream has counted for an hour."""
    at = SEEN_AT / SECOND
    return [
        made_up("queuewatch_lag_records", 9, "archive", "legs", "0"),
        made_up("queuewatch_ready", 0, "archive", "archive"),
        made_up("queuewatch_ready", 1, "notify", "notify"),
        made_up("queuewatch_build_info", 1, "archive", "archive", "0.2.0"),
        made_up("queuewatch_archive_blocked_seconds", 12, "archive"),
        made_up("queuewatch_reconcile_differing_figures", 2, "archive", BILLING),
        made_up("queuewatch_reconcile_day_start_timestamp_seconds", MONDAY / SECOND, "archive"),
        made_up("queuewatch_certificate_expires_timestamp_seconds", at + 86_400, "board", "server", "x.pem", ""),
        made_up("queuewatch_notify_firing_alerts", 3, "notify"),
        made_up("queuewatch_alerts_open", 2, "notify", "oldest_wait", "page", "firing"),
        made_up("queuewatch_alerts_open", 1, "notify", "surge", "warn", "muted"),
        made_up("queuewatch_probe_last_timestamp_seconds", at - 40, "notify", "webhook"),
        made_up("queuewatch_probe_last_timestamp_seconds", at - 30, "notify", "kafka"),
        made_up("queuewatch_deliver_oldest_overdue_seconds", 7, "deliver"),
        made_up("queuewatch_deliver_target_failing_seconds", 61, "deliver", "water", "ntfy, line 2"),
        *counted("queuewatch_events_total", 20, "stream", "calls", "applied"),
        *counted("queuewatch_checkpoints_total", 4, "stream"),
        *counted("queuewatch_checkpoint_seconds_total", 0.1, "stream"),
        *counted("queuewatch_quarantined_total", 0.01, "stream", "calls", "too_old"),
        *counted("queuewatch_archive_rows_total", 5, "archive", "legs"),
        *counted("queuewatch_follower_refused_total", 0.02, "archive", "pbx", "unknown_verb"),
        *counted("queuewatch_notify_posts_total", 0.005, "notify", "failed"),
        *counted("queuewatch_deliver_messages_total", 0.01, "deliver", "sent"),
    ]  # fmt: skip


def _alerts() -> list[Sample]:
    """As Prometheus writes the state of its own rules."""

    def fires(name: str, severity: str, **more: str) -> Sample:
        labels = {"alertname": name, "alertstate": "firing", "severity": severity, **more}
        return "ALERTS", labels, 1, SEEN_AT - SECOND

    return [
        fires("Watchdog", "none"),
        fires("QueueWithoutFeed", "none", queue=MYSTERY),
        fires("LagGrowing", "warn", job="archive"),
        fires("FeedStale", "page", source="node", job="stream"),
    ]


class History:
    """What `history` says of each window that ends at the moment, each thing when it happened, as the wall counts."""

    def __init__(self, archive: Database) -> None:
        self.archive = archive
        self._rows = {
            window: {str(row["queue"]): row for row in self.ask(MOMENT - ms, "event")}
            for window, ms in WINDOWS.items()
        }

    def ask(
        self, start: int, basis: Basis, by: By = "queue", every_ms: int | None = None
    ) -> list[Row]:
        question = Question(start, MOMENT, by=by, basis=basis, every_ms=every_ms)
        return call_figures(self.archive, read_catalogue(self.archive, SEEN_AT), question)

    def consistency(self, start: int) -> list[Row]:
        catalogue = read_catalogue(self.archive, SEEN_AT)
        return consistency_rows(self.archive, catalogue, Question(start, MOMENT))

    def figure(self, window: str, name: str) -> Values:
        found = {queue: self._rows[window].get(queue, {}).get(name) for queue in QUEUES}
        return {
            queue: float(each) for queue, each in found.items() if isinstance(each, int | float)
        }

    def parts(self, window: str) -> dict[str, tuple[int, int]]:
        return {queue: parts(self._rows[window][queue]) for queue in CONFIGURED}

    def served(self, window: str) -> Values:
        return {
            queue: above / below for queue, (above, below) in self.parts(window).items() if below
        }

    def n(self, window: str) -> Values:
        return {queue: below for queue, (_, below) in self.parts(window).items()}

    def total(self, window: str) -> Values:
        """Served as each queue promised."""
        above, below = (sum(part) for part in zip(*self.parts(window).values(), strict=True))
        return {"": above / below}

    def to_goal(self, window: str) -> Values:
        n = self.n(window)
        return {
            queue: look.FEW_CODE if level < GOALS[queue] and n[queue] < 5 else level - GOALS[queue]
            for queue, level in self.served(window).items()
        }

    def burn(self, window: str) -> Values:
        return {q: (1 - level) / (1 - GOALS[q]) for q, level in self.served(window).items()}

    def left(self) -> Values:
        return {
            queue: max(0, int(above / GOALS[queue] - below + 1e-9))
            for queue, (above, below) in self.parts("today").items()
        }

    def ab2(self, window: str) -> Values:
        counts = [counts_of(self._rows[window][queue]) for queue in CONFIGURED]
        above, below = (
            sum(part(AB2, each) for each in counts) for part in (numerator, denominator)
        )
        return {"": above / below}


def counts_of(row: Row) -> Counts:
    known = {name: row[name] for name in Counts.__struct_fields__ if isinstance(row.get(name), int)}
    return Counts(**known)  # type: ignore[arg-type]  # integers, as just asked


def parts(row: Row) -> tuple[int, int]:
    """Calls in target and calls due, by the formula that the queue was promised."""
    rule = service_level(row["formula"])  # type: ignore[arg-type]  # the name of one
    counts = counts_of(row)
    return numerator(rule, counts), denominator(rule, counts)


def line(day: ArchivedStory, name: str) -> Values:
    found = {each.queue: getattr(each, name) for each in day.unit.snapshots(now=SEEN_AT)}
    return {queue: float(value) for queue, value in found.items() if value is not None}


def agents(day: ArchivedStory, *states: str) -> Values:
    found = {each.queue: each.agents for each in day.unit.snapshots(now=SEEN_AT)}
    return {q: sum(by.get(state, 0) for state in states) for q, by in found.items() if by}


def state_codes(day: ArchivedStory) -> Values:
    codes: dict[AttentionLevel, int] = look.STATE_CODES
    found = {each.queue: each.attention for each in day.unit.snapshots(now=SEEN_AT)}
    return {queue: codes[attention.level] for queue, attention in found.items() if attention}


Expected = Callable[[ArchivedStory, History], Values]
OLDEST_S = {BILLING: (SEEN_AT - MOMENT) / SECOND + 180, REPAIRS: 0, PERMITS: 0, MYSTERY: 0}
EACH = dict.fromkeys(QUEUES, 1.0)
QUEUE_COLUMNS: dict[str, Expected] = {
    "A": lambda d, h: EACH, "B": lambda d, h: state_codes(d), "C": lambda d, h: line(d, "waiting"),
    "D": lambda d, h: OLDEST_S, "E": lambda d, h: h.served("30m"), "F": lambda d, h: h.to_goal("30m"),
    "G": lambda d, h: h.n("30m"), "H": lambda d, h: h.served("today"), "I": lambda d, h: h.to_goal("today"),
    "J": lambda d, h: h.n("today"), "K": lambda d, h: GOALS,
    "L": lambda d, h: h.figure("30m", "abandonment_ab2"),
}  # fmt: skip
AGENT_COLUMNS: dict[str, Expected] = {
    "A": lambda d, h: EACH, "B": lambda d, h: agents(d, "available"), "C": lambda d, h: agents(d, "ringing"),
    "D": lambda d, h: agents(d, "talking", "hold"), "E": lambda d, h: agents(d, "wrap"),
    "F": lambda d, h: agents(d, "not_ready"), "G": lambda d, h: agents(d, "unreachable"),
}  # fmt: skip


def _figure(window: str, name: str) -> Expected:
    return lambda d, h: h.figure(window, name)


def by_formula(window: str) -> dict[str, Expected]:
    columns: list[Expected] = [lambda d, h: EACH, lambda d, h: h.served(window)]
    columns += [_figure(window, rule.name) for rule in SERVICE_LEVELS]
    columns += [lambda d, h: GOALS, lambda d, h: {BILLING: 20, REPAIRS: 30, PERMITS: 10}]
    return dict(zip("ABCDEFGHI", columns, strict=True))


def one(value: float) -> dict[str, Expected]:
    return {"A": lambda d, h: {"": value}}


def rows(**values: float) -> dict[str, Expected]:
    return {"A": lambda d, h: values}


SERVED = look.SERVED_AS_PROMISED
FIRING = {"oldest_wait billing": 1.0}
KNOWN: dict[str, dict[str, Expected]] = {  # by panel; the same panel on two boards says the same
    "Data age": one((SEEN_AT - MOMENT) / SECOND), "Queues without live data": one(0), "Unexplained legs": one(0),
    "Alerts firing": one(1), "Waiting": one(2), "Oldest wait": one(OLDEST_S[BILLING]), "Late now": one(2),
    f"{SERVED}, 30 min": {"A": lambda d, h: h.total("30m")}, f"{SERVED}, today": {"A": lambda d, h: h.total("today")},
    "Abandoned, 30 min": {"A": lambda d, h: h.ab2("30m")}, "Queues": QUEUE_COLUMNS,
    "Longest queues": {"A": lambda d, h: line(d, "waiting")}, "Agents by state": AGENT_COLUMNS,
    "Service level by formula, 30 min": by_formula("30m"), "Service level by formula, today": by_formula("today"),
    "Callers now": {
        "A": lambda d, h: EACH, "B": lambda d, h: line(d, "waiting"),
        "C": lambda d, h: {BILLING: 2, REPAIRS: 0, PERMITS: 0}, "D": lambda d, h: line(d, "doubtful"),
        "E": lambda d, h: OLDEST_S, "F": lambda d, h: line(d, "in_service"),
        "G": lambda d, h: {
            queue: above / (below + 2 * (queue == BILLING)) for queue, (above, below) in h.parts("30m").items()
        },
        "H": lambda d, h: h.figure("today", "offered"), "I": lambda d, h: h.figure("today", "abandoned"),
    },
    "Waiting over time": {"A": lambda d, h: line(d, "waiting")}, "Oldest wait over time": {"A": lambda d, h: OLDEST_S},
    "Service level, 30 min, over time": {"A": lambda d, h: h.served("30m")},
    "Offered in 15 min, over time": {"A": lambda d, h: h.figure("15m", "offered")},
    "Abandoned in 15 min, over time": {"A": lambda d, h: h.figure("15m", "abandoned")},
    "Alerts of queues": one(1), "Nobody has them": one(2), "Alerts of the pipeline": one(2),
    "Last probe came back": one(40), "Alerts of queues that fire": {"A": lambda d, h: FIRING},
    "Alerts of the pipeline that fire": {
        "A": lambda d, h: {"LagGrowing warn archive": 1, "FeedStale page stream node": 1},
    },
    "Burn and late calls left": {
        "A": lambda d, h: EACH, "B": lambda d, h: h.burn("60m"), "C": lambda d, h: h.burn("15m"),
        "D": lambda d, h: h.n("60m"), "E": lambda d, h: h.left(), "F": lambda d, h: h.served("today"),
        "G": lambda d, h: GOALS, "H": lambda d, h: h.n("today"),
    },
    "What people said": {"A": lambda d, h: {"oldest_wait page firing": 2, "surge warn muted": 1}},
    "Sources": {
        "A": lambda d, h: {"node": MOMENT / SECOND}, "B": lambda d, h: {"node": (SEEN_AT - MOMENT) / SECOND},
        "C": lambda d, h: {"node": 1.5},
    },
    "Lag in records": rows(stream=4, archive=9), "Lag in time": rows(calls=1.5),
    "Processes not ready": one(1), "Workers recovering": one(0), "Lag": one(1.5), "Last checkpoint": one(0.25),
    "Archive blocked": one(12), "First certificate ends": one(86_400), "Wall and history differ": one(2),
    "Newest compared day": one(MONDAY), "Queues not configured": one(1), "Posts to Alertmanager failed": one(18),
    "Message overdue": one(7), "Events per second": {"A": lambda d, h: {"calls applied": 20}},
    "Rows archived per second": rows(legs=5), "Time of a checkpoint": one(0.025),
    "Processes": {
        "A": lambda d, h: {"stream 0.2.0": 1, "archive 0.2.0": 1},
        "B": lambda d, h: {"stream": 1, "archive": 0, "notify": 1},
    },
    "Set aside in the last hour": {"A": lambda d, h: {"calls too_old": 36}},
    "Lines refused in the last hour": {"A": lambda d, h: {"pbx unknown_verb": 72}},
    "Probe": rows(webhook=40, kafka=30), "Messages in the last hour": rows(sent=36),
    "Addresses that take nothing": {"A": lambda d, h: {"water ntfy, line 2": 61}},
}  # fmt: skip
# Of a queue whose rule cannot be asked, with the reason that the core gives.
REASONS = "Rules that cannot be asked"
# Which label tells rows of a query apart, and in which order they are named above.
_TELLING = (
    "alertname", "rule", "process", "version", "source", "severity", "owner", "target",
    "job", "table", "topic", "result", "stage", "reason", "state",
)  # fmt: skip


def values(answer: list[dict[str, Any]], expected: Values) -> Values:
    """By queue, or by the labels that tell rows of the pipeline apart, in the order in which `expected` has them."""
    found: Values = {}
    for row in answer:
        labels = row["metric"]
        words = [labels[name] for name in _TELLING if name in labels]
        queue = labels.get("queue", "")
        names = [
            queue,
            " ".join(words),
            " ".join([*words, queue]).strip(),
            " ".join(reversed(words)),
        ]
        names += [" ".join(sorted(words, key=name.find)) for name in expected]
        name = next((each for each in names if each in expected), " ".join(words) or queue)
        assert name not in found, f"two rows are {name}"
        found[name] = float(row["value"][1])
    return found


def test_every_query_has_an_answer_that_is_known() -> None:
    known = {(panel, ref) for panel, columns in KNOWN.items() for ref in columns}
    asked_for = {(query.panel, query.ref) for query in ASKED}
    assert asked_for - {(REASONS, "A")} == known


@pytest.mark.parametrize("query", [q for q in ASKED if q.panel != REASONS], ids=lambda q: q.name)
def test_prometheus_says_what_history_says(
    scraped: Prometheus, history: "History", day: ArchivedStory, query: Asked
) -> None:
    expr = promql_expanded(query.text, queue="|".join(QUEUES))
    expected = KNOWN[query.panel][query.ref](day, history)
    assert expected, "a panel that shows nothing is not tested"
    found = values(scraped.query(expr, SEEN_AT / SECOND), expected)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_rules_that_cannot_be_asked_are_listed_with_the_cores_reason(
    scraped: Prometheus, day: ArchivedStory
) -> None:
    (query,) = [each for each in ASKED if each.panel == REASONS]
    answer = [row["metric"] for row in scraped.query(query.text, SEEN_AT / SECOND)]
    expected = {
        (each.queue, rule, why)
        for each in day.unit.snapshots(now=SEEN_AT)
        for rule, why in each.not_evaluated.items()
    }
    assert {(row["queue"], row["rule"], row["reason"]) for row in answer} == expected


@pytest.mark.parametrize("chosen", [BILLING, f"{REPAIRS}|{PERMITS}"])
def test_the_supervisor_sees_the_chosen_queues_alone(scraped: Prometheus, chosen: str) -> None:
    for query in asked("supervisor"):
        answer = scraped.query(promql_expanded(query.text, queue=chosen), SEEN_AT / SECOND)
        queues = {row["metric"]["queue"] for row in answer if "queue" in row["metric"]}
        assert queues <= set(chosen.split("|")), query.name
    (waiting,) = [each for each in asked("supervisor") if each.panel == "Waiting"]
    (row,) = scraped.query(promql_expanded(waiting.text, queue=chosen), SEEN_AT / SECOND)
    assert float(row["value"][1]) == (2 if chosen == BILLING else 0)


def executive(archive: Database, panel: str) -> list[dict[str, Any]]:
    (query,) = [each for each in asked("executive") if (each.panel, each.ref) == (panel, "A")]
    sql = expanded(query.text, MONDAY // SECOND, MOMENT // SECOND, "UTC")
    return [dict(row) for row in archive.execute(sql).named()]


@pytest.fixture
def by_arrival(history: History) -> dict[str, Row]:
    """What `history summary` says; the board leaves the queue out that nobody configured."""
    found = {str(row["queue"]): row for row in history.ask(MONDAY, "arrival")}
    assert set(found) == set(QUEUES)
    return {queue: found[queue] for queue in CONFIGURED}


def test_the_executive_board_says_what_history_says(
    archive: Database, by_arrival: dict[str, Row]
) -> None:
    by_name = {queue.title(): row for queue, row in by_arrival.items()}
    good, due = (sum(part) for part in zip(*map(parts, by_arrival.values()), strict=True))
    assert executive(archive, SERVED) == [{"served": pytest.approx(good / due)}]
    (volumes,) = executive(archive, "Volumes")
    for column in ("offered", "answered", "abandoned", "rejected"):
        assert volumes[column.capitalize()] == sum(row[column] for row in by_arrival.values())  # type: ignore[misc]
    months = {row["Queue"]: row for row in executive(archive, "Service level by month and queue")}
    waits = {row["Queue"]: row for row in executive(archive, "Waits of the answered, by queue")}
    lost = {
        row["Queue"]: row
        for row in executive(archive, "Abandoned, rejected and unanswered, by queue")
    }
    assert set(months) == set(waits) == set(lost) == set(by_name)
    for name, row in by_name.items():
        above, below = parts(row)
        figures = months[name], waits[name], lost[name]
        assert [figures[0][each] for each in ("Offered", "Answered", "Abandoned", "n")] == [
            row["offered"], row["answered"], row["abandoned"], below,
        ]  # fmt: skip
        assert figures[0]["SL"] == pytest.approx(above / below)
        assert [figures[1][each] for each in ("Mean", "P50", "P90", "P95", "Longest")] == pytest.approx(
            [row[each] for each in ("asa_s", "wait_p50_s", "wait_p90_s", "wait_p95_s", "max_wait_answered_s")],
            abs=1e-3,
        )  # fmt: skip
        assert [
            figures[2][each] for each in ("Abandoned of all", "Without short ones", "Unanswered")
        ] == (pytest.approx([row[rule.name] for rule in ABANDONMENTS], abs=1e-6))
        assert figures[2]["Of them short"] == row["short_abandoned"]


def test_half_hours_that_met_the_goal_are_those_of_history(
    archive: Database, history: History
) -> None:
    """Both judge only half hours of enough calls; of the others none is in the share, nor among the worst."""
    found = [each for each in history.consistency(MONDAY) if each["queue"] in CONFIGURED]
    eligible, met, low = (
        sum(int(row[name] or 0) for row in found)
        for name in ("half_hours", "half_hours_met", "low_volume")
    )
    assert 0 < met < eligible
    assert low > 0, "the morning tries no half hour of few calls"
    (shown_on_board,) = executive(archive, "Half hours that met the goal")
    assert shown_on_board["half_hours_met"] == pytest.approx(met / eligible)
    by_queue = {
        row["Queue"]: row for row in executive(archive, "Half hours that met the goal, by queue")
    }
    for row in found:
        shown_of_it = by_queue[str(row["queue"]).title()]
        assert [shown_of_it["Half hours"], shown_of_it["Met the goal"]] == [
            row["half_hours"],
            row["half_hours_met"],
        ]
    assert all(row["n"] >= ELIGIBLE_CALLS for row in executive(archive, "Worst half hours"))


def test_a_centre_is_the_centre_of_history(archive: Database, history: History) -> None:
    desk = next(
        row for row in history.ask(MONDAY, "arrival", by="centre") if row["queue"] == "desk"
    )
    (row,) = [each for each in executive(archive, "Centres") if each["Centre"] == "Desk"]
    assert row["Offered"] == desk["offered"]
    assert [row["Gave up"], row["Unanswered"]] == pytest.approx(
        [desk["abandonment_ab2"], desk["unanswered_ab7"]], abs=1e-6
    )


def test_the_supervisor_chooses_among_the_queues_by_name(scraped: Prometheus) -> None:
    """The variable's query, and the regular expression that Grafana applies to its answer."""
    department, queue = render.board("supervisor")["templating"]["list"]
    assert department["query"] == "label_values(callcentre_target_info, department)"
    asked_for = queue["query"].removeprefix("query_result(").removesuffix(")")
    pattern = queue["regex"].strip("/").replace("(?<", "(?P<")

    def offered(departments: str) -> set[tuple[str, str]]:
        rows = scraped.query(promql_expanded(asked_for, department=departments), SEEN_AT / SECOND)
        found = set()
        for row in rows:  # as Grafana writes it: labels in the order in which Prometheus sends them
            text = ",".join(f'{name}="{value}"' for name, value in row["metric"].items())
            match = re.search(pattern, f"{{{text}}} 1 0")
            assert match, text
            found.add((match["value"], match["text"]))
        return found

    unnamed = {(MYSTERY, MYSTERY)}
    named = {(queue, queue.title()) for queue in CONFIGURED}
    assert offered(department["allValue"]) == named | unnamed
    assert offered("(town)") == named - {(PERMITS, "Permits")} | unnamed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("moved", [2 * HOUR, 3 * DAY])
def test_a_leg_whose_arrival_moved_is_one_on_the_board_and_in_history(
    kind: str, moved: int, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    """A time zone that was corrected: the same call is sent again, two hours or days apart."""
    first = leg_row_of(Recorded("7", BILLING, MOMENT, "answered", MOMENT + SECOND), 1)
    later = structs.replace(
        first, arrived_at=MOMENT - moved, left_at=MOMENT - moved + SECOND, version=2
    )
    begin, end = MOMENT - moved - HOUR, MOMENT + HOUR
    with opened(kind, tmp_path, clickhouse_server) as database:
        keep(database, "leg_versions", [leg_row(first), leg_row(later)])
        keep_targets(database, published(targets(BILLING)))
        for start, stop, calls in ((begin, end, 1), (begin, begin + 2 * HOUR, 1), (MOMENT, end, 0)):
            sums = [
                row["offered"]
                for row in call_figures(
                    database, read_catalogue(database, end), Question(start, stop, basis="arrival")
                )
            ]
            (query,) = [q for q in asked("executive") if q.panel == "Volumes"]
            sql = expanded(query.text, start // SECOND, stop // SECOND, "UTC")
            (row,) = database.execute(sql).named()
            assert (int(row["Offered"]), sums) == (calls, [calls])
