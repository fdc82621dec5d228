"""Agents' time beside what callers got: hours, calls an hour, occupancy with service level, shrinkage by reason.

From the spells of agents, cut to the range; an agent of three queues is in each of them with all of his time, and once in a group of
them, so rows of queues overlap. A spell that began over a week before the range, or whose end is not known yet, is in no row
(`open_spells`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from streams.history.agent_time import AgentTime
from streams.history.catalogue import ALL, NOT_CONFIGURED, Catalogue, group_of
from streams.history.counted_groups import counted_groups
from streams.history.counting_sql import counts_of
from streams.history.group_sql import group_sql
from streams.history.kept import COUNTED, LEGS_BY_ITSELF, SPELLS
from streams.history.legs_sql import KEY_SLACK_MS, newest_legs
from streams.history.options import BY_GROUP, QUEUE, RANGE
from streams.history.promises_kept import promises_kept, rounded
from streams.history.question import Question, WrongOptionError
from streams.history.report import Column, Found, Part, Report, Row
from streams.sinks.clickhouse.database import Reader, quoted

_HOUR_MS = 3_600_000
_TOLD = ("agents", "signed_in_h", "busy_h", "available_h", "not_ready_h", "unreachable_h")
_UNTOLD = "no source told of its agents"
_NOBODY = "nobody could take calls"
_NO_SHARE = "no such calls, or one of them had no target"
HOURS = Part(
    (
        Column("queue", "text", "id of the queue, or name of the group"),
        Column("agents", "number", "agents who were signed in", _UNTOLD),
        Column("signed_in_h", "h", "signed in: all of the following", _UNTOLD),
        Column("busy_h", "h", "with a call or its wrap-up: ringing, talking, hold, wrap", _UNTOLD),
        Column("available_h", "h", "waiting for calls", _UNTOLD),
        Column("not_ready_h", "h", "signed in and taking no calls", _UNTOLD),
        Column("unreachable_h", "h", "signed in on a phone that does not answer", _UNTOLD),
        Column("open_spells", "number", "spells of the range whose end is not known: their time is in no column"),
        Column("answered", "legs", "inbound legs in opening hours that were answered"),
        Column("calls_per_agent_hour", "number", "answered / (busy_h + available_h): breaks are not in it", _NOBODY),
        Column("occupancy", "share", "busy_h / (busy_h + available_h)", _NOBODY),
        Column("sl_promised", "share", "served as each queue promised: more people make it higher and occupancy lower",
               _NO_SHARE),
        Column("goal", "share", "the promised service level of those legs", _NO_SHARE),
        Column("shrinkage", "share", "(not_ready_h + unreachable_h) / signed_in_h", "nobody was signed in"),
        Column("outbound", "legs", "outbound legs that were answered: in no column before",
               "calls of the range were deleted"),
    ),
    name="hours",
    kind="hours",
)  # fmt: skip
REASONS = Part(
    (
        Column("queue", "text", "id of the queue, or name of the group"),
        Column(
            "reason",
            "text",
            "why the agents were not ready, as the platform says it",
            "it did not say",
        ),
        Column("not_ready_h", "h", "signed in and taking no calls for that reason"),
        Column("share_of_signed_in", "share", "not_ready_h / signed_in_h of the queue or group"),
    ),
    name="reasons",
    kind="reason",
)


def spells_sql(catalogue: Catalogue, question: Question) -> str:
    """One row for each group, state and reason. `n_open`: spells without a known end."""
    first, last = (
        at // 1000 for at in (question.start - KEY_SLACK_MS, question.end)
    )  # every spell that overlaps began in between
    newest = (
        "SELECT agent, started_at_ms AS began, ended_at_ms AS ended, state, reason, queues FROM spells"
        f" WHERE started_at >= toDateTime({first}) AND started_at <= toDateTime({last})"
        " ORDER BY agent, started_at_ms, version DESC LIMIT 1 BY agent, started_at_ms"
    )
    only = "" if question.queue is None else f" AND report_group = {quoted(question.queue)}"
    cut = f"least(ifNull(ended, 0), {question.end}) - greatest(began, {question.start})"
    return (
        "SELECT report_group, state, if(state = 'not_ready', reason, '') AS why,"
        f" sumIf({cut}, isNotNull(ended)) AS ms, countIf(isNull(ended)) AS n_open"
        f" FROM ({newest}) ARRAY JOIN {_groups(catalogue, question)} AS report_group"
        f" WHERE state != 'logged_out' AND began < {question.end}"
        f" AND (isNull(ended) OR ifNull(ended, 0) > {question.start}){only}"
        " GROUP BY report_group, state, why"
    )


def agents_sql(catalogue: Catalogue, question: Question) -> str:
    return spells_sql(catalogue, question).replace(
        "SELECT report_group, state, if(state = 'not_ready', reason, '') AS why,",
        "SELECT report_group, uniqExact(agent) AS n_agents,",
    ).removesuffix(", state, why")  # fmt: skip


def _groups(catalogue: Catalogue, question: Question) -> str:
    """The groups of a spell, each once."""
    if question.by == "all":
        return f"[{quoted(ALL)}]"
    former = catalogue.former
    names = dict(former)
    if question.by != "queue":
        groups = {queue: group_of(question.by, each) for queue, each in catalogue.queues.items()}
        names = groups | {old: groups.get(new, NOT_CONFIGURED) for old, new in former.items()}
        other = quoted(NOT_CONFIGURED)
    else:
        other = "each"
    if not names:
        return "arrayDistinct(queues)" if question.by == "queue" else f"[{other}]"
    keys, values = (", ".join(map(quoted, part)) for part in (names, names.values()))
    return (
        f"arrayDistinct(arrayMap(each -> transform(each, [{keys}], [{values}], {other}), queues))"
    )


def outbound_sql(catalogue: Catalogue, question: Question) -> str:
    legs = newest_legs(
        ("arrived_at_ms", "direction", "outcome"),
        question.start,
        question.end,
        question.queue,
        None,
        former=catalogue.former,
    )
    return (
        f"SELECT {group_sql(catalogue, question)} AS report_group, count() AS n FROM {legs}"
        " WHERE direction = 'outbound' AND outcome = 'answered'"
        f" AND arrived_at_ms >= {question.start} AND arrived_at_ms < {question.end}"
        " GROUP BY report_group"
    )


def agent_times(
    records: Iterable[Mapping[str, Any]], agents: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[AgentTime, int]]:
    """By group, with the number of its open spells."""
    counted = {str(each["report_group"]): int(each["n_agents"]) for each in agents}
    found: dict[str, tuple[dict[str, int], dict[str, int], list[int]]] = {}
    for record in records:
        ms, reasons, open_ = found.setdefault(str(record["report_group"]), ({}, {}, []))
        state, spent = str(record["state"]), int(record["ms"])
        ms[state] = ms.get(state, 0) + spent
        if state == "not_ready":
            reasons[str(record["why"])] = spent
        open_.append(int(record["n_open"]))
    return {
        group: (AgentTime(counted.get(group, 0), ms, reasons), sum(open_))
        for group, (ms, reasons, open_) in found.items()
    }


def _ask(reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    times = agent_times(
        reader.execute(spells_sql(catalogue, question)).named(),
        reader.execute(agents_sql(catalogue, question)).named(),
    )
    is_kept = LEGS_BY_ITSELF.deleted(reader, question) is None  # roll-ups have no outbound calls
    outbound = {
        str(each["report_group"]): int(each["n"])
        for each in (reader.execute(outbound_sql(catalogue, question)).named() if is_kept else ())
    }
    counted = {each.group: each.record for each in counted_groups(reader, catalogue, question)}
    groups = sorted({*times, *outbound, *counted})
    nobody = AgentTime(0, {}, {}), 0
    hours = [
        hours_row(
            group,
            *times.get(group, nobody),
            counted.get(group, {}),
            outbound.get(group, 0) if is_kept else None,
        )
        for group in groups
    ]
    reasons = [row for group in groups for row in reason_rows(group, times.get(group, nobody)[0])]
    return Found((hours, reasons), ("Hours of agents", "Not ready, by reason"))


def hours_row(
    group: str, time: AgentTime, open_spells: int, record: Mapping[str, Any], outbound: int | None
) -> Row:
    answered = counts_of(record).answered
    kept = promises_kept(record)
    row: Row = {
        "queue": group,
        "agents": time.agents,
        "signed_in_h": _hours(time.signed_in_ms),
        "busy_h": _hours(time.busy_ms),
        "available_h": _hours(time.available_ms),
        "not_ready_h": _hours(time.ms.get("not_ready", 0)),
        "unreachable_h": _hours(time.ms.get("unreachable", 0)),
        "open_spells": open_spells,
        "answered": answered,
        "occupancy": rounded(time.occupancy),
        "sl_promised": kept.get("sl_promised"),
        "goal": kept.get("goal"),
        "shrinkage": rounded(time.shrinkage),
        "outbound": outbound,
    }
    if not time.agents:  # nobody was told of: that is not nobody at work
        for name in _TOLD:
            del row[name]
    if time.ready_ms:
        row["calls_per_agent_hour"] = round(answered * _HOUR_MS / time.ready_ms, 3)
    return row


def reason_rows(group: str, time: AgentTime) -> list[Row]:
    """The longest first."""
    ordered = sorted(time.not_ready_ms.items(), key=lambda each: (-each[1], each[0]))
    return [
        {
            "queue": group,
            "reason": reason or None,
            "not_ready_h": _hours(ms),
            "share_of_signed_in": rounded(ms / time.signed_in_ms) if time.signed_in_ms else None,
        }
        for reason, ms in ordered
    ]


def _hours(ms: int) -> float:
    return round(ms / _HOUR_MS, 3)


def _check(question: Question) -> None:
    if question.by == "channel":
        raise WrongOptionError("--by", "agents are not told by channel")


REPORT = Report(
    options=(*RANGE, QUEUE, BY_GROUP),
    parts=(HOURS, REASONS),
    ask=_ask,
    reads=(*COUNTED, SPELLS),
    examples=("--from 2026-10-01 --to 2026-11-01 --by centre",),
    check=_check,
)
