"""The hand-over to apprise: what is taken, and what is said where it is not."""

import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from streams.local.kafka import free_port
from streams.sinks.deliver.apprise_sender import MissingError, Sender, why
from streams.sinks.deliver.targets import SHORT_SCHEMES, AddressError
from streams.sinks.deliver.wording import Text
from tests.support.delivery import targets
from tests.support.services import Webhook

TEXT = Text("the title", "the body", "the short one")


def test_a_webhook_gets_title_and_body_and_a_telephone_the_short_text() -> None:
    with Webhook() as webhook:
        place = webhook.url.removeprefix("http://")
        (target,) = targets("water", f"json://{place}")
        assert Sender().send(target, TEXT) == ""
    (post,) = webhook.posts
    assert (post["title"], post["message"]) == ("the title", "the body")


def test_a_target_that_is_away_is_one_reason_without_its_address() -> None:
    (target,) = targets("water", f"json://user:hunter2@127.0.0.1:{free_port()}/hunter2")
    assert Sender().send(target, TEXT) == "no connection"


def test_a_name_never_becomes_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a platform could send it: in Telegram it would be a link, in Slack a call to everybody."""
    sent: list[str] = []

    def post(*_: object, **given: Any) -> None:
        sent.append(str(given.get("data")))
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "post", post)
    hostile = "<!channel> <b>bold</b> <a href='http://x'>x</a> & wait < 5"
    for url in (
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#duty",
    ):
        (target,) = targets("water", url)
        assert Sender().send(target, Text(hostile, hostile, hostile)) == "no connection"
        assert "&lt;b&gt;bold&lt;/b&gt;" in sent[-1]
        assert "wait &lt; 5" in sent[-1]
        assert "<!channel>" not in sent[-1]
        assert "<a " not in sent[-1]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Failed to send JSON POST notification: Forbidden, error=403."], "it answers 403"),
        (["A Connection error occurred sending to hunter2."], "no connection"),
        (["Read timed out. (hunter2)"], "no answer in time"),
        (["SMTP auth failed for hunter2"], "it refuses the login"),
        (["hunter2"], "it was not taken"),
        ([], "it was not taken"),
    ],
)
def test_nothing_that_apprise_says_is_shown(lines: list[str], told: str) -> None:
    assert why(lines) == told


def test_an_address_that_apprise_cannot_use_is_named_by_its_line() -> None:
    with pytest.raises(AddressError, match=r"^line 2: apprise cannot use") as refused:
        Sender().check(targets("water", "json://127.0.0.1", "nosuch://hunter2@x"))
    assert "hunter2" not in str(refused.value)


def test_the_schemes_of_telephones_are_those_of_apprise() -> None:
    import apprise

    known = {
        scheme
        for service in apprise.Apprise().details()["schemas"]
        for scheme in (*(service["protocols"] or ()), *(service["secure_protocols"] or ()))
    }
    # Those two are loaded only where smpplib is installed, too.
    assert SHORT_SCHEMES - known == {"smpp", "smpps"}


def test_without_apprise_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingError, match=r"pip install 'queuewatch\[deliver\]'"):
        Sender()


def test_only_one_module_knows_apprise() -> None:
    folder = Path(__file__).parents[5] / "streams"
    users = [path.name for path in folder.rglob("*.py") if "import apprise" in path.read_text()]
    assert users == ["apprise_sender.py"]
