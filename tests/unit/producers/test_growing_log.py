"""A growing log as a live platform: what may be followed, and what of it is a place to go on."""

from pathlib import Path

import pytest

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import LiveRecord, Refused
from producers.growing_log import GrowingLog
from producers.input_file import InputFileError
from schemas.calls import Queued
from schemas.privacy import TokenKey, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
ENTERED = "1772445600|7.1|sales|NONE|ENTERQUEUE||5550001|1\n"


def _live(path: Path, key: TokenKey = KEY) -> GrowingLog:
    live = QUEUE_LOG.follow(path, "pbx", key, {})
    assert isinstance(live, GrowingLog)
    return live


def _check(path: Path) -> None:
    _live(path).check()


def test_a_new_file_is_a_place_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    reader = _live(path).open(None, lambda _: None)
    assert reader.next_batch(0) is None
    assert reader.problem == f"{path} is not there yet"
    path.write_text(ENTERED)
    batch = reader.next_batch(0)
    assert batch is not None
    assert list(batch) == []
    assert reader.snapshot()["kept"].places[0].offset == 0  # type: ignore[attr-defined]
    (record,) = reader.next_batch(0) or ()
    assert isinstance(record, LiveRecord)
    assert (record.at, record.is_idle) == (1772445600000, True)
    assert [type(item) for item in record.items] == [Queued]
    assert reader.next_batch(0) is None
    assert reader.figures() == {"read_to": len(ENTERED), "unread_bytes": 0}
    reader.close()


def test_a_file_is_known_again_by_a_key_that_took_the_place_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    after = key_from_secret(b"a new secret", 1, KEY)
    assert _live(path, after).fingerprint(b"head") == _live(path).fingerprint(b"head")
    assert _live(path).fingerprint(b"head") != _live(path).fingerprint(b"tail")


def test_a_refused_line_has_the_place_that_it_always_has(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(ENTERED + "call 5550001\n\n")
    reader = _live(path).open(None, lambda _: None)
    reader.next_batch(0)
    _, refused, empty = reader.next_batch(0) or ()
    (item,) = refused.items
    assert isinstance(item, Refused)
    assert (item.origin, item.position) == ("queue_log@1772445600", len(ENTERED))
    assert (refused.at, list(empty.items)) == (None, [])
    assert "5550001" not in item.original
    reader.close()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"leg_id,queue\n1,sales\n", "no queue_log; expected lines such as"),
        (b"\x1f\x8b\x08", "gzipped, so it does not grow: leave out --follow"),
    ],
)
def test_what_is_no_growing_log_is_one_line(tmp_path: Path, content: bytes, problem: str) -> None:
    (path := tmp_path / "queue_log").write_bytes(content)
    with pytest.raises(InputFileError) as caught:
        _check(path)
    assert str(caught.value).startswith(f"{path}: {problem}")


@pytest.mark.parametrize("content", ["", "\n", ENTERED[:20], "noise\n" + ENTERED, None])
def test_what_may_become_one_is_followed(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "queue_log"
    if content is not None:
        path.write_text(content)
    _check(path)


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=f"^{tmp_path}: Is a directory$"):
        _check(tmp_path)
