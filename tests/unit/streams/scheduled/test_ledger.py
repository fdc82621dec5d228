"""Who holds a period, by the order of the records and the clock of the broker; and what is kept of it after compaction."""

from itertools import permutations

from schemas.scheduled_reports import (
    Claim,
    Failed,
    Made,
    Mail,
    ScheduledReport,
    Watched,
    scheduled_report_key,
)
from streams.scheduled.ledger import Ledger, Written, key_of_since

LEASE = 600


def claim(holder: str, *, is_over: bool = False) -> Claim:
    return Claim(report="r", period="2026-10", holder=holder, is_over=is_over)


def made(*mails: str) -> Made:
    return Made(
        report="r",
        period="2026-10",
        due_at=0,
        made_at=1,
        as_of=1,
        files=(),
        mails=mails,
        program_version="1",
    )


def mail(state: str, to: str = "a") -> Mail:
    return Mail(report="r", period="2026-10", to=to, masked="a…@x", state=state, at=2, attempts=1)  # type: ignore[arg-type]


FAILED = Failed(report="r", period="2026-10", due_at=0, failed_at=1, attempts=1, reason="away")


def ledger(*records: tuple[int, ScheduledReport]) -> Ledger:
    return Ledger.of([Written(scheduled_report_key(each), each, at) for at, each in records], LEASE)


def holder(*records: tuple[int, ScheduledReport]) -> str | None:
    return ledger(*records).one("r", "2026-10").holder


def test_the_first_claim_holds_until_its_lease_is_over_or_it_lets_go() -> None:
    assert holder((0, claim("a")), (1, claim("b"))) == "a"
    assert holder((0, claim("a")), (LEASE - 1, claim("b"))) == "a"
    assert holder((0, claim("a")), (LEASE, claim("b"))) == "b"
    assert holder((0, claim("a")), (500, claim("a")), (LEASE, claim("b"))) == "a"
    assert holder((0, claim("a")), (LEASE, claim("b")), (LEASE + 1, claim("a"))) == "b"
    assert holder((0, claim("a")), (1, claim("a", is_over=True)), (2, claim("b"))) == "b"
    assert holder((0, claim("a")), (1, claim("b", is_over=True)), (2, claim("b"))) == "a"


def test_of_any_that_claim_at_once_exactly_one_holds_and_all_see_the_same() -> None:
    for order in permutations("abc"):
        records = [(at, claim(name)) for at, name in enumerate(order)]
        assert holder(*records) == order[0]
        found = ledger(*records)
        assert [name for name in order if found.may_claim("r", "2026-10", name, 5)] == [order[0]]
        assert found.may_claim("r", "2026-10", "z", LEASE)


def test_what_was_sent_stays_sent() -> None:
    one = ledger(
        (0, made("a", "b")), (1, mail("sending")), (2, mail("sent")), (3, mail("failed"))
    ).one("r", "2026-10")
    assert one.unsent(["a", "b", "c"]) == ["b"]  # c came into the file later
    assert one.unsent(["a"]) == []  # b has left it


def test_a_failure_is_over_once_it_was_made_or_a_mail_went_on() -> None:
    assert ledger((0, FAILED)).one("r", "2026-10").failed == FAILED
    assert ledger((0, FAILED), (1, made())).one("r", "2026-10").failed is None
    assert ledger((0, made("a")), (1, FAILED)).one("r", "2026-10").failed == FAILED
    assert (
        ledger((0, made("a")), (1, FAILED), (2, mail("sending"))).one("r", "2026-10").failed is None
    )


def test_compaction_hides_nothing_that_was_done() -> None:
    """Of each key the newest record alone is left."""
    records: list[tuple[int, ScheduledReport]] = [
        (0, claim("a")), (1, FAILED), (2, made("a")), (3, mail("sending")), (4, mail("sent")), (5, FAILED), (6, claim("b")),
    ]  # fmt: skip
    newest = {scheduled_report_key(each): (at, each) for at, each in records}
    found = ledger(*sorted(newest.values(), key=lambda each: each[0])).one("r", "2026-10")
    assert found.made == made("a")
    assert found.unsent(["a"]) == []


def test_a_report_is_watched_from_the_first_record_until_it_is_taken_out() -> None:
    first, second = Watched(report="r", since=5), Watched(report="r", since=9)
    assert ledger((0, first), (1, second)).since == {"r": 5}
    gone = Written(key_of_since("r"), None, 2)
    records = [Written(b"", first, 0), gone]
    assert Ledger.of(records).since == {}
    assert Ledger.of([*records, Written(b"", second, 3)]).since == {"r": 9}
