"""The broker goes away while `deliver` runs: what cannot be kept is refused in one line, and told once it is back."""

from pathlib import Path

from streams.local.kafka import spawn
from tests.integration.alerting.test_deliver import Floor, hook, run, titles
from tests.support.services import Webhook, start_kafka
from tests.support.waiting import wait_until


def test_what_cannot_be_kept_is_refused_in_one_line_and_nothing_is_lost(tmp_path: Path) -> None:
    broker = start_kafka(tmp_path / "kafka")
    floor = Floor(broker, tmp_path)
    with Webhook() as webhook:
        floor.owner("water", hook(webhook))
        with floor.process():
            assert floor.tell("water", "a") == 200
            wait_until(lambda: len(webhook.posts) == 1, "it is told while the broker is there")
            wait_until(lambda: floor.messages()[0].state == "sent", "and noted")
            broker.stop()
            assert floor.tell("water", "b") == 503  # Alertmanager tries again
            tried = run("alerts", "test", "water", "--deliver", floor.url)
            assert (tried.returncode, tried.stdout) == (1, "")
            assert tried.stderr.count("\n") == 1
            assert f"Kafka does not answer at {floor.bootstrap}" in tried.stderr
            broker = spawn(broker.place)
            broker.wait_until_ready()
            wait_until(lambda: floor.tell("water", "b") == 200, "it is taken again")
            wait_until(lambda: len(webhook.posts) == 2, "and told once")
        broker.stop()
    assert [title.partition(":")[0] for title in titles(webhook)] == ["a", "b"]
    assert "Traceback" not in (tmp_path / "deliver.log").read_text()
