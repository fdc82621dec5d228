"""The key of the tokens is changed: a call-back across the change is joined as long as was named, and no longer."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from producers.caller_key import caller_key
from schemas.audit import AuditRecord
from schemas.millis import DAY, HOUR, MINUTE
from schemas.privacy import caller_token, key_from_secret
from streams.cli.main import cli
from streams.history.catalogue import read_catalogue
from streams.history.question import Question
from streams.history.report import answer
from streams.history.reports.callbacks import REPORT
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse import caller_links
from streams.sinks.clickhouse.caller_links import Linked, delete_ended, link
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.forgetting import forget
from tests.integration.archive.databases import KINDS, keep_legs, opened
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

NOW = 1_790_000_000_000
SECRET = b"a secret of the test, long enough"
FIRST = key_from_secret(SECRET)
SECOND = key_from_secret(b"another one", NOW, FIRST)
THIRD = key_from_secret(b"a third one", NOW + HOUR, SECOND)
HERS, HIS = "071 555 0007", "071 555 0008"
STRANGER = caller_token(key_from_secret(b"of another town"), HERS)


def asked(leg_id: str, at: int, caller: str) -> Recorded:
    return Recorded(leg_id, "claims", at, "callback", at + MINUTE, None, caller=caller)


def rung_back(leg_id: str, at: int, caller: str) -> Recorded:
    return Recorded(
        leg_id, "claims", at, "answered", at + MINUTE, None, channel="callback", caller=caller
    )


def reached(database: Database, around: int) -> int:
    question = Question(around - 10 * DAY, around + 10 * DAY)
    rows = answer(REPORT, database, read_catalogue(database, around), question).rows[0]
    assert sum(int(str(row["requested"])) for row in rows) == 2
    return sum(int(str(row["reached"])) for row in rows)


def links(database: Database) -> int:
    return int(database.execute("SELECT count() FROM caller_links FINAL").rows[0][0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_back_across_changes_is_joined_for_the_time_named(
    kind: str,
    clickhouse_server: ClickHouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caller_links, "_AT_ONCE", 1)
    with opened(kind, tmp_path, clickhouse_server) as database:
        keep_legs(database, [asked("a", NOW - DAY, caller_token(FIRST, HERS))])
        keep_legs(database, [asked("b", NOW - DAY, caller_token(FIRST, HIS))])
        keep_legs(database, [rung_back("c", NOW - 8 * DAY, STRANGER)])
        assert link(database, SECOND, NOW - 7 * DAY, NOW, NOW + DAY) == Linked(2, 0)
        keep_legs(database, [rung_back("d", NOW + HOUR, caller_token(SECOND, HERS))])
        assert reached(database, NOW) == 1
        assert link(database, THIRD, NOW - 9 * DAY, NOW + 2 * HOUR, NOW + 2 * DAY) == Linked(3, 1)
        keep_legs(database, [rung_back("e", NOW + 3 * HOUR, caller_token(THIRD, HIS))])
        assert reached(database, NOW) == 2
        forget(database, caller_token(FIRST, HIS), NOW)
        assert (links(database), reached(database, NOW)) == (2, 1)
        assert delete_ended(database, NOW + 2 * DAY) == 0
        assert delete_ended(database, NOW + 2 * DAY + 1) == 2
        assert (links(database), reached(database, NOW)) == (0, 0)


def test_the_command_changes_the_key_and_forget_still_finds_every_token(
    clickhouse_server: ClickHouse, tmp_path: Path, told: list[AuditRecord]
) -> None:
    file = tmp_path / "caller.key"
    file.write_bytes(SECRET)
    now = now_ms()
    with opened("server", tmp_path, clickhouse_server) as database:
        keep_legs(database, [asked("a", now - DAY, caller_token(FIRST, HERS))])
        keep_legs(database, [asked("b", now - DAY, STRANGER)])
        assert isinstance(database, ServerDatabase)
        place = ["--clickhouse", repr(database._address), "--data", str(tmp_path)]

        def run(*words: str) -> tuple[int, str]:
            done = CliRunner().invoke(cli, ["callers", *words, *place])
            return done.exit_code, done.output

        assert run("rotate", "--joinable", "soon", "--yes")[0] == 2
        code, said = run("rotate", "--joinable", "7d")
        assert (code, file.read_bytes()) == (1, SECRET)
        assert "nothing changed: say --yes" in said
        code, said = run("rotate", "--joinable", "7d", "--yes")
        assert code == 0, said
        assert "1 tokens joinable until" in said
        assert f"not joinable: 1 tokens of keys that are not in {file}" in said
        key = caller_key(tmp_path)
        keep_legs(database, [rung_back("c", now, caller_token(key, HERS))])
        assert reached(database, now) == 1
        assert "Joined across the change: call-backs" in said
        code, said = run("rotate", "--joinable", "0s", "--yes")
        assert code == 0
        assert "no token joinable" in said
        assert "Not joined: call-backs" in said
        assert links(database) == 1
        code, said = run("forget", HERS, "--yes")
        assert code == 0
        tokens = {caller for (caller,) in database.execute("SELECT caller FROM legs FINAL").rows}
        assert tokens == {"", STRANGER}
        assert links(database) == 0
    assert [(each.action, each.outcome) for each in told] == [
        ("callers_rotate", "failed"), ("callers_rotate", "done"), ("callers_rotate", "done"),
        ("callers_forget", "done"),
    ]  # fmt: skip
    assert SECRET.decode() not in str(told)
    assert key.secret.hex() not in str(told)
