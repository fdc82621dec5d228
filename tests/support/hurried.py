"""Our command with the waits of telling people shortened, for `python tests/support/hurried.py COMMAND …`.

The same mechanisms with shorter waits: groups wait 1 s in place of 5 or 30, are looked at each second, `deliver` knows
after 8 s in place of 2 minutes that all alerts came back after its start, what comes out of a backlog proves within 12 s that it holds, and a probe is sent every 5 s.
"""

from typing import Any, cast

from schemas import routes
from schemas.millis import SECOND
from streams.sinks.alertmanager import decide, probing
from streams.sinks.deliver import grouping

PROBE_EVERY_S = 5


def hurry() -> None:
    """Shorten the waits of this process."""
    for severity, pace in list(routes.PACES.items()):
        cast(dict[Any, Any], routes.PACES)[severity] = pace._replace(
            wait_ms=SECOND, interval_ms=SECOND
        )
    grouping.COMPLETE_AFTER_MS = 8 * SECOND
    decide.PROVED_AFTER_MS = 12 * SECOND
    probing.EVERY_MS = PROBE_EVERY_S * SECOND


def hurried_routes(text: str) -> str:
    """Alertmanager's configuration with the same short waits."""
    for slow in ("5s", "30s", "1m", "5m"):
        text = text.replace(f"_wait: {slow}", "_wait: 1s").replace(
            f"_interval: {slow}", "_interval: 1s"
        )
    return text.replace("group_interval: 15s", "group_interval: 1s").replace(": 5s", ": 1s")


if __name__ == "__main__":
    from streams.cli.main import main

    hurry()
    main()
