"""What the page behind a link says, and that nothing from outside becomes HTML."""

from html import unescape

import pytest

from dashboards.wallboard import ack_page
from dashboards.wallboard.ack_page import About, Page, Typed
from schemas.commands import Acknowledged
from schemas.millis import DAY, MINUTE
from schemas.owners import Language
from schemas.pipeline_alerts import PipelineAlert
from streams.messages.words import words_of
from tests.support.alerts import NOON, alert

ABOUT = About(alert(), alert().alert_id, "Africa/Johannesburg", "water-duty")
HAD = Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id, note="on my way")


def test_the_form_says_which_alert_since_when_and_who_was_told() -> None:
    page = ack_page.form(ABOUT, NOON + MINUTE)
    assert page.status == 200
    for words in (
        ">Billing<",
        alert().reason,
        "For 1m5s, since 13:59:55. Told: water-duty.",
        "Nobody has it yet.",
        '<form method="post">',
        '<input name="who" required maxlength="100"',
    ):
        assert words in page.html
    unowned = ack_page.form(About(alert(queue_name=""), "a", "UTC", ""), NOON)
    assert ">billing<" in unowned.html
    assert "Told:" not in unowned.html


def test_a_form_with_a_mistake_comes_again_with_what_was_typed() -> None:
    page = ack_page.form(ABOUT, NOON, Typed("", 'the "trunk"', is_refused=True))
    assert page.status == 400
    assert "Name: 1 to 100 characters that can be printed, in one line." in page.html
    assert "the &quot;trunk&quot;" in page.html


def test_who_has_it_is_said_and_no_form_is_shown() -> None:
    page = ack_page.taken(ABOUT, HAD, NOON + 3 * MINUTE, tried=False)
    assert page.status == 200
    assert "ann has it for 3m, since 14:00:00." in page.html
    assert "Note: on my way" in page.html
    assert "queuewatch alerts ack oldest_wait/billing<" in page.html
    assert "<form" not in page.html
    again = ack_page.taken(ABOUT, HAD, NOON + 3 * MINUTE, tried=True)
    assert again.status == 409
    assert "Nothing was changed: the link was used already" in again.html
    of_no_queue = alert(rule="incident", queue="", topic="burst pipe", area="ward-7")
    about = About(of_no_queue, of_no_queue.alert_id, "UTC", "")
    told = unescape(ack_page.taken(about, HAD, NOON, tried=False).html)
    assert "queuewatch alerts ack 'incident/burst pipe/ward-7'<" in told
    done = ack_page.done(ABOUT, HAD, NOON)
    assert (done.status, "<h1>ann has it</h1>" in done.html) == (200, True)


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        (
            ack_page.over(About(alert(), "a", "UTC", ""), alert("resolved"), NOON),
            410,
            "Over since 11:59:59.",
        ),
        (
            ack_page.unknown("oldest_wait/x/1", "en"),
            404,
            "oldest_wait/x/1: it ended more than a day ago",
        ),
        (ack_page.refused("forged", "en"), 403, "It was changed or cut off on its way"),
        (ack_page.refused("expired", "en"), 410, "each message has a newer one"),
        (ack_page.without_key("en"), 404, "started without --link-key-file"),
        (ack_page.later("Kafka is away", "en"), 503, "It could not be kept: Kafka is away."),
    ],
)
def test_where_nothing_can_be_taken_it_says_why(page: Page, status: int, words: str) -> None:
    assert page.status == status
    assert words in page.html
    assert "<form" not in page.html


def test_nothing_from_outside_becomes_html() -> None:
    evil = "<script>alert(1)</script>"
    evil_alert = alert(queue_name=evil, reason=evil, queue=evil)
    about = About(evil_alert, evil, "UTC", evil)
    of_pipeline = About(PipelineAlert("Evil", evil, NOON), evil, "UTC", evil, "ar")
    had = Acknowledged(who=evil, at=NOON, note=evil, alert_id="a")
    for page in (
        ack_page.form(about, NOON, Typed(evil, evil)),
        ack_page.form(of_pipeline, NOON),
        ack_page.taken(of_pipeline, had, NOON, tried=True),
        ack_page.taken(about, had, NOON, tried=True),
        ack_page.done(about, had, NOON),
        ack_page.over(about, evil_alert, NOON),
        ack_page.unknown(evil, "ar"),
        ack_page.later(evil, "zu"),
    ):
        assert "<script" not in page.html
        assert "&lt;script&gt;" in page.html


@pytest.mark.parametrize(
    ("language", "direction", "asked", "sentence"),
    [
        ("en", "ltr", "Do you have it?", alert().reason),
        ("id", "ltr", "Apakah Anda menanganinya?", "yang terlama sudah"),
        ("ar", "rtl", "هل تتولى الأمر؟", "أطول انتظار"),
        ("zu", "ltr", "Ingabe ukuphethe wena?", "owokuqala ulinde"),
    ],
)
def test_the_page_is_in_the_language_of_the_owner(
    language: Language, direction: str, asked: str, sentence: str
) -> None:
    about = About(alert(), "a", "Africa/Johannesburg", "water-duty", language)
    page = ack_page.form(about, NOON).html
    words = words_of(language)
    assert f'<html lang="{language}" dir="{direction}">' in page
    for said in (
        f"<h1>{asked}</h1>",
        sentence,
        words.page.nobody,
        f">{words.acknowledge}</button>",
    ):
        assert said in page
    if language != "en":
        assert "Nobody has it" not in page
    taken = ack_page.taken(about, HAD, NOON + DAY, tried=True).html
    assert words.page.unchanged in taken
    assert "2026-" in taken  # the day of another day, in digits
    assert '<code dir="ltr">queuewatch alerts ack' in taken


def test_of_an_alert_of_the_pipeline_it_says_what_the_link_says() -> None:
    down = PipelineAlert("PipelineDown", "job=archive", NOON - MINUTE)
    about = About(down, f"PipelineDown/job=archive/{NOON - MINUTE}", "UTC", "queuewatch")
    page = ack_page.form(about, NOON).html
    for said in (
        ">PipelineDown<", ">job=archive<", '<a href="/runbooks/PipelineDown.md">',
        "Began at 11:59:00. Whether it still goes on is not known here. Told: queuewatch.",
    ):  # fmt: skip
        assert said in page
    taken = ack_page.taken(about, HAD, NOON, tried=False).html
    assert f"queuewatch alerts ack {about.alert_id}<" in taken
