"""Options of `queuewatch stream`."""

import pytest
from click.testing import CliRunner

from streams.cli.stream import command


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--checkpoint-every", "fast"], 'expected a duration such as "20s"'),
        (["--checkpoint-every", "1h"], 'expected 0.05s to 1m, got "1h"'),
        (["--metrics-port", "70000"], "70000 is not in the range"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert says in result.output


def test_help_has_an_example() -> None:
    assert "queuewatch stream --kafka" in CliRunner().invoke(command, ["--help"]).output
