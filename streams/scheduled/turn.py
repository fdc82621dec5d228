"""One look at what is due: claims it, makes it, sends it, and writes down each step before and after it is done.

Rule 1: a period is made and a mail is handed over only under a claim that holds (ledger.py). It is renewed before it can end.
Rule 2: a file is written whole under a name of its own, so that a second making changes nothing but its bytes.
Rule 3: `sending` is written before the server is asked, and what it answered after it. Ended between the two, the mail is sent
once more, and that is said. What Kafka did not take stays in memory and is written first.
Rule 4: what is published is written to topic `publications` before it counts as made, and is looked for there first: ended between
the two, the next process finds it.
Rule 5: what one report fails by holds no other one back, and is written down as its reason.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from schemas.owners import MailTable
from schemas.periods import Period
from schemas.printable import printable
from schemas.report_plans import ReportPlan
from schemas.scheduled_reports import (
    LEASE_MS,
    Claim,
    Failed,
    Made,
    MadeFile,
    Mail,
    ScheduledReport,
    Watched,
    masked,
)
from streams.admin.broker import AdminError
from streams.scheduled.agenda import Task, digests, mail_tried_again_at, tasks
from streams.scheduled.due import due_at
from streams.scheduled.folder import FolderError, keep
from streams.scheduled.ledger import Ledger, OfOne, Written
from streams.scheduled.letters import letter
from streams.scheduled.making import Files, NotReadyError
from streams.scheduled.publishing import AsPublished
from streams.scheduled.smtp import Answer

_LONGEST_REASON = 500


class Log(Protocol):
    """Where it is written down (record_log.RecordLog); AdminError where that is away."""

    def read(self) -> list[Written]: ...

    def append(self, record: ScheduledReport) -> None: ...

    def forget(self, report: str) -> None: ...


class Make(Protocol):
    """What makes the files (making.Maker)."""

    def __call__(
        self, plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False
    ) -> Files: ...


Post = Callable[[MailTable, EmailMessage], Answer]
Publish = Callable[[ReportPlan, Period, int], AsPublished]  # as publishing.Publisher


class Around(Struct, frozen=True):
    """What a run of the process works with. `holder` names this run alone; `now` is the wall clock in ms.

    Once `is_stopping`, nothing further is begun, and what was claimed is let go: a manager of processes would kill it soon.
    """

    log: Log
    make: Make
    post: Post
    holder: str
    version: str
    now: Callable[[], int]
    say: Callable[[str], None]
    publish: Publish
    is_stopping: Callable[[], bool] = bool  # never
    lease_ms: int = LEASE_MS


class HeldByAnotherError(Exception):
    """Another process makes this period now."""


class Turns:
    """`plans` and `mail` are handed in each time: queues.toml may change."""

    def __init__(self, around: Around) -> None:
        self._a = around
        self.ledger = Ledger(around.lease_ms)
        self._is_read = False
        self._unwritten: list[ScheduledReport] = []  # what happened, and Kafka did not take
        self._claimed_at = 0
        self._newest: tuple[Made, Files] | None = (
            None  # made by this run: it need not be made again for its mails
        )

    def learn(self, plans: Sequence[ReportPlan]) -> None:
        """What happened, and which reports are new. AdminError where Kafka does not answer; the next turn goes on."""
        self._write_the_rest()
        if not self._is_read:
            self.read()
        self._watch(plans)

    def work(self, plans: Sequence[ReportPlan], mail: MailTable | None) -> None:
        """Make and send what is due, after `learn`. AdminError as there."""
        if not tasks(plans, self.ledger, self._a.holder, self._a.now()):
            return
        self.read()  # what other processes did meanwhile
        for task in tasks(plans, self.ledger, self._a.holder, self._a.now()):
            if self._a.is_stopping():
                return
            try:
                self._do(task, mail, incomplete=False)
            except HeldByAnotherError:
                continue

    def by_hand(
        self, plan: ReportPlan, period: Period, mail: MailTable | None, *, incomplete: bool
    ) -> None:
        """As if it were due now. HeldByAnotherError; AdminError."""
        self.read()
        self._do(Task(plan, period, due_at(plan, period)), mail, incomplete=incomplete)

    def read(self) -> None:
        """AdminError."""
        self.ledger = Ledger.of(self._a.log.read(), self._a.lease_ms)
        self._is_read = True

    def _watch(self, plans: Sequence[ReportPlan]) -> None:
        """Note reports that are new in queues.toml, and those that left it."""
        names = {each.name for each in plans}
        if names == self.ledger.since.keys():
            return
        for name in sorted(names - self.ledger.since.keys()):
            self._a.log.append(Watched(report=name, since=self._a.now()))
        for name in sorted(self.ledger.since.keys() - names):
            self._a.log.forget(name)
        self.read()

    def _do(self, task: Task, mail: MailTable | None, *, incomplete: bool) -> None:
        self._claim(task)
        try:
            if self._one(task).made is None:
                self._make(task, incomplete=incomplete)
            if (made := self._one(task).made) is not None:
                self._send(task, made, mail)
        except (AdminError, HeldByAnotherError):
            raise
        except (NotReadyError, FolderError) as error:
            self._fail(task, str(error))
        except Exception as error:  # noqa: BLE001  a bug in one report must not hold back the others
            self._fail(task, f"{type(error).__name__}: {error}")
        self._a.log.append(self._claim_of(task, is_over=True))
        self.read()

    def _claim(self, task: Task) -> None:
        """HeldByAnotherError unless this run holds it."""
        self._claimed_at = self._a.now()
        self._a.log.append(self._claim_of(task))
        self.read()
        if self._one(task).holder != self._a.holder:
            raise HeldByAnotherError

    def _claim_of(self, task: Task, *, is_over: bool = False) -> Claim:
        return Claim(
            report=task.plan.name,
            period=task.period.text,
            holder=self._a.holder,
            is_over=is_over,
        )

    def _hold_on(self, task: Task) -> None:
        """Before anything is done that others see: renew the claim in time. HeldByAnotherError if it was lost."""
        if self._a.now() - self._claimed_at > self._a.lease_ms / 3:
            self._claim(task)

    def _make(self, task: Task, *, incomplete: bool) -> None:
        as_of = self._a.now()
        files = self._a.make(task.plan, task.period, as_of, incomplete=incomplete)
        self._hold_on(task)
        if self._one(task).made is None:  # nobody made it while this run was slow
            if task.plan.publish and not incomplete:
                stands, files = self._publish(task, as_of, files)
                self._a.say(f"{task.plan.name} {task.period.text}: {stands.said}")
                as_of = stands.as_of
            self._keep(task, files)
            self._note_made(task, files, as_of, digests(task.plan), incomplete=incomplete)

    def _publish(self, task: Task, as_of: int, files: Files) -> tuple[AsPublished, Files]:
        """Before the files and mails go out: what must not be published goes nowhere. It may take minutes. Returns what is published."""
        stands = self._a.publish(task.plan, task.period, as_of)
        self._hold_on(task)
        if stands.as_of != as_of:  # by a process that was ended before its note, or by a person
            files = self._a.make(task.plan, task.period, stands.as_of)
            self._hold_on(task)
        return stands, replace(files, of=files.of | stands.files)

    def _keep(self, task: Task, files: Files) -> None:
        if task.plan.folder:
            keep(Path(task.plan.folder), files.of)

    def _note_made(
        self, task: Task, files: Files, as_of: int, mails: Iterable[str], *, incomplete: bool
    ) -> None:
        made = Made(
            report=task.plan.name,
            period=task.period.text,
            due_at=task.due_at,
            made_at=self._a.now(),
            as_of=as_of,
            files=_made_files(files.of),
            mails=tuple(mails),
            remark=_one_line(files.remark),
            is_incomplete=incomplete,
            program_version=self._a.version,
        )
        self._newest = made, files
        self._note(made)
        self._a.say(f"{made.report} {made.period}: made")

    def _send(self, task: Task, made: Made, mail: MailTable | None) -> None:
        addresses = digests(task.plan)
        waiting = [
            to
            for to in self._one(task).unsent(addresses)
            if mail_tried_again_at(self._one(task), to) <= self._a.now()
        ]
        if not waiting:
            return
        files = self._files(task, made)
        for to in waiting:
            if self._a.is_stopping():
                return
            self._hold_on(task)
            if to in self._one(task).unsent(addresses):  # nobody sent it while this run was slow
                self._send_one(task, made, files, to, addresses[to], mail)

    def _send_one(
        self,
        task: Task,
        made: Made,
        files: Files,
        to: str,
        address: str,
        mail: MailTable | None,
    ) -> None:
        before = self._one(task).mails.get(to)
        twice = before is not None and (before.maybe_twice or before.state == "sending")
        attempts = 1 if before is None else before.attempts + 1

        def told(state: str, reason: str = "", *, twice: bool = twice) -> Mail:
            return Mail(
                report=task.plan.name, period=task.period.text, to=to, masked=masked(address), state=state,  # type: ignore[arg-type]
                at=self._a.now(), attempts=attempts, reason=_one_line(reason), maybe_twice=twice,
            )  # fmt: skip

        if mail is None:
            self._note(told("failed", "queues.toml has no table [mail]"))
            return
        self._a.log.append(told("sending"))
        message = letter(
            files,
            sender=mail.sender,
            to=address,
            made_at=made.made_at,
            about=f"{made.report} {made.period}",
        )
        answer = self._a.post(mail, message)
        is_unsure = twice or answer.maybe_taken
        self._note(told("failed" if answer.why else "sent", answer.why, twice=is_unsure))
        self._a.say(f"{made.report} {made.period}: {masked(address)}: {answer.why or 'sent'}")

    def _files(self, task: Task, made: Made) -> Files:
        """Those that were made, made again from what was known then."""
        if self._newest is not None and self._newest[0] == made:
            return self._newest[1]
        as_of = made.as_of
        files = self._a.make(task.plan, task.period, as_of, incomplete=made.is_incomplete)
        if task.plan.publish and not made.is_incomplete:
            # Of another moment where it was made before it was to be published, and a person published it meanwhile.
            stands, files = self._publish(task, as_of, files)
            as_of = stands.as_of
        if (
            _made_files(files.of) != made.files
        ):  # by another version of the program, or other formats
            self._hold_on(task)
            self._keep(task, files)
            # To those alone to whom it was to go: who came into queues.toml since gets the next period.
            self._note_made(task, files, as_of, made.mails, incomplete=made.is_incomplete)
        return files

    def _fail(self, task: Task, reason: str) -> None:
        former = self._one(task).failed
        told = _one_line(reason)
        if former is None or former.reason != told:
            self._a.say(f"{task.plan.name} {task.period.text}: not finished: {told}")
        self._note(
            Failed(
                report=task.plan.name,
                period=task.period.text,
                due_at=task.due_at,
                failed_at=self._a.now(),
                attempts=1 if former is None else former.attempts + 1,
                reason=told,
            )
        )

    def _note(self, record: ScheduledReport) -> None:
        """Write what has happened. It counts for this run at once, also while Kafka does not take it."""
        self._unwritten.append(record)
        self.ledger.take(Written(b"", record, self._a.now()))
        self._write_the_rest()

    def _write_the_rest(self) -> None:
        while self._unwritten:
            self._a.log.append(self._unwritten[0])
            del self._unwritten[0]

    def _one(self, task: Task) -> OfOne:
        return self.ledger.one(task.plan.name, task.period.text)


def _made_files(files: Mapping[str, bytes]) -> tuple[MadeFile, ...]:
    return tuple(
        MadeFile(name, len(body), hashlib.sha256(body).hexdigest()) for name, body in files.items()
    )


def _one_line(text: str) -> str:
    return printable(text)[:_LONGEST_REASON]
