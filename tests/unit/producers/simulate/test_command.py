"""Wrong use is one line and exit code 2; a broker that is away is one line and exit code 1."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from producers.simulate.command import simulate

NOWHERE = "127.0.0.1:9"  # the discard port: nobody listens


def called(*arguments: str, data: Path) -> Result:
    return CliRunner().invoke(simulate, [*arguments, "--data", str(data), "--kafka", NOWHERE])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "yesterday"), "expected -6h, an ISO time or now"),
        (("--from", "+1h"), "must not lie in the future"),
        (("--from", "-1h", "--until", "-2h"), "must lie after --from"),
        (("--speed", "0"), 'expected "max" or a number above 0'),
        (("--speed", "nan"), 'expected "max" or a number above 0'),
        (("--calls", "0"), "x>=1"),
        (("--scenario", "flood"), "'ordinary'"),
        (("--faults", "flood"), 'no fault "flood": expected all or some of snapshots'),
        (("--sources", "0"), "1<=x<=50"),
        (("--ledger", "."), "without --faults it is a file"),
        (("--faults", "late", "--ledger", __file__), "with --faults it is a folder"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    result = called(*arguments, data=tmp_path)
    assert result.exit_code == 2
    assert says in result.output


def test_a_broker_that_is_away_is_named(tmp_path: Path) -> None:
    result = called("--from", "-1m", data=tmp_path)
    assert result.exit_code == 1
    assert NOWHERE in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "simulate.json").exists()


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    result = called("--ledger", str(tmp_path / "no" / "ledger.csv"), data=tmp_path)
    assert result.exit_code == 1
    assert "cannot write the ledger" in result.output


def test_a_position_that_says_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "simulate.json").write_text("[]")
    result = called(data=tmp_path)
    assert result.exit_code == 1
    assert "remove it to begin anew" in result.output


def test_its_help_has_an_example() -> None:
    result = CliRunner().invoke(simulate, ["--help"])
    assert "\n    queuewatch send simulate --from -8h --until -1h" in result.output
