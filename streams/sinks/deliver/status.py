"""The status of deliver: written by the event loop, read by the health thread and at scrapes."""

from collections.abc import Sequence

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
    targets: tuple[tuple[str, str], ...] = ()
    failing_since: dict[
        tuple[str, str], int
    ] = {}  # targets that did not take the last they were handed
    untold: tuple[str, ...] = ()  # owners without an address, where no Alertmanager tells them
    refused: str = ""  # why the files as they stand now are not used; the former recipients hold
    last_sent_at: int | None = None

    @property
    def remark(self) -> str:
        """What an operator should see: why it waits, else what is wrong with the files."""
        if self.detail or self.refused:
            return self.detail or f"{self.refused}; the former owners and addresses hold"
        return untold_said(self.untold) if self.untold else ""

    @property
    def ready(self) -> bool:
        """Whether the outbox was read, so that messages are taken."""
        return self.state in {"running", "blocked"}


def untold_said(names: Sequence[str]) -> str:
    return f"owners without deliver_file, whom nobody tells where no Alertmanager does: {', '.join(names)}"
