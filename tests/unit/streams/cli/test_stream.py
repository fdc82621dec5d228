"""Options of `queuewatch stream`."""

import gc
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from streams.cli.stream import command
from streams.processes import stream


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


@pytest.fixture
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_thawed")
def test_garbage_is_collected_again_once_the_program_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that waits for Kafka for hours makes garbage: each try ends in an exception."""
    enabled: list[bool] = []

    async def run(*_: object) -> int:
        enabled.append(gc.isenabled())
        return 0

    monkeypatch.setattr(stream, "run", run)
    result = CliRunner().invoke(command, ["--kafka", "nowhere:1"])
    assert (result.exit_code, enabled) == (0, [True])
