"""A small report, and publications of it."""

from typing import Any

from msgspec.structs import replace

from schemas.millis import DAY, from_iso
from schemas.publications import FrozenColumn, FrozenPart, FrozenReport, Publication, packed

START = from_iso("2026-10-01T00:00:00Z")
END = START + 31 * DAY
CENTRES = FrozenPart(
    "centres",
    "centre",
    "Centres",
    (
        FrozenColumn("queue", "text", "name"),
        FrozenColumn("called", "legs", "how many called"),
        FrozenColumn("share", "share", "served as promised", "nobody called"),
        FrozenColumn("against", "text", "met or missed"),
        FrozenColumn("worst", "time", "when"),
    ),
    (
        {"queue": "water", "called": 120, "share": 0.8, "against": "met", "worst": "2026-10-05"},
        {"queue": "staff", "called": 0, "share": None, "against": None, "worst": None},
    ),
    ("queue", "called"),
    "queue",
)
REPORT = FrozenReport("October", {"start": "2026-10-01", "zone": "UTC"}, (CENTRES,))


def publication(report: FrozenReport, **more: Any) -> Publication:
    frozen, digest = packed(report)
    first = Publication(
        publication_id="month-2026-10-1", report="month", period="2026-10", edition=1, start=START, end=END, zone="UTC",
        as_of=END + DAY, published_at=END + DAY, who="Ann", program_version="1", targets_version=1,
        digest=digest, frozen=frozen,
    )  # fmt: skip
    return replace(first, **more)
