"""Every port is checked before anything starts."""

import socket

import pytest

from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from streams.local.ports import Port, check_ports
from streams.local.problem import LocalError


def test_free_ports_are_no_problem() -> None:
    check_ports([Port(free_port(), "--board-port")])


def test_a_taken_port_is_named_with_the_option_that_moves_it() -> None:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(
            LocalError, match=rf"port {port} .* is taken: .* --board-port"
        ) as caught:
            check_ports([Port(port, "--board-port")])
    assert caught.value.exit_code == 1


def test_a_port_given_twice_is_wrong_use() -> None:
    port = free_port()
    with pytest.raises(LocalError, match="by --board-port and --kafka-port") as caught:
        check_ports([Port(port, "--board-port"), Port(port, "--kafka-port")])
    assert caught.value.exit_code == 2
