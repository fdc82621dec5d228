"""What follows from the reports of the processes."""

import msgspec

from schemas.codec import encode
from schemas.health import HEALTH_STALE_MS, Health
from streams.admin.status import REQUIRED, assess, newest_reports

NOW = 1_795_000_000_000


def _report(process: str, **changes: object) -> Health:
    report = Health(process, "one", NOW - 1_000, NOW - 60_000, ready=True, state="running")
    return msgspec.structs.replace(report, **changes)


def _everybody(*replaced: Health) -> list[Health]:
    names = {report.process for report in replaced}
    return [_report(name) for name in REQUIRED if name not in names] + list(replaced)


def test_everybody_ready_and_targets_published_is_no_problem() -> None:
    status = assess(_everybody(), NOW, {}, 1)
    assert status.problems == ()
    assert [p.process for p in status.processes] == list(REQUIRED)


def test_a_process_that_never_reported_is_missing() -> None:
    reports = [report for report in _everybody() if report.process != "archive"]
    (problem,) = assess(reports, NOW, {}, 1).problems
    assert problem.startswith("archive does not run")


def test_a_process_that_fell_silent_or_stopped_does_not_run() -> None:
    for changes in ({"at": NOW - HEALTH_STALE_MS - 1}, {"state": "stopped", "ready": False}):
        (problem,) = assess(_everybody(_report("board", **changes)), NOW, {}, 1).problems
        assert problem.startswith("board does not run")


def test_a_silent_worker_beside_a_living_one_is_named() -> None:
    silent = _report("stream", instance="two", at=NOW - 60_000)
    status = assess([*_everybody(), silent], NOW, {}, 1)
    assert status.problems == ("stream two has not reported for 60 s",)


def test_who_is_not_ready_says_why() -> None:
    blocked = _report("archive", ready=False, state="blocked", detail="the database is away")
    status = assess(_everybody(blocked), NOW, {}, 1)
    assert status.problems == ("archive one is blocked: the database is away",)


def test_books_that_do_not_balance_are_a_problem() -> None:
    report = _report("stream", unexplained_legs={"billing": 0, "faults": -2})
    status = assess(_everybody(report), NOW, {}, 1)
    assert status.problems == ("the books of queue faults do not balance: -2 unexplained legs",)
    assert status.unexplained_legs == {"billing": 0, "faults": -2}


def test_without_targets_there_is_one_thing_to_do() -> None:
    assert assess(_everybody(), NOW, {}, 0).problems == (
        "no targets are published: run `queuewatch queues publish FILE`",
    )


def test_the_newest_report_of_each_instance_counts_and_strange_ones_are_passed_over() -> None:
    old, new = _report("stream", state="starting"), _report("stream", state="running")
    assert newest_reports([encode(old), b"not ours", None, encode(new)]) == [new]
