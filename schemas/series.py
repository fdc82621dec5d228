"""Every Prometheus series: name, kind, labels and help. Exporters, rules and boards use only these.

`callcentre_*` describes queues, `queuewatch_*` the pipeline. Units are base units. No label holds an agent,
a caller or a call id. A ratio is computed by its reader from a numerator and a denominator.
"""

from typing import Literal

from msgspec import Struct

from schemas.counters import COUNTER, COUNTERS, WINDOW_MINUTES

Kind = Literal["gauge", "counter"]
WINDOW_LABELS: tuple[str, ...] = (*(f"{minutes}m" for minutes in WINDOW_MINUTES), "today")
_IN_SECONDS = frozenset(counter for counter, row in COUNTER.items() if row.unit == "ms")


class Series(Struct, frozen=True):
    """One series; `process` names the exporter. Counter names end in `_total`."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    help: str
    process: Literal["stream", "archive", "notify", "deliver", "board", "reports", "every"] = (
        "stream"
    )


def window_series(counter: str) -> str:
    """The gauge of that counter in the rolling windows and today."""
    return f"callcentre_window_{_word(counter)}_{_unit(counter)}"


def total_series(counter: str) -> tuple[str, str]:
    """The names of two counters: all that was ever added, and all that a later fact took back."""
    word = _word(counter)
    if _unit(counter) == "legs":
        return f"callcentre_legs_{word}_total", f"callcentre_legs_{word}_reversed_total"
    return f"callcentre_{word}_seconds_total", f"callcentre_{word}_reversed_seconds_total"


def exported(counter: str, n: int) -> float:
    """The counter in the unit of its series."""
    return n / 1000 if counter in _IN_SECONDS else n


def _unit(counter: str) -> str:
    """Missed offers, too, are exported with the unit `legs`."""
    return "seconds" if counter in _IN_SECONDS else "legs"


def _word(counter: str) -> str:
    """The counter as part of a series' name. promtool would refuse `hours` as a unit that is no base unit."""
    return "outside_opening" if counter == "out_of_hours" else counter.removesuffix("_ms")


def _help(counter: str, where: str) -> str:
    text = COUNTER[counter].text
    if _unit(counter) == "seconds":
        text = f"summed {text}"
    return f"{text[0].upper()}{text[1:]}, {where}."


_QUEUE = ("queue",)
_WINDOW = ("queue", "window")
_RULE = ("rule", "severity")
_IN_WINDOW = "in the window, each when it happened"

SERIES: tuple[Series, ...] = (
    Series("callcentre_queue_waiting_callers", "gauge", _QUEUE, "Callers waiting now."),
    Series("callcentre_queue_oldest_wait_seconds", "gauge", _QUEUE,
           "Age of the oldest waiting caller at the scrape; 0 with nobody waiting."),
    Series("callcentre_queue_oldest_arrival_timestamp_seconds", "gauge", _QUEUE,
           "Arrival of the oldest waiting caller; absent with nobody waiting."),
    Series("callcentre_queue_waiting_past_target_callers", "gauge", _QUEUE,
           "Callers waiting longer than the queue's target, call backs left out."),
    Series("callcentre_queue_doubtful_callers", "gauge", _QUEUE,
           "Waiting callers overtaken by five who queued behind them: perhaps gone."),
    Series("callcentre_queue_in_service_callers", "gauge", _QUEUE, "Callers talking to an agent."),
    Series("callcentre_queue_clock_timestamp_seconds", "gauge", _QUEUE,
           "Event time up to which the queue's figures are known."),
    Series("callcentre_queue_source_stale", "gauge", _QUEUE,
           "1 when every source of the queue fell silent or ended."),
    Series("callcentre_queue_state", "gauge", ("queue", "state"),
           "1 for the state that the stream judged (act, watch, ok, closed, no_goal), 0 for the others;"
           " absent while the queue's figures are not of now."),
    Series("callcentre_queue_open", "gauge", _QUEUE, "1 in opening hours of the queue."),
    Series("callcentre_agents", "gauge", ("queue", "state"),
           "Agents of the queue by state; absent when agents are not measured."),
    Series("callcentre_unexplained_legs", "gauge", _QUEUE,
           "Offered less every outcome less waiting: the books, which must be 0."),
    Series("callcentre_target_info", "gauge",
           ("queue", "queue_name", "centre", "department", "formula"), "Names of the queue, always 1."),
    Series("callcentre_target_answer_within_seconds", "gauge", _QUEUE, "Target T of the queue."),
    Series("callcentre_target_goal_ratio", "gauge", _QUEUE, "Goal of the queue's service level."),
    Series("callcentre_alerts_firing", "gauge", ("rule", "queue", "topic", "area"),
           "1 while the alert fires; a rehearsal has none. One across queues has one for each of its queues, with topic and area."),
    Series("callcentre_alerts_not_evaluated", "gauge", ("rule", "queue", "reason"),
           "1 while a rule of the queue cannot be evaluated, so that its silence says nothing."),
    *(Series(window_series(counter), "gauge", _WINDOW, _help(counter, _IN_WINDOW))
      for counter in COUNTERS),
    Series("callcentre_window_service_level_numerator_legs", "gauge", _WINDOW,
           "Numerator of the service level by the queue's formula."),
    Series("callcentre_window_service_level_denominator_legs", "gauge", _WINDOW,
           "Denominator of the closed service level by the queue's formula."),
    Series("callcentre_window_live_service_level_denominator_legs", "gauge", _WINDOW,
           "The same with callers still waiting past the target."),
    *(Series(total_series(counter)[0], "counter", _QUEUE, _help(counter, "since the state began"))
      for counter in COUNTERS),
    *(Series(total_series(counter)[1], "counter", _QUEUE,
             _help(counter, "taken back by a later fact"))
      for counter in COUNTERS),
    Series("queuewatch_build_info", "gauge", ("process", "version"), "Always 1.", "every"),
    Series("queuewatch_ready", "gauge", ("process",), "1 when the process serves.", "every"),
    Series("queuewatch_certificate_expires_timestamp_seconds", "gauge", ("connection", "file", "server"),
           "When the first certificate in the file ends: of the process's own server, of one that it shows, or of an"
           " authority that it trusts; or that which a server shows to it, asked once an hour. Absent without TLS.", "every"),
    Series("queuewatch_events_total", "counter", ("topic", "result"),
           "Input records by what became of them: applied, duplicate, quarantined."),
    Series("queuewatch_quarantined_total", "counter", ("topic", "reason"),
           "Records set aside, by reason."),
    Series("queuewatch_unconfigured_queues", "gauge", (),
           "Queues that sent live calls and stand in no targets; each partition takes 250."),
    Series("queuewatch_position_offset", "gauge", ("topic", "partition"),
           "Next input offset that is applied and committed."),
    Series("queuewatch_lag_records", "gauge", ("topic", "partition"),
           "Records between the position and the end of the log.", "every"),
    Series("queuewatch_lag_seconds", "gauge", ("topic", "partition"),
           "Age of the newest applied record where others wait behind it; 0 where none does."),
    Series("queuewatch_recovering", "gauge", (),
           "1 while the worker reads its state back: until then it shows no queue."),
    Series("queuewatch_checkpoints_total", "counter", (), "Committed checkpoints."),
    Series("queuewatch_checkpoint_seconds_total", "counter", (), "Time spent in checkpoints."),
    Series("queuewatch_checkpoint_age_seconds", "gauge", (), "Time since the last checkpoint round."),
    Series("queuewatch_source_last_event_timestamp_seconds", "gauge", ("source",),
           "Newest event time or tick of a live source."),
    Series("queuewatch_source_behind_seconds", "gauge", ("source",),
           "How far the clock of a live source was behind the broker's when its newest record came; below 0:"
           " ahead. A replay has none."),
    Series("queuewatch_archive_rows_total", "counter", ("table",), "Rows inserted.", "archive"),
    Series("queuewatch_archive_insert_seconds_total", "counter", ("table",),
           "Time spent in inserts.", "archive"),
    Series("queuewatch_archive_blocked_seconds", "gauge", (),
           "How long the database has not taken rows; 0 when it does.", "archive"),
    Series("queuewatch_delivery_legs_total", "counter", ("source", "result"),
           "Legs of files that were sent, by what they are to history: new, known, completed, corrected,"
           " unasked (history could not be asked), again, completed_here and"
           " corrected_here (told again in the same sending), colliding; and refused rows.", "archive"),
    Series("queuewatch_follower_refused_total", "counter", ("source", "reason"),
           "Lines of a followed platform that were refused, as the archive came by them.", "archive"),
    Series("queuewatch_reconcile_differing_figures", "gauge", _QUEUE,
           "Figures of the newest reconciled day in which live counters and archive differ.", "archive"),
    Series("queuewatch_reconcile_day_start_timestamp_seconds", "gauge", (),
           "Start of the newest reconciled day; absent before the first.", "archive"),
    Series("queuewatch_notify_posts_total", "counter", ("result",),
           "Posts to Alertmanager: ok or failed.", "notify"),
    Series("queuewatch_notify_quiet_alerts", "gauge", (),
           "Firing alerts of which nobody is told: somebody has them, or they are muted.", "notify"),
    Series("queuewatch_notify_deliver_owners", "gauge", (),
           "Owners of queues.toml with deliver_file: above 0, deliver must run. Absent where no owners are declared.", "notify"),
    Series("queuewatch_notify_firing_alerts", "gauge", (), "Alerts resent as firing.", "notify"),
    Series("queuewatch_alerts_open", "gauge", ("rule", "severity", "state"),
           "Firing alerts by what people said of them: firing (nothing), acknowledged, muted.", "notify"),
    Series("queuewatch_alerts_fired_total", "counter", _RULE,
           "Alerts that fired since notify started, those that nobody is to be told of left out.", "notify"),
    Series("queuewatch_alerts_notified_total", "counter", ("owner", "severity"),
           "Those of them that no mute or acknowledgement held back, by who is told.", "notify"),
    Series("queuewatch_alerts_acknowledged_total", "counter", _RULE,
           "Alerts that somebody took, each once.", "notify"),
    Series("queuewatch_alerts_acknowledge_seconds_total", "counter", _RULE,
           "Time from firing to that, summed.", "notify"),
    Series("queuewatch_alerts_resolved_total", "counter", _RULE, "Alerts that ended.", "notify"),
    Series("queuewatch_alerts_resolve_seconds_total", "counter", _RULE,
           "Time from firing to the end, summed.", "notify"),
    Series("queuewatch_alerts_marked_false_total", "counter", _RULE,
           "Alerts that somebody marked false, each once.", "notify"),
    Series("queuewatch_deliver_messages_total", "counter", ("result",),
           "Messages by how they ended: sent, joined (another one told it), failed, not_told.", "deliver"),
    Series("queuewatch_deliver_failed_attempts_total", "counter", (),
           "Times that a target did not take a message; it is tried again.", "deliver"),
    Series("queuewatch_deliver_queued_messages", "gauge", (), "Messages that are still to be told.", "deliver"),
    Series("queuewatch_deliver_oldest_overdue_seconds", "gauge", (),
           "How long the message waits that should have been tried first; 0 where none is due. What quiet hours, a rate"
           " or a failing target hold is not due.", "deliver"),
    Series("queuewatch_deliver_target_failing_seconds", "gauge", ("owner", "target"),
           "How long the target (scheme and line of deliver_file) has taken nothing that it was handed; 0 when it took"
           " the last.", "deliver"),
    Series("queuewatch_deliver_owner_without_address", "gauge", ("owner",),
           "1 for an owner without deliver_file where deliver stands in the place of Alertmanager: nobody tells him.",
           "deliver"),
    Series("queuewatch_deliver_files_refused", "gauge", (),
           "1 while queues.toml or a deliver_file has a mistake, so that the former owners and addresses hold.", "deliver"),
    Series("queuewatch_report_late_timestamp_seconds", "gauge", ("report",),
           "When the oldest period of the report that is not made and sent, else the next one, is late (`late_after`).",
           "reports"),
    Series("queuewatch_report_failing_periods", "gauge", ("report",),
           "Periods of the report that are due and whose last attempt failed; they are tried again.", "reports"),
    Series("queuewatch_probe_last_timestamp_seconds", "gauge", ("stage",),
           "When a probe last passed the stage: kafka, stream, alertmanager, webhook, heartbeat.", "notify"),
)  # fmt: skip

_BY_NAME = {series.name: series for series in SERIES}


def series(name: str) -> Series:
    """The series of that name; KeyError for another."""
    return _BY_NAME[name]
