"""Ports on loopback, checked before anything starts: half a system is worse than one clear line."""

import errno
import socket
from collections.abc import Iterable

from msgspec import Struct

from streams.local.kafka_place import HOST
from streams.local.problem import LocalError


class Port(Struct, frozen=True):
    """A port that somebody of ours will hold, and the option that moves it."""

    number: int
    option: str


def check_ports(ports: Iterable[Port]) -> None:
    """LocalError for the first port that is taken, refused, or wanted twice."""
    wanted: dict[int, str] = {}
    for port in ports:
        if other := wanted.get(port.number):
            raise LocalError(f"port {port.number} is given twice: by {other} and {port.option}", 2)
        wanted[port.number] = port.option
        _check(port)


def _check(port: Port) -> None:
    with socket.socket() as probe:
        # As servers do: connections that a server before left behind do not hold its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port.number))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise LocalError(
                    f"port {port.number} on {HOST} is taken:"
                    f" stop what holds it or choose another with {port.option}"
                ) from None
            raise LocalError(
                f"port {port.number} on {HOST}: {error.strerror} ({port.option})"
            ) from None
