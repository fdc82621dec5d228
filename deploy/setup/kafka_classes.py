# ruff: noqa: INP001
"""kafka_classes.py DIR: Kafka's classes as Java has read them, into DIR/classes.jsa; its jars are in DIR/libs.

A broker is started and asked for topics once; Java writes what it has loaded when it ends.
"""

import sys
import tempfile
from pathlib import Path

from streams.admin.topics import create_topics
from streams.local.kafka import classes_of, free_ports, spawn
from streams.local.kafka_place import KafkaPlace
from streams.plumbing.wall_clock import now_ms

_WITHIN_S = 300.0


def main(folder: Path) -> None:
    libs = folder.resolve() / "libs"
    part = classes_of(libs).with_suffix(".part")
    part.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        place = KafkaPlace(Path(scratch), libs, *free_ports(2))
        broker = spawn(place, f"-XX:ArchiveClassesAtExit={part}")
        try:
            broker.wait_until_ready(_WITHIN_S)
            create_topics(place.bootstrap, "classes.", now_ms(), 1)
        finally:
            broker.stop(_WITHIN_S)
        part.rename(classes_of(libs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
