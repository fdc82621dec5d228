"""What is to be done now, and how each report stands. Pure.

Rule 1: what failed is tried again after 1, 2, 4 … 60 minutes, for as long as it is due: a report is never left out in silence.
Rule 2: a mail to an address that left queues.toml is not wanted any more.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from schemas.millis import HOUR, MINUTE, iso
from schemas.periods import Period, of_kind
from schemas.report_plans import ReportPlan
from schemas.scheduled_reports import mail_digest
from streams.scheduled.due import due, due_at, next_due_at, not_made_up
from streams.scheduled.ledger import Ledger, OfOne

State = Literal["due", "made", "sent", "failed", "missed"]
COLUMNS = ("report", "period", "state", "due_at", "changed_at", "attempts", "files", "mails", "why")
_FIRST_PAUSE, _LONGEST_PAUSE = MINUTE, HOUR


class Task(Struct, frozen=True):
    """A period that is to be made, or whose mails are to be sent."""

    plan: ReportPlan
    period: Period
    due_at: int


class Standing(Struct, frozen=True):
    """How one period of a report stands."""

    report: str
    period: str
    state: State
    due_at: int
    changed_at: int | None = None
    attempts: int = 0
    files: tuple[str, ...] = ()
    mails: int = 0  # sent
    why: str = ""
    is_finished: bool = False

    def line(self) -> dict[str, str | int | None]:
        return {
            "report": self.report,
            "period": self.period,
            "state": self.state,
            "due_at": iso(self.due_at),
            "changed_at": None if self.changed_at is None else iso(self.changed_at),
            "attempts": self.attempts,
            "files": " ".join(self.files),
            "mails": self.mails,
            "why": self.why,
        }


def tasks(plans: Sequence[ReportPlan], ledger: Ledger, holder: str, now: int) -> list[Task]:
    """In the order in which they were due. One that another than `holder` holds, or that is tried later, is none."""
    found = [
        Task(plan, period, due_at(plan, period))
        for plan in plans
        if plan.name in ledger.since
        for period in due(plan, ledger.since[plan.name], now)
        if _is_wanted(plan, ledger.one(plan.name, period.text), now)
        and ledger.may_claim(plan.name, period.text, holder, now)
    ]
    return sorted(found, key=lambda each: each.due_at)


def is_open(plan: ReportPlan, one: OfOne) -> bool:
    """Whether it is to be made, or a mail of it to be sent."""
    return one.made is None or bool(one.unsent(digests(plan)))


def tried_again_at(plan: ReportPlan, one: OfOne) -> int:
    """0: at once."""
    if one.failed is not None:
        return one.failed.failed_at + pause(one.failed.attempts)
    return min((mail_tried_again_at(one, to) for to in one.unsent(digests(plan))), default=0)


def mail_tried_again_at(one: OfOne, to: str) -> int:
    """0: at once."""
    mail = one.mails.get(to)
    return mail.at + pause(mail.attempts) if mail and mail.state == "failed" else 0


def pause(attempts: int) -> int:
    return int(min(_FIRST_PAUSE * 2 ** min(attempts - 1, 10), _LONGEST_PAUSE))


def digests(plan: ReportPlan) -> dict[str, str]:
    """The address of each mail, by the digest that names it."""
    return {mail_digest(plan.name, each): each for each in plan.email}


def standings(plan: ReportPlan, ledger: Ledger, now: int) -> list[Standing]:
    """Every period that was due, and what was made by hand, oldest first."""
    since = ledger.since.get(plan.name, now)
    missed = {each.text: each for each in not_made_up(plan, since, now)}
    known = {each.text: each for each in (*missed.values(), *due(plan, since, now))}
    for text in ledger.periods(plan.name):
        one = ledger.one(plan.name, text)
        if text not in known and (one.made or one.failed):
            known[text] = of_kind(plan.length, text)
    return [
        standing(plan, known[text], ledger.one(plan.name, text), is_missed=text in missed)
        for text in sorted(known)
    ]


def standing(plan: ReportPlan, period: Period, one: OfOne, *, is_missed: bool = False) -> Standing:
    at = due_at(plan, period)
    if one.made is None:
        if one.failed is not None and not is_missed:
            return Standing(
                plan.name, period.text, "failed", at, one.failed.failed_at, one.failed.attempts,
                why=one.failed.reason,
            )  # fmt: skip
        state: State = "missed" if is_missed else "due"
        why = "so many were due that only the newest were made up for" if is_missed else ""
        if one.failed is not None:
            why += f"; before: {one.failed.reason}"
        return Standing(plan.name, period.text, state, at, why=why, is_finished=is_missed)
    unsent = one.unsent(digests(plan))
    is_failed = bool(unsent) and one.failed is not None
    told = [one.mails[to] for to in digests(plan) if to in one.mails]
    failed = [each for each in told if each.state == "failed"]
    sent = [each for each in told if each.state == "sent"]
    said = [one.made.remark] if one.made.remark else []
    said += [one.failed.reason] if one.failed and is_failed else []
    said += [f"{each.masked}: {each.reason}" for each in failed]
    said += [f"{each.masked}: perhaps twice" for each in sent if each.maybe_twice]
    return Standing(
        plan.name, period.text, "failed" if failed or is_failed else "sent" if sent and not unsent else "made", at,
        max([one.made.made_at, *(each.at for each in told)]),
        max((each.attempts for each in told), default=0),
        tuple(each.name for each in one.made.files), len(sent), "; ".join(said), not unsent,
    )  # fmt: skip


class Watch(Struct, frozen=True):
    """What Prometheus is told of a report."""

    report: str
    late_at: int  # when the oldest that is not finished, else the next one, is late
    failing: int  # periods whose last attempt failed


def watches(plans: Sequence[ReportPlan], ledger: Ledger, now: int) -> Iterator[Watch]:
    """Of what is tried again by itself: what was run by hand and is not due is told to whoever ran it."""
    for plan in plans:
        periods = due(plan, ledger.since.get(plan.name, now), now)
        found = [standing(plan, each, ledger.one(plan.name, each.text)) for each in periods]
        open_ones = [each for each in found if not each.is_finished]
        due_next = min((each.due_at for each in open_ones), default=next_due_at(plan, now))
        failing = sum(each.state == "failed" for each in open_ones)
        yield Watch(plan.name, due_next + plan.late_after_ms, failing)


def _is_wanted(plan: ReportPlan, one: OfOne, now: int) -> bool:
    return is_open(plan, one) and tried_again_at(plan, one) <= now
