"""Queues and their groups, as the newest targets name them."""

import msgspec

from streams.history.catalogue import Catalogue, is_seen, read_catalogue, seen_queues
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive


def test_before_the_first_targets_it_is_empty_and_in_utc() -> None:
    assert read_catalogue(FakeArchive()) == Catalogue("UTC", {})


def test_the_newest_version_is_asked_for_each_queue_once() -> None:
    promise = targets("billing")
    archive = FakeArchive(
        targets=[{"default_zone": "Africa/Johannesburg", "body": msgspec.json.encode(promise)}]
    )
    found = read_catalogue(archive)
    assert found == Catalogue("Africa/Johannesburg", {"billing": promise})
    assert found.zone("billing") == promise.time_zone
    assert found.zone("elsewhere") == "Africa/Johannesburg"
    assert "LIMIT 1 BY queue" in archive.asked[0]


def test_groups_hold_their_queues_or_only_the_one_asked_for() -> None:
    promises = [targets("billing"), targets("cards")]
    catalogue = Catalogue("UTC", {promise.queue: promise for promise in promises})
    assert catalogue.members("all", None) == {"ALL": promises}
    assert catalogue.members("centre", "cards") == {promises[1].centre: promises[1:]}


def test_a_queue_is_seen_when_a_leg_entered_it() -> None:
    assert seen_queues(FakeArchive(legs=[{"queue": "b"}, {"queue": "a"}])) == ["a", "b"]
    assert is_seen(FakeArchive(legs=[{"n": 1}]), "a")
    assert not is_seen(FakeArchive(legs=[{"n": 0}]), "a")
