"""What is to be done now and how a report stands, by what its records say."""

from typing import Any

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.periods import period_of
from schemas.report_plans import ReportPlan, parse_when
from schemas.scheduled_reports import (
    Claim,
    Failed,
    Made,
    MadeFile,
    Mail,
    ScheduledReport,
    Watched,
    mail_digest,
)
from streams.scheduled.agenda import Standing, pause, standings, tasks, watches
from streams.scheduled.due import MADE_UP, due_at
from streams.scheduled.ledger import Ledger, Written

ADA, BEN = "ada@example.org", "ben@example.org"
PLAN = ReportPlan(
    name="r", what="month", when=parse_when("06:30"), formats=("pdf",), zone="UTC", period_zone="UTC", email=(ADA, BEN),
)  # fmt: skip
OCTOBER = period_of("2026-10")
DUE = due_at(PLAN, OCTOBER)
WATCHED = Watched(report="r", since=DUE - 3 * DAY)


def made(remark: str = "") -> Made:
    return Made(
        report="r", period="2026-10", due_at=DUE, made_at=DUE + 1, as_of=DUE, files=(MadeFile("r-2026-10.pdf", 3, "0"),),
        mails=(mail_digest("r", ADA), mail_digest("r", BEN)), remark=remark, program_version="1",
    )  # fmt: skip


def mail(address: str, state: Any, at: int = DUE + 2, **more: Any) -> Mail:
    return Mail(
        report="r", period="2026-10", to=mail_digest("r", address), masked=f"{address[:1]}…@example.org", state=state, at=at,
        attempts=more.pop("attempts", 1), **more,
    )  # fmt: skip


def failed(attempts: int) -> Failed:
    return Failed(
        report="r",
        period="2026-10",
        due_at=DUE,
        failed_at=DUE,
        attempts=attempts,
        reason="the archive is away",
    )


def ledger(*records: ScheduledReport) -> Ledger:
    return Ledger.of([Written(b"", each, DUE) for each in (WATCHED, *records)])


def wanted(*records: ScheduledReport, now: int = DUE, plan: ReportPlan = PLAN) -> list[str]:
    return [each.period.text for each in tasks([plan], ledger(*records), "me", now)]


def stands(*records: ScheduledReport, now: int = DUE) -> Standing:
    (found,) = standings(PLAN, ledger(*records), now)
    return found


def test_a_report_is_wanted_from_when_it_is_due_until_its_last_mail_is_sent() -> None:
    assert wanted(now=DUE - 1) == []
    assert wanted() == ["2026-10"]
    assert wanted(made()) == ["2026-10"]
    assert wanted(made(), mail(ADA, "sent")) == ["2026-10"]
    assert wanted(made(), mail(ADA, "sent"), mail(BEN, "sending")) == ["2026-10"]
    assert wanted(made(), mail(ADA, "sent"), mail(BEN, "sent")) == []


def test_nothing_is_done_before_the_report_is_watched() -> None:
    assert tasks([PLAN], Ledger(), "me", DUE) == []


def test_an_address_that_left_the_file_is_not_written_to() -> None:
    only_ada = ReportPlan(
        **{each: getattr(PLAN, each) for each in PLAN.__struct_fields__} | {"email": (ADA,)}
    )
    assert wanted(made(), mail(ADA, "sent"), mail(BEN, "failed"), plan=only_ada) == []


def test_what_failed_is_tried_again_after_longer_and_longer_pauses() -> None:
    assert [pause(each) // MINUTE for each in (1, 2, 3, 6, 7, 8, 1000)] == [1, 2, 4, 32, 60, 60, 60]
    for attempts in (1, 4, 50):
        again = DUE + pause(attempts)
        assert wanted(failed(attempts), now=again - 1) == []
        assert wanted(failed(attempts), now=again) == ["2026-10"]
    records = (made(), mail(ADA, "sent"), mail(BEN, "failed", at=DUE, attempts=2))
    assert wanted(*records, now=DUE + 2 * MINUTE - 1) == []
    assert wanted(*records, now=DUE + 2 * MINUTE) == ["2026-10"]


def test_what_another_process_holds_is_left_to_it() -> None:
    claim = Claim(report="r", period="2026-10", holder="other")
    assert wanted(claim) == []
    assert wanted(claim, now=DUE + HOUR) == ["2026-10"]
    assert wanted(Claim(report="r", period="2026-10", holder="me")) == ["2026-10"]


def test_how_it_stands() -> None:
    assert (stands().state, stands().is_finished) == ("due", False)
    away = stands(failed(3))
    assert (away.state, away.why, away.attempts, away.is_finished) == (
        "failed",
        "the archive is away",
        3,
        False,
    )
    assert (stands(made()).state, stands(made()).files) == ("made", ("r-2026-10.pdf",))
    half = stands(
        made("withheld: so"),
        mail(ADA, "sent", maybe_twice=True),
        mail(BEN, "failed", reason="the server answers 550"),
    )
    assert (half.state, half.mails, half.is_finished) == ("failed", 1, False)
    assert (
        half.why
        == "withheld: so; b…@example.org: the server answers 550; a…@example.org: perhaps twice"
    )
    whole = stands(made(), mail(ADA, "sent"), mail(BEN, "sent"))
    assert (whole.state, whole.mails, whole.is_finished) == ("sent", 2, True)
    assert ADA not in str(half.line())
    assert set(half.line()) == {
        "report",
        "period",
        "state",
        "due_at",
        "changed_at",
        "attempts",
        "files",
        "mails",
        "why",
    }
    again = stands(made(), failed(2))
    assert (again.state, again.why) == ("failed", "the archive is away")


def test_a_report_without_mail_is_finished_when_it_is_made() -> None:
    alone = ReportPlan(
        **{each: getattr(PLAN, each) for each in PLAN.__struct_fields__} | {"email": ()}
    )
    (found,) = standings(alone, ledger(made()), DUE)
    assert (found.state, found.is_finished) == ("made", True)


def test_what_cannot_be_made_up_for_is_shown_and_no_alert_waits_for_it() -> None:
    now = from_iso("2028-02-01T12:00:00+00:00")
    found = {each.period: each for each in standings(PLAN, ledger(failed(9)), now)}
    assert len(found) == 16
    assert sum(each.state == "missed" for each in found.values()) == 16 - MADE_UP["month"]
    assert found["2026-10"].why.endswith("; before: the archive is away")
    (watch,) = watches([PLAN], ledger(failed(9)), now)
    assert watch.failing == 0
    assert watch.late_at == due_at(PLAN, period_of("2027-02")) + PLAN.late_after_ms


def test_what_prometheus_is_told() -> None:
    late = DUE + PLAN.late_after_ms
    following = due_at(PLAN, OCTOBER.following()) + PLAN.late_after_ms
    for records, expected in (
        ((), (late, 0)),
        ((failed(1),), (late, 1)),
        ((made(),), (late, 0)),
        ((made(), mail(ADA, "sent"), mail(BEN, "failed")), (late, 1)),
        ((made(), mail(ADA, "sent"), mail(BEN, "sent")), (following, 0)),
    ):
        (watch,) = watches([PLAN], ledger(*records), DUE)
        assert (watch.late_at, watch.failing) == expected
    (before,) = watches([PLAN], ledger(), DUE - 1)
    assert before.late_at == late


def test_what_was_made_by_hand_is_shown_though_it_was_not_due() -> None:
    early = Made(
        **{each: getattr(made(), each) for each in Made.__struct_fields__} | {"period": "2026-03"}
    )
    assert [each.period for each in standings(PLAN, ledger(early), DUE - 1)] == ["2026-03"]


def test_what_failed_by_hand_and_is_not_due_waits_for_nobody() -> None:
    early = Failed(
        report="r", period="2026-03", due_at=DUE, failed_at=DUE, attempts=1, reason="no data"
    )
    found = ledger(early)
    assert [each.period for each in standings(PLAN, found, DUE - 1)] == ["2026-03"]
    assert tasks([PLAN], found, "me", DUE - 1) == []
    (watch,) = watches([PLAN], found, DUE - 1)
    assert (watch.late_at, watch.failing) == (DUE + PLAN.late_after_ms, 0)
