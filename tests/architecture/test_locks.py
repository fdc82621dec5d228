"""What is installed is what was tried: exact versions, hashes, and no address to fetch them from."""

import itertools
import re

import pytest

from tests.support.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
OF_PEERS = "deploy/peers/requirements.lock"  # of the comparison with other engines: never installed with ours
PINNED = re.compile(r"^([a-z0-9-]+)==([^\s;]+)(?: ; .+)? \\$")


def _pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := PINNED.match(line))}


@pytest.mark.parametrize("lock", [*LOCKS, OF_PEERS])
def test_a_lock_names_versions_and_hashes_and_nothing_else(lock: str) -> None:
    kinds = (PINNED, re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$"), re.compile(r"^    #"))
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not any(kind.match(line) for kind in kinds)] == []
    assert "://" not in "\n".join(lines)
    after = itertools.pairwise(lines)
    assert [a for a, b in after if PINNED.match(a) and "--hash=" not in b] == []


def test_the_locks_agree() -> None:
    run, develop = map(_pins, LOCKS)
    assert run
    assert {name: develop.get(name) for name in run} == run


def test_the_jars_of_the_comparison_have_their_digests() -> None:
    lines = (ROOT / "deploy" / "peers" / "jars.sha256").read_text().splitlines()
    named = re.compile(r"^[0-9a-f]{64}  (flink|kafka-streams)/libs/[A-Za-z0-9._-]+\.jar$")
    assert lines
    assert [line for line in lines if not named.match(line)] == []
