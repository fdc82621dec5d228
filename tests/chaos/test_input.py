"""Input as it comes: doubled, shuffled, malformed, from wrong clocks, from a sender that dies."""

import csv
import random
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from schemas.millis import HOUR, MINUTE
from tests.chaos.judge import judge
from tests.chaos.ledger import Ledger, ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System
from tests.support.records_day import write_records


def test_delivery_doubled_and_shuffled(system: System) -> None:
    calls = ledger(system.queues(4), 40, SCALE.legs)
    system.steady()
    events = calls.events() * 2
    random.Random(40).shuffle(events)
    system.send(events)
    judge(system, calls)


def test_a_flood_of_malformed_events(system: System) -> None:
    calls = ledger(system.queues(), 41, SCALE.legs)
    queue = calls.queues[0].encode()
    system.steady()
    events = calls.events()
    system.send(events[: len(events) // 2])
    bad = {
        "not_json": b"{", "wrong_type": b'{"type":"queued","event_id":7}', "unknown_type": b'{"type":"?"}',
    }  # fmt: skip
    for value in bad.values():
        system.raw("calls", queue, *[value] * SCALE.malformed)
    calls.quarantined = dict.fromkeys(bad, SCALE.malformed)
    system.send(events[len(events) // 2 :])
    judge(system, calls)


def test_a_source_an_hour_ahead_is_set_aside_while_the_others_go_on(system: System) -> None:
    calls = current_ledger(system, 42)
    ahead = calls.sources[0]
    system.steady()
    mistaken = [
        msgspec.structs.replace(event, at=event.at + HOUR) if event.source == ahead else event
        for event in calls.events()
    ]
    system.send(mistaken)
    calls.quarantined = {"ahead_of_broker": sum(event.source == ahead for event in mistaken)}
    calls.sources = calls.sources[1:]
    for leg_id in [leg for leg, source in calls.source_of.items() if source == ahead]:
        del calls.legs[leg_id]
    judge(system, calls)


def test_a_source_an_hour_behind_is_late_and_counted(system: System) -> None:
    calls = current_ledger(system, 43)
    behind = calls.sources[0]
    system.steady()
    system.send(
        msgspec.structs.replace(event, at=event.at - HOUR) if event.source == behind else event
        for event in calls.events()
    )
    calls.moved(behind, -HOUR)
    judge(system, calls)


def test_a_sender_that_dies_in_mid_batch_and_sends_again(system: System, tmp_path: Path) -> None:
    calls = ledger(system.queues(4), 44, SCALE.legs, sources=1)
    records = write_records(tmp_path / "records.csv", calls.legs.values())
    with records.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(calls.legs)
    system.steady()
    system.ready()
    command = [
        sys.executable, "-c", "from streams.cli.main import main; main()", "send", "records",
        str(records), "--feed", "live", "--source", calls.sources[0], *system.place("send"),
        "--data", str(tmp_path),
    ]  # fmt: skip
    # It dies where it has handed over some records and waits for no answer of the broker's.
    dies = "import tests.chaos.dying_sender; " + command[2]
    died = subprocess.run([command[0], "-c", dies, *command[3:]], check=False, timeout=120)
    assert died.returncode == -9
    sent = subprocess.run(command, check=False, timeout=SCALE.within_s, capture_output=True)
    assert sent.returncode == 0, sent.stderr
    judge(system, calls)


def current_ledger(system: System, seed: int) -> Ledger:
    """Calls of the last half hour: only beside the broker's clock can another one be wrong."""
    now = time.time_ns() // 1_000_000
    return ledger(system.queues(), seed, SCALE.legs, start=now - 50 * MINUTE)
