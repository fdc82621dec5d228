"""`queuewatch access`: a token is shown once, a link works once, what is revoked is gone."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboards.access.config import read_access
from dashboards.access.register import EVERYBODY, opened, token_of, wall_of
from dashboards.access.register_file import RegisterFile
from schemas.audit import AuditRecord
from schemas.millis import DAY
from schemas.targets import TargetsVersion
from streams.admin import targets
from streams.admin.broker import AdminError
from streams.cli.access import command
from streams.plumbing.wall_clock import now_ms
from tests.support import floors
from tests.support.people import BOARD, GROUPS, PROXY, access_file

DEPARTMENTS = tuple(floors.targets(queue=each, department=each) for each in ("water", "staff"))


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    there = TargetsVersion(1, 0, 0, "UTC", DEPARTMENTS)
    monkeypatch.setattr(targets, "read_versions", lambda *_: [there])


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--access", str(folder / "access.toml")])


def register(folder: Path) -> RegisterFile:
    return RegisterFile(read_access(folder / "access.toml").register)


def test_a_token_is_printed_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    access_file(tmp_path)
    done = run(tmp_path, "token", "water desk", "--role", "supervisor", "--department", "water")
    assert done.exit_code == 0
    secret = done.stdout.strip()
    assert len(secret) > 40
    assert "water desk (supervisor, water) until" in done.stderr
    assert secret not in (tmp_path / "register.json").read_text()
    found = token_of(register(tmp_path).read(), secret, now_ms())
    assert isinstance(found, tuple)
    assert (found[1].who, found[1].grants[0].departments) == ("water desk", frozenset({"water"}))
    assert token_of(register(tmp_path).read(), secret, now_ms() + 366 * DAY) == "expired"


def test_what_was_issued_is_in_the_audit_without_its_secret(
    tmp_path: Path, told: list[AuditRecord]
) -> None:
    access_file(tmp_path)
    secret = run(tmp_path, "token", "Ann", "--role", "viewer", "--department", "water").stdout
    link = run(tmp_path, "wall", "hall").stdout
    run(tmp_path, "log-out", "Ann")
    assert [(each.action, each.object, each.detail) for each in told] == [
        ("token_issue", "Ann viewer water", ""),
        ("wall_link", "hall", ""),
        ("log_out_everywhere", "Ann", ""),
    ]
    assert secret.strip() not in str(told)
    assert link.strip().rpartition("/")[2] not in str(told)


def test_a_link_of_a_wall(tmp_path: Path) -> None:
    access_file(tmp_path)
    done = run(tmp_path, "wall", "hall", "--department", "water", "--department", "staff")
    link = done.stdout.strip()
    assert link.startswith("https://wall.example.org/access/wall/")
    assert "it works once" in done.stderr
    secret = link.rpartition("/")[2]
    how, after, _ = opened(register(tmp_path).read(), secret, "", "fresh", now_ms())
    assert how == "opened"
    assert wall_of(after, "fresh") is not None


def test_list_and_revoke(tmp_path: Path) -> None:
    access_file(tmp_path)
    assert run(tmp_path, "list").output == "no tokens and no walls\n"
    run(tmp_path, "token", "Ann", "--role", "viewer")
    run(tmp_path, "wall", "hall")
    listed = run(tmp_path, "list").output
    assert re.search(r"^t\w{8}  token  Ann  viewer, all departments  until ", listed, re.MULTILINE)
    assert re.search(r"^w\w{8}  wall   hall  .*not opened yet", listed, re.MULTILINE)
    for line in listed.splitlines():
        assert run(tmp_path, "revoke", line.split()[0]).exit_code == 0
    assert run(tmp_path, "list").output == "no tokens and no walls\n"
    gone = run(tmp_path, "revoke", "t00")
    assert (gone.exit_code, gone.output) == (
        1,
        "queuewatch: there is no token or wall t00: see queuewatch access list\n",
    )


def test_log_out_needs_one_or_everybody(tmp_path: Path) -> None:
    access_file(tmp_path)
    assert run(tmp_path, "log-out", "Ann").output.startswith("sessions of Ann")
    assert run(tmp_path, "log-out", "--everybody").output.startswith("sessions of everybody")
    assert set(register(tmp_path).read().ended_before) == {"Ann", EVERYBODY}
    assert run(tmp_path, "log-out").exit_code == 2
    assert run(tmp_path, "log-out", "Ann", "--everybody").exit_code == 2


def test_check_says_what_is_switched_on_and_where_it_is_wrong(tmp_path: Path) -> None:
    access_file(tmp_path, BOARD + PROXY + GROUPS)
    assert "valid; by tokens, a proxy; 3 groups, 0 tokens, 0 walls" in run(tmp_path, "check").output
    access_file(tmp_path, BOARD + PROXY)
    wrong = run(tmp_path, "check")
    assert wrong.exit_code == 1
    assert wrong.output.count("\n") == 1
    (tmp_path / "register.json").write_text("{")
    access_file(tmp_path)
    assert "is no register of access" in run(tmp_path, "list").output


def test_check_names_each_that_may_see_a_department_which_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped = '[[groups]]\ngroup = "g"\nrole = "viewer"\ndepartments = ["watr", "water"]\n'
    access_file(tmp_path, BOARD + PROXY + grouped)
    run(tmp_path, "wall", "hall", "--department", "staff")
    token = run(tmp_path, "token", "Ann", "--role", "viewer", "--department", "water")
    assert run(tmp_path, "wall", "all").exit_code == token.exit_code == 0
    there = [each for each in DEPARTMENTS if each.department == "water"]
    monkeypatch.setattr(
        targets, "read_versions", lambda *_: [TargetsVersion(2, 0, 0, "UTC", tuple(there))]
    )
    done = run(tmp_path, "check", "--kafka", "somewhere:1")
    hall = next(iter(register(tmp_path).read().walls))
    assert (done.exit_code, done.output.splitlines()) == (
        1,
        [
            'queuewatch: groups number 1, g: no department "watr" (there are: water)',
            f'wall {hall}, hall: no department "staff" (there are: water)',
        ],
    )


def test_careless_use_is_one_line(tmp_path: Path) -> None:
    access_file(tmp_path)
    for arguments in (
        ("token", "", "--role", "viewer"),
        ("token", "a\nb", "--role", "viewer"),
        ("token", "Ann", "--role", "boss"),
        ("token", "Ann"),
        ("wall", "hall", "--valid", "soon"),
    ):
        assert run(tmp_path, *arguments).exit_code == 2, arguments
    assert not (tmp_path / "register.json").exists()


@pytest.mark.parametrize("what", [("wall", "hall"), ("token", "Ann", "--role", "viewer")])
def test_a_department_that_is_not_there_is_one_line_and_makes_nothing(
    tmp_path: Path, what: tuple[str, ...]
) -> None:
    access_file(tmp_path)
    done = run(tmp_path, *what, "--department", "water", "--department", "watr")
    assert (done.exit_code, done.output) == (
        1,
        'queuewatch: no department "watr" (there are: staff, water)\n',
    )
    assert not (tmp_path / "register.json").exists()


def test_where_the_targets_cannot_be_read_that_is_said_and_the_wall_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: str) -> list[TargetsVersion]:
        raise AdminError("Kafka at nobody:1 does not answer")

    monkeypatch.setattr(targets, "read_versions", away)
    access_file(tmp_path)
    done = run(tmp_path, "wall", "hall", "--department", "watr", "--kafka", "nobody:1")
    assert done.exit_code == 0
    assert (
        "queuewatch: whether there is a department watr was not checked: Kafka at nobody:1 does"
        " not answer\n"
    ) in done.stderr
    assert len(register(tmp_path).read().walls) == 1
    # All departments need no targets.
    assert "not checked" not in run(tmp_path, "wall", "all", "--kafka", "nobody:1").output


def test_where_no_up_runs_the_department_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "data" / "kafka").mkdir(parents=True)  # of an `up` that does not run
    access_file(tmp_path)
    done = run(tmp_path, "wall", "hall", "--department", "watr", "--data", str(tmp_path / "data"))
    assert (done.exit_code, "was not checked: no Kafka is known" in done.stderr) == (0, True)
