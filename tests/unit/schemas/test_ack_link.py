"""A link opens for nobody who changed it, and not after its end."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from schemas.ack_link import AckLink, address, expires_at, opened
from schemas.millis import HOUR, SECOND
from tests.support.alerts import NOON

KEY = b"sixteen bytes or more"
LINK = AckLink("oldest_wait/Tāpu & co?/1", "duty 1 – Süd", expires_at(NOON), "zu")


def query(link: AckLink, key: bytes = KEY) -> dict[str, str]:
    url = urlsplit(address("https://wall.example.org", key, link))
    assert (url.scheme, url.netloc, url.path) == ("https", "wall.example.org", "/ack")
    return dict(parse_qsl(url.query, keep_blank_values=True))


def test_what_was_signed_opens_until_its_end() -> None:
    assert opened(KEY, query(LINK), NOON) == LINK
    assert opened(KEY, query(LINK), LINK.expires_at - 1) == LINK
    assert opened(KEY, query(LINK), LINK.expires_at) == "expired"
    former = AckLink(LINK.alert_id, LINK.owner, LINK.expires_at)
    assert "lang" not in query(former)
    assert opened(KEY, query(former), NOON) == former
    assert opened(KEY, query(former) | {"lang": "zu"}, NOON) == "forged"
    unowned = AckLink("a", "", LINK.expires_at)
    assert opened(KEY, query(unowned), NOON) == unowned


@pytest.mark.parametrize(
    "changed",
    [
        {"alert": "oldest_wait/other/1"},
        {"to": "somebody else"},
        {"until": str(LINK.expires_at + 1)},
        {"until": "for ever"},
        {"lang": "ar"},
        {"lang": ""},
        {"sig": ""},
        {"sig": "ü" * 43},
        {"sig": "\udcff"},
    ],
)
def test_what_was_changed_is_forged(changed: dict[str, str]) -> None:
    assert opened(KEY, query(LINK) | changed, NOON) == "forged"


def test_another_key_or_a_part_of_a_link_is_forged() -> None:
    assert opened(KEY, query(LINK, b"another key of ours"), NOON) == "forged"
    assert opened(KEY, {}, NOON) == "forged"
    for name in query(LINK):
        assert opened(KEY, {k: v for k, v in query(LINK).items() if k != name}, NOON) == "forged"
    shifted = AckLink(LINK.alert_id + LINK.owner, "", LINK.expires_at)
    assert query(shifted)["sig"] != query(LINK)["sig"]  # where a field ends is signed, too


def test_the_link_of_an_alert_stays_the_same_for_half_a_day() -> None:
    begin = NOON // (12 * HOUR) * 12 * HOUR
    ends = {expires_at(begin + passed) for passed in range(0, 12 * HOUR, 30 * SECOND)}
    assert ends == {begin + 24 * HOUR}
    assert expires_at(begin + 12 * HOUR) == begin + 36 * HOUR
