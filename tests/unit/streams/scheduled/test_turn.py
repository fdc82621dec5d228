"""One look at what is due, ended at every single step, by two processes, and while Kafka, archive or mail server is away."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE
from schemas.owners import MailTable
from schemas.periods import Period, period_of
from schemas.report_plans import ReportPlan, parse_when
from schemas.scheduled_reports import LEASE_MS, Claim, ScheduledReport, scheduled_report_key
from streams.admin.broker import AdminError
from streams.scheduled.agenda import Standing, standings
from streams.scheduled.due import due_at
from streams.scheduled.ledger import Ledger, Written, key_of_since
from streams.scheduled.making import Files, NotReadyError
from streams.scheduled.publishing import AsPublished
from streams.scheduled.smtp import Answer
from streams.scheduled.turn import Around, HeldByAnotherError, Turns

ADA, BEN = "ada@example.org", "ben@example.org"
SERVER = MailTable(server="127.0.0.1:25", sender="queues@example.org", tls=False)
OCTOBER = period_of("2026-10")


class KilledError(BaseException):
    """As `kill -9`: nothing after it runs, and nobody may catch it."""


def turn(of: Turns, plans: list[ReportPlan], mail: MailTable | None) -> None:
    of.learn(plans)
    of.work(plans, mail)


class World:
    """What outlives a process: the topic, the folder, the mail boxes; and the clock. `kill_at`: the step at which it is killed."""

    def __init__(self, folder: Path) -> None:
        self.plan = ReportPlan(
            name="r", what="month", when=parse_when("06:30"), formats=("csv",), zone="UTC", period_zone="UTC",
            folder=str(folder), email=(ADA, BEN), publish=True,
        )  # fmt: skip
        self.now = due_at(self.plan, OCTOBER)
        self.records: list[Written] = []
        self.published: list[tuple[str, int]] = []  # period, as of
        self.withheld = ""
        self.inboxes: list[tuple[str, str]] = []  # address, Message-ID
        self.made_as_of: list[int] = []
        self.kill_at: int | None = None
        self.steps = 0
        self.kafka_is_away = False
        self.archive_problem = ""
        self.refuses: Callable[[str], str] = lambda _: ""
        self.said: list[str] = []
        self._names = count(1)

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.kill_at:
            raise KilledError

    def read(self) -> list[Written]:
        if self.kafka_is_away:
            raise AdminError("no answer of Kafka")
        return list(self.records)

    def append(self, record: ScheduledReport) -> None:
        self._write(scheduled_report_key(record), record)

    def forget(self, report: str) -> None:
        self._write(key_of_since(report), None)

    def _write(self, key: bytes, record: ScheduledReport | None) -> None:
        if self.kafka_is_away:
            raise AdminError("no answer of Kafka")
        self.step()  # killed before it was written …
        self.records.append(Written(key, record, self.now))
        self.step()  # … or after

    def make(
        self, plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False
    ) -> Files:
        self.step()
        if self.archive_problem and not incomplete:
            raise NotReadyError(self.archive_problem)
        self.made_as_of.append(as_of)
        name = f"{plan.name}-{period.text}.csv"
        return Files("October", {name: f"as of {as_of}".encode()}, remark=self.archive_problem)

    def publish(self, plan: ReportPlan, period: Period, as_of: int) -> AsPublished:
        self.step()
        if self.withheld:
            raise NotReadyError(self.withheld)
        if (stands := dict(self.published).get(period.text)) is None:  # as the topic says
            self.published.append((period.text, as_of))
            stands = as_of
            self.step()
        name = f"{plan.name}-{period.text}.csv"
        return AsPublished("published", stands, {name: f"as of {stands}".encode()})

    def post(self, server: MailTable, message: EmailMessage) -> Answer:
        assert server == SERVER
        self.step()
        if why := self.refuses(str(message["To"])):
            return Answer(why)
        self.inboxes.append((str(message["To"]), str(message["Message-ID"])))
        self.step()
        return Answer()

    def process(self) -> Turns:
        holder = f"run-{next(self._names)}"

        def make(
            plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False
        ) -> Files:
            return self.make(plan, period, as_of, incomplete=incomplete)

        def post(server: MailTable, message: EmailMessage) -> Answer:  # as it is by then
            return self.post(server, message)

        return Turns(
            Around(
                self,
                make,
                post,
                holder,
                "1",
                lambda: self.now,
                self.said.append,
                self.publish,
            )
        )

    def turn(self, of: Turns) -> None:
        turn(of, [self.plan], SERVER)

    def stands(self) -> list[Standing]:
        return standings(self.plan, Ledger.of(self.records), self.now)

    def files(self) -> list[str]:
        return sorted(each.name for each in Path(self.plan.folder).iterdir())


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path / "www")
    found.now -= DAY
    found.turn(found.process())  # the report is watched from here on
    found.now += DAY
    found.steps = 0
    return found


def test_a_period_is_made_and_sent_once(world: World) -> None:
    process = world.process()
    for _ in range(3):
        world.turn(process)
    world.turn(world.process())
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    assert len(world.made_as_of) == 1
    assert world.files() == ["index.html", "r-2026-10.csv"]
    (standing,) = world.stands()
    assert (standing.state, standing.mails, standing.is_finished) == ("sent", 2, True)


def test_while_nothing_is_due_kafka_is_not_asked(world: World) -> None:
    world.now -= 1
    process = world.process()
    world.turn(process)
    world.kafka_is_away = True
    world.turn(process)


def steps_of_a_turn(tmp_path: Path) -> Iterator[int]:
    found = World(tmp_path / "counted")
    found.now -= DAY
    found.turn(found.process())
    found.now, found.steps = found.now + DAY, 0
    found.turn(found.process())
    # Claim, published, made, letting go: two each; the making; for each mail `sending`, the server and `sent`, two each.
    assert found.steps == 4 * 2 + 1 + 2 * 3 * 2
    yield from range(1, found.steps + 1)


def test_killed_at_any_step_it_is_finished_by_the_next_one(tmp_path: Path) -> None:
    """Nothing is lost at any step. A mail comes twice only where the process ended before it could note it, by the same name."""
    twice = 0
    for step in steps_of_a_turn(tmp_path):
        world = World(tmp_path / f"{step}")
        world.now -= DAY
        world.turn(world.process())
        world.now, world.steps, world.kill_at = world.now + DAY, 0, step
        with pytest.raises(KilledError):
            world.turn(world.process())
        world.kill_at = None
        follower = world.process()
        world.turn(follower)  # soon after: the claim of the dead one may still hold
        world.now += LEASE_MS + MINUTE
        world.turn(follower)
        (standing,) = world.stands()
        assert (standing.state, standing.mails, standing.is_finished) == ("sent", 2, True), step
        assert [period for period, _ in world.published] == ["2026-10"], step
        assert {address for address, _ in world.inboxes} == {ADA, BEN}
        assert len(set(world.inboxes)) == 2
        assert len(world.inboxes) <= 3
        if len(world.inboxes) == 3:
            twice += 1
            assert "perhaps twice" in standing.why
        as_of = (Path(world.plan.folder) / "r-2026-10.csv").read_text()
        assert as_of == f"as of {world.made_as_of[-1]}"
    # Of each of the two mails: after the server took it, and before the record of it was written.
    assert twice == 4


def test_of_two_processes_one_makes_it(world: World) -> None:
    first, second = world.process(), world.process()
    for each in (first, second):  # both know that it is due
        each.read()
    original = world.make
    inside: list[str] = []

    def slow(plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False) -> Files:
        inside.append("made")
        world.turn(second)  # while the first one makes it
        return original(plan, period, as_of, incomplete=incomplete)

    world.make = slow  # type: ignore[method-assign]
    first = world.process()
    world.turn(first)
    assert inside == ["made"]
    assert [address for address, _ in world.inboxes] == [ADA, BEN]


def test_one_that_was_asleep_for_longer_than_its_claim_sends_nothing_after_the_other(
    world: World,
) -> None:
    second = world.process()
    original = world.make

    def asleep(plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False) -> Files:
        world.make = original  # type: ignore[method-assign]
        world.now += LEASE_MS + MINUTE
        world.turn(second)
        return original(plan, period, as_of, incomplete=incomplete)

    world.make = asleep  # type: ignore[method-assign]
    world.turn(world.process())
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    text = (Path(world.plan.folder) / "r-2026-10.csv").read_text()
    assert text == f"as of {world.made_as_of[0]}"  # of the second, which noted it


def test_what_must_not_be_published_goes_nowhere_until_it_may(world: World) -> None:
    world.withheld = "not published: the books do not balance"
    process = world.process()
    world.turn(process)
    (standing,) = world.stands()
    assert (standing.state, standing.why) == ("failed", "not published: the books do not balance")
    assert (world.inboxes, Path(world.plan.folder).exists()) == ([], False)
    world.withheld = ""
    world.now += MINUTE
    world.turn(process)
    assert (world.stands()[0].state, len(world.published)) == ("sent", 1)


def test_what_is_published_already_is_what_is_sent(world: World) -> None:
    earlier = world.now - MINUTE
    world.published = [("2026-10", earlier)]  # by a process that was ended before its note
    world.turn(world.process())
    assert (Path(world.plan.folder) / "r-2026-10.csv").read_text() == f"as of {earlier}"
    assert world.made_as_of[-1] == earlier  # also the letter
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    made = Ledger.of(world.records).one("r", "2026-10").made
    assert made is not None
    assert made.as_of == earlier


def test_what_is_published_between_two_mails_is_sent_whole_with_its_letter(world: World) -> None:
    """Else the files of a mail say what is known now, and its letter what was known when it was made."""
    world.plan = replace(world.plan, publish=False)
    world.refuses = lambda to: "full" if to == BEN else ""
    world.turn(world.process())
    later = world.now + MINUTE
    world.plan = replace(world.plan, publish=True)
    world.published = [("2026-10", later)]  # by a person
    world.refuses, world.now = lambda _: "", world.now + DAY
    world.turn(world.process())
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    assert world.made_as_of[-1] == later
    assert (Path(world.plan.folder) / "r-2026-10.csv").read_text() == f"as of {later}"
    made = Ledger.of(world.records).one("r", "2026-10").made
    assert made is not None
    assert made.as_of == later


def test_what_a_person_has_made_incomplete_is_not_published(world: World) -> None:
    world.archive_problem = "calls are missing"
    process = world.process()
    process.learn([world.plan])
    process.by_hand(world.plan, OCTOBER, SERVER, incomplete=True)
    assert (world.stands()[0].state, world.published) == ("sent", [])


def test_a_report_that_is_not_to_be_published_is_not(world: World) -> None:
    world.plan = replace(world.plan, publish=False)
    world.turn(world.process())
    assert (world.stands()[0].state, world.published) == ("sent", [])


def test_an_archive_that_is_away_is_said_and_tried_again(world: World) -> None:
    world.archive_problem = "the archive does not answer"
    process = world.process()
    for _ in range(120):
        world.turn(process)
        world.now += MINUTE
    (standing,) = world.stands()
    assert (standing.state, standing.why) == ("failed", "the archive does not answer")
    assert 5 < standing.attempts < 9
    assert sum("not finished" in line for line in world.said) == 1  # the same reason is said once
    assert world.inboxes == []
    assert not Path(world.plan.folder).exists()
    world.archive_problem = ""
    world.now += 60 * MINUTE
    world.turn(process)
    assert world.stands()[0].state == "sent"


def test_a_bug_in_one_report_holds_back_no_other(world: World) -> None:
    other = replace(world.plan, name="other", email=())

    def broken(plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False) -> Files:
        if plan.name == "r":
            raise ZeroDivisionError("a\nb")
        return Files("x", {})

    world.now -= DAY
    process = world.process()
    turn(process, [world.plan, other], SERVER)
    world.now += DAY
    world.make = broken  # type: ignore[method-assign]
    process = world.process()
    turn(process, [world.plan, other], SERVER)
    assert world.stands()[0].why == "ZeroDivisionError: a\\nb"
    assert process.ledger.one("other", "2026-10").made is not None


def test_a_mail_that_is_refused_is_tried_again_alone(world: World) -> None:
    world.refuses = lambda to: "the server answers 451 later" if to == BEN else ""
    process = world.process()
    world.turn(process)
    (standing,) = world.stands()
    assert (standing.state, standing.mails) == ("failed", 1)
    assert standing.why == "b…@example.org: the server answers 451 later"
    world.refuses = lambda _: ""
    world.now += MINUTE
    world.turn(world.process())  # another run: it makes the same bytes again, as of the same time
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    assert len(set(world.made_as_of)) == 1
    assert world.stands()[0].state == "sent"


def test_an_address_that_came_into_the_file_gets_no_report_that_was_made_before(
    world: World,
) -> None:
    """Also where it is made anew for a mail that is left, and another program makes other bytes of it."""
    world.refuses = lambda to: "the server answers 451 later" if to == BEN else ""
    world.turn(world.process())
    world.refuses = lambda _: ""
    world.now += MINUTE
    original = world.make

    def other(plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False) -> Files:
        files = original(plan, period, as_of, incomplete=incomplete)
        return replace(files, of={name: body + b"!" for name, body in files.of.items()})

    world.make = other  # type: ignore[method-assign]
    world.plan = replace(world.plan, email=(ADA, BEN, "cleo@example.org"))
    world.turn(world.process())
    world.turn(world.process())
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    assert world.stands()[0].state == "sent"


def test_a_server_that_took_it_without_a_word_may_have_it_twice_and_that_is_said(
    world: World,
) -> None:
    original = world.post

    def silent(server: MailTable, message: EmailMessage) -> Answer:
        original(server, message)
        return Answer("timed out", maybe_taken=True)

    world.post = silent  # type: ignore[method-assign]
    process = world.process()
    world.turn(process)
    world.post = original  # type: ignore[method-assign]
    world.now += MINUTE
    world.turn(process)
    (standing,) = world.stands()
    assert (standing.state, len(world.inboxes), len(set(world.inboxes))) == ("sent", 4, 2)
    assert standing.why == "a…@example.org: perhaps twice; b…@example.org: perhaps twice"


def test_what_kafka_did_not_take_is_written_when_it_is_back_and_nothing_is_sent_twice(
    world: World,
) -> None:
    original = world.post

    def away_after_it(server: MailTable, message: EmailMessage) -> Answer:
        told = original(server, message)
        world.kafka_is_away = True
        return told

    world.post = away_after_it  # type: ignore[method-assign]
    process = world.process()
    with pytest.raises(AdminError):
        world.turn(process)
    with pytest.raises(AdminError):
        world.turn(process)
    world.post, world.kafka_is_away = original, False  # type: ignore[method-assign]
    world.turn(process)
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    assert world.stands()[0].state == "sent"


def test_a_folder_that_cannot_be_written_is_said(world: World) -> None:
    Path(world.plan.folder).write_text("a file stands there")
    world.turn(world.process())
    assert world.stands()[0].state == "failed"
    assert "cannot be written" in world.stands()[0].why
    assert world.inboxes == []


def test_a_report_that_left_the_file_begins_anew_when_it_comes_back(world: World) -> None:
    process = world.process()
    turn(process, [], SERVER)
    world.now += 90 * DAY
    world.turn(process)
    assert world.inboxes == []
    assert Ledger.of(world.records).since == {"r": world.now}


def test_by_hand_it_is_made_at_once_also_incomplete(world: World) -> None:
    world.archive_problem = "the books differ"
    march = period_of("2026-03")
    world.process().by_hand(world.plan, march, SERVER, incomplete=False)
    assert [each.state for each in world.stands() if each.period == "2026-03"] == ["failed"]
    world.process().by_hand(world.plan, march, SERVER, incomplete=True)
    (standing,) = [each for each in world.stands() if each.period == "2026-03"]
    assert (standing.state, standing.why) == ("sent", "the books differ")
    other = Claim(report="r", period="2026-02", holder="other")
    world.append(other)
    with pytest.raises(HeldByAnotherError):
        world.process().by_hand(world.plan, period_of("2026-02"), SERVER, incomplete=False)


def test_without_a_mail_server_it_is_made_and_said(world: World) -> None:
    turn(world.process(), [world.plan], None)
    (standing,) = world.stands()
    assert standing.state == "failed"
    assert "queues.toml has no table [mail]" in standing.why


def test_a_stop_between_two_mails_lets_go_so_that_the_next_run_goes_on_at_once(
    world: World,
) -> None:
    process = world.process()
    process._a = replace(process._a, is_stopping=lambda: bool(world.inboxes))
    world.turn(process)
    assert [address for address, _ in world.inboxes] == [ADA]
    world.turn(world.process())
    assert [address for address, _ in world.inboxes] == [ADA, BEN]
    assert world.stands()[0].why == ""
