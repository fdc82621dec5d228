from streams.doctor.checks.versions import CHECK, Versions
from streams.doctor.system import System

SYSTEM = System(version="0.2.0")


def test_what_runs_here_is_good_enough() -> None:
    (line,) = CHECK.judge(SYSTEM, CHECK.ask(SYSTEM))
    assert line.level == "ok"
    assert line.text.startswith("queuewatch 0.2.0, Python 3.")


def test_an_old_python_and_a_missing_library_fail() -> None:
    found = list(
        CHECK.judge(
            SYSTEM,
            Versions(
                (3, 9, 2), {"aiokafka": "", "kafka-python": "1", "chdb-core-lite": ""}, "Linux"
            ),
        )
    )
    assert [each.text for each in found] == [
        "Python 3.9.2 is too old",
        "aiokafka is not installed",
        "queuewatch 0.2.0, Python 3.9.2 on Linux; kafka-python 1",
    ]
