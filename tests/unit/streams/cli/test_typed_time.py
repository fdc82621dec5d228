"""A time that somebody types: a duration, a time with an offset, or one on the clock of [defaults]."""

import click
import pytest

from schemas.millis import HOUR, from_iso, iso
from schemas.targets import TargetsVersion
from streams.admin import targets
from streams.cli.typed_time import on_archive_clock, on_clock_of, typed

NOON = from_iso("2026-03-02T12:00:00Z")


def test_a_duration_and_a_time_with_an_offset_need_no_zone() -> None:
    assert typed("2h", NOON, ahead=True) == NOON + 2 * HOUR
    assert typed("2h", NOON, ahead=False) == NOON - 2 * HOUR
    assert typed("2026-03-02T14:00+02:00", NOON, ahead=True) == NOON
    assert on_clock_of("", NOON, "nobody:1", "", "--since") == NOON
    for wrong in ("soon", "0001-01-01", ""):
        with pytest.raises(click.BadParameter, match="expected a time or a duration"):
            typed(wrong, NOON, ahead=True)


def test_one_without_an_offset_is_on_the_newest_default_clock_and_the_zone_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = typed("2026-03-02T12:00", NOON, ahead=True)
    assert given == "2026-03-02T12:00"
    for zones, said, at in (
        ((), "UTC", "2026-03-02T12:00:00Z"),
        (("UTC", "Asia/Jakarta"), "Asia/Jakarta", "2026-03-02T05:00:00Z"),
    ):
        published = [TargetsVersion(1, 0, 0, zone) for zone in zones]
        monkeypatch.setattr(targets, "read_versions", lambda *_, published=published: published)
        assert iso(on_clock_of("", given, "nobody:1", "", "--since")) == at
        assert capsys.readouterr().err == (
            f"times without an offset are in {said}, the default zone\n"
        )


def test_of_the_archive_the_zone_is_said_where_no_offset_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    at = on_archive_clock("2026-03-02", "Asia/Jakarta", "--before", "2025-11-01")
    assert iso(at) == "2026-03-01T17:00:00Z"
    assert (
        capsys.readouterr().err == "times without an offset are in Asia/Jakarta, the default zone\n"
    )
    assert on_archive_clock("2026-03-02T12:00Z", "Asia/Jakarta", "--before", "2025-11-01") == NOON
    assert capsys.readouterr().err == ""


def test_a_command_with_two_such_times_says_the_zone_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with click.Context(click.Command("add")):
        for day in ("2026-03-02", "2026-03-03"):
            on_archive_clock(day, "Asia/Jakarta", "--from", "2025-11-01")
    assert capsys.readouterr().err.count("Asia/Jakarta") == 1
