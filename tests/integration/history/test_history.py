"""Reports against a naive recount, the same on chDB and on Debian's server.

Half of the made-up day is the night of 25 hours in Berlin.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import structs

from schemas.calls import Channel, Queued
from schemas.counters import Counts
from schemas.legs import TOLD_ALIKE
from schemas.millis import HOUR, MINUTE, from_iso, iso
from schemas.minutes import MinuteRow
from schemas.opening import Opening, parse_weekly
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.intervals import EVERY, bounds
from streams.history.question import CHANNELS, Basis, Question
from streams.history.report import Row, answer
from streams.history.reports.callbacks import REPORT as CALLBACKS
from streams.history.reports.legs import REPORT as LEGS_REPORT
from streams.history.reports.not_evaluated import not_evaluated
from streams.history.reports.snapshots import minutes_as_cut, minutes_asked, minutes_from_legs
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import event_row, leg_row, minute_rows
from tests.integration.archive.databases import KINDS, keep, keep_legs, keep_targets, opened
from tests.support.legs import leg_row_of, made_up_legs, targets_of
from tests.support.recount import Recorded, minute, recount, report_row
from tests.support.reports.refused_calls import REPORT as REFUSED
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
START, END = from_iso("2026-10-24T12:00:00+02:00"), from_iso("2026-10-25T12:00:00+01:00")
KNOWN_AT = 1_790_000_000_000
QUEUES = ["accounts", "billing", "cards"]


def _left_unseen(leg: Recorded, number: int) -> Recorded:
    """Of some who left nobody told when."""
    if number % 4 or leg.outcome not in ("abandoned", "exited"):
        return leg
    return replace(leg, left_at=leg.arrived_at, wait_unknown=True)


LEGS = [
    _left_unseen(leg, number)
    for number, leg in enumerate(made_up_legs(11, START - HOUR, END + HOUR, QUEUES, 2_500))
] + [
    replace(leg, target_ms=None, short_ms=None)
    for leg in made_up_legs(12, START, END, ["elsewhere"], 150)
]


@pytest.fixture(scope="module", params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("archive")
    with opened(request.param, folder, clickhouse_server) as database:
        # First as it looked while every call was still open, then again as it ended, partly twice.
        keep_legs(
            database, [replace(leg, outcome="open", left_at=None) for leg in LEGS], 1, KNOWN_AT
        )
        keep_legs(database, LEGS, 2, KNOWN_AT + HOUR)
        keep_legs(database, LEGS[::3], 2, KNOWN_AT + HOUR)
        keep_targets(database, targets_of(["accounts"], "Asia/Muscat", version=1))
        keep_targets(database, targets_of(QUEUES, ZONE, version=2))
        yield database


@pytest.mark.in_part
@pytest.mark.parametrize("basis", ["arrival", "event"])
def test_rows_like_one_before_them_are_a_figure(archive: Database, basis: Basis) -> None:
    """Legs that were told alike arrived on a day of their own: figures of the others stay."""
    at = START - 30 * 24 * HOUR
    legs = [
        replace(leg, leg_id=f"{leg.leg_id}-alike", arrived_at=at, left_at=at, ended_at=None)
        for leg in LEGS
        if leg.queue == "accounts" and leg.outcome == "abandoned" and leg.direction == "inbound"
    ][:3]
    rows = [leg_row_of(leg, 2, KNOWN_AT) for leg in legs]
    marked = [*rows[:1], *(structs.replace(row, flags=(TOLD_ALIKE,)) for row in rows[1:])]
    keep(archive, "leg_versions", [leg_row(row) for row in marked])
    (line,) = ask(archive, Question(at, at + HOUR, queue="accounts", basis=basis))
    assert (line["offered" if basis == "arrival" else "abandoned"], line["told_alike"]) == (3, 2)


def ask(archive: Database, question: Question) -> list[Row]:
    return call_figures(archive, read_catalogue(archive, END), question)


def assert_agrees(line: Row, legs: list[Recorded], start: int, end: int, basis: str) -> None:
    for name, expected in report_row(recount(legs, start, end, basis)).items():
        got = line[name]
        where = f"{line['queue']} {line['start']} {name}: {got}, expected {expected}"
        if expected is None:
            assert got is None, where
        else:
            assert isinstance(got, int | float), where
            digits = 3 if name.endswith("_s") else 6
            assert got == pytest.approx(expected, abs=0.51 * 10**-digits), where


@pytest.mark.parametrize("basis", ["arrival", "event"])
def test_summary_by_queue(archive: Database, basis: str) -> None:
    lines = ask(archive, Question(START, END, basis=basis))  # type: ignore[arg-type]
    assert [line["queue"] for line in lines] == [*QUEUES, "elsewhere"]
    for line in lines[:-1]:
        legs = [leg for leg in LEGS if leg.queue == line["queue"]]
        assert_agrees(line, legs, START, END, basis)
        assert (line["formula"], line["answer_within_s"], line["short_abandon_s"], line["basis"]) == (
            "short_abandons_ignored", 20, 5, basis,
        )  # fmt: skip
        assert line["start"] == "2026-10-24T12:00:00+02:00"


def test_a_queue_without_targets_has_no_service_level(archive: Database) -> None:
    (line,) = ask(archive, Question(START, END, queue="elsewhere"))
    legs = [leg for leg in LEGS if leg.queue == "elsewhere"]
    expected = report_row(recount(legs, START, END))
    assert line["offered"] == expected["offered"]
    assert line["abandonment_ab1"] == pytest.approx(expected["abandonment_ab1"], abs=1e-6)
    assert [line[name] for name in line if name.startswith("sl_")] == [None] * 6
    assert [line[name] for name in ("abandonment_ab2", "formula", "answer_within_s")] == [None] * 3


def test_groups_are_counted_not_averaged(archive: Database) -> None:
    lines = ask(archive, Question(START, END, by="centre"))
    assert [line["queue"] for line in lines] == ["first", "not configured", "second"]
    assert_agrees(lines[0], [leg for leg in LEGS if leg.queue == "accounts"], START, END, "arrival")
    second = [leg for leg in LEGS if leg.queue in {"billing", "cards"}]
    assert_agrees(lines[2], second, START, END, "arrival")
    (town, _) = sorted(
        ask(archive, Question(START, END, by="department")),
        key=lambda line: line["queue"] != "town",
    )
    assert_agrees(town, [leg for leg in LEGS if leg.queue in QUEUES], START, END, "arrival")
    (everything,) = ask(archive, Question(START, END, by="all"))
    assert everything["queue"] == "ALL"
    assert everything["offered"] == recount(LEGS, START, END)["offered"]
    assert everything["sl_offered"] is None  # for some legs nobody promised anything


@pytest.mark.in_part
@pytest.mark.parametrize("basis", ["arrival", "event"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_one_channel_alone_and_all_of_them_by_channel(
    archive: Database, channel: Channel, basis: Basis
) -> None:
    of_queue = [leg for leg in LEGS if leg.queue == "billing"]
    legs = [leg for leg in of_queue if leg.channel == channel]
    (line,) = ask(archive, Question(START, END, queue="billing", channel=channel, basis=basis))
    assert_agrees(line, legs, START, END, basis)
    assert (line["channel"], line["formula"]) == (channel, "short_abandons_ignored")
    by_channel = ask(archive, Question(START, END, queue="billing", by="channel", basis=basis))
    assert [each["queue"] for each in by_channel] == ["callback", "voice"]
    (found,) = [each for each in by_channel if each["channel"] == channel]
    assert {name: found[name] for name in found if name not in ("queue", "start")} == {
        name: line[name] for name in line if name not in ("queue", "start")
    }
    (both,) = ask(archive, Question(START, END, queue="billing", basis=basis))
    assert both["channel"] is None
    assert both["offered"] == sum(int(str(each["offered"])) for each in by_channel)
    voice = next(each for each in by_channel if each["queue"] == "voice")
    for name in both:  # what is judged is judged by the line alone
        if name.startswith(("sl", "asa", "wait_p", "max_wait_answered")):
            assert both[name] == voice[name], name


def test_legs_of_one_channel_are_listed(archive: Database) -> None:
    catalogue, question = read_catalogue(archive, END), Question(START, END, channel="callback")
    (rows,) = answer(LEGS_REPORT, archive, catalogue, question).rows
    assert sorted(str(row["leg_id"]) for row in rows) == sorted(
        leg.leg_id for leg in LEGS if leg.channel == "callback" and START <= leg.arrived_at < END
    )


@pytest.mark.in_part
@pytest.mark.parametrize("basis", ["arrival", "event"])
@pytest.mark.parametrize("every", ["15m", "1h", "1d"])
def test_intervals_over_the_night_of_25_hours(archive: Database, every: str, basis: str) -> None:
    question = Question(START, END, every_ms=EVERY[every], basis=basis, queue="billing")  # type: ignore[arg-type]
    lines = ask(archive, question)
    points = bounds(START, END, EVERY[every], ZONE)
    assert [line["start"] for line in lines] == [iso(at, ZoneInfo(ZONE)) for at in points[:-1]]
    legs = [leg for leg in LEGS if leg.queue == "billing"]
    for line, start, end in zip(lines, points, points[1:], strict=False):
        assert_agrees(line, legs, start, end, basis)
    if every == "1h":
        assert [line["start"] for line in lines if "T02:" in str(line["start"])] == [
            "2026-10-25T02:00:00+02:00",
            "2026-10-25T02:00:00+01:00",
        ]


def test_as_of_shows_what_was_known_then(archive: Database) -> None:
    before = ask(archive, Question(START, END, queue="billing", as_of=KNOWN_AT + HOUR - 1))[0]
    offered = recount([leg for leg in LEGS if leg.queue == "billing"], START, END)["offered"]
    assert (before["answered"], before["sl_offered"]) == (0, None)
    legs = [
        replace(leg, outcome="open", left_at=None)
        for leg in LEGS
        if leg.queue == "billing"  # rejections are open in that version, too
    ]
    assert before["open"] == recount(legs, START, END)["open"] >= offered
    after = ask(archive, Question(START, END, queue="billing", as_of=KNOWN_AT + HOUR))
    assert after == ask(archive, Question(START, END, queue="billing"))
    assert (
        ask(archive, Question(START, END, queue="billing", as_of=KNOWN_AT - 1))[0]["offered"] == 0
    )


def test_an_empty_range_is_a_line_of_zeros_for_what_is_configured(archive: Database) -> None:
    later = END + 900 * HOUR
    lines = ask(archive, Question(later, later + HOUR))
    assert [(line["queue"], line["offered"], line["sl_offered"]) for line in lines] == [
        (queue, 0, None) for queue in QUEUES
    ]
    (everything,) = ask(archive, Question(later, later + HOUR, by="all"))
    assert (everything["offered"], everything["answer_within_s"]) == (0, 20)


def test_a_report_of_one_file_is_counted_on_both_databases(archive: Database) -> None:
    (rows,) = answer(REFUSED, archive, read_catalogue(archive, END), Question(START, END)).rows
    for row in rows:
        legs = [leg for leg in LEGS if leg.queue == row["queue"] and START <= leg.arrived_at < END]
        assert row["refused"] == sum(leg.outcome == "rejected" for leg in legs) > 0
        assert row["share"] == row["refused"] / len(legs)
    assert [row["queue"] for row in rows] == [*QUEUES, "elsewhere"]


def made_up_call_backs() -> tuple[list[Recorded], dict[str, int]]:
    """Two hundred contacts that asked, and what became of them, known since it was made so."""
    chance, day = random.Random(3), from_iso("2026-06-01T00:00:00Z")
    legs: list[Recorded] = []
    known = dict.fromkeys(
        ("requested", "reached", "not_reached", "still_open", "unknown", "attempts"), 0
    )
    for number in range(200):
        name = f"asked{number}"
        by = chance.choice(["contact", "caller", "nothing"])
        ids = (
            {"contact_id": name} if by == "contact" else {"caller": name} if by == "caller" else {}
        )
        asked_at = day + number * MINUTE
        legs.append(
            Recorded(name, "claims", asked_at - 30_000, "callback", asked_at, None, **ids)  # type: ignore[arg-type]
        )
        ends = chance.choice([(), ("abandoned",), ("exited", "answered"), ("answered",), ("open",)])
        for place, outcome in enumerate(ends, start=1):
            at = asked_at + place * HOUR + number
            left_at = None if outcome == "open" else at + 5_000
            legs.append(
                Recorded(
                    f"{name}-{place}",
                    "claims",
                    at,
                    outcome,
                    left_at,
                    None,
                    channel="callback",
                    **ids,  # type: ignore[arg-type]
                )
            )
        known["requested"] += 1
        if by == "nothing":
            known["unknown"] += 1
            continue
        known["attempts"] += len(ends)
        known["reached"] += "answered" in ends
        known["not_reached"] += ends == ("abandoned",)
        known["still_open"] += ends in ((), ("open",))
    return legs, known


@pytest.mark.parametrize("kind", KINDS)
def test_call_backs_by_queue(
    kind: str, clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    legs, known = made_up_call_backs()
    start = legs[0].arrived_at
    with opened(kind, tmp_path_factory.mktemp("callbacks"), clickhouse_server) as database:
        keep_targets(database, targets_of(["claims"]))
        keep_legs(
            database, [replace(leg, outcome="open", left_at=None) for leg in legs], 1, KNOWN_AT
        )
        keep_legs(database, legs, 2, KNOWN_AT + HOUR)
        catalogue = read_catalogue(database, start)
        question = Question(start, start + 24 * HOUR)
        (row,) = answer(CALLBACKS, database, catalogue, question).rows[0]
        assert {name: row[name] for name in known} == known
        nobodys = sum(
            leg.channel == "callback" and not (leg.contact_id or leg.caller) for leg in legs
        )
        assert row["unmatched_attempts"] == nobodys > 0
        (line,) = ask(database, question)
        assert line["callback"] == row["requested"]
        before = msgspec.structs.replace(question, as_of=KNOWN_AT)
        (row,) = answer(CALLBACKS, database, catalogue, before).rows[0]
        assert (row["requested"], row["share_reached"]) == (0, None)


def test_legs_are_listed_once_in_their_newest_version(archive: Database) -> None:
    listed = answer(
        LEGS_REPORT, archive, read_catalogue(archive, END), Question(START, END, queue="cards")
    ).rows[0]
    legs = {
        leg.leg_id: leg for leg in LEGS if leg.queue == "cards" and START <= leg.arrived_at < END
    }
    assert sorted(str(line["leg_id"]) for line in listed) == sorted(legs)
    for line in listed:
        leg = legs[str(line["leg_id"])]
        assert (line["outcome"], line["arrived_at"]) == (leg.outcome, iso(leg.arrived_at))
        assert line["left_at"] == (None if leg.left_at is None else iso(leg.left_at))


def test_where_every_wait_is_unknown_none_is_shown(archive: Database) -> None:
    leg = next(
        leg for leg in LEGS
        if leg.wait_unknown and START <= leg.arrived_at < END and leg.direction == "inbound"
        and not leg.out_of_hours
    )  # fmt: skip
    at = leg.arrived_at
    (line,) = ask(archive, Question(at, at + 1, queue=leg.queue))
    assert (line["offered"], line[leg.outcome]) == (1, 1)
    assert [line[name] for name in ("max_wait_s", "mean_time_to_abandon_s")] == [None, None]


@pytest.mark.parametrize("window", [5 * MINUTE, 30 * MINUTE])
def test_snapshots_from_legs(archive: Database, window: int) -> None:
    start = START + 2 * HOUR
    question = Question(
        start, start + 3 * HOUR, window_ms=window, every_ms=7 * MINUTE, queue="billing"
    )
    legs = [leg for leg in LEGS if leg.queue == "billing"]
    lines = list(minutes_from_legs(archive, read_catalogue(archive, END), question))
    assert len(lines) == 26
    for at, line in zip(minutes_asked(question), lines, strict=True):
        # An answered call whose end nobody knows is talked to for twelve hours at most.
        capped = [
            replace(leg, ended_at=leg.left_at + 12 * HOUR)
            if leg.outcome == "answered" and leg.ended_at is None and leg.left_at is not None
            else leg
            for leg in legs
        ]
        expected = minute(capped, at, window)
        for name in ("waiting", "oldest_wait_s", "in_service", "offered", "answered", "abandoned",
                     "answered_in_target", "n"):  # fmt: skip
            assert line[name] == expected[name], (line, name)
        for name in ("sl", "asa_s"):
            assert line.get(name) == (
                None if expected[name] is None else pytest.approx(expected[name], abs=1e-3)
            )


def test_snapshots_as_cut_take_the_newest_row_and_fill_what_the_feed_told_of_with_zeros(
    archive: Database,
) -> None:
    at = START + MINUTE
    first = MinuteRow("accounts", at, 1, at, waiting=9, formula="offered", windows={30: Counts()})
    final = MinuteRow(
        "accounts", at, 2, at, waiting=2, oldest_wait_ms=61_500, in_service=4,
        formula="short_abandons_ignored",
        windows={30: Counts(offered=6, answered=3, abandoned=2, answered_in_target=2,
                            short_abandoned=1, answer_wait_ms=45_000)},
    )  # fmt: skip
    for row in (first, final, final):
        keep(archive, "minutes", minute_rows(row))
    question = Question(
        START, START + 2 * MINUTE, window_ms=30 * MINUTE, every_ms=MINUTE, queue="accounts"
    )
    lines = list(minutes_as_cut(archive, read_catalogue(archive, END), question))
    assert [line["at"] for line in lines] == [iso(START), iso(at), iso(at + MINUTE)]
    cut = lines[1]
    assert (cut["waiting"], cut["oldest_wait_s"], cut["in_service"]) == (2, 61.5, 4)
    assert (cut["sl"], cut["n"], cut["asa_s"]) == (0.5, 4, 15)
    assert lines[::2] == [{"at": iso(START), "queue": "accounts"},
                          {"at": iso(at + MINUTE), "queue": "accounts"}]  # fmt: skip
    for offset, told in enumerate((START, at + MINUTE + 5_000)):
        event = Queued(event_id=f"e{offset}", at=told, source="pbx", queue="cards", leg_id="e")
        keep(archive, "events", [event_row(event, "calls-0", offset, told)])
    lines = list(minutes_as_cut(archive, read_catalogue(archive, END), question))
    assert [(line["waiting"], line["n"], line.get("sl")) for line in lines[::2]] == [
        (0, 0, None)
    ] * 2


def test_why_nobody_was_told_is_by_the_newest_rows_of_the_range(archive: Database) -> None:
    at, lacks = START + 6 * HOUR, {"surge": "no profile"}
    said: list[tuple[int, int, dict[str, str] | None]] = [
        (at, 1, {}), (at, 2, lacks), (at + MINUTE, 1, lacks), (at + MINUTE, 2, {}), (at + 2 * MINUTE, 1, None),
        (at - MINUTE, 1, lacks), (at + 3 * MINUTE, 1, lacks),
    ]  # fmt: skip
    windows = {30: Counts(), 60: Counts()}
    for end, version, told in said:
        row = MinuteRow("cards", end, version, end, windows=windows, not_evaluated=told)
        keep(archive, "minutes", minute_rows(row))
    catalogue = read_catalogue(archive, END)
    asked = Question(at, at + 3 * MINUTE, queue="cards")
    assert not_evaluated(archive, catalogue, asked) == [
        {"queue": "cards", "rule": "surge", "lacked": "no profile", "first_at": iso(at), "last_at": iso(at), "minutes": 1},
        {"queue": "cards", "rule": None, "lacked": None, "first_at": iso(at + 2 * MINUTE),
         "last_at": iso(at + 2 * MINUTE), "minutes": 1},
    ]  # fmt: skip
    assert not_evaluated(archive, catalogue, structs.replace(asked, queue="billing")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_opening_hours_and_a_corrected_arrival(
    kind: str, clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Empty half hours of opening hours are there, others not; a corrected arrival counts once."""
    monday = from_iso("2026-05-04T00:00:00Z")
    opening = Opening(weekly=parse_weekly("Mon 08:00-09:30"))
    leg = Recorded("c1", "billing", monday + 20 * HOUR, "answered", monday + 20 * HOUR + 1_000)
    moved = replace(leg, arrived_at=monday + 8 * HOUR, left_at=monday + 8 * HOUR + 2_000)
    corrected = msgspec.structs.replace(leg_row_of(moved, 2), key_at=leg.arrived_at)
    folder = tmp_path_factory.mktemp("opening")
    with opened(kind, folder, clickhouse_server) as database:
        keep_targets(database, targets_of(["billing"], opening=opening))
        keep_legs(database, [leg], version=1)
        keep(database, "leg_versions", [leg_row(corrected)])
        question = Question(monday, monday + 24 * HOUR, every_ms=EVERY["30m"])
        lines = ask(database, question)
        assert [(line["start"], line["offered"], line["asa_s"]) for line in lines] == [
            ("2026-05-04T08:00:00+00:00", 1, 2),
            ("2026-05-04T08:30:00+00:00", 0, None),
            ("2026-05-04T09:00:00+00:00", 0, None),
        ]
        (everything,) = ask(database, Question(monday, monday + 24 * HOUR, by="all"))
        assert everything["offered"] == 1
        again = replace(leg, arrived_at=monday + 9 * HOUR, left_at=monday + 9 * HOUR + 3_000)
        keep_legs(database, [again], version=3)  # its id was used again: another call
        (everything,) = ask(database, Question(monday, monday + 24 * HOUR, by="all"))
        assert everything["offered"] == 2
