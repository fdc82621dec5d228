"""`queuewatch archive`: wrong use is said before anything is started; a taken port names its option."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.archive import command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--clickhouse", "http://db:8123"], 'expected "clickhouse://user@host:9000/database"'),
        (["--query-port", "70000"], "70000"),
        (
            ["--namespace", "n.", "purge", "--before", "2025-11-01"],
            "stand behind it: archive purge",
        ),
    ],
)
def test_wrong_use(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_a_taken_port_is_one_line_that_names_the_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = CliRunner().invoke(
            command,
            ["--data", str(tmp_path), "--kafka", "127.0.0.1:1", "--metrics-port", str(port)],
        )
    assert done.exit_code == 1
    (line,) = done.output.splitlines()
    assert line.startswith(f"queuewatch: port {port} on 127.0.0.1 is taken")
    assert line.endswith("--metrics-port")
