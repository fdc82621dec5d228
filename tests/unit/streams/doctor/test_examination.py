import threading
from typing import Any

from streams.admin.broker import AdminError
from streams.doctor.check import Check
from streams.doctor.examination import examine
from streams.doctor.finding import fail, ok
from streams.doctor.system import System

SYSTEM = System()


def well(rank: int, **others: Any) -> Check[str]:
    return Check(rank=rank, ask=lambda _: "x", judge=lambda _, text: [ok(text)], **others)


def raising(rank: int, error: Exception) -> Check[str]:
    def ask(_: System) -> str:
        raise error

    return Check(rank=rank, ask=ask, judge=lambda _, __: [])


def seen(checks: dict[str, Check[str]], within_s: float = 60.0) -> list[tuple[str, str, str]]:
    return [(line.check, line.level, line.text) for line in examine(checks, SYSTEM, within_s)]


def test_what_needs_a_failed_check_is_not_asked_nor_what_needs_that() -> None:
    checks = {
        "kafka": raising(1, AdminError("Kafka does not answer at a:1: start it")),
        "topics": well(2, needs="kafka"),
        "clocks": well(3, needs="topics"),
        "disk": well(4),
    }
    assert seen(checks) == [
        ("kafka", "fail", "Kafka does not answer at a:1: start it"),
        ("topics", "skip", "not asked: see kafka"),
        ("clocks", "skip", "not asked: see topics"),
        ("disk", "ok", "x"),
    ]


def test_what_needs_a_good_check_is_asked() -> None:
    checks = {"kafka": well(1), "topics": well(2, needs="kafka"), "clocks": well(3, needs="topics")}
    assert [level for _, level, _ in seen(checks)] == ["ok", "ok", "ok"]


def test_one_that_hangs_ends_in_a_line_and_does_not_keep_the_others() -> None:
    forever = threading.Event()
    hanging = Check[bool](rank=1, ask=lambda _: forever.wait(), judge=lambda _, __: [ok("late")])
    found = seen({"hangs": hanging, "disk": well(2)}, within_s=0.2)  # type: ignore[dict-item]
    forever.set()
    assert found == [("hangs", "fail", "no answer within 0.2 s"), ("disk", "ok", "x")]


def test_a_bug_in_one_check_is_a_line_of_its_own() -> None:
    found = seen({"a": raising(1, KeyError("brokers\nx")), "b": well(2)})
    assert found[0] == ("a", "fail", "this check is broken: KeyError: 'brokers\\nx'")
    assert found[1][1] == "ok"


def test_what_is_not_part_of_the_system_is_left_out_with_its_reason() -> None:
    found = seen({"prometheus": well(1, unasked=lambda _: "not asked: name it with --prometheus")})
    assert found == [("prometheus", "skip", "not asked: name it with --prometheus")]


def test_several_lines_of_one_check_keep_their_remedies() -> None:
    check = Check[int](
        rank=1, ask=lambda _: 2, judge=lambda _, n: [fail(str(i), "do") for i in range(n)]
    )
    assert [line.remedy for line in examine({"a": check}, SYSTEM, 60.0)] == ["do", "do"]
