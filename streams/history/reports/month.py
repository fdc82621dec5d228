"""A month on one page: which centres were worst, in how many half hours, what the average hid, who gave up, what changed.

MONTH is like 2026-10. The worst come first by three places, never by one figure alone: calls that should have been served as
promised, half hours that missed the goal, callers lost. By arrival; queues that nobody configured are counted apart.
"""

from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from schemas.millis import iso
from streams.history.catalogue import Catalogue
from streams.history.counting_sql import PERCENTILES
from streams.history.kept import COUNTED
from streams.history.loss_steps import ANSWERED
from streams.history.losses import CALLED, strangers
from streams.history.month import GroupsMonth, months_by
from streams.history.month_reached import reached
from streams.history.month_sentences import month_sentences
from streams.history.months import Range, compared_with
from streams.history.notes import PART as NOTES
from streams.history.notes import note_row, notes_in
from streams.history.options import AS_OF, CHANNEL, MONTH
from streams.history.paper import SENTENCES, Chart, Paper, Section, Table
from streams.history.promises_kept import rounded, shares
from streams.history.question import Question
from streams.history.reach import ends
from streams.history.report import Column, ForPeople, Found, Part, Report, Row
from streams.history.sentences import sentence
from streams.history.shared_reading import SharedReading
from streams.history.worst_first import without_calls
from streams.sinks.clickhouse.database import Reader

QUEUES_IN_TABLE = 10
_P = PERCENTILES[1]
_NO_SHARE = "no such calls, or one of them had no target"
_NONE = "no half hour was eligible, or a leg had no target"
_LAST = "it has no service level, or of few calls alone"
LEAGUE = (
    Column("place", "number", "1 is the worst: least sum of the three places beside it", _LAST),
    Column("queue", "text", "id of the queue, or name of the centre"),
    Column("called", "legs", "legs in opening hours, refused callers too"),
    Column("promised_calls", "legs", "legs in the denominator of their own queue's formula"),
    Column("sl_promised", "share", "served as each queue promised", _NO_SHARE),
    Column("goal", "share", "the promised service level of those legs", _NO_SHARE),
    Column("against_goal", "text", "`met`, `missed` or `few calls`", _NO_SHARE),
    Column("calls_missing", "number", "how many calls more should have been served as promised; below 0: more than enough"
           " were", _NO_SHARE),
    Column("half_hours", "number", "eligible half hours: those with five promised calls or more", _NONE),
    Column("half_hours_missed", "number", "those of them that missed the goal", _NONE),
    Column("longest_run", "number", "the most of them that follow each other", _NONE),
    Column("worst_start", "time", "start of the half hour with the lowest service level", _NONE),
    Column("worst_sl", "share", "its service level", _NONE),
    Column("calls_in_missed", "legs", "promised calls that arrived in half hours that missed the goal", _NONE),
    Column("masking_gap", "points", "service level of the month less the share of calls in half hours that met the goal",
           _NONE),
    Column("gave_up", "legs", "abandons that were not short"),
    Column("rejected", "legs", "callers who were refused before queueing"),
    Column("share_lost", "share", "(gave_up + rejected) / called", "nobody called"),
    Column("unserved_callers", "number", "callers who gave up or were refused and were not answered within 24 h",
           "some were not answered so far, and the 24 h of none are over; no platform told whose the calls were; or calls of the month"
           " were deleted"),
    Column(f"wait_p{_P}_s", "s", f"the smallest wait that at least {_P} % of the answered, call backs left out, did not"
           " exceed", "nobody was answered"),
    Column("sl_then", "share", "served as each queue promised in the month before", _NO_SHARE),
    Column("sl_change", "points", "sl_promised less that", _NO_SHARE),
    Column("sl_noise", "number", "a change of at most so many points is noise: two standard errors, by the spread of days",
           "no such calls, or few calls in one of the months"),
    Column("sl_says", "text", "`better`, `worse`, `noise` or `few calls`", _NO_SHARE),
    Column("place_by_calls", "number", "place by calls_missing", _LAST),
    Column("place_by_half_hours", "number", "place by half_hours_missed / half_hours", _LAST),
    Column("place_by_lost", "number", "place by share_lost", _LAST),
)  # fmt: skip
_IN_TABLE = (
    "place", "queue", "called", "sl_promised", "goal", "calls_missing", "half_hours_missed", "half_hours",
    "longest_run", "worst_start", "worst_sl", "gave_up", "rejected", "share_lost", "unserved_callers",
    f"wait_p{_P}_s", "sl_change", "sl_says",
)  # fmt: skip


def _called_first(rows: Sequence[Row]) -> ForPeople:
    called = [row for row in rows if row["called"]]
    return ForPeople(
        called, without_calls([str(row["queue"]) for row in rows if not row["called"]])
    )


def _worst_queues(rows: Sequence[Row]) -> ForPeople:
    found = _called_first(rows)
    more = len(found.rows) - QUEUES_IN_TABLE
    below = [f"{more:,} more queues with calls: --format csv"] if more > 0 else []
    below += [found.below] if found.below else []
    return ForPeople(found.rows[:QUEUES_IN_TABLE], "\n".join(below))


CENTRES = Part(LEAGUE, _IN_TABLE, name="centres", kind="centre", arrange=_called_first)
QUEUES = Part(LEAGUE, _IN_TABLE, name="queues", kind="queue", arrange=_worst_queues)
LOSSES = Part(
    (
        Column("step", "text", f"`{CALLED}`, and the steps of `history losses` that it is the sum of"),
        Column("legs", "legs", "how many"),
        Column("share_of_called", "share", "legs / those of `called`", "nobody called"),
        Column("reasons", "text", "the platform's reasons, the three most frequent", "it told none; or the calls were answered: theirs say"
               " who ended the conversation, not why they were late"),
    ),
    name="losses",
    kind="loss",
)  # fmt: skip


def month_paper(
    reader: Reader, catalogue: Catalogue, question: Question, before: Range | None = None
) -> Paper:
    """`before`: the range with which it is compared, in place of the month before."""
    reader = SharedReading(reader)
    zone = catalogue.default_zone
    month = Range(question.start, question.end)
    before = before or compared_with(month, zone)["month before"]
    found = months_by(reader, catalogue, question, ("centre", "queue", "all"), before)
    centres, queues, together = found["centre"], found["queue"], found["all"]
    whole = together[0] if together and catalogue.queues else None
    strangers = _not_configured(reader, catalogue, question)
    notes = notes_in(reader, catalogue, month, catalogue.queues, question.as_of)
    start, end = (iso(at, ZoneInfo(zone)) for at in (question.start, question.end))
    told = reached(month, ends(reader), zone, question.now, question.as_of)
    sentences = month_sentences(catalogue, whole, centres, queues, strangers, told)
    if not told.any and not (whole and whole.called):
        centres, queues, whole = [], [], None  # rows of 0 calls would say what nobody knows
    return Paper(
        title=sentence("of_month", month=start[:7], zone=zone),
        facts={
            "start": start,
            "end": end,
            "zone": zone,
            "as_of": None if question.as_of is None else iso(question.as_of),
            "channel": question.channel,
            "not_configured": strangers,
        },
        sections=(
            Section(
                "month",
                sentences=sentences,
                tables=(
                    Table(CENTRES, [*map(league_row, centres)]),
                    Table(QUEUES, [*map(league_row, queues)]),
                    Table(LOSSES, loss_rows(whole)),
                    Table(NOTES, [note_row(each, zone) for each in notes]),
                ),
                charts=(
                    Chart("bars", "centres", "queue", ("sl_promised",), "goal"),
                    Chart("bars", "centres", "queue", ("half_hours_missed", "half_hours")),
                    Chart("waterfall", "losses", "step", ("legs",)),
                ),
            ),
        ),
    )


def league_row(of: GroupsMonth) -> Row:
    place, record = of.place, of.counted.record
    row: Row = {
        "place": place.place,
        "queue": of.group,
        "called": of.called,
        "promised_calls": of.half_hours.whole.due,
        "gave_up": of.gave_up,
        "rejected": of.refused,
        "share_lost": rounded(of.lost / of.called) if of.called else None,
        "unserved_callers": of.unserved.told if of.unserved else None,
        "place_by_calls": place.by_calls,
        "place_by_half_hours": place.by_half_hours,
        "place_by_lost": place.by_lost,
    }
    if record.get("n_answered", 0) > record.get("n_callback_answered", 0):
        row[f"wait_p{_P}_s"] = round(record[f"wait_p{_P}"] / 1000, 3)
    return row | (_judged(of) if of.judged else {}) | _before(of)


def _judged(of: GroupsMonth) -> Row:
    found = of.half_hours
    row = shares(found.whole)
    if found.whole.goal is not None:
        row["calls_missing"] = round(found.whole.missing, 1)
    if found.worst is not None:
        row |= {
            "half_hours": found.eligible,
            "half_hours_missed": found.missed,
            "longest_run": found.longest.half_hours if found.longest else 0,
            "worst_start": iso(found.worst.start, ZoneInfo(of.zone)),
            "worst_sl": rounded(found.worst.kept.share),
            "calls_in_missed": found.calls_in_missed,
            "masking_gap": None if found.masking_gap is None else round(found.masking_gap * 100, 4),
        }
    return row


def _before(of: GroupsMonth) -> Row:
    found = of.before
    if found is None:
        return {}
    return {
        "sl_then": rounded(found.then),
        "sl_change": None if found.points is None else round(found.points, 4),
        "sl_noise": None if found.noise is None else round(found.noise, 4),
        "sl_says": found.says,
    }


def loss_rows(whole: GroupsMonth | None) -> list[Row]:
    """The steps of all configured queues together, without a leg not there."""
    if whole is None or whole.losses is None or not whole.called:
        return []
    rows: list[Row] = [{"step": CALLED, "legs": whole.called, "share_of_called": 1.0}]
    for step, found in groupby(whole.losses.steps, key=lambda each: each.step):
        parts = list(found)
        legs = sum(each.legs for each in parts)
        told = () if step in ANSWERED else parts
        reasons = [f"{each.reason} {each.legs:,}" for each in told if each.reason][:3]
        rows.append({
            "step": step,
            "legs": legs,
            "share_of_called": rounded(legs / whole.called),
            "reasons": ", ".join(reasons) or None,
        })  # fmt: skip
    return rows


def _not_configured(reader: Reader, catalogue: Catalogue, question: Question) -> int:
    return sum(calls for _, calls in strangers(reader, catalogue, question))


def _ask(reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    return month_paper(reader, catalogue, question).found()


REPORT = Report(
    options=(MONTH, CHANNEL, AS_OF),
    parts=(SENTENCES, CENTRES, QUEUES, LOSSES, NOTES),
    ask=_ask,
    reads=COUNTED,
    examples=("2026-10", "2026-10 --format json"),
)
