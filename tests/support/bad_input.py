"""Every kind of bad input with good calls around it, as records of `calls`; and files with callers' numbers.

Each kind names what must become of it: a reason of quarantine, or nothing, where it counts after all.
"""

import json
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from msgspec import Struct

from schemas.codec import encode
from schemas.millis import HOUR, MINUTE, SECOND, iso
from streams.plumbing.partitions import partition_of
from tests.support.builders import call, mark

QUEUE = "billing"
STRANGE_QUEUES = (
    "nobody-configured",
    "../../etc",
    'caf\u00e9\0\U0001f600\n"|{}',
    "\u202elatot\ufeff",
)
NUMBER = "0315550001"  # in no topic, file or table, however it is spelt
SPELT = ("0315550001", "031 555 0001", "+27 31 555 0001", "031-555-0001", "27315550001")
INVENTED = 600
CALLS_AROUND = 40

QUEUES = f"""\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
[queues.{QUEUE}]
"""


class Bad(Struct, frozen=True):
    """One record; `reason` is empty where it is counted."""

    what: str
    value: bytes
    reason: str


def kinds(start: int, now: int) -> list[Bad]:
    """Records of queue `billing` from `start` on."""
    good = json.loads(encode(call("queued", "bad", start, QUEUE, event_id="bad-queued")))

    def event(**more: Any) -> bytes:
        fields = {name: value for name, value in {**good, **more}.items() if value is not None}
        return json.dumps(fields, ensure_ascii=False).encode()

    return [
        Bad("not JSON", b'{"type": "queued", oops', "not_json"),
        Bad("nothing", b"", "not_json"),
        Bad("UTF-16", event(caller=NUMBER).decode().encode("utf-16"), "not_json"),
        Bad("a wrong type", event(at=iso(start)), "wrong_type"),
        Bad("a list", b"[1, 2]", "wrong_type"),
        Bad("no queue", event(queue=None), "missing_field"),
        Bad("an unknown type", event(type="teleported"), "unknown_type"),
        Bad("seconds", event(at=start // SECOND), "out_of_range"),
        Bad("a lone half of an emoji", event(queue="x").replace(b'"x"', b'"\\ud83d"'), "not_json"),
        Bad("from tomorrow", event(at=now + 24 * HOUR, leg_id="tomorrow"), "ahead_of_broker"),
        *(Bad(f"caller {spelt}", event(caller=spelt), "caller_in_clear") for spelt in SPELT),
        Bad("a call named after its caller", event(caller=NUMBER, leg_id=NUMBER, event_id=f"{NUMBER}-q"),
            "caller_in_clear"),
        *(Bad(f"a number as {name}", event(**{name: NUMBER}, type="teleported"), "unknown_type")
          for name in ("queue", "topic", "area", "agent", "reason", "phone", "at", "priority", "source")),
        Bad("a number in an unknown field", event(leg_id="unknown-field", remark=SPELT[1]), ""),
        Bad("2 MB, packed", event(leg_id="large", topic="x" * 2_000_000), "too_large"),
    ]  # fmt: skip


def strange_lives(start: int) -> list[Any]:
    """Calls that are told wrongly and are counted as well as they can be."""
    return [
        call("answered", "no-entry", start - 2 * MINUTE, QUEUE, agent="ann"),
        call("queued", "ends-first", start, QUEUE),
        call("answered", "ends-first", start + 5 * SECOND, QUEUE, agent="ann"),
        call("ended", "ends-first", start + 2 * SECOND, QUEUE),
        call("queued", "skewed", start + 2 * SECOND, QUEUE),
        call("abandoned", "skewed", start, QUEUE),
        call("queued", "ten-hours", start, QUEUE),
        call("answered", "ten-hours", start + 3 * SECOND, QUEUE, agent="an\0n \U0001f600"),
        *(call("queued", f"strange-{place}", start, queue)
          for place, queue in enumerate(STRANGE_QUEUES)),
    ]  # fmt: skip


def good_call(number: int, start: int) -> list[Any]:
    """Answered after 10 s, over after a minute."""
    leg, at = f"good-{number}", start + number * MINUTE
    return [
        call("queued", leg, at, QUEUE, event_id=f"{leg}-q"),
        call("answered", leg, at + 10 * SECOND, QUEUE, event_id=f"{leg}-a", agent="ann"),
        call("ended", leg, at + 70 * SECOND, QUEUE, event_id=f"{leg}-e"),
    ]


class RawSender:
    """Bytes into topic `calls` as a producer that is none of ours would send them; all awaited by `close`."""

    def __init__(self, bootstrap: str, namespace: str, partitions: int) -> None:
        self._topic, self._partitions = f"{namespace}calls", partitions
        # Packed, so that 2 MB get past a broker that takes 1 MiB.
        self._client = KafkaProducer(
            bootstrap_servers=bootstrap, compression_type="gzip", max_request_size=4_000_000
        )
        self._sent: list[Any] = []

    def send(self, queue: str, value: bytes) -> Any:
        key = queue.encode()
        partition = partition_of(key, self._partitions)
        self._sent.append(self._client.send(self._topic, value, key, partition=partition))
        return self._sent[-1]

    def say(self, *events: Any) -> None:
        for event in events:
            self.send(event.queue, encode(event))

    def tick(self, at: int) -> None:
        for partition in range(self._partitions):
            value = encode(mark("tick", at))
            self._sent.append(self._client.send(self._topic, value, partition=partition))

    def close(self) -> int:
        """How many records the broker took."""
        for sent in self._sent:
            sent.get(60)
        self._client.close()
        return len(self._sent)


def records_file(folder: Path, start: int) -> Path:
    """One good row with the caller's number in every text, and bad rows with it in any cell."""
    path = folder / "calls.csv"
    names = ("leg_id", "contact_id", "queue", "caller", "arrived_at", "left_at", "outcome", "agent",
             "reason", "topic", "area", "disposition", "remark")  # fmt: skip
    good = dict.fromkeys(names, f"of {NUMBER}") | {
        "leg_id": NUMBER, "queue": QUEUE, "caller": "031 555 0001", "outcome": "abandoned",
        "arrived_at": iso(start), "left_at": iso(start + 9 * SECOND),
    }  # fmt: skip
    rows = [good, *({**good, "leg_id": f"bad-{name}", name: spelt}
                    for name in ("arrived_at", "left_at", "outcome") for spelt in SPELT)]  # fmt: skip
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in rows)]
    lines += [f'"open quote,{NUMBER}', f"too,few,{NUMBER}", f"{NUMBER}\0,x"]
    path.write_text("\n".join(lines) + "\n")
    return path


def queue_log_file(folder: Path, start: int) -> Path:
    """A good call whose caller stands in it, and lines that are none, with the number in every field."""
    path, at = folder / "queue_log", start // SECOND
    path.write_text(
        f"{at}|{at}.1|{QUEUE}|NONE|ENTERQUEUE||{NUMBER}|1\n"
        f"{at + 4}|{at}.1|{QUEUE}|NONE|ABANDON|1|1|4\n"
        f"{at + 5}|{NUMBER}|{QUEUE}|NONE|NEWVERB|{NUMBER}|{SPELT[1]}\n"
        f"{at + 5}|NONE|NONE|NONE|NEWVERB|a {SPELT[2]} b\n"
        f"{NUMBER}|x\n"
        f"no line of it: {SPELT[3]}\n"
    )
    return path
