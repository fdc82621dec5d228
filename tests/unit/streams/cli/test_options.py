"""What several commands share: how an error of ours ends one, and where the system of --data is."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from streams.cli import options
from streams.cli.options import in_one_line
from streams.local.data_folder import DataFolder
from streams.local.owner import Owner, write_owner


class AwayError(Exception):
    pass


def test_an_error_that_is_known_is_one_line_and_code_1() -> None:
    @click.command()
    def command() -> None:
        with in_one_line(AwayError):
            raise AwayError("Kafka is away")

    result = CliRunner().invoke(command)
    assert (result.exit_code, result.output) == (1, "queuewatch: Kafka is away\n")


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), in_one_line(AwayError):
        raise ZeroDivisionError


@click.command()
@options.kafka  # before --data: the order of the options must not matter
@options.namespace
@options.query_port
@options.clickhouse
@options.data
def _places(**found: Any) -> None:
    print(json.dumps({name: str(value) for name, value in found.items()}))


def _found(*arguments: str) -> dict[str, str]:
    done = CliRunner(env={"QUEUEWATCH_KAFKA": None, "QUEUEWATCH_DATA": None}).invoke(
        _places, arguments
    )
    assert done.exit_code == 0, done.output
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_a_command_finds_the_up_that_runs_on_its_data(tmp_path: Path) -> None:
    asked = ("--data", str(tmp_path))
    assert _found(*asked)["bootstrap"] == "127.0.0.1:9092"
    with DataFolder(tmp_path):
        write_owner(tmp_path, Owner("127.0.0.1:19092", "north.", 18124))
        found = _found(*asked)
        assert (found["bootstrap"], found["namespace"]) == ("127.0.0.1:19092", "north.")
        assert (found["query_port"], found["clickhouse_url"]) == ("18124", "None")
        given = _found(*asked, "--kafka", "a:1", "--namespace", "", "--query-port", "7")
        assert (given["bootstrap"], given["namespace"], given["query_port"]) == ("a:1", "", "7")


def test_the_way_to_the_kafka_of_an_up_is_found_with_it(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    file.write_text("security.protocol=SSL\nssl.ca.location=/no/such\n")
    with DataFolder(tmp_path):
        write_owner(tmp_path, Owner("127.0.0.1:19092", "north.", 18124, kafka_config=str(file)))
        done = CliRunner(env={"QUEUEWATCH_KAFKA": None}).invoke(_places, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == (
        f"queuewatch: {file}:2: ssl.ca.location: cannot read /no/such: No such file or directory\n"
    )
    # Another Kafka is reached in its own way.
    assert _found("--data", str(tmp_path), "--kafka", "a:1")["bootstrap"] == "a:1"


def test_a_folder_whose_up_does_not_run_never_means_another_system(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    done = CliRunner(env={"QUEUEWATCH_KAFKA": None}).invoke(_places, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == (
        f"queuewatch: no `queuewatch up` runs on --data {tmp_path}: start it, or name a --kafka\n"
    )
    assert _found("--data", str(tmp_path), "--kafka", "a:1")["bootstrap"] == "a:1"
