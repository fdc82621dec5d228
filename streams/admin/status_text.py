"""The status of the system as text: a line for each process, then lags and unexplained legs."""

from collections.abc import Iterator

from schemas.counted import counted
from schemas.millis import format_duration
from streams.admin.status import ProcessStatus, Status

COLUMNS = ("process", "instance", "condition", "state", "report", "running for", "version")


def process_line(process: ProcessStatus) -> dict[str, str]:
    return {
        "process": process.process,
        "instance": process.instance,
        "condition": process.condition,
        "state": process.state,
        "report": f"{max(0, round(process.age_s))} s ago",
        "running for": format_duration(max(0, round(process.up_s)) * 1000),
        "version": process.version,
    }


def sentences(status: Status) -> Iterator[str]:
    for process in status.processes:
        if "unread_bytes" in process.totals:
            yield _place_in_file(process)
    for reader, lags in status.lag_records.items():
        worst = max(lags, key=lags.__getitem__, default="")
        most = f", most in {worst} ({lags[worst]:,})" if worst else ""
        oldest = status.lag_s.get(reader)
        age = "" if oldest is None else f", the oldest for {oldest:.1f} s"
        yield f"{reader} has {sum(lags.values()):,} records to go{most}{age}"
    open_books = sum(1 for count in status.unexplained_legs.values() if count)
    yield f"books: {counted(len(status.unexplained_legs), 'queues')}, not in balance: {open_books}"
    version = status.targets_version
    yield f"targets: version {version}" if version else "targets: none"


def _place_in_file(process: ProcessStatus) -> str:
    """How far a process has read that follows a growing file."""
    line_s = process.ages_s.get("last_line")
    newest = "" if line_s is None else f", newest line {line_s:,.0f} s old"
    refused = process.totals.get("strange_lines", 0)
    set_aside = f", {refused:,} lines refused since it began" if refused else ""
    return (
        f"{process.process} {process.instance} has read {process.totals['read_to']:,} bytes,"
        f" {process.totals['unread_bytes']:,} to go{newest}{set_aside}"
    )
