"""A platform that says so many events a second, now: `python -m tests.bench.steady HOSTS NAMESPACE RATE SECONDS QUEUES SEED`.

What was simulated in more time is said in less: order, queues and kinds stay, `at` becomes now. A
process of its own, so that the one that measures does nothing else. Prints a line when it begins to say, which may be minutes
after its start, and one line of JSON at its end.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

from producers.publisher import Publisher
from producers.simulate.reporter import Said
from schemas.calls import Mark, Tick
from tests.bench.traffic import send, simulate

_SIMULATED_H = 1.0
_TICK_EVERY_S = 1.0
_SHORTEST_SLEEP_S = 0.002
_SPARE = 1.15  # the number of events is a lot


def main(hosts: str, namespace: str, rate: float, seconds: float, queues: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wanted = round(rate * seconds)
        traffic = simulate(round(wanted * _SPARE), queues, _SIMULATED_H, seed, Path(folder), {})
    events = [each for each in traffic.said if not isinstance(each[1], Mark)][:wanted]
    # A follower flushes at the end of its log, and this one never: it must not wait for more to come.
    with Publisher(hosts, namespace, linger_ms=5) as publisher:
        print(f"saying {len(events)} events", flush=True)
        began, used = time.perf_counter(), time.process_time()
        latest_s = _say(publisher, events, rate)
        told = {"took_s": time.perf_counter() - began, "cpu_s": time.process_time() - used}
    print(json.dumps({"events": len(events), "latest_s": latest_s, **told}), flush=True)


def _say(publisher: Publisher, events: list[Said], rate: float) -> float:
    """How far behind its plan it was at worst."""
    began, ticked, latest_s = time.perf_counter(), -_TICK_EVERY_S, 0.0
    for number, (topic, event) in enumerate(events):
        passed = time.perf_counter() - began
        due = number / rate
        if due - passed > _SHORTEST_SLEEP_S:
            time.sleep(due - passed)
        latest_s = max(latest_s, passed - due)
        now = time.time_ns() // 1_000_000
        send(publisher, topic, replace(event, at=now))
        if passed - ticked >= _TICK_EVERY_S:
            ticked = passed
            for name in ("calls", "agents"):
                tick = Tick(event_id=f"steady:{name}:{now}", at=now, source="simulator")
                publisher.send_mark(name, tick)
    publisher.flush()
    return latest_s


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))  # fmt: skip
