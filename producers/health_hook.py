"""How a platform with a command line of its own reports its health: the composition root knows how."""

from collections.abc import Callable

from msgspec import Struct

from schemas.health import Health

Read = Callable[[], Health]


class HealthHook(Struct, frozen=True):
    """`ctx.obj` of every `send` command: begin to report what `read` says; returns how to stop it.

    Its arguments are the brokers, the namespace, and `read`, which another thread calls.
    """

    start: Callable[[str, str, Read], Callable[[], None]]
