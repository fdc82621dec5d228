"""The ledger and a naive recount of the events say the same, to the millisecond."""

import csv
import io
from pathlib import Path

from producers.contract import Refused
from producers.input_file import InputFile
from producers.progress import Progress
from producers.records.reading import RecordsFile
from producers.simulate.engine import Run, Simulation
from producers.simulate.ledger import COLUMNS, row_of
from producers.simulate.scenarios import centre_of
from schemas import calls
from schemas.millis import DAY, MINUTE, from_iso
from tests.unit.producers.simulate.conftest import KEY, START, Morning


def recounted(morning: Morning) -> dict[str, dict[str, str | int]]:
    legs: dict[str, dict[str, str | int]] = {}
    for _, event in morning.said:
        if not isinstance(event, calls.LegEvent):
            continue
        leg = legs.setdefault(event.leg_id, {"queue": event.queue, "contact_id": event.contact_id})
        match event:
            case calls.Queued():
                leg |= {
                    "arrived_at": event.at,
                    "caller": event.caller,
                    "topic": event.topic,
                    "area": event.area,
                }
            case calls.Rejected():
                leg |= {
                    "arrived_at": event.at,
                    "left_at": event.at,
                    "outcome": "rejected",
                    "reason": event.reason,
                    "caller": event.caller,
                }
            case calls.Answered():
                leg |= {
                    "answered_at": event.at,
                    "left_at": event.at,
                    "outcome": "answered",
                    "agent": event.agent,
                }
            case calls.Abandoned():
                leg |= {"left_at": event.at, "outcome": "abandoned"}
            case calls.CallbackRequested():
                leg |= {"left_at": event.at, "outcome": "callback"}
            case calls.Exited():
                leg |= {"left_at": event.at, "outcome": "exited", "reason": event.reason}
            case calls.Ended():
                leg["ended_at"] = event.at
            case calls.WrapEnded():
                leg["wrap_ended_at"] = event.at
            case calls.OfferMissed():
                leg["missed_offers"] = int(leg.get("missed_offers", 0)) + 1
            case calls.Held():
                leg["held_at"] = event.at
            case calls.Unheld():
                leg["hold_ms"] = event.at - int(leg.pop("held_at"))
    return legs


def test_the_ledger_is_a_recount_of_the_events(morning: Morning) -> None:
    legs = recounted(morning)
    rows = list(csv.DictReader(io.StringIO(morning.ledger)))
    assert len(rows) == len(legs) > 500
    for row in rows:
        leg = legs[row["leg_id"]]
        for column in COLUMNS[1:]:
            given: str | int = row[column]
            if column.endswith("_at") and given:
                given = from_iso(str(given))
            elif column in ("missed_offers", "hold_ms") and given:
                given = int(given)
            otherwise: str | int = "voice" if column == "channel" else ""
            if column == "missed_offers":
                otherwise = 0
            assert given == leg.get(column, otherwise), (row["leg_id"], column)


def test_calls_that_are_still_open_say_so() -> None:
    simulation = Simulation(centre_of("ordinary"), Run(START, seed=4, key=KEY))
    simulation.advance(START + 30 * MINUTE)
    rows = [row_of(leg, simulation.centre.demands) for leg in simulation.open.values()]
    outcomes = {row[COLUMNS.index("outcome")] for row in rows}
    assert outcomes == {"open", "answered"}
    for row in rows:
        waits = row[COLUMNS.index("outcome")] == "open"
        assert (row[COLUMNS.index("left_at")] == "") is waits


def test_the_ledger_is_a_file_of_call_records(morning: Morning, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text(morning.ledger)
    records = RecordsFile(InputFile(file), "ledger", KEY)
    quiet = Progress("ledger", len(morning.ledger), "B", io.StringIO())
    legs = list(records.read(START + DAY, quiet))
    assert not any(isinstance(leg, Refused) for leg in legs)
    rows = list(csv.DictReader(io.StringIO(morning.ledger)))
    assert [(leg.leg_id, leg.outcome) for leg in legs if isinstance(leg, calls.FinishedLeg)] == [
        (row["leg_id"], row["outcome"]) for row in rows
    ]
