"""Which version of a leg held, and from when: versions become known, deliveries are withdrawn. Pure.

The highest version holds among those whose delivery is not withdrawn (schemas.newest_legs says it in SQL).
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from streams.history.versions import Version
from streams.sinks.clickhouse.database import Reader, quoted


class Step(Struct, frozen=True):
    """At `known_at` (ms) `after` took the place of `before`; None: no version held.

    `withdrawn` is the delivery whose withdrawal did that; empty if a version became known.
    """

    known_at: int
    before: Version | None
    after: Version | None
    withdrawn: str = ""


def steps(versions: Sequence[Version], withdrawn_at: Mapping[str, int]) -> Iterator[Step]:
    """Of all versions of one leg, in any order; `withdrawn_at` by delivery, in ms."""
    told = {version["delivery"] for version in versions}
    moments: list[tuple[int, int, Version | str]] = [
        (version["known_at_ms"], version["version"], version) for version in versions
    ]
    # A version that became known in the millisecond of a withdrawal was there before it.
    moments += [(at, 2**64, name) for name, at in withdrawn_at.items() if name in told]
    moments.sort(key=lambda moment: moment[:2])
    held: Version | None = None
    known: list[Version] = []
    gone: set[str] = set()
    for at, _, moment in moments:
        if isinstance(moment, str):
            gone.add(moment)
        else:
            known.append(moment)
        left = (version for version in known if version["delivery"] not in gone)
        now = max(left, key=lambda version: int(version["version"]), default=None)
        if now is not held:
            yield Step(at, held, now, moment if isinstance(moment, str) else "")
            held = now


def newest(versions: Sequence[Version], withdrawn_at: Mapping[str, int]) -> Version | None:
    """The version that holds now; None if all of them were withdrawn."""
    left = (version for version in versions if version["delivery"] not in withdrawn_at)
    return max(left, key=lambda version: int(version["version"]), default=None)


def read_withdrawals(reader: Reader, deliveries: Sequence[str]) -> dict[str, int]:
    """When each of these deliveries was withdrawn, as the broker's clock says; the others are left out."""
    named = ", ".join(map(quoted, sorted({*deliveries} - {""})))
    if not named:
        return {}
    answer = reader.execute(
        f"SELECT delivery, min(known_at_ms) FROM withdrawals WHERE delivery IN ({named}) GROUP BY delivery"
    )
    return {str(delivery): int(at) for delivery, at in answer.rows}
