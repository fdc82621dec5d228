from schemas.health import Health
from streams.admin.access import USERS
from streams.admin.status import REQUIRED, assess
from streams.doctor.checks.processes import CHECK
from streams.doctor.system import System

NOW = 1_780_000_000_000
SYSTEM = System(version="0.2.0")


def report(process: str, version: str) -> Health:
    return Health(
        process=process, instance="a", at=NOW - 1000, started_at=NOW - 60_000, ready=True,
        state="running", version=version,
    )  # fmt: skip


def texts(*reports: Health, targets: int = 1) -> list[tuple[str, str]]:
    status = assess(reports, NOW, {}, targets)
    return [(each.level, each.text) for each in CHECK.judge(SYSTEM, status)]


def test_all_of_one_release_are_well() -> None:
    reports = [report(name, "0.2.0") for name in REQUIRED] + [report("queue-log", "")]
    assert texts(*reports) == [("ok", "5 report, none has a problem")]


def test_a_fleet_of_two_releases_is_named() -> None:
    reports = [report(name, "0.1.0" if name == "stream" else "0.2.0") for name in REQUIRED]
    assert texts(*reports) == [("warn", "stream a is version 0.1.0, this is 0.2.0")]


def test_only_the_operator_may_see_them_all() -> None:
    asked = [user for user in ("", *USERS) if not CHECK.unasked(System(user=user))]
    assert asked == ["", "operator"]


def test_with_nothing_running_it_says_what_to_start() -> None:
    found = texts(targets=0)
    assert found[0] == (
        "fail",
        "stream does not run: start it with `queuewatch stream` or `queuewatch up`",
    )
    assert found[-1] == ("fail", "and 1 more")
