"""What is found, what is left out and why; a broken package stops nobody but itself."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from producers.contract import Platform
from producers.platforms import OURS, PlatformError, load, named, platforms
from streams.cli.send import command
from tests.support.packages import OURS as JSONL
from tests.support.packages import offer
from tests.support.sources import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def _send(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def _problem(name: str) -> str:
    """The one line that `send NAME` ends with."""
    result = _send(name, "file")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    (line,) = result.stderr.splitlines()
    return line


def test_ours_are_platforms_or_commands() -> None:
    for listed in OURS:
        assert isinstance(load(listed), Platform if listed.reads_files else click.Command)
    assert named("no-such-platform") is None


def test_one_of_another_package_is_a_command_like_ours(folder: Path) -> None:
    offer(folder, "jsonl", jsonl_legs=JSONL)
    assert "jsonl-legs  Calls of jsonl" in _send("--help").stdout
    told = _send("jsonl-legs", "--help").stdout
    for option in ("--time-zone", "--feed", "--replay", "--dry-run", "--follow", "--position"):
        assert option in told
    assert "[default: jsonl-legs-SOURCE.json under --data]" in " ".join(told.split())


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("no_such_module:X", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("tests.support.packages:NOTHING", ("cannot be loaded: AttributeError: module"
         " 'tests.support.packages' has no attribute 'NOTHING'")),
        ("tests.support.packages:offer", "is a function; expected a producers.contract.Platform"),
    ],
)  # fmt: skip
def test_a_broken_one_is_one_line_and_the_others_go_on(
    folder: Path, target: str, reason: str
) -> None:
    offer(folder, "broken", ours=target)
    offer(folder, "jsonl", jsonl_legs=JSONL)
    assert _problem("ours") == f'queuewatch: platform "ours" of broken 1.0 ({target}) {reason}'
    assert _send("--help").exit_code == 0
    for name in ("jsonl-legs", "records", "queue-log", "simulate"):
        assert _send(name, "--help").exit_code == 0


def test_of_two_packages_with_one_name_neither_is_taken(folder: Path) -> None:
    offer(folder, "one", twice=JSONL)
    offer(folder, "other", twice=JSONL)
    problem = (
        f'platform "twice" is left out: one 1.0 ({JSONL}) and other 1.0 ({JSONL}) both offer it'
    )
    with pytest.raises(PlatformError) as caught:
        named("twice")
    assert str(caught.value) == problem
    assert _problem("twice") == f"queuewatch: {problem}"
    assert problem in " ".join(_send("--help").stdout.split())


def test_our_own_names_stay_ours(folder: Path) -> None:
    offer(folder, "thief", records=JSONL)
    assert "--mapping" in _send("records", "--help").stdout
    assert platforms().left_out == {
        "records": f'platform "records" of thief 1.0 ({JSONL}) is left out: we have one of that name'
    }
    assert [listed.name for listed in platforms().listed] == [listed.name for listed in OURS]
    assert "thief" in _send("--help").stdout


def test_help_loads_no_platform() -> None:
    asked = (
        "import sys\nfrom click.testing import CliRunner\nfrom streams.cli.send import command\n"
        "assert CliRunner().invoke(command, ['--help']).exit_code == 0\n"
        "print([name for name in sys.modules if name.startswith(('producers', 'kafka', 'tqdm'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "['producers', 'producers.health_hook', 'producers.platforms']"
