"""What `queues merge` says of a second platform's queues."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schemas.queues_toml import parse_queues
from streams.cli.queues_merge import merge
from streams.core.rule_catalogue import RULE_TABLES

FILE = '[defaults]\ntime_zone = "UTC"\nanswer_within = "45s"\ngoal = 0.9\n[queues.billing]\n'
LOG = """\
1674044170|c1.1|sales|NONE|ENTERQUEUE||5550001|1
1674044180|c1.1|sales|SIP/100|CONNECT|10|c2|3
1674044190|c2.1|billing|NONE|ENTERQUEUE||5550002|1
1674044199|c2.1|billing|NONE|ABANDON|1|1|9
"""
RECORDS = "queue,arrived_at,left_at,outcome\nhelp,2026-03-02T23:30:00,2026-03-02T23:30:20,weg\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "queue_log").write_text(LOG)
    (path := tmp_path / "q.toml").write_text(FILE)
    return path


def _merge(*arguments: object) -> Result:
    return CliRunner().invoke(merge, list(map(str, arguments)))


def test_it_says_what_it_added_and_what_both_platforms_use(file: Path) -> None:
    log = file.with_name("queue_log")
    done = _merge(file, "--from-queue-log", log)
    assert done.exit_code == 0, done.stderr
    present, added, promises, *then = done.stdout.splitlines()
    assert present == (
        f"{file}: 1 of these queues stand there already, unchanged: billing; calls of both"
        " platforms count as of one queue"
    )
    assert added == f"{file}: 1 queue added, time zone UTC: sales"
    assert "placeholders" in promises
    assert then[-1].endswith(f"queues publish {file}")
    text = file.read_text()
    assert text.startswith(FILE)
    by_id = {each.queue: each for each in parse_queues(text, RULE_TABLES).queues}
    assert (by_id["billing"].goal, by_id["sales"].goal) == (0.9, 0.8)
    again = _merge(file, "--from-queue-log", log)
    assert again.stdout.splitlines()[-1] == f"{file}: nothing to add"
    assert file.read_text() == text


def test_records_are_read_with_the_mapping_and_zone_of_send(file: Path) -> None:
    (mapping := file.with_name("m.toml")).write_text(
        'time_zone = "Europe/Berlin"\n[outcomes]\nweg = "abandoned"\n'
    )
    (records := file.with_name("c.csv")).write_text(RECORDS)
    done = _merge(file, "--from-records", records, "--mapping", mapping)
    assert done.exit_code == 0, done.stderr
    by_id = {each.queue: each for each in parse_queues(file.read_text(), RULE_TABLES).queues}
    assert by_id["help"].time_zone == "Europe/Berlin"
    assert _merge(file, "--mapping", mapping).exit_code == 2


def test_what_cannot_be_is_one_line(file: Path) -> None:
    log = file.with_name("queue_log")
    missing = _merge(file.with_name("none.toml"), "--from-queue-log", log)
    assert (missing.exit_code, missing.output.count("\n")) == (1, 1)
    assert "queues init" in missing.output
    file.write_text("[queues.billing]\n")
    broken = _merge(file, "--from-queue-log", log)
    assert (broken.exit_code, broken.output) == (
        1, f"queuewatch: {file}: queues.billing.answer_within: missing here and in every level above\n",
    )  # fmt: skip
    assert file.read_text() == "[queues.billing]\n"
