"""`queuewatch alerts routes`: standard output, a file, and a URL that is a secret."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.main import cli
from tests.support.sources import ROOT

QUEUE = '[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n'


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["alerts", "routes", *(str(word) for word in words)])


def test_without_owners_it_prints_what_ships_and_says_so() -> None:
    done = run(ROOT / "deploy/queues.toml")
    assert done.exit_code == 0
    assert done.stdout == (ROOT / "deploy/alertmanager/alertmanager.yml").read_text()
    assert done.stderr == "no [owners] declared: these are the routes that ship\n"


def test_a_secret_url_is_read_from_its_file_and_the_result_is_not_for_everybody(
    tmp_path: Path,
) -> None:
    secret, file, out = tmp_path / "url", tmp_path / "queues.toml", tmp_path / "out.yml"
    secret.write_text("https://hooks.example/?key=5\n")
    file.write_text(
        f'[owners.queuewatch]\nwebhook_url_file = "{secret}"\n{QUEUE}owner = "queuewatch"'
    )
    done = run(file, "--out", out)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{out}: written; owners: 1; check: amtool check-config {out}\n"
    assert '- url: "https://hooks.example/?key=5"' in out.read_text()
    assert out.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        ("a word", "holds no URL that begins with http:// or https://"),
        (b"\xff", "holds no URL that begins with http:// or https://"),
    ],
)
def test_a_secret_url_that_cannot_be_read_is_one_line_and_nothing_is_written(
    tmp_path: Path, content: str | bytes | None, problem: str
) -> None:
    secret, file, out = tmp_path / "url", tmp_path / "queues.toml", tmp_path / "out.yml"
    if content is not None:
        secret.write_bytes(content.encode() if isinstance(content, str) else content)
    file.write_text(f'[owners.a]\nwebhook_url_file = "{secret}"\n{QUEUE}')
    done = run(file, "--out", out)
    assert done.exit_code == 1
    assert done.stderr == f"queuewatch: {file}: owners.a.webhook_url_file: {secret}: {problem}\n"
    assert not out.exists()


def test_a_mistake_in_the_file_and_a_place_that_cannot_be_written_are_one_line(
    tmp_path: Path,
) -> None:
    file = tmp_path / "queues.toml"
    file.write_text("[owners.a]")
    done = run(file)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"queuewatch: {file}: owners.a.webhook: no receiver: ")
    file.write_text(QUEUE)
    done = run(file, "--out", tmp_path / "none" / "out.yml")
    assert (done.exit_code, done.stderr) == (
        1, f"queuewatch: {tmp_path / 'none' / 'out.yml'}: No such file or directory\n",
    )  # fmt: skip
