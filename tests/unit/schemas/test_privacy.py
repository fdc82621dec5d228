"""A caller's number never stands in clear, and says the same however it is written."""

from schemas.privacy import caller_token, key_from_secret, mask

KEY = key_from_secret(b"one secret")


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
    assert [caller_token(KEY, text) for text in ("", "Anonymous", "unknown", " ")] == [""] * 4


def test_numbers_in_free_text_become_their_tokens_and_declared_ids_stay() -> None:
    text = "call 1772442005 from (555) 0001, room 12345"
    masked = mask(KEY, text, keep=frozenset({"1772442005"}))
    assert masked == f"call 1772442005 from ({caller_token(KEY, '5550001')}, room 12345"
