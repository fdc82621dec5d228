"""What is said of a port that cannot be had."""

import errno
import os
import socket

import pytest

from streams.plumbing.ports import PortTakenError, check_port, port_problem

HOST = "127.0.0.1"


def test_a_taken_port_names_the_option() -> None:
    with socket.create_server((HOST, 0)) as held:
        port = held.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            check_port(HOST, port, "--board-port")
    assert str(caught.value) == (
        f"port {port} on {HOST} is taken: stop what holds it or choose another with --board-port"
    )
    check_port(HOST, port, "--board-port")


def test_any_other_reason_is_said_with_the_option() -> None:
    refused = port_problem(HOST, 80, "--port", OSError(errno.EACCES, "a long text of a library"))
    assert str(refused) == f"port 80 on {HOST}: {os.strerror(errno.EACCES)} (--port)"
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    said = str(port_problem("nowhere", 80, "--port", unknown))
    assert said == "port 80 on nowhere: Name or service not known (--port)"
