"""Ports that cannot be listened on: one line, with the option by which to choose another port."""

import errno
import os
import socket
from ipaddress import ip_address


class PortTakenError(Exception):
    """A port cannot be listened on; the message is one line for the operator."""


def port_problem(host: str, port: int, option: str, error: OSError) -> PortTakenError:
    """The error to raise when `host` and `port` cannot be listened on."""
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(
            f"port {port} on {host} is taken: stop what holds it or choose another with {option}"
        )
    # When a name is not found, `errno` is a negative number of the resolver, not of the system.
    system = error.errno is not None and error.errno > 0
    why = os.strerror(error.errno) if system else (error.strerror or str(error))  # type: ignore[arg-type]
    return PortTakenError(f"port {port} on {host}: {why} ({option})")


def check_port(host: str, port: int, option: str) -> None:
    """PortTakenError unless the port is free now."""
    with socket.socket() as probe:
        # As servers do: connections that a former server left behind do not keep its port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise port_problem(host, port, option, error) from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it. A name other than `localhost` may be anything."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
