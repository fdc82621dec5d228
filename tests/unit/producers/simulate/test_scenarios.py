"""Each scenario shows what it is named after, and its ledger is what the stream makes of its events."""

import csv
import io
from collections import Counter
from functools import cache
from statistics import median

import pytest

from producers.simulate.arrivals import BLOCK_MS, Arrivals
from producers.simulate.engine import Run, Simulation
from producers.simulate.episodes import Episodes
from producers.simulate.faults.catalogue import NAMES as FAULTS
from producers.simulate.scenarios import NAMES, centre_of, faults_of
from producers.simulate.source import Source
from schemas import calls
from schemas.agents import AgentState
from schemas.codec import encode
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from schemas.queues_toml import parse_queues
from schemas.targets import TargetsVersion
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Record
from tests.support.sources import ROOT
from tests.support.story import Outputs
from tests.unit.producers.simulate.conftest import KEY, START, Morning, played

SCENARIOS = tuple(name for name in NAMES if name != "bench")
QUEUES = parse_queues((ROOT / "deploy" / "queues.toml").read_text(), RULE_TABLES).queues
RUN = Run(START, seed=3, key=KEY, until=START + 80 * MINUTE)
AT_ONCE = 2_000  # records between two checkpoints


@cache
def morning_of(scenario: str) -> Morning:
    return played(RUN, scenario=scenario)


@cache
def streamed(scenario: str) -> tuple[dict[str, LegRow], set[str]]:
    """Rows of the archive, and `rule queue` of every alert that fired, by the real core."""
    unit, outputs = CallsUnit(0, 1, Roster()), Outputs()
    unit.set_targets([TargetsVersion(1, 0, 0, "UTC", QUEUES)])
    unit.start(0)
    events = [event for topic, event in morning_of(scenario).said if topic == "calls"]
    records = [Record(n, event.at, b"", encode(event)) for n, event in enumerate(events)]
    fired: set[str] = set()
    for first in range(0, len(records), AT_ONCE):
        unit.apply(records[first : first + AT_ONCE])
        outputs.take(unit)
        fired |= {f"{a.rule} {a.queue}" for a in outputs.alerts.values() if a.fired_at}
    assert outputs.quarantined == []
    books = {snapshot.unexplained_legs for snapshot in unit.snapshots(now=records[-1].timestamp)}
    assert books == {0}
    return {row.leg_id: row for row in outputs.legs.values()}, fired


def ledger_of(morning: Morning) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(morning.ledger)))


def facts(scenario: str) -> list[calls.LegFact]:
    return [e for _, e in morning_of(scenario).said if isinstance(e, calls.LegEvent)]


def moment(text: str) -> int | None:
    return from_iso(text) if text else None


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_archive_is_the_ledger(scenario: str) -> None:
    """Leg by leg. Of a conversation that a restart cut from the platform's view neither knows the end."""
    rows, _ = streamed(scenario)
    ledger = ledger_of(morning_of(scenario))
    assert {row["leg_id"] for row in ledger} == set(rows)
    for told in ledger:
        row = rows[told["leg_id"]]
        answered = told["outcome"] == "answered"
        unknown_end = "end_unknown" in row.flags
        subject = ("", "") if row.outcome == "rejected" else (told["topic"], told["area"])
        expected = (
            told["queue"],
            told["outcome"],
            moment(told["arrived_at"]),
            moment(told["answered_at"]),
            moment(told["left_at"]),
            told["agent"],
            "" if answered else told["reason"],
            int(told["missed_offers"]),
            int(told["hold_ms"] or 0),
            moment(told["ended_at"]),
            moment(told["wrap_ended_at"]),
            *subject,
            told["contact_id"],
        )
        assert expected == (
            row.queue,
            row.outcome,
            row.arrived_at,
            row.answered_at,
            row.left_at,
            row.agent,
            "" if answered else row.reason,
            row.missed_offers,
            row.hold_ms or 0,
            None if unknown_end else row.ended_at,
            row.wrap_ended_at,
            row.topic,
            row.area,
            row.contact_id,
        ), told["leg_id"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_says_the_same_however_the_run_is_cut(scenario: str) -> None:
    said = [event.event_id for _, event in morning_of(scenario).said]
    assert [e.event_id for _, e in played(RUN, step=4_999, scenario=scenario).said] == said


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "ordinary"])
def test_it_is_on_when_a_run_of_six_hours_has_come_to_now(scenario: str) -> None:
    """Who starts `up` with it looks at the wall at once."""
    for episode in centre_of(scenario).scenario.episodes:
        passed = 6 * 60 - episode.after_min
        if episode.every_min is not None:
            assert passed % episode.every_min < (episode.lasts_min or 20)
        assert episode.after_min <= 15, "a run that begins now has it at once, too"


def test_a_burst_has_one_topic_and_area_decays_and_its_callers_do_not_give_up() -> None:
    queued = [f for f in facts("burst-pipe") if isinstance(f, calls.Queued)]
    areas = Counter(q.area for q in queued if (q.queue, q.topic) == ("burst-pipes", "burst pipe"))
    (area, count), (_, second) = areas.most_common(2)
    assert count > 20 * second
    mine = [q for q in queued if (q.topic, q.area) == ("burst pipe", area)]
    assert START + 5 * MINUTE <= min(q.at for q in mine) < START + 7 * MINUTE
    left = {f.leg_id for f in facts("burst-pipe") if isinstance(f, calls.Abandoned)}
    again = Counter(q.caller for q in mine if q.caller)
    gave_up = {
        q.caller for q in mine if q.leg_id in left and q.caller and q.at < START + 40 * MINUTE
    }
    assert len(gave_up) > 10
    called_again = sum(again[caller] > 1 for caller in gave_up)
    assert called_again > 0.9 * len(gave_up)


def test_a_burst_halves_in_forty_minutes() -> None:
    centre = centre_of("burst-pipe")
    burst = centre.scenario.episodes[0].burst
    assert burst is not None
    demand = next(demand for demand in centre.demands if demand.queue == burst.queue)
    episodes = Episodes(centre, "lots", START)
    first = second = 0
    for day in range(40):
        times, area, _ = episodes.burst(burst, demand, START + day * HOUR)
        assert area in demand.areas
        passed = [at - START - day * HOUR for at in times]
        assert passed == sorted(passed)
        first += sum(at < 40 * MINUTE for at in passed)
        second += sum(40 * MINUTE <= at < 80 * MINUTE for at in passed)
    assert second / first == pytest.approx(0.5, abs=0.05)
    assert burst.calls_an_hour == 240
    assert first / 40 == pytest.approx(240 * 40 / 60 / 2 / 0.6931, rel=0.06)


def test_a_burst_pages() -> None:
    assert {"oldest_wait burst-pipes", "abandonment burst-pipes"} <= streamed("burst-pipe")[1]


def test_on_pay_day_far_more_call_and_the_others_call_all_the_same() -> None:
    def blocks(scenario: str) -> list[tuple[int, int]]:
        centre = centre_of(scenario)
        arrivals = Arrivals(centre, "lots", Episodes(centre, "lots", START))
        return [
            call
            for n in range(8)
            for call in arrivals.block(START + n * BLOCK_MS, START + n * BLOCK_MS)
        ]

    index = {demand.queue: place for place, demand in enumerate(centre_of("ordinary").demands)}
    ordinary, pay_day = Counter(blocks("ordinary")), Counter(blocks("pay-day"))
    assert not ordinary - pay_day
    more = Counter(queue for _, queue in (pay_day - ordinary).elements())
    before = Counter(queue for _, queue in ordinary.elements())
    assert set(more) == {
        index[q]
        for q in ("accounts", "rates", "payment-arrangements", "meter-readings", "prepaid-meters")
    }
    assert more[index["accounts"]] / before[index["accounts"]] == pytest.approx(1.5, abs=0.2)
    assert more[index["prepaid-meters"]] / before[index["prepaid-meters"]] == pytest.approx(
        0.7, abs=0.25
    )


def logged_in(scenario: str, at: int) -> Counter[str]:
    """People by whether they serve electricity's queues round the clock."""
    state: dict[str, AgentState] = {}
    for _, event in morning_of(scenario).said:
        if isinstance(event, AgentState) and event.at <= at:
            state[event.agent] = event
    return Counter(
        "power" if {"outages", "prepaid-meters", "streetlights"} & set(event.queues) else "others"
        for event in state.values()
        if event.routing_state != "logged_out"
    )


def test_most_of_the_electricians_are_sick_and_nobody_else() -> None:
    before, after = (logged_in("sick-leave", START + m * MINUTE) for m in (14, 70))
    ordinary = logged_in("ordinary", START + 70 * MINUTE)
    assert before == logged_in("ordinary", START + 14 * MINUTE)
    assert 0.15 < after["power"] / ordinary["power"] < 0.5
    assert after["others"] == pytest.approx(ordinary["others"], abs=6)  # on a call at the time


def talks(scenario: str) -> list[int]:
    rows = ledger_of(morning_of(scenario))
    began = [r for r in rows if r["ended_at"] and from_iso(r["answered_at"]) > START + 20 * MINUTE]
    lasted = [from_iso(r["ended_at"]) - from_iso(r["answered_at"]) for r in began]
    return [talk for talk in lasted if talk > 20 * SECOND]


def test_with_a_slow_system_calls_take_longer() -> None:
    assert median(talks("slow-system")) / median(talks("ordinary")) == pytest.approx(2.0, rel=0.1)


def test_an_outage_is_silent_then_says_restarted_and_forgets_what_was_open() -> None:
    said = morning_of("platform-outage").said
    # It goes on until its last call is over, which may be after another outage.
    until = RUN.until or 0
    marks = [(t, e.at) for t, e in said if isinstance(e, calls.Restarted) and e.at < until]
    hangs = [START + minute * MINUTE for minute in (5, 55)]
    assert marks == [(t, at + 40 * SECOND) for at in hangs for t in ("calls", "agents")]
    assert not [e for _, e in said if any(at < e.at < at + 40 * SECOND for at in hangs)]
    first = marks[0][1]
    before = {f.leg_id for f in facts("platform-outage") if f.at < first}
    after = {f.leg_id for f in facts("platform-outage") if f.at >= first}
    assert not before & after, "a leg that was forgotten was heard of again"
    states = [e for _, e in said if isinstance(e, AgentState)]
    out = {e.agent for e in states if e.at == first}
    assert all(e.routing_state == "logged_out" for e in states if e.at == first)
    back = {e.agent for e in states if first < e.at < first + 3 * MINUTE and e.agent in out}
    assert len(back) > 0.9 * len(out) > 30
    outcomes = Counter(row["outcome"] for row in ledger_of(morning_of("platform-outage")))
    lost_ends = sum(
        row["outcome"] == "answered" and not row["ended_at"]
        for row in ledger_of(morning_of("platform-outage"))
    )
    assert outcomes["dropped"] > 0
    assert lost_ends > 20


def test_a_run_goes_on_in_the_middle_of_an_outage() -> None:
    def source() -> Source:
        return Source(Simulation(centre_of("platform-outage"), Run(START, seed=3, key=KEY)))

    cut, end = START + 5 * MINUTE + 20 * SECOND, START + 7 * MINUTE
    second = source()
    second.go_on_from(cut)
    assert second.upto(end) == [said for said in source().upto(end) if said[1].at > cut]


def test_nobody_hears_the_end_of_the_world_in_an_outage() -> None:
    """The last caller is cut off while nothing can be said: everybody goes home after the restart."""
    until = START + 5 * MINUTE + 10 * SECOND
    said = played(Run(START, seed=3, key=KEY, until=until), scenario="platform-outage").said
    assert isinstance(said[-1][1], calls.EndOfInput)
    assert said[-1][1].at == START + 5 * MINUTE + 40 * SECOND
    last = {e.agent: e for _, e in said if isinstance(e, AgentState)}
    assert {state.routing_state for state in last.values()} == {"logged_out"}


def test_a_quiet_night_is_quiet() -> None:
    offered = {name: morning_of(name).simulation.offered for name in ("ordinary", "quiet-night")}
    assert offered["quiet-night"] / offered["ordinary"] == pytest.approx(0.12, abs=0.05)
    assert not {alert for alert in streamed("quiet-night")[1] if alert.startswith("abandonment")}


def test_a_broken_menu_gives_short_abandons_which_the_share_of_the_alert_leaves_out() -> None:
    rows, fired = streamed("short-abandons")
    lost = [r for r in rows.values() if r.queue == "streetlights" and r.outcome == "abandoned"]
    assert len(lost) > 40
    assert sum(row.short for row in lost) > 0.9 * len(lost)
    assert "abandonment streetlights" not in fired
    calls_of = Counter(row.caller for row in rows.values())
    assert sum(calls_of[row.caller] > 1 for row in lost) > 0.7 * len(lost), "few called again"


def test_bad_weather_is_an_ordinary_day_with_every_fault() -> None:
    assert faults_of("bad-weather") == FAULTS
    assert [name for name in NAMES if faults_of(name)] == ["bad-weather"]
