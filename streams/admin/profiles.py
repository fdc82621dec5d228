"""Publishes profiles to topic `profiles`, and reads them."""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.codec import UndecodableError, decode_as, encode
from schemas.millis import MINUTE
from schemas.profiles import KEPT_VERSIONS, Profile, of_key, profile_key
from schemas.timing import PUBLISH_AHEAD_MS
from schemas.topics import topic_name
from streams.admin.broker import ANSWER_WITHIN_MS, AdminError, producer, read_whole

Versions = dict[str, list[Profile]]  # by queue, oldest first


def read_profiles(bootstrap: str, namespace: str) -> Versions:
    """Every version that the topic holds; AdminError for a record that cannot be decoded."""
    found: dict[tuple[str, int], Profile] = {}
    topic = topic_name("profiles", namespace)
    for record in read_whole(bootstrap, topic):
        try:
            key = of_key(record.key or b"")
            found.pop(key, None)
            if record.value is not None:
                found[key] = decode_as(Profile, record.value)
        except (UndecodableError, ValueError) as error:
            raise AdminError(f"{topic} offset {record.offset}: {error}") from None
    versions: Versions = {}
    for profile in sorted(found.values(), key=lambda each: (each.queue, each.version)):
        versions.setdefault(profile.queue, []).append(profile)
    return versions


def coming(versions: Versions, made: Iterable[Profile], now: int) -> list[Profile]:
    """The versions to write. One that says what the newest one says is left out.

    Each begins at the first full minute that is at least 60 s ahead, so that workers have it by then.
    """
    found = []
    for profile in made:
        newest = versions.get(profile.queue, [None])[-1]
        number, valid_from = 1, -(-(now + PUBLISH_AHEAD_MS) // MINUTE) * MINUTE
        if newest is not None:
            if _said(newest) == _said(profile):
                continue
            number, valid_from = newest.version + 1, max(valid_from, newest.valid_from + MINUTE)
        found.append(replace(profile, version=number, valid_from=valid_from))
    return found


def _said(profile: Profile) -> tuple[object, ...]:
    return profile.time_zone, profile.dispersion, profile.days


def publish_profiles(
    bootstrap: str, namespace: str, made: Iterable[Profile], now: int
) -> list[Profile]:
    """Write what has changed, and delete the versions before the newest four; return what was written."""
    versions = read_profiles(bootstrap, namespace)
    new = coming(versions, made, now)
    topic = topic_name("profiles", namespace)
    with producer(bootstrap) as client:
        sent = []
        for profile in new:
            key = profile_key(profile.queue, profile.version)
            sent.append(client.send(topic, encode(profile), key))
            deleted = versions.get(profile.queue, [])[: 1 - KEPT_VERSIONS]
            sent += [
                client.send(topic, None, profile_key(old.queue, old.version)) for old in deleted
            ]
        for each in sent:
            each.get(timeout=4 * ANSWER_WITHIN_MS / 1000)
    return new
