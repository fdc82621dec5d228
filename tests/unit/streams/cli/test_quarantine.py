"""`queuewatch quarantine`: wrong use is told before anything is asked of Kafka."""

import pytest
from click.testing import CliRunner

from streams.cli.quarantine import command

NOWHERE = ("--kafka", "127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("replay",), "name entries by their ids, or choose them by --reason, --topic, --since"),
        (("drop", "--because", "x"), "name entries by their ids, or choose them"),
        (
            ("replay", "calls-0:1", "--reason", "too_old"),
            "name entries by their ids, or choose them",
        ),
        (("drop", "calls-0:1"), "Missing option '--because'"),
        (("drop", "calls-0:1", "--because", " "), "say why"),
        (("list", "--reason", "bad_mood"), "Invalid value for '--reason'"),
        (("list", "--topic", "call"), "Invalid value for '--topic'"),
        (("list", "--since", "yesterday"), 'expected a time or a duration such as "2h"'),
        (("list", "--since", "0001-01-01"), 'expected a time or a duration such as "2h"'),
    ],
)
def test_wrong_use_is_one_line_and_code_2(arguments: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_without_kafka_it_is_one_line_and_code_1() -> None:
    result = CliRunner().invoke(command, ["list", *NOWHERE])
    assert result.exit_code == 1
    assert result.output.startswith("queuewatch: Kafka does not answer at 127.0.0.1:1")
    assert len(result.output.splitlines()) == 1
