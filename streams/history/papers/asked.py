"""What a paper is asked for, and who is in it: the queues of all departments or of one."""

from msgspec import Struct

from streams.history.catalogue import Catalogue, of_department
from streams.history.period import Period
from streams.history.question import HistoryError, Question


class Asked(Struct, frozen=True):
    """`catalogue` has the queues that the paper is about, `known` all that are configured. `now`: when it is asked. `is_counted`:
    whoever asks has seen already that every fact of the period is counted (streams.history.uncounted), and it is not asked once more.
    """

    period: Period
    catalogue: Catalogue
    known: Catalogue
    department: str | None
    now: int
    as_of: int | None = None
    is_counted: bool = False

    @property
    def question(self) -> Question:
        return Question(
            self.period.start,
            self.period.end,
            as_of=self.as_of,
            now=self.now,
            configured_only=True,
        )

    @property
    def known_at(self) -> int:
        """As of when the figures are known."""
        return self.now if self.as_of is None else min(self.as_of, self.now)

    @property
    def ids(self) -> set[str] | None:
        """Of its queues, former ones too; None: of all, also of those that nobody configured."""
        if self.department is None:
            return None
        return {*self.catalogue.queues, *self.catalogue.former}

    def queue_name(self, queue: str) -> str:
        """What people call it."""
        targets = self.known.queues.get(queue)
        return targets.name if targets and targets.name else queue

    def centre_name(self, centre: str) -> str:
        names = (t.centre_name for t in self.known.queues.values() if t.centre == centre)
        return next(filter(None, names), centre)

    @property
    def department_name(self) -> str:
        names = (t.department_name for t in self.catalogue.queues.values())
        return next(filter(None, names), self.department or "")


def asked(
    period: Period, known: Catalogue, department: str | None, now: int, as_of: int | None
) -> Asked:
    """HistoryError for a department that no queue belongs to; "" is none, though queues may have it: a publication of "" is of all."""
    catalogue = known if department is None else of_department(known, department)
    if department == "" or not (department is None or catalogue.queues):
        there = ", ".join(sorted({each.department for each in known.queues.values()} - {""}))
        raise HistoryError(f'no department "{department}"; there are: {there or "none"}')
    return Asked(period, catalogue, known, department, now, as_of)
