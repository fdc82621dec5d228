"""What a publication says of itself."""

from schemas.targets import TargetsVersion
from streams.admin.targets import Published, TargetsDifference
from streams.cli.queues import publication

FIRST = TargetsVersion(1, 0, 0, "UTC")
LATER = TargetsVersion(2, 1_772_445_600_000, 1_772_445_500_000, "Africa/Johannesburg")


def test_the_first_version_is_valid_from_the_beginning() -> None:
    said = publication(Published(FIRST, TargetsDifference(added=("billing",))))
    assert said == "version 1 published, valid from the beginning of time: 1 new (billing)"


def test_a_change_says_from_when_and_that_new_queues_always_had_their_targets() -> None:
    changed = publication(Published(LATER, TargetsDifference(changed=("billing",))))
    assert changed == (
        "version 2 published, valid from 2026-03-02T12:00:00+02:00: 1 changed (billing)"
    )
    added = publication(Published(LATER, TargetsDifference(added=("faults",))))
    assert added == (
        "version 2 published, valid from 2026-03-02T12:00:00+02:00"
        " (new queues: from the beginning of time): 1 new (faults)"
    )


def test_nothing_new_is_said_so() -> None:
    assert publication(Published(FIRST, None)) == "unchanged: version 1 says the same"
