"""Which versions of profiles are written, and from when on they are valid."""

from msgspec.structs import replace

from schemas.millis import MINUTE, SECOND
from streams.admin.profiles import coming
from tests.support.builders import clock
from tests.support.profiles import profile

NOW = clock("03:00:20")


def test_the_first_version_and_the_next_begin_after_a_full_minute() -> None:
    known = profile("old", version=4, valid_from=clock("02:00"))
    first, next_one = coming({"old": [known]}, [profile("new"), profile("old", per_slot=3.0)], NOW)
    assert (first.version, first.valid_from) == (1, clock("03:02"))
    assert (next_one.version, next_one.valid_from) == (5, clock("03:02"))
    assert first.valid_from - NOW >= MINUTE
    assert first.valid_from - NOW < 2 * MINUTE + SECOND


def test_what_says_the_same_is_not_written_again() -> None:
    known = profile("a", version=2)
    assert coming({"a": [known]}, [replace(known, version=0, made_at=NOW, until=NOW)], NOW) == []
    (changed,) = coming({"a": [known]}, [replace(known, dispersion=1.4)], NOW)
    assert changed.version == 3


def test_a_version_never_begins_before_the_one_before_it() -> None:
    known = profile("a", version=1, valid_from=clock("03:05"))
    (new,) = coming({"a": [known]}, [profile("a", per_slot=1.0)], NOW)
    assert new.valid_from == clock("03:06")
