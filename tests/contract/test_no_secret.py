"""No secret stands in any file of the project, nor in any line that a commit ever added."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.sources import ROOT

# Of kinds whose form alone tells them; a password in words cannot be told from any other word.
FORMS = {
    "private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s*\n?[A-Za-z0-9+/]{20,}",
    "AWS": r"\bA(?:KI|SI)A[0-9A-Z]{16}\b",
    "GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b",
    "GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "PyPI": r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
    "Slack": r"\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{20,}|hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24}",
    "Stripe or OpenAI": r"\bsk[-_](?:live_|proj-)?[A-Za-z0-9]{32,}\b",
    "Telegram": r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b",
    "token of a log-in": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}",
}
_ANY = re.compile("|".join(f"(?P<f{n}>{form})" for n, form in enumerate(FORMS.values())))
# Put together here, so that this file holds none itself.
EXAMPLES = {
    "private key": "-----BEGIN RSA PRIVATE" + " KEY-----\n" + "M" * 40,
    "AWS": "AKIA" + "Q" * 16,
    "GitHub": "ghp_" + "a1" * 18,
    "GitLab": "glpat-" + "a1" * 10,
    "Google": "AIza" + "b" * 35,
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + "C" * 60,
    "Slack": "xoxb-" + "1" * 10 + "-" + "a" * 24,
    "Stripe or OpenAI": "sk_live_" + "d" * 32,
    "Telegram": "1" * 9 + ":AA" + "e" * 33,
    "token of a log-in": "eyJ" + "f" * 20 + ".eyJ" + "g" * 20 + "." + "h" * 30,
}


def found(text: str) -> list[str]:
    """The kinds, and where in the text; never the secret itself, which would then stand in the log of the tests."""
    names = list(FORMS)
    return [
        f"{names[int((match.lastgroup or 'f0')[1:])]} at {match.start()}"
        for match in _ANY.finditer(text)
    ]


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_is_found(kind: str) -> None:
    assert found(f'key = "{EXAMPLES[kind]}"') == [f"{kind} at 7"]


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def _files() -> Iterator[tuple[str, str]]:
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        path = ROOT / name
        if name and path.is_file():
            yield name, path.read_bytes().decode("utf-8", "replace")


def test_no_file_holds_a_secret() -> None:
    assert {name: kinds for name, text in _files() if (kinds := found(text))} == {}


def test_no_commit_ever_added_one() -> None:
    told: dict[str, list[str]] = {}
    for commit in _git("log", "-p", "-U0", "--no-color", "--no-ext-diff", "--format=%x00%H").split(
        "\0"
    ):
        name, _, changes = commit.partition("\n")
        added = "\n".join(line[1:] for line in changes.splitlines() if line.startswith("+"))
        if kinds := found(added):
            told[name[:12]] = kinds
    assert told == {}
