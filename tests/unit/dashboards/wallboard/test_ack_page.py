"""What the page behind a link says, and that nothing from outside becomes HTML."""

from html import unescape

import pytest

from dashboards.wallboard import ack_page
from dashboards.wallboard.ack_page import About, Page, Typed
from schemas.commands import Acknowledged
from schemas.millis import MINUTE
from tests.support.alerts import NOON, alert

ABOUT = About(alert(), "Africa/Johannesburg", "water-duty")
HAD = Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id, note="on my way")


def test_the_form_says_which_alert_since_when_and_who_was_told() -> None:
    page = ack_page.form(ABOUT, NOON + MINUTE)
    assert page.status == 200
    for words in (
        ">Billing<",
        alert().reason,
        "For 1 min, since 13:59:55. Told: water-duty.",
        "Nobody has it yet.",
        '<form method="post">',
        '<input name="who" required maxlength="100"',
    ):
        assert words in page.html
    unowned = ack_page.form(About(alert(queue_name=""), "UTC", ""), NOON)
    assert ">billing<" in unowned.html
    assert "Told:" not in unowned.html


def test_a_form_with_a_mistake_comes_again_with_what_was_typed() -> None:
    page = ack_page.form(ABOUT, NOON, Typed("", 'the "trunk"', "Name: too short."))
    assert page.status == 400
    assert "Name: too short." in page.html
    assert "the &quot;trunk&quot;" in page.html


def test_who_has_it_is_said_and_no_form_is_shown() -> None:
    page = ack_page.taken(ABOUT, HAD, NOON + 3 * MINUTE, tried=False)
    assert page.status == 200
    assert "ann has it for 3 min, since 14:00:00." in page.html
    assert "Note: on my way" in page.html
    assert "queuewatch alerts ack oldest_wait/billing<" in page.html
    assert "<form" not in page.html
    again = ack_page.taken(ABOUT, HAD, NOON + 3 * MINUTE, tried=True)
    assert again.status == 409
    assert "Nothing was changed: the link was used already" in again.html
    of_no_queue = alert(rule="incident", queue="", topic="burst pipe", area="ward-7")
    about = About(of_no_queue, "UTC", "")
    told = unescape(ack_page.taken(about, HAD, NOON, tried=False).html)
    assert "queuewatch alerts ack 'incident/burst pipe/ward-7'<" in told
    done = ack_page.done(ABOUT, HAD, NOON)
    assert (done.status, "<h1>ann has it</h1>" in done.html) == (200, True)


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        (ack_page.over(About(alert("resolved"), "UTC", ""), NOON), 410, "Over since 11:59:59."),
        (ack_page.unknown("oldest_wait/x/1"), 404, "oldest_wait/x/1: it ended more than a day ago"),
        (ack_page.refused("forged"), 403, "It was changed or cut off on its way"),
        (ack_page.refused("expired"), 410, "each message has a newer one"),
        (ack_page.without_key(), 404, "started without --link-key-file"),
        (ack_page.later("Kafka is away"), 503, "It could not be kept: Kafka is away."),
    ],
)
def test_where_nothing_can_be_taken_it_says_why(page: Page, status: int, words: str) -> None:
    assert page.status == status
    assert words in page.html
    assert "<form" not in page.html


def test_nothing_from_outside_becomes_html() -> None:
    evil = "<script>alert(1)</script>"
    about = About(alert(queue_name=evil, reason=evil, queue=evil), "UTC", evil)
    had = Acknowledged(who=evil, at=NOON, note=evil, alert_id="a")
    for page in (
        ack_page.form(about, NOON, Typed(evil, evil, evil)),
        ack_page.taken(about, had, NOON, tried=True),
        ack_page.done(about, had, NOON),
        ack_page.over(about, NOON),
        ack_page.unknown(evil),
        ack_page.later(evil),
    ):
        assert "<script" not in page.html
        assert "&lt;script&gt;" in page.html
