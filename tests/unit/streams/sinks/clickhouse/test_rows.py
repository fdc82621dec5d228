from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from schemas.agents import Spell
from schemas.alerts import Alert, FreeAgents
from schemas.calls import Answered, Queued
from schemas.commands import Acknowledged, Muted, Notified
from schemas.counters import Counts
from schemas.minutes import MinuteRow
from schemas.quarantine import Quarantined
from schemas.tables import TABLES
from streams.sinks.clickhouse import rows
from streams.sinks.clickhouse.database import RefusedError
from tests.support.legs import leg_row_of, made_up_legs

AT = 1_790_000_000_123


def named(table: str, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(TABLES[table], row, strict=True))  # strict: a row has exactly its columns


def test_a_leg_is_a_row_of_its_table() -> None:
    (leg,) = made_up_legs(1, AT, AT + 1, ["billing"], 1)
    made = msgspec.structs.replace(leg_row_of(leg, version=9), flags=("no_start",), formula=None)
    row = named("legs", rows.leg_row(made))
    assert row["key_at"] == AT // 1000
    assert (row["arrived_at"], row["arrived_at_ms"]) == (AT // 1000, AT)
    assert (row["version"], row["formula"], row["flags"]) == (9, "", ("no_start",))
    for name in ("queue", "leg_id", "outcome", "wait_ms", "source", "feed", "priority", "goal"):
        assert row[name] == getattr(made, name)
    for name in ("answered_at", "left_at", "ended_at", "wrap_ended_at", "known_at"):
        assert row[f"{name}_ms"] == getattr(made, name)


def test_a_leg_comes_back_whole_from_its_row() -> None:
    for leg in made_up_legs(7, AT, AT + 10_000, ["billing", "faults"], 300):
        made = msgspec.structs.replace(
            leg_row_of(leg, version=2**62 + 9), flags=("no_start", "late"), disposition="solved"
        )
        back = rows.leg_of_row(rows.leg_row(made))
        assert back == msgspec.structs.replace(made, key_at=made.key_at // 1000 * 1000)
        assert rows.leg_row(back) == rows.leg_row(made)


def test_a_leg_without_targets_comes_back_as_databases_tell_it() -> None:
    (leg,) = made_up_legs(1, AT, AT + 1, ["billing"], 1)
    made = msgspec.structs.replace(
        leg_row_of(leg), formula=None, goal=None, answer_within_ms=None, in_target=True
    )
    row = [int(value) if isinstance(value, bool) else value for value in rows.leg_row(made)]
    row[TABLES["legs"].index("known_at_ms")] = str(made.known_at)
    row[TABLES["legs"].index("flags")] = []
    assert rows.leg_of_row(tuple(row)) == msgspec.structs.replace(
        made, key_at=made.key_at // 1000 * 1000
    )
    assert rows.LEG_SELECTED[TABLES["legs"].index("key_at")] == "toUInt32(key_at)"


def test_the_other_records_are_rows_of_their_tables() -> None:
    spell = Spell(
        "ada", AT, 1, "node", "talking", "available", "talking", "", AT, None, ("billing",)
    )
    assert named("spells", rows.spell_row(spell))["queues"] == ["billing"]
    alert = Alert(
        "a1", 1, "oldest_wait", "billing", "firing", "page", AT, AT, AT, 61.0, 60.0, 1, "why"
    )
    assert named("alerts", rows.alert_row(alert))["onset_at_ms"] == AT
    free = replace(alert, free_agents=(FreeAgents("leaks", "Leaks", 2),), abandoned=3)
    row = named("alerts", rows.alert_row(free))
    assert (row["late_calls"], row["abandoned"]) == (None, 3)
    assert row["free_agents"] == '[{"queue":"leaks","queue_name":"Leaks","n":2}]'
    incident = replace(alert, queue="", topic="leak", area="ward-1", queues=("water", "leaks"))
    row = named("alerts", rows.alert_row(incident))
    assert (row["topic"], row["area"], row["queues"]) == ("leak", "ward-1", ["water", "leaks"])
    eased = replace(alert, held_at=AT, calm=True, minutes=15, not_evaluated="no agents")
    row = named("alerts", rows.alert_row(eased))
    names = ("held_at_ms", "doubtful", "calm", "not_evaluated", "minutes")
    assert [row[name] for name in names] == [AT, 0, 1, "no agents", 15]
    refused = Quarantined("calls-0", 7, "not_json", "byte 1", AT, "{")
    assert named("quarantine", rows.quarantine_row(refused))["position"] == 7


def test_a_minute_is_one_row_a_window() -> None:
    minute = MinuteRow(
        "billing", AT, 5, AT, waiting=2, windows={5: Counts(offered=1), 30: Counts(offered=4)},
        agents={"talking": 3},
    )  # fmt: skip
    found = [named("minutes", row) for row in rows.minute_rows(minute)]
    assert {row["window_minutes"]: row["offered"] for row in found} == {5: 1, 30: 4}
    assert {(row["waiting"], *row["agents_states"], *row["agents_counts"]) for row in found} == {
        (2, "talking", 3)
    }


@pytest.mark.parametrize(
    ("said", "kept"),
    [(None, None), ({}, "{}"), ({"surge": "no profile"}, '{"surge":"no profile"}')],
)
def test_what_no_rule_lacked_is_not_what_a_former_release_did_not_say(
    said: dict[str, str] | None, kept: str | None
) -> None:
    minute = MinuteRow("billing", AT, 5, AT, windows={5: Counts()}, not_evaluated=said)
    (row,) = rows.minute_rows(minute)
    assert named("minutes", row)["not_evaluated"] == kept


def test_an_event_is_kept_with_its_place_and_without_what_we_do_not_know() -> None:
    event = Queued(event_id="e", at=AT, source="node", queue="billing", leg_id="c1")
    row = named("events", rows.event_row(event, "calls-3", 42, AT + 5))
    assert (row["topic_partition"], row["offset"], row["appended_at_ms"]) == ("calls-3", 42, AT + 5)
    assert (row["type"], row["queue"], row["leg_id"]) == ("queued", "billing", "c1")
    assert msgspec.json.decode(row["body"], type=Queued | Answered) == event


def test_what_was_said_by_a_link_and_to_whom_it_escalated_is_kept() -> None:
    by_link = Acknowledged(who="ann", at=AT, alert_id="a", link_of="")
    typed = Acknowledged(who="ann", at=AT, alert_id="a")
    step = Notified(who="notify", at=AT, alert_id="a", owner="duty", step=0, to=("duty", "lead"))
    mute = Muted(who="ann", at=AT, mute_id="m", until=AT + 1)
    found = [named("commands", rows.command_row(each)) for each in (by_link, typed, step, mute)]
    kept = [(row["link_of"], row["owner"], row["step"], row["told"]) for row in found]
    assert kept == [
        ("", "", None, []), (None, "", None, []), (None, "duty", 0, ["duty", "lead"]), (None, "", None, []),
    ]  # fmt: skip
    unreached = msgspec.structs.replace(step, untold=("lead",))
    assert named("commands", rows.command_row(unreached))["told"] == ["duty"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("version", -1), ("version", 2**64), ("key_at", -1), ("key_at", 2**32), ("wait_ms", 2**63),
     ("priority", -(2**63) - 1), ("targets_version", 2**70)],
)  # fmt: skip
def test_a_number_that_would_be_wrapped_is_refused(column: str, value: int) -> None:
    (leg,) = made_up_legs(1, AT, AT + 1, ["billing"], 1)
    row = list(rows.leg_row(leg_row_of(leg)))
    rows.check_ranges("legs", [tuple(row)])
    row[TABLES["legs"].index(column)] = value
    with pytest.raises(RefusedError, match=column):
        rows.check_ranges("legs", [tuple(row)])
