"""The status of notify: written by the event loop, read by the health thread and at scrapes."""

from msgspec import Struct


class NotifyStatus(Struct):
    """Every change replaces a whole value, so that another thread never sees a half-written one."""

    state: str = "starting"
    detail: str = ""
    positions: dict[str, int] = {}  # by `TOPIC-<partition>`
    lag_records: dict[str, int] = {}
    posts_ok: int = 0
    posts_failed: int = 0
    firing: int = 0
    quiet: int = 0  # of those that fire: somebody has them, or they are muted
    measured: dict[tuple[str, ...], float] = {}  # by series and labels: how the alerts do
    recorded: int = 0  # alerts of the past: counted here, not notified
    undecodable: int = 0
    deliver_owners: int | None = None  # None: no owners are declared
    last_post_at: int | None = None

    @property
    def ready(self) -> bool:
        """Whether the topic was read to its end; also true in state `blocked`: Alertmanager does not answer."""
        return self.state in {"running", "blocked"}
