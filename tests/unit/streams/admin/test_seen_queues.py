"""A first queues.toml."""

from schemas.queues_toml import parse_queues
from streams.admin.seen_queues import render
from streams.core.rule_catalogue import RULE_TABLES


def test_what_is_written_is_valid_whatever_the_ids_are() -> None:
    queues = ["plain", "burst pipes", "a.b", 'say "hi"', "Störung", "back\\slash"]
    text = render(dict.fromkeys(queues, "1 call, none answered"), "Africa/Johannesburg")
    parsed = parse_queues(text, RULE_TABLES)
    assert {targets.queue for targets in parsed.queues} == set(queues)
    assert parsed.default_zone == "Africa/Johannesburg"
    assert "[queues.plain]  # 1 call, none answered\n" in text


def test_promises_are_called_placeholders() -> None:
    text = render({"plain": ""}, "UTC")
    assert "answer_within and goal are placeholders" in text
    assert "[queues.plain]\n" in text
