"""What a message of an alert of the pipeline links to."""

from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from schemas.ack_link import AckLink, opened
from schemas.millis import MINUTE
from streams.sinks.deliver.links import MessageLinks
from streams.sinks.deliver.telling import Heard, Telling
from tests.support.delivery import LINKS, NOON, owners, telling

DOWN = {"alertname": "PipelineDown", "job": "stream", "severity": "page", "owner": "queuewatch"}
OWNER = owners('queuewatch:language="ar"')["queuewatch"]


def told(*, is_firing: bool = True, **annotations: str) -> Telling:
    heard = Heard("f", DOWN, annotations, NOON - MINUTE, 0, is_firing)
    return Telling("queuewatch", "page {}", "page", (heard,))


def added(found: Telling, links: MessageLinks = LINKS) -> dict[str, str]:
    (heard,) = links.added(found, OWNER, NOON).alerts
    return dict(heard.annotations)


def test_it_has_a_link_to_take_it_in_the_language_of_the_owner() -> None:
    query = dict(parse_qsl(urlsplit(added(told())["ack_url"]).query))
    link = opened(LINKS.key or b"", query, NOON)
    assert isinstance(link, AckLink)
    assert link.alert_id == f"PipelineDown/job=stream/{NOON - MINUTE}"
    assert (link.owner, link.language) == ("queuewatch", "ar")


def test_only_a_firing_alert_of_the_pipeline_gets_one_link() -> None:
    assert "ack_url" not in added(told(), replace(LINKS, key=None))
    assert "ack_url" not in added(told(is_firing=False))
    assert added(told(ack_url="that of notify"))["ack_url"] == "that of notify"
    (of_queue,) = LINKS.added(telling("a"), OWNER, NOON).alerts
    assert "ack_url" not in of_queue.annotations


def test_what_people_will_miss_is_said() -> None:
    assert list(LINKS.remarks()) == []
    key, board = MessageLinks("http://127.0.0.1:8080", None).remarks()
    assert "no --link-key-file" in key
    assert "give --board-url" in board


def test_a_runbook_of_the_shipped_rules_is_that_of_the_board() -> None:
    found = added(told(runbook_url="docs/runbooks/PipelineDown.md"))
    assert found["runbook_url"] == "https://wall.example.org/runbooks/PipelineDown.md"
    assert added(told(runbook_url="https://x/Y"))["runbook_url"] == "https://x/Y"
