import pytest

from producers.records.csv_rows import Row, split
from producers.records.header import read_header
from producers.records.mapping import Mapping
from producers.records.refused import Refusals
from schemas.privacy import caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
TOKEN = caller_token(KEY, "0315550001")
NAMES = ("leg_id", "queue", "caller", "arrived_at", "outcome", "note")


def _original(text: str) -> str:
    refusals = Refusals(read_header(NAMES, Mapping()), Mapping(), KEY)
    return refusals.refused(Row(7, text, split(text, ",")), "why").original


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("1234567,q,0315550001,2010-08-01T25:00:00Z,x,", f"1234567,q,{TOKEN},2010-08-01T25:00:00Z,x,"),
        ("0315550001,q,0315550001,,x,", f"{TOKEN},q,{TOKEN},,x,"),
        ("1,q,200,,x,", f"1,q,{caller_token(KEY, '200')},,x,"),
        ("1,q,,0315550001,x,call 0315550001 back", f"1,q,,{TOKEN},x,call {TOKEN} back"),
        ("1,q,0315550001,,x,10:30h 0315550001", f"1,q,{TOKEN},,x,10:30h {TOKEN}"),
        ("1,q,200,,x,200", f"1,q,{caller_token(KEY, '200')},,x,{caller_token(KEY, '200')}"),
        ("1,q,0315550001", f"1,q,{TOKEN}"),
        ('"1,q,0315550001', f'"1,q,{TOKEN}'),
    ],
)  # fmt: skip
def test_no_number_stands_in_clear(text: str, original: str) -> None:
    assert _original(text) == original


def test_line_and_reason() -> None:
    refusals = Refusals(read_header(NAMES, Mapping()), Mapping(), KEY)
    record = refusals.refused(Row(7, "a,b", ("a", "b")), "expected 6 cells, found 2")
    assert (record.position, record.reason, record.detail, record.is_masked) == (
        7, "bad_row", "expected 6 cells, found 2", True,
    )  # fmt: skip
