"""Tables and columns of the archive; rows, SQL and boards are tested against them.

Only names and order; the types are in the migrations. Times are `DateTime('UTC')` columns in seconds, for
people and partitions, beside `…_ms` integers with the exact time.
"""

from schemas.counters import COUNTERS, column_of

DATABASE = "queuewatch"

LEG_COLUMNS: tuple[str, ...] = (
    "queue", "key_at", "leg_id", "node", "version", "known_at_ms", "feed", "source", "outcome", "arrived_at",
    "arrived_at_ms", "contact_id", "channel", "direction", "caller", "agent", "reason", "topic",
    "area", "priority", "answered_at_ms", "left_at_ms", "ended_at_ms", "wrap_ended_at_ms", "wait_ms",
    "talk_hold_ms", "hold_ms", "wrap_ms", "offers", "missed_offers", "in_target", "short",
    "out_of_hours", "doubtful", "replay", "answer_within_ms", "short_abandon_ms", "goal", "formula",
    "targets_version", "disposition", "flags", "delivery",
)  # fmt: skip
# Rows that agree in these are versions of one leg (schemas.identity).
LEG_IDENTITY: tuple[str, ...] = ("queue", "leg_id", "node", "key_at")
SPELL_COLUMNS: tuple[str, ...] = (
    "agent", "started_at", "started_at_ms", "version", "source", "state", "routing_state", "activity",
    "reason", "known_at_ms", "ended_at_ms", "queues",
)  # fmt: skip
MINUTE_COLUMNS: tuple[str, ...] = (  # one row for each queue, minute and window
    "queue", "at", "at_ms", "window_minutes", "version", "known_at_ms", "waiting", "oldest_wait_ms",
    "doubtful", "in_service", "answer_within_ms", "short_abandon_ms", "goal", "formula", "replay",
    "agents_states", "agents_counts", "not_evaluated", *COUNTERS,
)  # fmt: skip
# Of tables that were made without them; `tables migrate` adds those that a table lacks, by these types.
ADDED_COLUMNS: dict[str, dict[str, str]] = {
    "minutes": {
        **dict.fromkeys(COUNTERS, "Int64"),
        # JSON: reasons by rule; NULL in rows of a former release, which did not say.
        "not_evaluated": "Nullable(String)",
    },
    "publications": {"department": "String"},
    "quarter_hours": dict.fromkeys(map(column_of, COUNTERS), "Int64"),
    "day_sums": dict.fromkeys(map(column_of, COUNTERS), "Int64"),
    "alerts": {
        "expected": "Nullable(Float64)",
        "tuned_to": "String",
        "maintenance_until_ms": "Nullable(Int64)",
        "maintenance": "String",
        "times_fired": "Int64",
        "late_calls": "Nullable(Int64)",
        "abandoned": "Nullable(Int64)",
        "free_agents": "String",
        "topic": "String",
        "area": "String",
        "queues": "Array(String)",
        # NULL in rows of a former release, which knew them and did not keep them.
        "held_at_ms": "Nullable(Int64)",
        "doubtful": "Nullable(Int64)",
        "calm": "Nullable(Int64)",
        "not_evaluated": "Nullable(String)",
        "minutes": "Nullable(Int64)",
    },
    "commands": {
        "link_of": "Nullable(String)",
        "owner": "String",
        "step": "Nullable(Int64)",
        "told": "Array(String)",
    },
}
ALERT_COLUMNS: tuple[str, ...] = (
    "alert_id", "onset_at", "onset_at_ms", "version", "rule", "queue", "state", "severity",
    "changed_at_ms", "known_at_ms", "value", "threshold", "n", "reason", "fired_at_ms",
    "resolved_at_ms", "owner", "replay", *ADDED_COLUMNS["alerts"],
)  # fmt: skip
QUARANTINE_COLUMNS: tuple[str, ...] = (
    "origin", "position", "known_at", "known_at_ms", "reason", "detail", "original", "original_key",
    "source",
)  # fmt: skip
HANDLED_COLUMNS: tuple[str, ...] = (  # what was done about an entry of `quarantine`, one row each time
    "origin", "position", "reason", "at", "at_ms", "what", "note", "sent_as",
)  # fmt: skip
EVENT_COLUMNS: tuple[str, ...] = (
    "topic_partition", "offset", "appended_at", "appended_at_ms", "type", "queue", "leg_id",
    "event_id", "at_ms", "source", "feed", "body",
)  # fmt: skip
TARGET_COLUMNS: tuple[str, ...] = (
    "queue", "version", "valid_from_ms", "published_at", "published_at_ms", "default_zone", "name",
    "centre", "centre_name", "department", "department_name", "time_zone", "answer_within_ms",
    "short_abandon_ms", "goal", "formula", "body",
)  # fmt: skip
DELIVERY_COLUMNS: tuple[str, ...] = (  # one row for each revision
    "delivery", "revision", "began_at", "began_at_ms", "at_ms", "state", "platform", "source", "feed", "replay",
    "legs", "body",
)  # fmt: skip
WITHDRAWAL_COLUMNS: tuple[str, ...] = (
    "delivery", "at", "at_ms", "known_at_ms", "gone", "restored", "note",
)  # fmt: skip
COMMAND_COLUMNS: tuple[str, ...] = (
    "at", "at_ms", "type", "who", "alert_id", "mute_id", "rule", "queue", "until_ms", "note",
    *ADDED_COLUMNS["commands"],
)  # fmt: skip
MESSAGE_COLUMNS: tuple[str, ...] = (  # one row for each change, so one for each attempt
    "taken_at", "taken_at_ms", "message_id", "state", "changed_at_ms", "attempts", "owner", "target",
    "message_group", "severity", "title", "reason", "into_message", "others", "alerts", "firing", "is_test",
)  # fmt: skip
AUDIT_COLUMNS: tuple[str, ...] = (  # `body` is the record as it stands in the topic, `value_digest` its SHA-256
    "appended_at", "appended_at_ms", "offset", "at_ms", "who", "role", "from_address", "action", "object",
    "outcome", "detail", "value_digest", "body",
)  # fmt: skip
# Erased again each night, while Kafka may bring it again.
FORGOTTEN_COLUMNS: tuple[str, ...] = ("token", "at_ms")
# What a caller's token of before became; deleted after `until_ms`.
CALLER_LINK_COLUMNS: tuple[str, ...] = ("former", "present", "at_ms", "until_ms")

# Where the rows of an id are (streams/history/places.py); `id_hash`: of a contact, or of a leg.
LEG_PLACE_COLUMNS: tuple[str, ...] = ("id_hash", "queue", "key_at")
EVENT_PLACE_COLUMNS: tuple[str, ...] = ("id_hash", "quarter_at")

# What the archive did to a (queue, UTC day of `key_at`): `touched`, its legs changed; `built`, they were rolled up
# (streams/history/rolled_up.py).
QUEUE_DAY_COLUMNS: tuple[str, ...] = ("queue", "day", "kind", "number", "covers", "shape", "far")
# What is counted of the legs of one queue and channel in one span (streams/history/quarter_hours.py).
# The first ones are numbers, which are added, or of which the greatest is taken: sums of days have these.
DAY_SUM_COUNTED_COLUMNS: tuple[str, ...] = (
    *map(column_of, COUNTERS), "n_open", "n_told_alike", "n_untargeted", "n_good", "n_due", "goal_millionths",
    "n_waits", "n_abandoned_short", "n_abandoned_late", "n_abandoned_untargeted", "n_answered_soon", "n_answered_late",
    "n_answered_untargeted", "max_answer_wait", "max_wait",
)  # fmt: skip
COUNTED_COLUMNS: tuple[str, ...] = (
    *DAY_SUM_COUNTED_COLUMNS, "answer_waits", "targets", "newest_targets", "newest_rank", "reason_steps", "reasons",
)  # fmt: skip
QUARTER_HOUR_COLUMNS: tuple[str, ...] = (
    "queue",
    "day",
    "built",
    "at_ms",
    "channel",
    *COUNTED_COLUMNS,
)
DAY_SUM_COLUMNS: tuple[str, ...] = (
    "queue",
    "day",
    "built",
    "at_ms",
    "channel",
    *DAY_SUM_COUNTED_COLUMNS,
)
NOTE_COLUMNS: tuple[str, ...] = (  # one row for each record: `type` says which
    "note", "type", "at", "at_ms", "known_at_ms", "who", "kind", "start_ms", "end_ms", "text", "queues", "centres",
    "departments",
)  # fmt: skip
PUBLICATION_COLUMNS: tuple[str, ...] = (  # `frozen` is the report whole, in base64
    "publication", "report", "period", "edition", "start_ms", "end_ms", "zone", "as_of_ms", "published_at",
    "published_at_ms", "known_at_ms", "who", "program_version", "targets_version", "digest", "frozen",
    *ADDED_COLUMNS["publications"],
)  # fmt: skip
PUBLISHED_FIGURE_COLUMNS: tuple[str, ...] = (
    "publication", "published_at_ms", "part", "group_name", "figure", "value",
)  # fmt: skip
PUBLISHED_FILE_COLUMNS: tuple[str, ...] = (  # `body` is the file as it was published, in base64
    "publication", "published_at_ms", "name", "size", "sha256", "body",
)  # fmt: skip
# One row for each record of topic `scheduled_reports` but claims: `type` says which. `mail` is masked.
SCHEDULED_REPORT_COLUMNS: tuple[str, ...] = (
    "report", "period", "type", "state", "at", "at_ms", "known_at_ms", "due_at_ms", "as_of_ms", "mail", "attempts", "reason",
    "files", "digests",
)  # fmt: skip

TABLES: dict[str, tuple[str, ...]] = {
    "events": EVENT_COLUMNS,
    "legs": LEG_COLUMNS,
    "leg_versions": LEG_COLUMNS,
    "spells": SPELL_COLUMNS,
    "minutes": MINUTE_COLUMNS,
    "alerts": ALERT_COLUMNS,
    "quarantine": QUARANTINE_COLUMNS,
    "quarantine_handled": HANDLED_COLUMNS,
    "targets": TARGET_COLUMNS,
    "deliveries": DELIVERY_COLUMNS,
    "withdrawals": WITHDRAWAL_COLUMNS,
    "commands": COMMAND_COLUMNS,
    "messages": MESSAGE_COLUMNS,
    "audit": AUDIT_COLUMNS,
    "forgotten": FORGOTTEN_COLUMNS,
    "caller_links": CALLER_LINK_COLUMNS,
    "leg_places": LEG_PLACE_COLUMNS,
    "event_places": EVENT_PLACE_COLUMNS,
    "queue_days": QUEUE_DAY_COLUMNS,
    "quarter_hours": QUARTER_HOUR_COLUMNS,
    "day_sums": DAY_SUM_COLUMNS,
    "notes": NOTE_COLUMNS,
    "publications": PUBLICATION_COLUMNS,
    "published_figures": PUBLISHED_FIGURE_COLUMNS,
    "published_files": PUBLISHED_FILE_COLUMNS,
    "scheduled_reports": SCHEDULED_REPORT_COLUMNS,
}
