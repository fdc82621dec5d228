"""Call backs by queue: how many contacts asked, were attempted and reached, and how long that took."""

from collections.abc import Sequence

from msgspec.structs import replace

from streams.history.call_backs import MATCHED_WITHIN_MS, CallBacks, CallLeg, Request
from streams.history.catalogue import Catalogue
from streams.history.kept import LEGS
from streams.history.legs_sql import newest_legs
from streams.history.options import AS_OF, QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.caller_links import LINKS
from streams.sinks.clickhouse.database import Reader

_NOBODY_REACHED = "nobody was reached whose request has a time"
_COLUMNS = (
    Column("queue", "text", "id of the queue"),
    Column("requested", "contacts", "contacts that asked to be rung back; of several requests before the"
           " contact was reached the first one alone"),
    Column("requested_out_of_hours", "contacts", "those of them who came outside of opening hours: they are in"
           " no counter `callback`"),
    Column("repeated", "legs", "further requests of a contact that was not reached yet, in no other column"),
    Column("attempted", "contacts", "those requested to whom an attempt belongs"),
    Column("reached", "contacts", "those requested of whose attempts one was answered"),
    Column("not_reached", "contacts", "those attempted whose attempts are over, none of them answered"),
    Column("still_open", "contacts", "those requested without any attempt, or whose attempt goes on"),
    Column("unknown", "contacts", "those requested without contact id and caller: no attempt can be told to be"
           " theirs"),
    Column("share_reached", "share", "reached / (reached + not_reached + still_open)", "no such contacts"),
    Column("time_to_reach_p50_s", "s", "from the request to the answer: the smallest time that at least 50 % of"
           " the reached did not exceed", _NOBODY_REACHED),
    Column("time_to_reach_p90_s", "s", "the same with 90 %", _NOBODY_REACHED),
    Column("attempts", "legs", "legs of channel `callback`, of any direction, that belong to those requested"),
    Column("unmatched_attempts", "legs", "legs of channel `callback` that arrived in the range and belong to no"
           " request, or perhaps to one of several"),
)  # fmt: skip
_IN_TABLE = (
    "queue", "requested", "attempted", "reached", "not_reached", "still_open", "share_reached",
    "time_to_reach_p50_s", "time_to_reach_p90_s", "unmatched_attempts",
)  # fmt: skip
_READ = (
    "queue", "contact_id", "caller", "channel", "direction", "outcome", "arrived_at_ms", "left_at_ms",
    "wait_ms", "out_of_hours",
)  # fmt: skip


def call_legs_sql(question: Question) -> str:
    """Requests and attempts of all queues: a contact may be rung back by another queue than the one it asked.

    A token of a former key is shown as what it became, as long as the archive knows that.
    """
    start, end = question.start - MATCHED_WITHIN_MS, question.end + MATCHED_WITHIN_MS
    newest = newest_legs(_READ, start, end, None, question.as_of)
    present = {"caller": "if(linked.present = '', known.caller, linked.present)"}
    columns = ", ".join(present.get(name, f"known.{name}") for name in _READ)
    return (
        f"SELECT {columns} FROM {newest} AS known LEFT JOIN ({LINKS}) AS linked"
        " ON known.caller = linked.former"
        " WHERE (channel = 'callback' OR outcome = 'callback' AND direction = 'inbound')"
        f" AND arrived_at_ms >= {start} AND arrived_at_ms < {end}"
    )


def callbacks(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    legs = [CallLeg._make(row) for row in reader.execute(call_legs_sql(question)).rows]
    return call_back_rows(CallBacks(legs), catalogue, question)


def call_back_rows(found: CallBacks, catalogue: Catalogue, question: Question) -> list[Row]:
    """One row for every queue that is configured or has something in the range."""

    def is_asked(leg: CallLeg) -> bool:
        return question.start <= leg.arrived_at < question.end

    requests = [request for request in found.requests if is_asked(request.leg)]
    repeats = [leg.queue for leg in found.repeats if is_asked(leg)]
    unmatched = [leg.queue for leg in found.unmatched if is_asked(leg)]
    asking = [request.leg.queue for request in requests]
    if question.queue is not None:
        queues = [question.queue]
    else:
        queues = sorted({*catalogue.queues, *asking, *repeats, *unmatched})
    return [
        {
            "queue": queue,
            **_figures([request for request in requests if request.leg.queue == queue]),
            "repeated": repeats.count(queue),
            "unmatched_attempts": unmatched.count(queue),
        }
        for queue in queues
    ]


def _figures(requests: Sequence[Request]) -> Row:
    reached = sum(request.reached_at is not None for request in requests)
    still_open = sum(request.is_open() for request in requests)
    unknown = sum(not request.is_known() for request in requests)
    judged = len(requests) - unknown
    times = sorted(ms for request in requests if (ms := request.time_to_reach_ms()) is not None)
    return {
        "requested": len(requests),
        "requested_out_of_hours": sum(bool(request.leg.out_of_hours) for request in requests),
        "attempted": sum(bool(request.attempts) for request in requests),
        "reached": reached,
        "not_reached": judged - reached - still_open,
        "still_open": still_open,
        "unknown": unknown,
        "share_reached": round(reached / judged, 6) if judged else None,
        "time_to_reach_p50_s": _nearest_rank_s(times, 50),
        "time_to_reach_p90_s": _nearest_rank_s(times, 90),
        "attempts": sum(len(request.attempts) for request in requests),
    }


def _nearest_rank_s(times: Sequence[int], percent: int) -> float | None:
    """Element ceil(p·n) of the sorted times, by integers."""
    if not times:
        return None
    return times[-(-len(times) * percent // 100) - 1] / 1000


REPORT = Report(
    options=(*RANGE, QUEUE, AS_OF),
    parts=(Part(_COLUMNS, _IN_TABLE),),
    ask=callbacks,
    reads=(replace(LEGS, earlier_ms=MATCHED_WITHIN_MS),),
    notes=(
        "A request counts in the range and queue of the leg that asked, and each contact once. An attempt"
        " belongs to it by contact id, else by caller and queue where one open request alone fits, up to 7 days"
        " after it; what is not certain is in `unmatched_attempts`."
    ),
    examples=(
        "--from 2026-11-02 --to 2026-11-09",
        "--from 2026-11-02 --to 2026-11-09 --queue billing --format csv",
    ),
)
