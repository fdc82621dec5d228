"""Agents' time, transfers and dispositions against a naive reader, the same on chDB and on Debian's server.

The day is the one of 25 hours in Berlin, from midnight to midnight.
"""

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from msgspec.structs import replace

from schemas.agents import Spell
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, MINUTE, from_iso
from streams.history.catalogue import read_catalogue
from streams.history.question import Question
from streams.history.report import answer
from streams.history.reports.dispositions import REPORT as DISPOSITIONS
from streams.history.reports.people import REPORT as PEOPLE
from streams.history.reports.transfers import REPORT as TRANSFERS
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row, spell_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.legs import made_up_legs
from tests.support.promising import PROMISES, promised_row, promising_targets
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
START, END = from_iso("2026-10-25T00:00:00+02:00"), from_iso("2026-10-26T00:00:00+01:00")
STATES = (
    "available",
    "ringing",
    "talking",
    "hold",
    "wrap",
    "not_ready",
    "unreachable",
    "logged_out",
)
QUEUES = [*PROMISES]


def made_up_spells() -> list[Spell]:
    """Thirty agents of one to three queues, each in one state after another, across both ends of the day."""
    chance = random.Random(4)
    spells = []
    for number in range(30):
        at = START - 5 * HOUR + number
        queues = tuple(chance.sample(QUEUES, chance.randrange(1, 4)))
        while at < END + 2 * HOUR:
            ended_at = at + chance.randrange(MINUTE, 3 * HOUR)
            state = chance.choice(STATES)
            reason = chance.choice(["lunch", "training", ""]) if state == "not_ready" else ""
            is_open = chance.random() < 0.01
            spells.append(Spell(
                f"agent-{number}", at, 2, "node", state,  # type: ignore[arg-type]
                "available", "idle", reason, at, None if is_open else ended_at, queues,
            ))  # fmt: skip
            at = ended_at
    return spells


def made_up_rows() -> list[LegRow]:
    chance = random.Random(9)
    legs = made_up_legs(21, START - 2 * HOUR, END + 2 * HOUR, QUEUES, 2_000)
    return [
        replace(
            promised_row(leg, 1),
            contact_id=chance.choice(["", *(f"contact-{n}" for n in range(500))]),
            disposition=chance.choice(["", "solved", "passed on"]),
        )
        for leg in legs
    ]


SPELLS, ROWS = made_up_spells(), made_up_rows()


@pytest.fixture(scope="module", params=KINDS)
def peopled(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    with opened(request.param, tmp_path_factory.mktemp("people"), clickhouse_server) as database:
        open_first = [replace(spell, version=1, ended_at=None) for spell in SPELLS]
        keep(database, "spells", [spell_row(spell) for spell in (*open_first, *SPELLS)])
        keep(database, "leg_versions", [leg_row(row) for row in ROWS])
        keep_targets(database, promising_targets(ZONE))
        yield database


def group_of(queue: str, by: str) -> str:
    return {"queue": queue, "centre": PROMISES[queue][0], "all": "ALL"}[by]


@pytest.mark.parametrize("by", ["queue", "centre", "all"])
def test_hours_occupancy_and_shrinkage(peopled: Database, by: str) -> None:
    question = Question(START, END, by=by)  # type: ignore[arg-type]
    hours, reasons = answer(PEOPLE, peopled, read_catalogue(peopled, END), question).rows
    assert {str(row["queue"]) for row in hours} == {group_of(queue, by) for queue in QUEUES}
    for row in hours:
        mine = [
            spell for spell in SPELLS
            if row["queue"] in {group_of(queue, by) for queue in spell.queues}
            and spell.state != "logged_out" and spell.started_at < END
            and (spell.ended_at is None or spell.ended_at > START)
        ]  # fmt: skip
        spent: dict[str, int] = {}
        for spell in mine:
            if spell.ended_at is not None:
                ms = min(spell.ended_at, END) - max(spell.started_at, START)
                spent[spell.state] = spent.get(spell.state, 0) + ms
                why = f"{spell.state} {spell.reason}"
                spent[why] = spent.get(why, 0) + ms
        busy = sum(spent.get(state, 0) for state in ("ringing", "talking", "hold", "wrap"))
        ready = busy + spent["available"]
        away = spent["not_ready"] + spent["unreachable"]
        assert (row["agents"], row["open_spells"]) == (
            len({spell.agent for spell in mine}), sum(spell.ended_at is None for spell in mine),
        )  # fmt: skip
        assert row["occupancy"] == pytest.approx(busy / ready, abs=1e-6)
        assert row["shrinkage"] == pytest.approx(away / (ready + away), abs=1e-6)
        assert row["signed_in_h"] == pytest.approx((ready + away) / HOUR, abs=1e-3)
        legs = [leg for leg in ROWS if group_of(leg.queue, by) == row["queue"] and START <= leg.arrived_at < END
                and leg.outcome == "answered"]  # fmt: skip
        inbound = sum(leg.direction == "inbound" and not leg.out_of_hours for leg in legs)
        assert (row["answered"], row["outbound"]) == (
            inbound, sum(leg.direction == "outbound" for leg in legs),
        )  # fmt: skip
        assert row["calls_per_agent_hour"] == pytest.approx(inbound / (ready / HOUR), abs=1e-3)
        told = {
            str(each["reason"] or ""): each["not_ready_h"]
            for each in reasons
            if each["queue"] == row["queue"]
        }
        assert told == {
            reason: pytest.approx(spent[f"not_ready {reason}"] / HOUR, abs=1e-3)
            for reason in ("lunch", "training", "")
            if f"not_ready {reason}" in spent
        }


def test_six_calls_in_a_shift_with_a_break(
    clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """7.5 hours signed in, half an hour of them a break: 6/7 calls an hour; nobody is no value."""
    at = START + 8 * HOUR
    with opened("embedded", tmp_path_factory.mktemp("shift"), clickhouse_server) as database:
        shift = [
            Spell("ann", at, 1, "node", "available", "available", "idle", "", at, at + 4 * HOUR, ("cards",)),
            Spell("ann", at + 4 * HOUR, 1, "node", "not_ready", "not_ready", "idle", "lunch", at,
                  at + 4 * HOUR + 30 * MINUTE, ("cards",)),
            Spell("ann", at + 4 * HOUR + 30 * MINUTE, 1, "node", "talking", "available", "talking", "", at,
                  at + 7 * HOUR + 30 * MINUTE, ("cards",)),
        ]  # fmt: skip
        answered = [leg for leg in ROWS if leg.outcome == "answered" and leg.direction == "inbound"]
        calls = [
            replace(leg, queue="cards", arrived_at=at + number, key_at=at, out_of_hours=False)
            for number, leg in enumerate(answered[:6])
        ]
        keep(database, "spells", [spell_row(spell) for spell in shift])
        keep(database, "leg_versions", [leg_row(leg) for leg in calls])
        keep_targets(database, promising_targets(ZONE))
        rows = answer(PEOPLE, database, read_catalogue(database, END), Question(START, END)).rows[0]
        row = next(row for row in rows if row["queue"] == "cards")
        assert (row["calls_per_agent_hour"], row["signed_in_h"]) == (round(6 / 7, 3), 7.5)
        empty = next(row for row in rows if row["queue"] == "billing")
        assert (empty.get("agents"), empty.get("signed_in_h"), row["agents"]) == (None, None, 1)
        assert (empty["occupancy"], empty.get("calls_per_agent_hour"), empty["shrinkage"]) == (
            None,
            None,
            None,
        )


@pytest.mark.parametrize("by", ["queue", "centre", "all"])
def test_who_was_passed_on_from_where_to_where(peopled: Database, by: str) -> None:
    question = Question(START, END, by=by)  # type: ignore[arg-type]
    rows = answer(TRANSFERS, peopled, read_catalogue(peopled, END), question).rows[0]
    contacts: dict[str, list[LegRow]] = {}
    for leg in ROWS:
        if leg.direction == "inbound" and leg.contact_id:
            contacts.setdefault(leg.contact_id, []).append(leg)
    moves: dict[tuple[str, str], list[tuple[str, str, bool]]] = {}
    for contact, legs in contacts.items():
        legs.sort(key=lambda leg: leg.arrived_at)
        for place, (one, other) in enumerate(pairwise(legs)):
            if not START <= one.arrived_at < END or other.arrived_at - one.arrived_at > DAY:
                continue
            before = {group_of(leg.queue, by) for leg in legs[: place + 1]}
            pair = group_of(one.queue, by), group_of(other.queue, by)
            moves.setdefault(pair, []).append((contact, one.outcome, pair[1] in before))
    assert {(row["from_queue"], row["to_queue"]) for row in rows} == set(moves)
    for row in rows:
        found = moves[str(row["from_queue"]), str(row["to_queue"])]
        assert (row["moves"], row["contacts"], row["back_again"]) == (
            len(found), len({contact for contact, _, _ in found}), sum(back for _, _, back in found),
        )  # fmt: skip
        assert row["transferred"] == sum(how == "transferred" for _, how, _ in found)
        assert row["answered"] == sum(how == "answered" for _, how, _ in found)


def test_dispositions_where_they_are_told(peopled: Database) -> None:
    question = Question(START, END, by="centre")
    rows = answer(DISPOSITIONS, peopled, read_catalogue(peopled, END), question).rows[0]
    for centre in ("first", "second"):
        results = [
            leg.disposition for leg in ROWS
            if PROMISES[leg.queue][0] == centre and leg.outcome == "answered" and leg.direction == "inbound"
            and not leg.out_of_hours and START <= leg.arrived_at < END
        ]  # fmt: skip
        told = sum(map(bool, results))
        for row in rows:
            if row["queue"] == centre:
                of_it = results.count(str(row["disposition"] or ""))
                assert row["answered"] == of_it
                share = of_it / told if row["disposition"] else None
                assert row["share_of_told"] == (
                    None if share is None else pytest.approx(share, abs=1e-6)
                )
                assert row["share_told"] == pytest.approx(told / len(results), abs=1e-6)
