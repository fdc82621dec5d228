"""Addresses of the past: everything that a page shows is in them, and nothing of them is guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.wallboard.history.address import Address, WrongAddressError, address_of
from dashboards.wallboard.texts import texts_of
from schemas.periods import period_of

TODAY = date(2026, 11, 1)


def read(text: str) -> Address:
    from urllib.parse import parse_qsl

    return address_of(parse_qsl(text, keep_blank_values=True), TODAY)


def test_without_a_time_it_is_the_month_of_yesterday() -> None:
    assert read("").period.text == "2026-10"
    assert (read("").of, read("").id) == ("all", "")


@given(
    st.sampled_from(["2026-10", "2026-W44", "2026-10-14"]), st.sampled_from(["department", "centre", "queue"]),
    st.text(min_size=1, max_size=40), st.sampled_from(["", "en", "ar"]),
)  # fmt: skip
def test_a_link_leads_to_what_it_was_made_of(when: str, of: str, id_: str, lang: str) -> None:
    given_query = [("when", when), (of, id_), ("lang", lang), ("theme", "dark")]
    address = address_of(given_query, TODAY)
    assert read(address.to().partition("?")[2]) == address
    assert address.period == period_of(when)
    assert address.id == id_


def test_links_keep_language_and_theme_and_drop_what_does_not_fit() -> None:
    address = read("when=2026-10-14&queue=a&at=09:30&lang=ar&theme=dark")
    assert address.below("all", "") == "/history?when=2026-10-14&lang=ar&theme=dark"
    assert address.at(period_of("2026-10")) == "/history?when=2026-10&queue=a&lang=ar&theme=dark"
    assert address.in_language("zu").endswith("at=09%3A30&theme=dark&lang=zu")
    assert (
        read("when=2026-10-14&queue=a")
        .calls(period_of("2026-10-14"), "02:30+01:00")
        .endswith("at=02%3A30%2B01%3A00")
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("when=october", "history_wrong_when"),
        ("when=2026-13", "history_wrong_when"),
        ("queue=a&centre=b", "history_wrong_two"),
        ("queue=a&queue=b", "history_wrong_twice"),
        ("when=2026-10&when=2026-11", "history_wrong_twice"),
        ("day=2026-10-14", "history_wrong_parameter"),
        ("by=agent", "history_wrong_by"),
        ("at=09:30", "history_wrong_at"),
        ("when=2026-10&queue=a&at=09:30", "history_wrong_at"),
        ("when=2026-10-14&queue=a&at=9:30", "history_wrong_at"),
        ("when=2026-10-14&centre=a&at=09:30", "history_wrong_at"),
    ],
)
def test_a_wrong_one_says_what_is_wrong(text: str, key: str) -> None:
    with pytest.raises(WrongAddressError) as wrong:
        read(text)
    assert wrong.value.key == key
    for language in ("en", "id", "ar", "zu"):
        assert texts_of(language)(key, given=wrong.value.given)
