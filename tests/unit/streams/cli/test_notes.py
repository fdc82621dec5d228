"""The words of `queuewatch notes`: what is wrong use before anything is asked of Kafka."""

import pytest
from click.testing import CliRunner

from streams.cli.notes import command

AWAY = ("--kafka", "127.0.0.1:1")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("add", "storm", "x", "--from", "2026-10-05", "--to", "2026-10-06"), "KIND"),
        (("add", "incident", "call 0313111111", "--from", "2026-10-05", "--to", "2026-10-06"), "six digits"),
        (("add", "incident", "x", "--from", "2026-10-05"), "--to"),
        (("withdraw", "n1"), "--because"),
        (("done", "n1", " "), "1 to 500 characters"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_before_kafka_is_asked(words: tuple[str, ...], problem: str) -> None:
    result = CliRunner().invoke(command, [*words, *AWAY])
    assert result.exit_code == 2
    assert problem in result.stderr
