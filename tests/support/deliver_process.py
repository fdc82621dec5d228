"""`deliver` as a process of its own, for the tests around it."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from streams.local.kafka import free_port
from tests.support.forked import MAIN
from tests.support.services import Server, get


def deliver(folder: Path, url: str, *options: str) -> Server:
    """It answers at `url`; its log is `deliver.log` in the folder."""
    metrics = free_port()
    command = [sys.executable, "-c", MAIN, "deliver", "--port", str(urlsplit(url).port)]
    command += ["--metrics-port", str(metrics), *options]
    ready = f"http://127.0.0.1:{metrics}/healthz"
    return Server("deliver", command, lambda: get(ready) == b"ok\n", folder / "deliver.log")
