"""A caller's number never stands in clear, and says the same however it is written."""

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.privacy import (
    caller_token,
    id_token,
    key_from_secret,
    mask,
    mask_text,
    present_token,
)

KEY = key_from_secret(b"one secret")
SECOND = key_from_secret(b"another", 1_000, KEY)
THIRD = key_from_secret(b"a third", 2_000, SECOND)


def test_one_number_is_one_token_however_it_is_written() -> None:
    tokens = {caller_token(KEY, text) for text in ("5550001", "555 0001", "555-00.01", "(555)0001")}
    assert len(tokens) == 1
    assert caller_token(KEY, "+27115550001") == caller_token(KEY, "0027 11 555 0001")


def test_another_secret_is_another_token_and_the_same_secret_the_same_key() -> None:
    other = key_from_secret(b"another")
    assert caller_token(KEY, "5550001") != caller_token(other, "5550001")
    assert key_from_secret(b"one secret") == KEY
    assert "secret" not in repr(KEY)


def test_a_withheld_number_has_no_token() -> None:
    assert [caller_token(KEY, text) for text in ("", "Anonymous", "unknown", " ", "0")] == [""] * 5


@pytest.mark.parametrize(
    "word",
    ["Number Withheld", "No Caller ID", "anonymous@anonymous.invalid", "<unknown>", "Unbekannt", "Tidak diketahui", "مجهول", "+266696687", "Anonymous <anonymous>", "Privé", "keine Rufnummer"],
)  # fmt: skip
def test_callers_whom_a_platform_does_not_name_are_not_one_caller(word: str) -> None:
    assert caller_token(KEY, word) == ""


def test_ids_are_made_by_the_words_of_the_first_release_alone() -> None:
    assert [id_token(KEY, word) for word in ("", "Anonymous", "private", "Unavailable")] == [""] * 4
    assert all(id_token(KEY, word) for word in ("0", "Withheld", "+266696687"))
    assert id_token(KEY, "031 555 0001") == caller_token(KEY, "0315550001")


def test_a_local_number_that_spells_a_word_is_a_caller() -> None:
    assert caller_token(KEY, "2562533") != ""


def test_numbers_in_free_text_become_their_tokens() -> None:
    masked = mask(KEY, "from (555) 0001, room 12345, not 0315-55-00 01:23 nor 2026-03-02")
    numbers = [caller_token(KEY, text) for text in ("5550001", "0315-55-00 01", "2026-03-02")]
    assert masked == f"from ({numbers[0]}, room 12345, not {numbers[1]}:23 nor {numbers[2]}"


def test_times_and_tokens_stay_so_masking_twice_is_masking_once() -> None:
    for time in ("2026-03-02T09:00Z", "2026-03-02T09:00:05.250+01:00"):
        assert (
            mask(KEY, f"after {time}, 5550001") == f"after {time}, {caller_token(KEY, '5550001')}"
        )
    once = {mask(KEY, f"call {number} back") for number in range(5_550_000, 5_550_200)}
    assert {mask(KEY, text) for text in once} == once
    assert mask(key_from_secret(b"another"), f"{KEY.key_id}.{'5550001' * 4}abcd") != (
        f"{KEY.key_id}.{'5550001' * 4}abcd"
    ), "a token of another key may be a number"


def test_a_number_that_touches_a_time_is_masked() -> None:
    for text in ("2026-03-02T09:00:05.0315550001555", "2026-03-02T09:00:05+0315550001"):
        assert "0315550001" not in mask(KEY, text)
        assert mask(KEY, text).startswith("2026-03-02T09:00:05")


def test_free_text_is_kept_as_its_shape() -> None:
    token = caller_token(KEY, "5550001")
    assert mask_text(KEY, "Anna Böld, 12 Hill St.; 555 0001") == f"xxxx xxxx, 00 xxxx xx.; {token}"
    assert mask_text(KEY, "at 2026-03-02T09:00:05Z") == "xx 2026-03-02T09:00:05Z"
    assert mask_text(KEY, "नमस्ते Ω1 e\u0301") == "xxxxxx x0 xx"


def test_the_shape_of_a_shape_is_the_same() -> None:
    for text in ("Anna 12", "5550001 of Anna", "12 34 5", "x-0_0"):
        once = mask_text(KEY, text)
        assert mask_text(KEY, once) == once
        assert mask(KEY, once) == once


def test_a_token_of_a_former_key_becomes_the_present_one_without_the_number() -> None:
    assert list(THIRD.line()) == [THIRD, SECOND, KEY]
    tokens = [caller_token(key, "555 0001") for key in (KEY, SECOND, THIRD)]
    assert len(set(tokens)) == 3
    assert [present_token(THIRD, token) for token in tokens] == [tokens[2]] * 3
    assert [present_token(SECOND, token) for token in tokens] == [tokens[1], tokens[1], None]
    assert caller_token(THIRD, "anonymous") == ""


def test_a_new_secret_alone_says_nothing_of_a_number() -> None:
    """Tokens of the new key are made of those of the former one: both are needed."""
    assert caller_token(SECOND, "5550001") != caller_token(key_from_secret(b"another"), "5550001")


def test_tokens_of_former_keys_stay_in_a_text() -> None:
    text = f"from {caller_token(KEY, '5550001')} and {caller_token(SECOND, '5550002')}"
    assert mask(SECOND, text) == text
    assert mask(SECOND, "from 5550001") == f"from {caller_token(SECOND, '5550001')}"


def test_a_call_has_the_key_of_its_time() -> None:
    times = {0: KEY, 999: KEY, 1_000: SECOND, 1_999: SECOND, 2_000: THIRD, 2**60: THIRD}
    assert {time: THIRD.at(time) for time in times} == times
    assert KEY.at(-1) == KEY


@given(st.binary(max_size=100), st.text(max_size=40))
def test_a_token_is_the_hmac_of_the_number(secret: bytes, number: str) -> None:
    """Of secrets that are shorter and longer than a block of the hash, too: else nobody would be the caller of before."""
    key = key_from_secret(secret)
    normalised = re.sub(r"[\s().\-/+]+", "", number).lower().removeprefix("00")
    token = caller_token(key, number)
    if token:
        made = hmac.digest(secret, normalised.encode(), "sha256")
        assert token == f"{key.key_id}.{made[:16].hex()}"
    else:
        assert normalised in {
            "",
            "0",
            "anonymous",
            "unknown",
            "private",
            "restricted",
            "unavailable",
        }
