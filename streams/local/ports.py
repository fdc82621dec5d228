"""Checks all ports on loopback before anything starts, so that no half of the system is left running."""

from collections.abc import Iterable

from msgspec import Struct

from streams.local.kafka_place import HOST
from streams.local.problem import LocalError
from streams.plumbing.ports import PortTakenError, check_port


class Port(Struct, frozen=True):
    """A port that one of our processes will listen on, and the option that changes it."""

    number: int
    option: str


def check_ports(ports: Iterable[Port]) -> None:
    """LocalError for the first port that is taken, refused, or given twice."""
    wanted: dict[int, str] = {}
    for port in ports:
        if other := wanted.get(port.number):
            raise LocalError(f"port {port.number} is given twice: by {other} and {port.option}", 2)
        wanted[port.number] = port.option
        try:
            check_port(HOST, port.number, port.option)
        except PortTakenError as error:
            raise LocalError(str(error)) from None
