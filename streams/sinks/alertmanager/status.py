"""The status of notify: written by the event loop, read by the health thread and at scrapes."""

from msgspec import Struct


class NotifyStatus(Struct):
    """Every change replaces a whole value, so that another thread never sees half of one."""

    state: str = "starting"
    detail: str = ""
    positions: dict[str, int] = {}  # by `alerts-<partition>`
    lag_records: dict[str, int] = {}
    posts_ok: int = 0
    posts_failed: int = 0
    firing: int = 0
    recorded: int = 0  # alerts of the past: counted, not notified
    undecodable: int = 0
    last_post_at: int | None = None

    @property
    def ready(self) -> bool:
        """The topic was read to its end. With Alertmanager away notify is ready too, in state `blocked`."""
        return self.state in {"running", "blocked"}
