"""The reports of queues.toml as they stand now, for a process that runs on while the file is changed."""

from collections.abc import Callable
from pathlib import Path

from schemas.owners import MailTable
from schemas.queues_toml import QueuesFile
from schemas.report_plans import ReportPlan
from streams.admin.queues_file import read_queues_file
from streams.admin.watch import QueuesFileWatch


class PlansFile:
    """Call `look` each time; `say` gets a line when the file has changed or has a mistake."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        """QueuesFileError when the file has a mistake already."""
        self._say = say
        self.plans: tuple[ReportPlan, ...] = ()
        self.mail: MailTable | None = None
        self._watch = QueuesFileWatch(path, self._take, "reports")
        self._take(read_queues_file(path))

    def look(self) -> None:
        if line := self._watch.look():
            self._say(line)

    @property
    def problem(self) -> str:
        """The mistake in the file as it stands now; "" if it has none."""
        return self._watch.problem

    def _take(self, file: QueuesFile) -> str | None:
        former = self.plans, self.mail
        self.plans, self.mail = file.reports, file.mail
        return (
            None if former == (self.plans, self.mail) else f"reports read anew: {len(self.plans)}"
        )
