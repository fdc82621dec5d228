# ruff: noqa: INP001
"""kafka_classes.py DIR: Kafka's classes as Java has read them, into DIR/classes.jsa; its jars are in DIR/libs.

A broker is started and asked for topics once; Java writes what it has loaded when it ends. Where it could not, the reason is
said in a line and the exit code is 1.
"""

import sys
import tempfile
from pathlib import Path

from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafkaError, classes_of, free_ports, spawn
from streams.local.kafka_place import KafkaPlace
from streams.plumbing.wall_clock import now_ms

_WITHIN_S = 300.0


def main(folder: Path) -> str:
    """Why there are none; "" where they are there."""
    libs = folder.resolve() / "libs"
    part = classes_of(libs).with_suffix(".part")
    part.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        place = KafkaPlace(Path(scratch), libs, *free_ports(2))
        try:
            broker = spawn(place, f"-XX:ArchiveClassesAtExit={part}")
            try:
                broker.wait_until_ready(_WITHIN_S)
                create_topics(place.bootstrap, "classes.", now_ms(), 1)
            finally:
                broker.stop(_WITHIN_S)
        except LocalKafkaError as error:
            return str(error)
    if (broker.process.returncode or 0) < 0:  # killed: Java crashes on a file that is not whole
        part.unlink(missing_ok=True)
        return "Java was killed before it had written them"
    if not part.exists():
        return "Java wrote none: it has no classes of its own to build on (`java -Xshare:dump` makes them)"
    part.rename(classes_of(libs))
    return ""


if __name__ == "__main__":
    if why := main(Path(sys.argv[1])):
        sys.exit(f"setup: {why}")
