"""The SQL of which targets hold says what the book says, on many made-up histories of versions."""

import random
from typing import Any

import msgspec

from dashboards.grafana import leg_sql
from schemas.metrics import Metric
from schemas.tables import TABLES
from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import (
    NO_ZONE,
    TargetsBook,
    all_at_sql,
    last_named_sql,
    present_queue_sql,
    zone_at_sql,
)
from streams.history.catalogue import Catalogue
from streams.sinks.clickhouse.database import quoted
from streams.sinks.clickhouse.migrate import migrations
from streams.sinks.clickhouse.target_rows import target_rows
from tests.support.boards import asked as asked_of_board
from tests.support.boards import on_chdb
from tests.support.builders import targets

QUEUES = ("a", "b", "c")
ZONES = ("UTC", "Europe/Paris", "Asia/Muscat")
METRIC = Metric("lost", "abandoned / offered", "share")
MOMENTS = (0, 99, 100, 250, 300, 499, 1_000)
HISTORIES = 60
ODD = "{} \"é\", ] \\ 'x' \n"
ASKED = [name for queue in QUEUES for name in (queue, f"{queue} 0", ODD.format(queue))]

ASKED_ROWS = f"SELECT arrayJoin([{', '.join(map(quoted, ASKED))}]) AS queue"


def history(lot: random.Random) -> list[TargetsVersion]:
    """Versions whose times rise or not, that name any queues, and sometimes say the same again."""
    versions: list[TargetsVersion] = []
    first = lot.choice((1, 4))
    for number in range(first, first + lot.randint(0, 5)):
        named = tuple(
            targets(queue, name=f"{queue} {number if lot.random() < 0.7 else 0}",
                    time_zone=lot.choice(ZONES),
                    formerly=lot.choice(((), (f"{queue} 0",), (f"{queue} 0", ODD.format(queue)))))
            for queue in lot.sample(QUEUES, lot.randint(0, 3))
        )  # fmt: skip
        start = lot.choice(MOMENTS[:-1]) if lot.random() < 0.4 else 100 * number
        metrics = (METRIC,) if lot.random() < 0.5 else ()  # they stand in a row of no queue
        versions.append(TargetsVersion(number, start, 0, lot.choice(ZONES), named, metrics))
    return versions


def inserts(database: str, versions: list[TargetsVersion]) -> list[str]:
    """Each row twice: after a crash the archive writes the same rows again."""
    return [
        f"INSERT INTO {database}.targets ({', '.join(TABLES['targets'])}) VALUES {row!r}"
        for version in [*versions, *versions]
        for row in target_rows(version)
    ]


def tables(database: str) -> list[str]:
    create = next(
        sql
        for migration in migrations()
        for sql in migration.statements
        if sql.startswith("CREATE TABLE IF NOT EXISTS targets ")
    )
    create = create.replace("EXISTS targets", f"EXISTS {database}.targets")
    return [f"CREATE DATABASE {database}", create]


def test_sql_and_book_agree() -> None:
    lot = random.Random(20261122)
    histories = [history(lot) for _ in range(HISTORIES)]
    setup: list[str] = []
    queries: list[str] = []
    for number, versions in enumerate(histories):
        setup += [*tables(f"h{number}"), *inserts(f"h{number}", versions)]
        queries += [
            query.replace("FROM targets", f"FROM h{number}.targets")
            for at in MOMENTS
            for query in (
                all_at_sql(str(at), "body"),
                last_named_sql(str(at), "name", "queue_name"),
                zone_at_sql(str(at)),
                f"SELECT {present_queue_sql(str(at))} AS present FROM ({ASKED_ROWS})",
            )
        ]
    answers = iter(on_chdb(setup, queries))
    outcomes = set()
    for versions in histories:
        book = TargetsBook(versions)
        for at in MOMENTS:
            held = [msgspec.json.decode(row["body"], type=Targets) for row in next(answers)]
            named = {row["queue"]: row["queue_name"] for row in next(answers)}
            zones = [row["default_zone"] for row in next(answers)]
            present = [row["present"] for row in next(answers)]
            where = f"{versions} at {at}"
            assert {each.queue: each for each in held} == book.all_at(at), where
            assert named == last_names(book, at), where
            assert (zones or [NO_ZONE])[0] == book.zone_at(at), where
            former = Catalogue(NO_ZONE, dict(book.all_at(at))).former
            assert present == [former.get(queue, queue) for queue in ASKED], where
            outcomes.add((len(held), len(named)))
    assert (2, 3) in outcomes, "no history took a queue out: the test tries too little"


def last_names(book: TargetsBook, at: int) -> dict[str, Any]:
    found = {queue: book.last_named(queue, at) for queue in book.configured()}
    return {queue: each.name for queue, each in found.items() if each}


def test_grafana_asks_nothing_else_about_targets() -> None:
    """The Executive board names and chooses queues by the rendered SQL alone."""
    asked = "\n".join(query.text for query in asked_of_board("executive"))
    asked += leg_sql.ZONES
    for rendered in (
        present_queue_sql(leg_sql.NOW_MS),
        last_named_sql(leg_sql.NOW_MS, "time_zone", "queue_zone"),
        last_named_sql(leg_sql.NOW_MS, "name", "queue_name"),
        last_named_sql(leg_sql.NOW_MS, "centre_name", "centre_title"),
    ):
        assert rendered in asked
        asked = asked.replace(rendered, "")
    assert "FROM targets" not in asked
