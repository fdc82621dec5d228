"""Ports that cannot be had: one line that names the option with which another one is chosen."""

import errno
import os
import socket


class PortTakenError(Exception):
    """The line."""


def port_problem(host: str, port: int, option: str, error: OSError) -> PortTakenError:
    """What is said where `host` and `port` cannot be listened on."""
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(
            f"port {port} on {host} is taken: stop what holds it or choose another with {option}"
        )
    # Of a name that is not found, `errno` is a number of the resolver, not of the system.
    system = error.errno is not None and error.errno > 0
    why = os.strerror(error.errno) if system else (error.strerror or str(error))  # type: ignore[arg-type]
    return PortTakenError(f"port {port} on {host}: {why} ({option})")


def check_port(host: str, port: int, option: str) -> None:
    """PortTakenError unless somebody may listen there now."""
    with socket.socket() as probe:
        # As servers do: connections that a server before left behind do not hold its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise port_problem(host, port, option, error) from None
