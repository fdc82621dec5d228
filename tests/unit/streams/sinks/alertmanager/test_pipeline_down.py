"""Who is missed, since when, and what is told of it."""

from schemas.millis import MINUTE, SECOND, iso
from streams.sinks.alertmanager.decide import KEEP_RESOLVED_MS, Links
from streams.sinks.alertmanager.pipeline_down import SILENT_AFTER_MS, Down, after, body
from tests.support.alerts import NOON

LATER = NOON + SILENT_AFTER_MS
LINKS = Links("http://board.example", "https://runbooks.example")


def test_a_process_that_reports_no_more_is_missed_after_a_minute() -> None:
    assert after({}, {"stream": NOON}, NOON, LATER) == {}
    assert after({}, {"stream": NOON}, NOON, LATER + 1) == {"stream": Down(NOON)}
    known = {"stream": Down(NOON)}
    assert after(known, {"stream": NOON}, NOON, LATER + MINUTE) == known


def test_only_the_stream_is_missed_if_it_never_reported() -> None:
    assert after({}, {}, NOON, LATER + 1) == {"stream": Down(NOON)}
    heard = {"stream": LATER, "archive": NOON, "board": NOON}
    assert after({}, heard, NOON, LATER + 1) == {"archive": Down(NOON)}


def test_its_return_is_told_for_some_minutes_and_then_forgotten() -> None:
    back = LATER + MINUTE
    over = after({"stream": Down(NOON)}, {"stream": back}, NOON, back)
    assert over == {"stream": Down(NOON, back)}
    assert after(over, {"stream": back + SECOND}, NOON, back + SECOND) == over
    at = back + KEEP_RESOLVED_MS
    assert after(over, {"stream": at}, NOON, at) == over
    assert after(over, {"stream": at + 1}, NOON, at + 1) == {}


def test_who_goes_again_meanwhile_is_missed_anew() -> None:
    over = {"stream": Down(NOON, LATER)}
    assert after(over, {"stream": LATER}, NOON, LATER + SILENT_AFTER_MS + 1) == {
        "stream": Down(LATER)
    }


def test_the_message_is_that_of_prometheus_and_says_what_is_known() -> None:
    now = NOON + 75 * SECOND
    told = body("stream", Down(NOON), now, 30_000, LINKS, "")
    assert told["labels"] == {
        "alertname": "PipelineDown", "job": "stream", "severity": "page", "owner": "queuewatch",
    }  # fmt: skip
    annotations = told["annotations"]
    assert isinstance(annotations, dict)
    assert annotations["summary"] == "stream has reported nothing for 1m15s: it is down, or hangs"
    assert (told["startsAt"], told["endsAt"]) == (iso(NOON), iso(now + 120_000))
    over = body("stream", Down(NOON, now), now + SECOND, 30_000, LINKS, "")
    assert over["endsAt"] == iso(now)
    kafka = body("stream", Down(NOON), now, 30_000, LINKS, "Kafka at k:9092 does not answer")
    assert "1m15s: Kafka at k:9092 does not answer" in str(kafka["annotations"])


def test_it_can_be_taken_by_its_link_while_it_lasts() -> None:
    links = Links("https://wall.example.org", key=b"a key of the tests")
    told = body("archive", Down(NOON), LATER, 30_000, links, "")["annotations"]
    assert f"alert=PipelineDown%2Fjob%3Darchive%2F{NOON}&to=queuewatch&" in str(told)
    assert "ack_url" not in str(body("archive", Down(NOON, LATER), LATER, 30_000, links, ""))
    assert "ack_url" not in str(body("archive", Down(NOON), LATER, 30_000, LINKS, ""))
