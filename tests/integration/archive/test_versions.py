"""`history contact` and `history corrections` over a told day, alike on chDB and on Debian's server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.millis import DAY, HOUR
from streams.cli.history import command as history
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.question import HistoryError, Question
from streams.history.report import Row
from streams.history.reports.contact import read_story
from streams.history.reports.corrections import corrections
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.driver import ServerDatabase
from tests.integration.archive.databases import KINDS, opened
from tests.support.archived import ArchivedStory
from tests.support.builders import MONDAY, call, clock, targets
from tests.support.services import ClickHouse


def told() -> ArchivedStory:
    """A morning on which one answer came three hours late, one twenty minutes, one call not at all."""
    day = ArchivedStory(configured=False)
    day.at("08:00:00").queued("early")
    day.publish(targets(), targets("night"), valid_from="08:00:30")
    day.at("08:01:00").abandoned("early")
    day.at("09:00:00").queued("ada", contact_id="c-1")
    day.at("09:00:10").answered("ada", agent="ann")
    day.at("09:00:10").answered("ada", agent="ann")  # a duplicate
    day.at("09:05:00").ended("ada")
    day.at("09:10:00").queued("bo", contact_id="c-2")
    day.at("09:20:00").queued("cy")
    for minute in range(21, 40):
        day.tick(f"09:{minute}:00")
    day.at("09:20:15").answered("cy", agent="ann")  # told at 09:39
    for minute in range(40, 200):
        day.tick(f"{9 + minute // 60}:{minute % 60:02}:00")
    day.at("09:10:12").answered("bo", agent="eve")  # told at 12:19, when bo was a ghost
    late = call(
        "leg", "dee", clock("10:00:40"), "night", arrived_at=clock("10:00:00"), outcome="abandoned"
    )
    day.say(late)  # told at 12:19 in a queue that had been silent
    day.tick("12:30:00")
    early = clock("06:00:00")  # told when nothing of that time is in the state any more
    day.say(call("leg", "eli", early, arrived_at=early - 30_000, outcome="abandoned"))
    return day


TOLD = told()


@pytest.fixture(scope="module", params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("archive")
    with opened(request.param, folder, clickhouse_server) as database:
        TOLD.keep(database)
        TOLD.keep(database)  # as after a crash between insert and commit
        yield database


def corrected(archive: Database, question: Question) -> list[Row]:
    return corrections(archive, read_catalogue(archive, MONDAY + DAY), question)


def test_corrections_name_leg_column_event_and_delay(archive: Database) -> None:
    lines = corrected(archive, Question(MONDAY, MONDAY + DAY))
    found = {(line["leg_id"], line["column"]): line for line in lines}
    assert {leg for leg, _ in found} == {"early", "cy", "bo", "dee", "eli"}
    bo = found["bo", "outcome"]
    assert (bo["was"], bo["now"], bo["cause"]) == ("ghost", "answered", "answered")
    assert (bo["happened_at"], bo["late_s"]) == ("2026-03-02T09:10:12Z", 11_328.0)
    assert bo["known_at"] == "2026-03-02T12:19:00Z"
    assert (bo["source"], bo["partition"]) == ("node", "calls-0")
    record = TOLD.records[int(bo["offset"] or 0)]
    assert str(bo["event_id"]).encode() in (record.value or b"")
    assert (found["bo", "wait_ms"]["was"], found["bo", "wait_ms"]["now"]) == (7_200_000, 12_000)
    cy = found["cy", "outcome"]
    assert (cy["was"], cy["now"], cy["late_s"]) == ("open", "answered", 1_125.0)
    dee = found["dee", "outcome"]
    assert (dee["was"], dee["now"], dee["late_s"]) == (None, "abandoned", 8_300.0)
    eli = found["eli", "outcome"]
    assert (eli["now"], eli["cause"], eli["feed"], eli["late_s"]) == (
        "abandoned", "leg", "history", 23_400.0,
    )  # fmt: skip
    early = found["early", "targets_version"]
    assert (early["was"], early["now"], early["cause"]) == (0, 1, "targets")
    assert [line["known_at"] for line in lines] == sorted(str(line["known_at"]) for line in lines)


def test_corrections_by_when_they_became_known_and_by_queue(archive: Database) -> None:
    noon = MONDAY + 12 * HOUR
    known = corrected(archive, Question(noon, noon + HOUR, range_of="known"))
    assert {line["leg_id"] for line in known} == {"bo", "dee", "eli"}
    later = corrected(archive, Question(noon, noon + HOUR))
    assert later == []
    night = corrected(archive, Question(MONDAY, MONDAY + DAY, queue="night"))
    assert {line["leg_id"] for line in night} == {"dee"}


def test_the_same_day_as_it_was_known_before_and_after_the_correction(archive: Database) -> None:
    def answered(as_of: int) -> object:
        question = Question(MONDAY, MONDAY + DAY, queue="billing", as_of=as_of)
        (line,) = call_figures(archive, read_catalogue(archive, MONDAY + DAY), question)
        return line["answered"], line["ghost"], line["open"]

    assert answered(clock("09:38:30")) == (1, 0, 2)
    assert answered(clock("09:39:00")) == (2, 0, 1)
    assert answered(clock("12:18:00")) == (2, 1, 0)
    assert answered(clock("12:19:00")) == (3, 0, 0)


def test_a_contact_is_found_by_its_id_and_by_that_of_a_leg(archive: Database) -> None:
    found = read_story(archive, "c-2")
    assert found == read_story(archive, "bo")
    legs, versions, events = found.rows
    assert [(leg["outcome"], leg["agent"], leg["wait_s"]) for leg in legs] == [
        ("answered", "eve", 12.0)
    ]
    assert [line["outcome"] for line in versions] == ["open", "ghost", "answered"]
    assert [(e["type"], e["at"], e["known_at"]) for e in events] == [
        ("queued", "2026-03-02T09:10:00Z", "2026-03-02T09:10:00Z"),
        ("answered", "2026-03-02T09:10:12Z", "2026-03-02T12:19:00Z"),
    ]
    assert len(read_story(archive, "early").rows[0]) == 1  # a leg without a contact


def test_an_unknown_contact_is_one_line(archive: Database) -> None:
    with pytest.raises(HistoryError, match='no contact "o\'clock" in the archive'):
        read_story(archive, "o'clock")


def test_the_commands_print_it(clickhouse_server: ClickHouse, tmp_path: Path) -> None:
    with opened("server", tmp_path, clickhouse_server) as database:
        TOLD.keep(database)
        assert isinstance(database, ServerDatabase)
        url = repr(database._address)

        def run(*arguments: str) -> tuple[int, str]:
            done = CliRunner().invoke(history, [*arguments, "--clickhouse", url])
            return done.exit_code, done.stdout or done.stderr

        day = ("--from", "2026-03-02", "--to", "2026-03-03")
        code, text = run("contact", "c-1")
        assert code == 0
        assert text.startswith("Contact c-1: 1 leg, waited 10 s in all\narrived_at")
        assert "What was told, by its own time" in text
        code, text = run("contact", "c-1", "--format", "csv")
        assert (code, text.splitlines()[0].split(",")[0], len(text.splitlines())) == (0, "kind", 9)
        assert json.loads(run("contact", "c-1", "--format", "json")[1])["legs"][0]["agent"] == "ann"
        assert run("contact", "nobody")[0] == 1
        (line,) = run("contact", "nobody")[1].splitlines()
        assert line.startswith('queuewatch: no contact "nobody" in the archive')
        assert re.search(r"outcome +ghost +answered +answered", run("corrections", *day)[1])
        listed = json.loads(run("corrections", *day, "--queue", "night", "--format", "json")[1])
        assert {line["leg_id"] for line in listed} == {"dee"}
