"""Ports on loopback, checked before anything starts: half a system is worse than one clear line."""

from collections.abc import Iterable

from msgspec import Struct

from streams.local.kafka_place import HOST
from streams.local.problem import LocalError
from streams.plumbing.ports import PortTakenError, check_port


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
        try:
            check_port(HOST, port.number, port.option)
        except PortTakenError as error:
            raise LocalError(str(error)) from None
