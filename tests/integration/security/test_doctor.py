"""What `queuewatch doctor` says of a Kafka that does not let us in, and of one that lets us do a part."""

import os
import subprocess
import sys
from pathlib import Path

from schemas.topics import TOPICS
from tests.integration.security.conftest import Secured
from tests.support import forked
from tests.support.names import unique
from tests.support.secured import PASSWORDS

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.run(arguments, os.environ, 240)


def examined(
    secured: Secured, folder: Path, user: str, word: str, *more: str
) -> list[tuple[str, str, str]]:
    """Level, check and the rest of each line; no line may hold a password."""
    file = folder / f"{user}.properties"
    file.write_text(
        f"security.protocol=SASL_SSL\nssl.ca.location={secured.certificates.ca}\n"
        f"sasl.mechanism=SCRAM-SHA-512\nsasl.username=queuewatch-{user}\nsasl.password={word}\n"
    )
    file.chmod(0o600)
    place = [
        "--kafka",
        secured.nodes.sasl,
        "--kafka-config",
        str(file),
        "--data",
        str(folder / "data"),
    ]
    done = run("doctor", *place, *more)
    assert word not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1  # nothing else of the system runs
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    return [(level, check, rest) for level, check, rest in lines]


def test_a_wrong_password_is_one_line_and_the_rest_is_examined(
    secured: Secured, tmp_path: Path
) -> None:
    found = examined(secured, tmp_path, "archive", "wrong-7f3a")
    (refused,) = [rest for level, check, rest in found if (level, check) == ("fail", "kafka")]
    assert f"Kafka at {secured.nodes.sasl} refuses: sasl.username or sasl.password: " in refused
    assert ("skip", "topics", "not asked: see kafka") in found
    assert {check for _, check, _ in found} >= {"disk", "archive", "addresses", "certificates"}
    # Its certificate can be read without the password.
    assert any(check == "certificates" and secured.nodes.sasl in rest for _, check, rest in found)


def test_rights_are_those_that_the_broker_grants(secured: Secured, tmp_path: Path) -> None:
    namespace = unique("doctor") + "."
    here = ["--namespace", namespace]
    inside = ["--kafka", secured.nodes.internal, *here]
    assert run("topics", "create", "--partitions", "1", *inside).returncode == 0
    before = examined(
        secured, tmp_path, "archive", PASSWORDS["queuewatch-archive"], "--as", "archive", *here
    )
    assert any("archive needs the right to read of topic" in rest for _, _, rest in before), before
    assert run("topics", "acl", "--set", *inside).returncode == 0
    after = examined(
        secured, tmp_path, "archive", PASSWORDS["queuewatch-archive"], "--as", "archive", *here
    )
    assert ("ok", "rights", "enough for archive") in after
    found = examined(
        secured, tmp_path, "stream", PASSWORDS["queuewatch-stream"], "--as", "stream", *here
    )
    assert ("ok", "rights", "enough for stream") in found
    assert ("ok", "topics", f"{len(TOPICS)} topics are as they must be") in found
    assert any((level, check) == ("ok", "clocks") for level, check, _ in found)
