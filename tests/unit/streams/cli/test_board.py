import socket

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
