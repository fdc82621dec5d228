"""Whether a disk has room enough. Pure."""

from streams.doctor.finding import Finding, fail, ok, warn

_GB = 1_000_000_000
# Kafka and ClickHouse stop where nothing is left; segments and merges need room of their own before that.
_FAIL_BELOW, _WARN_BELOW = 1 * _GB, 10 * _GB
_WARN_BELOW_SHARE = 0.1


def room(what: str, free: int, total: int) -> Finding:
    """`what` names the disk; both in bytes. A small disk that is nearly empty is no reason to worry."""
    said = f"{free / _GB:,.1f} of {total / _GB:,.1f} GB free {what}"
    if free < _FAIL_BELOW:
        return fail(said, "make room now: writing stops where none is left (docs/sizing.md)")
    if free < _WARN_BELOW and free < _WARN_BELOW_SHARE * total:
        return warn(said, "make room, or keep less (docs/sizing.md)")
    return ok(said)
