"""Topic `reports`: what rules across queues are asked of, written by the units of `calls`.

One report for each inbound leg that has a topic and an area; and how far event time has come in each
partition of `calls`, without which nothing would ever be over.
"""

from msgspec import Struct

from schemas.identity import LegKey


class Report(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag="report"):
    """Somebody called about a topic in an area. `caller` is a token, empty if the platform does not say who."""

    queue: str
    leg: LegKey
    topic: str
    area: str
    at: int  # arrival
    caller: str = ""
    replay: bool = False
    taken_back: bool = False  # the leg has another topic, area or arrival now, or is not inbound


class Passed(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag="passed"):
    """The clock of one source in one partition of `calls`: its reports up to here stand before this record."""

    partition: int
    source: str
    at: int
    ended: bool = False
    replay: bool = False


ReportsRecord = Report | Passed


def cell_key(report: Report) -> bytes:
    """Key in the topic. Topic and area are free texts: no separator would be safe in both."""
    return f"{len(report.topic)}:{report.topic}/{report.area}".encode()


def clock_key(passed: Passed) -> bytes:
    return f"passed/{passed.partition}/{passed.source}".encode()
