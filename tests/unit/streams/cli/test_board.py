import socket
from pathlib import Path

from click.testing import CliRunner

from streams.cli.board import command


def test_a_taken_port_is_one_line_that_names_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = CliRunner().invoke(command, ["--kafka", "127.0.0.1:1", "--port", str(port)])
    assert done.exit_code == 1
    assert done.output.startswith(
        "queuewatch: board lets in everybody on this machine, with every right: no --access\n"
        "queuewatch: board takes no links to acknowledge: no --link-key-file\n"
    )
    assert done.output.endswith(
        f"queuewatch: port {port} on 127.0.0.1 is taken:"
        " stop what holds it or choose another with --port\n"
    )


def test_a_key_that_cannot_be_read_is_one_line() -> None:
    done = CliRunner().invoke(command, ["--link-key-file", "/nowhere/link.key"])
    assert done.exit_code == 1
    assert done.output == (
        "queuewatch: cannot read the key of the links in messages, /nowhere/link.key:"
        " No such file or directory\n"
    )


def test_listening_elsewhere_without_a_lock_is_refused() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "wall.example.org"):
        done = CliRunner().invoke(command, ["--kafka", "127.0.0.1:1", "--host", host])
        assert done.exit_code == 1
        assert done.output == (
            f"queuewatch: --host {host} is reached from other machines and nobody would have to log in:"
            " name an --access FILE (docs/operator.md), or say --open-to-everyone\n"
        )


def test_open_to_everyone_is_said_on_start() -> None:
    with socket.create_server(("0.0.0.0", 0)) as held:
        port = held.getsockname()[1]
        options = ["--kafka", "127.0.0.1:1", "--host", "0.0.0.0", "--port", str(port)]
        done = CliRunner().invoke(command, [*options, "--open-to-everyone"])
    assert "board lets in everybody who reaches 0.0.0.0, with every right" in done.output
    assert f"port {port} on 0.0.0.0 is taken" in done.output


def test_a_wrong_access_file_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "access.toml"
    file.write_text("[board]\naddress = 3\n")
    done = CliRunner().invoke(command, ["--kafka", "127.0.0.1:1", "--access", str(file)])
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert done.output.startswith(f"queuewatch: {file}: ")
