"""The release before this one: a commit of this history, whose program runs beside ours with the same libraries."""

import io
import subprocess
import tarfile
from pathlib import Path

from tests.support.sources import ROOT

# Before a queue's state knew contacts, and most of the rules across queues. Of a published release: its tag. What it wrote must
# be what ours reads and the other way round, so it moves on when a release does.
COMMIT = "543aefc26f72b7c1910b5737ac1a57e520050266"
_PACKAGES = ("schemas", "streams", "producers", "dashboards")


def program(folder: Path) -> str:
    """Python text that runs the commands of that release; it needs the repository with its history."""
    made = subprocess.run(
        ["git", "-C", str(ROOT), "archive", COMMIT, *_PACKAGES], capture_output=True, check=False
    )
    assert made.returncode == 0, f"a checkout with its history is needed: {made.stderr.decode()}"
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return (
        f"import sys; sys.path.insert(0, {str(folder)!r});"
        f" import streams; assert streams.__file__.startswith({str(folder)!r});"
        " from streams.cli.main import main; main()"
    )
