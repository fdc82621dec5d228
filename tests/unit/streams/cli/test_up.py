"""Wrong use of `up` is refused before anything is started or made."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.up import command


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--from", "yesterday", 'expected -6h, an ISO time or now, got "yesterday"'),
        ("--clickhouse", "http://db:8123", 'expected "clickhouse://user@host:9000/database"'),
        ("--scenario", "no-such-day", 'there is no "no-such-day"; known: ordinary'),
        ("--board-port", "80800", "80800 is not in the range"),
    ],
)
def test_wrong_use_is_one_line_and_makes_nothing(
    option: str, value: str, words: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(command, ["--data", str(tmp_path / "data"), option, value])
    assert done.exit_code == 2
    assert words in done.output.splitlines()[-1]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "name", ["TLS_CERTIFICATE", "ALERTMANAGER_CONFIG", "NOTIFY_SSL_CA_LOCATION"]
)
def test_what_is_not_for_its_own_servers_is_refused(name: str, tmp_path: Path) -> None:
    environment = {f"QUEUEWATCH_{name}": "/etc/x"}
    done = CliRunner().invoke(command, ["--data", str(tmp_path / "data")], env=environment)
    assert done.exit_code == 2
    assert f"QUEUEWATCH_{name} is not for `up`" in done.output.replace("\n", " ")
    assert not (tmp_path / "data").exists()
