"""How a platform with its own command line reports its health: `streams/cli/send.py` passes the hook."""

from collections.abc import Callable

from msgspec import Struct

from schemas.health import Health

Read = Callable[[], Health]


class HealthHook(Struct, frozen=True):
    """`ctx.obj` of every `send` command. `start` begins to report health; it returns a function that stops it.

    Arguments of `start`: the brokers, the namespace, and `read`, which is called in another thread.
    """

    start: Callable[[str, str, Read], Callable[[], None]]
