"""`queuewatch notify`: wrong use is said before anything is started; a taken port names its option."""

import socket

import pytest
from click.testing import CliRunner

from streams.cli.notify import command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--resend", "soon"], "expected a duration"),
        (["--resend", "1ms"], "at least 1s"),
        (["--alertmanager", "pager:9093"], "expected http://HOST:PORT"),
        (["--board-url", "wall"], "expected http://HOST:PORT"),
        (["--metrics-port", "70000"], "70000"),
    ],
)
def test_wrong_use(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_a_taken_port_is_one_line_that_names_the_option() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(command, ["--kafka", "127.0.0.1:1", "--metrics-port", str(port)])
    assert done.exit_code == 1
    assert f"port {port} on 127.0.0.1" in done.output
    assert "--metrics-port" in done.output
