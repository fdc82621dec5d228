"""Profiles as rows for people and programs."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from schemas.millis import iso
from schemas.opening import WEEKDAYS
from schemas.profiles import SLOT_MINUTES, Profile, calls_a_week
from streams.history.profile_making import DAYS_NEEDED, Made
from streams.history.report import Row

COLUMNS = ("queue", "version", "valid_from", "made_from", "made_to", "calls_a_week", "dispersion", "note")  # fmt: skip
SLOT_COLUMNS = ("queue", "version", "weekday", "time", "calls")


def of_made(made: Made) -> Row:
    if made.profile is None:
        return {"queue": made.queue, "note": f"no profile: {_too_few(made) or 'never open'}"}
    return of_profile(made.profile) | {
        "version": None, "valid_from": None, "note": f"no profile on {_too_few(made)}" if made.lacking() else None,
    }  # fmt: skip


def of_profile(profile: Profile) -> Row:
    zone = ZoneInfo(profile.time_zone)
    return {
        "queue": profile.queue,
        "version": profile.version,
        "valid_from": iso(profile.valid_from, zone),
        "made_from": iso(profile.since, zone)[:10],
        "made_to": iso(profile.until, zone)[:10],
        "calls_a_week": round(calls_a_week(profile)),
        "dispersion": profile.dispersion,
    }


def slots(profiles: Iterable[Profile]) -> list[Row]:
    """A row for each quarter of an hour that has a figure."""
    return [
        {
            "queue": profile.queue,
            "version": profile.version or None,
            "weekday": WEEKDAYS[weekday],
            "time": f"{slot * SLOT_MINUTES // 60:02}:{slot * SLOT_MINUTES % 60:02}",
            "calls": calls,
        }
        for profile in profiles
        for weekday, day in enumerate(profile.days)
        for slot, calls in enumerate(day)
        if calls is not None
    ]


def _too_few(made: Made) -> str:
    return ", ".join(f"{name} ({made.days[name]} of {DAYS_NEEDED} days)" for name in made.lacking())
