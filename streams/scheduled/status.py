"""The status of the process: written by its one thread that works, read by the health thread and at scrapes."""

from msgspec import Struct

from streams.scheduled.agenda import Watch


class ReportsStatus(Struct):
    """Every change replaces a whole value, so that another thread never sees a half-written one."""

    state: str = "starting"
    detail: str = ""  # why it waits
    refused: str = ""  # what is wrong with queues.toml; the former reports hold
    watches: tuple[Watch, ...] = ()

    @property
    def ready(self) -> bool:
        return self.state == "running"

    @property
    def remark(self) -> str:
        """What an operator should see."""
        return self.detail or (f"{self.refused}; the former reports hold" if self.refused else "")
