from producers.asterisk.refused_line import masked_line
from schemas.privacy import caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")


def test_masked_lines_keep_times_and_ids() -> None:
    token = caller_token(KEY, "5550001")
    assert (
        masked_line(KEY, "1675555002|5550001|q|a|X|5550001") == f"1675555002|{token}|q|a|X|{token}"
    )
    assert masked_line(KEY, "from 5550001") == f"from {token}"
