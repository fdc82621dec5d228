"""A burst pipe through Kafka and the stream: one alert at the fifth caller, whichever partitions the calls are in.

The worker is killed on the way; the simulator says who called, and is counted by code of the test's own.
"""

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from producers.simulate.episodes import Episodes
from producers.simulate.scenarios import centre_of
from schemas.alerts import Alert
from schemas.calls import Queued
from schemas.codec import decode_as, decode_call
from schemas.millis import HOUR, MINUTE, iso
from schemas.snapshots import QueueSnapshot
from streams.admin.broker import read_whole
from streams.local.kafka import LocalKafka
from streams.plumbing.wall_clock import now_ms
from tests.support.line import Line, shipped_queues
from tests.support.services import Server, get
from tests.support.waiting import wait_until

PIPE = "burst pipe"
FIRST_MIN, AGAIN_MIN = 5, 170  # episodes of scenario burst-pipe


@pytest.fixture(scope="module")
def line(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("incident")
    with Line(kafka.place.bootstrap, folder, shipped_queues()) as running:
        yield running


def alerts(line: Line) -> list[Alert]:
    """Every version of every incident, in the order of its log."""
    records = read_whole(line.bootstrap, f"{line.namespace}alerts")
    found = [decode_as(Alert, each.value) for each in records if each.value]
    return [each for each in found if each.rule == "incident"]


def callers(line: Line, area: str, since: int) -> list[int]:
    """When each caller first called about the pipe in that area, from `since` on."""
    first: dict[str, int] = {}
    for record in read_whole(line.bootstrap, f"{line.namespace}calls"):
        event = decode_call(record.value or b"")
        if isinstance(event, Queued) and (event.topic, event.area) == (PIPE, area) and event.caller:
            first[event.caller] = min(event.at, first.get(event.caller, event.at))
    return sorted(at for at in first.values() if at >= since)


def seed_of_two_areas(start: int) -> tuple[int, str]:
    """A seed with which the two pipes burst in different areas, and the second one.

    In one area (1 of 32 starts) the second burst is the first one's alert that grows.
    """
    centre = centre_of("burst-pipe")
    (demand,) = (each for each in centre.demands if each.queue == "burst-pipes")
    burst = centre.scenario.episodes[0].burst
    assert burst is not None
    for seed in range(5, 100):
        episodes = Episodes(centre, f"{centre.name}/{seed}/{start}", start)
        begins = (start + FIRST_MIN * MINUTE, start + (AGAIN_MIN + FIRST_MIN) * MINUTE)
        first, then = (episodes.burst(burst, demand, at)[1] for at in begins)
        if first != then:
            return seed, then
    raise AssertionError("no seed has two areas")


def test_a_burst_pipe_is_one_alert_at_the_fifth_caller(line: Line) -> None:
    start = (now_ms() - 5 * HOUR) // MINUTE * MINUTE
    until = start + (AGAIN_MIN + FIRST_MIN + 40) * MINUTE
    seed, area = seed_of_two_areas(start)
    line.run("send", "simulate", "--scenario", "burst-pipe", "--from", iso(start), "--until",
             iso(until), "--seed", str(seed))  # fmt: skip
    line.stream.kill()
    line.stream.start()
    line.drain()
    second = start + (AGAIN_MIN + FIRST_MIN) * MINUTE

    def of_the_second() -> list[Alert]:
        """At night the first pipe's callers may be the first of all, of whom nobody can say that they are many: its alert comes
        hours later (docs/runbooks/Incident.md), beside this one.
        """
        return [e for e in alerts(line) if (e.fired_at or 0) >= second and e.area == area]

    # In a backlog only the newest version of a checkpoint is written: often not the one of the fifth caller.
    versions = of_the_second()  # drain has waited for it
    (alert_id,) = {each.alert_id for each in versions}
    newest = versions[-1]
    assert newest.area == area
    assert newest.n > 50
    fired_at = newest.fired_at or 0
    called = callers(line, newest.area, second)
    number = sum(at < fired_at for at in called)
    print(f"raised at caller {number} of the burst, {fired_at - called[0]} ms after the first one")
    assert 4 <= number <= 6  # one who called by chance just before is in it, too
    assert (newest.topic, newest.queue, newest.state) == (PIPE, "", "firing")
    assert [each.n for each in versions] == sorted(each.n for each in versions)
    assert {each.fired_at for each in versions} == {fired_at}
    assert newest.queues[0] == "burst-pipes"
    assert (newest.owner, newest.department) == ("water-duty", "water")
    told = line.run("alerts", "show", f"incident/{PIPE}/{newest.area}")
    assert alert_id in told
    assert line.run("alerts", "list", "--all").count(alert_id) == 1


def snapshots(line: Line) -> dict[str, QueueSnapshot]:
    records = read_whole(line.bootstrap, f"{line.namespace}snapshots")
    return {
        each.queue: each for each in (decode_as(QueueSnapshot, r.value) for r in records if r.value)
    }


def test_the_wall_and_the_metrics_say_of_each_of_its_queues_what_the_list_says(line: Line) -> None:
    firing = [alert for alert in newest(line) if alert.state == "firing"]
    assert firing
    queues = {queue for alert in firing for queue in alert.queues}
    assert len(queues) > 1

    def judged() -> bool:
        seen = snapshots(line)
        found = [seen[queue].attention for queue in queues if queue in seen]
        return len(found) == len(queues) and all(
            each is not None and each.level == "act" and f"{PIPE}, " in each.cause for each in found
        )

    wait_until(judged, "the judgement of each queue names the pipe")
    text = (get(line.metrics_url, 30) or b"").decode()
    exported = {
        (sample.labels["topic"], sample.labels["area"], sample.labels["queue"])
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "callcentre_alerts_firing" and sample.labels["rule"] == "incident"
    }
    assert exported == {(a.topic, a.area, queue) for a in firing for queue in a.queues}


def newest(line: Line) -> list[Alert]:
    """The newest version of each incident."""
    return list({each.alert_id: each for each in alerts(line)}.values())


def pieces(line: Line) -> dict[bytes, bytes]:
    """The state of the rules across queues, without its cursor: a checkpoint at the start writes that anew."""
    found: dict[bytes, bytes] = {}
    for record in read_whole(line.bootstrap, f"{line.namespace}state"):
        if record.key and record.key.startswith(b"reports|") and record.key != b"reports|cursor":
            found.pop(record.key, None)
            if record.value is not None:
                found[record.key] = record.value
    return found


def test_a_state_made_anew_has_the_same_alerts_and_tells_none_again(line: Line) -> None:
    line.stream.stop()
    before, told = pieces(line), alerts(line)
    port = line.metrics_url.split(":")[2].split("/")[0]
    again = Server(
        "stream", line.command("stream", "--metrics-port", port, "--rebuild-state"),
        lambda: get(line.metrics_url.replace("metrics", "healthz")) is not None,
        line.folder / "rebuilt.log",
    )  # fmt: skip
    with again:
        wait_until(lambda: "rebuilt" in again.log.read_text(), "a state is made anew")
        line.drain()
        after = pieces(line)
    assert f"rebuilt {line.namespace}reports" in again.log.read_text()
    assert before.keys() == after.keys()
    assert [key for key in before if before[key] != after[key]] == []
    assert alerts(line) == told
    line.stream.start()
