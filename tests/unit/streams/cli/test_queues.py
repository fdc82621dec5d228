"""What `queues init` says of a first file."""

import gzip
from pathlib import Path

from click.testing import CliRunner, Result

from schemas.queues_toml import parse_queues
from streams.cli.queues import command
from streams.core.rule_catalogue import RULE_TABLES

LOG = """\
1674044163|NONE|NONE|NONE|QUEUESTART|
1674044170|c1.1|sales|NONE|ENTERQUEUE||5550001|1
1674044180|c1.1|sales|SIP/100|CONNECT|10|c2|3
1674044190|c1.1|sales|SIP/100|COMPLETECALLER|10|10|1
1674044200|c3.1|burst pipes|NONE|ENTERQUEUE||5550002|1
"""
RECORDS = "queue,arrived_at,left_at,outcome\nbilling,2026-03-02T23:30:00,2026-03-02T23:30:20,{}\n"


def _init(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["init", str(tmp_path / "q.toml"), *arguments])


def _queues(tmp_path: Path) -> list[str]:
    return [
        each.queue for each in parse_queues((tmp_path / "q.toml").read_text(), RULE_TABLES).queues
    ]


def test_init_from_a_queue_log_holds_every_queue_that_was_entered(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(LOG)
    done = _init(tmp_path, "--from-queue-log", str(tmp_path / "queue_log"))
    assert done.exit_code == 0, done.stderr
    assert sorted(_queues(tmp_path)) == ["burst pipes", "sales"]
    assert "placeholders" in done.stdout
    assert f"up --no-traffic --queues {tmp_path / 'q.toml'}" in done.stdout
    assert f"send queue-log {tmp_path / 'queue_log'} --replay" in done.stdout


def test_init_reads_an_exported_table_in_the_zone_that_is_given(tmp_path: Path) -> None:
    (table := tmp_path / "t.csv").write_text(
        "time,callid,queuename,agent,event,data1,data2,data3\n"
        "2026-03-02 00:30:00,7.1,sales,NONE,ENTERQUEUE,,555,1\n"
        "2026-03-02 00:30:09,7.1,sales,NONE,ABANDON,1,1,9\n"
    )
    done = _init(tmp_path, "--from-queue-log", str(table), "--time-zone", "Europe/Berlin")
    assert done.exit_code == 0, done.stderr
    assert _queues(tmp_path) == ["sales"]
    assert "history summary --from 2026-03-02 --to 2026-03-03" in done.stdout
    assert f"send queue-log {table} --time-zone Europe/Berlin --replay" in done.stdout


def test_init_reads_records_with_the_mapping_and_zone_of_send(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('time_zone = "Europe/Berlin"\n[outcomes]\nweg = "abandoned"\n')
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(RECORDS.format("weg").encode()))
    done = _init(
        tmp_path,
        "--from-records",
        str(tmp_path / "c.csv.gz"),
        "--mapping",
        str(tmp_path / "m.toml"),
    )
    assert done.exit_code == 0, done.stderr
    assert (
        parse_queues((tmp_path / "q.toml").read_text(), RULE_TABLES).default_zone == "Europe/Berlin"
    )
    assert "history summary --from 2026-03-02 --to 2026-03-03" in done.stdout
    again = _init(tmp_path, "--from-records", str(tmp_path / "c.csv.gz"))
    assert (again.exit_code, "--force" in again.stderr) == (1, True)


def test_init_of_a_file_without_readable_calls_says_why_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(RECORDS.format("weg"))
    done = _init(tmp_path, "--from-records", str(tmp_path / "c.csv"))
    assert done.exit_code == 1
    assert "no readable call in it; 1 x outcome: unknown word" in done.stderr
    assert not (tmp_path / "q.toml").exists()


def test_a_mapping_of_no_records_is_wrong_use(tmp_path: Path) -> None:
    assert _init(tmp_path, "--mapping", "m.toml").exit_code == 2


def test_check_says_how_many_queues_have_each_alert_rule(tmp_path: Path) -> None:
    (path := tmp_path / "q.toml").write_text(
        '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.a]\n[queues.b]\n'
    )
    said = CliRunner().invoke(command, ["check", str(path)]).stdout
    beginning = f"{path}: no mistake found; queues: 2, centres: 0; queues with each alert rule: "
    assert said == f"{beginning}none\n"
    with path.open("a") as file:
        file.write('alerts.oldest_wait = { raise_above = "2m", clear_below = "1m" }\n')
    said = CliRunner().invoke(command, ["check", str(path)]).stdout
    assert said == f"{beginning}oldest_wait 1\n"


def test_check_names_the_reports_one_for_each_department(tmp_path: Path) -> None:
    (path := tmp_path / "q.toml").write_text(
        '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[departments.water]\n[departments.power]\n'
        '[centres.c]\ndepartment = "water"\n[centres.d]\ndepartment = "power"\n'
        '[queues.a]\ncentre = "c"\n[queues.b]\ncentre = "d"\n'
        '[[reports]]\nname = "committee"\nwhat = "month"\nwhen = "06:30"\nformats = ["csv"]\n'
        'departments = ["water", "power"]\nto = { folder = "/srv/reports" }\n'
    )
    done = CliRunner().invoke(command, ["check", str(path)])
    assert done.stdout.splitlines()[1:] == ["reports: committee-water, committee-power"]


def test_check_says_which_severities_are_changed_and_who_is_told(tmp_path: Path) -> None:
    """A rehearsal that everybody forgot would wake nobody for ever."""
    file = tmp_path / "queues.toml"
    file.write_text(
        '[owners.duty]\nwebhook = "http://127.0.0.1:9095/"\nescalate_to = "all"\n'
        'escalate_after = "10m"\n[owners.lead]\nwebhook = "http://127.0.0.1:9095/"\n'
        '[defaults]\nanswer_within = "20s"\ngoal = 0.8\nalerts.nobody_signed_in = { severity = "rehearse" }\n[queues.a]\n[queues.b]\n'
        "[queues.c]\nalerts.nobody_signed_in = {}\n"
    )
    done = CliRunner().invoke(command, ["check", str(file)])
    assert done.stdout.splitlines()[1:] == [
        "nobody_signed_in is of severity rehearse in 2 of them",
        "owners: duty, lead",
        "a page that nobody acknowledges, of duty: then lead after 10m",
    ]
