"""The status of deliver: written by the event loop, read by the health thread and at scrapes."""

from msgspec import Struct


class DeliverStatus(Struct):
    """Every change replaces a whole value, so that another thread never sees a half-written one."""

    state: str = "starting"
    detail: str = ""
    ended: dict[str, int] = {}  # by state of the message
    failed_attempts: int = 0
    queued: int = 0
    overdue_ms: int = 0
    undecodable: int = 0
    last_sent_at: int | None = None

    @property
    def ready(self) -> bool:
        """Whether the outbox was read, so that messages are taken."""
        return self.state in {"running", "blocked"}
