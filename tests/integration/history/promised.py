"""An archive of queues that promised different things, on chDB and on Debian's server.

Both nights on which clocks change, midnight, the last week of a year with 53 and 29 February are in it.
"""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from schemas.legs import LegRow
from schemas.millis import HOUR, from_iso
from streams.history.building import build_all
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row
from tests.chaos.scale import real_only
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.legs import made_up_legs
from tests.support.promising import PROMISES, promised_row, promising_targets
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
QUEUES = [*PROMISES, "elsewhere"]
SPANS = {
    "autumn": ("2026-10-24T22:00:00+02:00", "2026-10-26T00:00:00+01:00"),
    "spring": ("2026-03-28T22:00:00+01:00", "2026-03-30T00:00:00+02:00"),
    "week 53": ("2026-12-31T00:00:00+01:00", "2027-01-01T06:00:00+01:00"),
    "29 February": ("2028-02-29T00:00:00+01:00", "2028-03-01T00:00:00+01:00"),
}
KNOWN_AT = 1_790_000_000_000  # of the first versions; the present ones came a moment later
NEVER = from_iso("2027-06-01T00:00:00Z")


def made() -> list[LegRow]:
    return [
        promised_row(leg, 2, KNOWN_AT + 1)
        for seed, (first, last) in enumerate(SPANS.values())
        for leg in made_up_legs(seed, from_iso(first) - HOUR, from_iso(last) + HOUR, QUEUES, 1_500)
    ]


ROWS = made()


# Roll-ups are asked on the older database; on the embedded one by `make chaos`, too.
@pytest.fixture(
    scope="module",
    params=[
        *KINDS,
        "server, rolled up",
        pytest.param("embedded, rolled up", marks=real_only),
    ],
)
def promising(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    """Of legs alone, and rolled up: what a naive reader counts is asked of both."""
    kind, _, rolled_up = request.param.partition(", ")
    with opened(kind, tmp_path_factory.mktemp("promises"), clickhouse_server) as database:
        early = [leg for leg in ROWS[::2] if leg.outcome == "answered"]
        keep(  # a version of before, when nobody knew that they had been answered in time
            database,
            "leg_versions",
            [leg_row(replace(leg, version=1, known_at=KNOWN_AT, in_target=False)) for leg in early],
        )
        keep(database, "leg_versions", [leg_row(leg) for leg in ROWS])
        keep_targets(database, promising_targets(ZONE))
        if rolled_up:
            assert build_all(database, NEVER, from_iso("2029-01-01T00:00:00Z")) > 0
        yield database
