"""Lets the archive read again what Kafka still holds: a copy that was restored lacks what came after it.

The place up to which the archive has read stands in Kafka, not in the archive. Rows are keyed by what they are of, so
what is inserted twice is the same row.
"""

import time
from typing import Any

from kafka.admin import OffsetSpec
from kafka.errors import NoError

from schemas.groups import archive_group
from streams.admin.broker import AdminError, admin_client

# A stopped archive keeps its place in the group until its session ends, so that a restart moves nothing.
_LEFT_WITHIN_S = 60.0
_ASK_AGAIN_S = 0.5


def read_again(bootstrap: str, namespace: str) -> int:
    """Set the archive's place to the first record of each partition; how many partitions. AdminError while it runs."""
    group = archive_group(namespace)
    with admin_client(bootstrap) as client:
        places = client.list_group_offsets([group])[group]
        if not places:
            return 0
        wait_until_left(
            client, group, "the archive runs: stop it first, and start it again afterwards"
        )
        done = client.reset_group_offsets(group, dict.fromkeys(places, OffsetSpec.EARLIEST))
        for partition, result in done.items():
            if result["error"] is not NoError:
                raise AdminError(
                    f"Kafka does not set the place in {partition.topic}-{partition.partition}:"
                    f" {result['error'].__name__}; try again"
                )
        return len(done)


def wait_until_left(client: Any, group: str, problem: str) -> None:
    """AdminError with the problem if the group still has members when a session has surely ended."""
    deadline = time.monotonic() + _LEFT_WITHIN_S
    while client.describe_groups([group])[group]["members"]:
        if time.monotonic() > deadline:
            raise AdminError(problem)
        time.sleep(_ASK_AGAIN_S)
