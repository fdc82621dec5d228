"""The Prometheus queries of the pipeline itself. What alert rules ask too is recorded (schemas.recorded)."""

from schemas.recorded import LAG_BY_JOB, LAST_EVENT_BY_SOURCE, STALE_BY_QUEUE, UNEXPLAINED_BY_QUEUE

_HOUR = "1h"

SOURCES = LAST_EVENT_BY_SOURCE
SOURCE_AGE_S = f"time() - {LAST_EVENT_BY_SOURCE}"
SOURCE_BEHIND_S = "max by (source) (queuewatch_source_behind_seconds)"
STALE_QUEUES = f"sum({STALE_BY_QUEUE})"
UNEXPLAINED = f"sum({UNEXPLAINED_BY_QUEUE})"
LAG_RECORDS = LAG_BY_JOB
LAG_S = "max(queuewatch_lag_seconds)"
LAG_S_BY_TOPIC = "max by (topic) (queuewatch_lag_seconds)"

# Watchdog fires as long as the rules are evaluated: a pipeline without alerts is only then one without troubles.
RULES_EVALUATED = 'max(ALERTS{alertname="Watchdog",alertstate="firing"})'
_FIRING = 'ALERTS{alertstate="firing",severity=~"page|warn|note"}'
PIPELINE_ALERTS = (
    f"max by (alertname, severity, job, queue, source, topic, told, target) ({_FIRING})"
)
PIPELINE_FIRING = f"count({PIPELINE_ALERTS}) or 0 * {RULES_EVALUATED}"
ALERTS_BY_WORD = "sum by (rule, severity, state) (queuewatch_alerts_open)"
NOBODY_HAS = (
    'sum(queuewatch_alerts_open{state="firing"}) or 0 * sum(queuewatch_notify_firing_alerts)'
)
PROBE_AGE_S = 'time() - max(queuewatch_probe_last_timestamp_seconds{stage="webhook"})'
PROBE_AGES_S = "time() - max by (stage) (queuewatch_probe_last_timestamp_seconds)"

READY = "min by (process) (queuewatch_ready)"
BUILDS = "count by (process, version) (queuewatch_build_info)"
NOT_READY = "count(queuewatch_ready == 0) or 0 * count(queuewatch_ready)"
RECOVERING = "sum(queuewatch_recovering)"
CHECKPOINT_AGE_S = "max(queuewatch_checkpoint_age_seconds)"
CHECKPOINT_S = (
    "sum(rate(queuewatch_checkpoint_seconds_total[$__rate_interval]))"
    " / (sum(rate(queuewatch_checkpoints_total[$__rate_interval])) > 0)"
)
EVENTS_PER_S = "sum by (topic, result) (rate(queuewatch_events_total[$__rate_interval]))"
ARCHIVED_PER_S = "sum by (table) (rate(queuewatch_archive_rows_total[$__rate_interval]))"
ARCHIVE_BLOCKED_S = "max(queuewatch_archive_blocked_seconds)"
SET_ASIDE = f"sum by (topic, reason) (increase(queuewatch_quarantined_total[{_HOUR}]))"
LINES_REFUSED = f"sum by (source, reason) (increase(queuewatch_follower_refused_total[{_HOUR}]))"
RECONCILE_DIFFERING = "sum(queuewatch_reconcile_differing_figures)"
RECONCILED_AT_MS = "max(queuewatch_reconcile_day_start_timestamp_seconds) * 1000"
UNCONFIGURED = "sum(queuewatch_unconfigured_queues)"
POSTS_FAILED = f'sum(increase(queuewatch_notify_posts_total{{result="failed"}}[{_HOUR}])) or 0 * max(queuewatch_ready{{process="notify"}})'
OVERDUE_S = "max(queuewatch_deliver_oldest_overdue_seconds)"
TARGET_FAILING_S = "max by (owner, target) (queuewatch_deliver_target_failing_seconds)"
MESSAGES = f"sum by (result) (increase(queuewatch_deliver_messages_total[{_HOUR}]))"
CERTIFICATE_LEFT_S = "min(queuewatch_certificate_expires_timestamp_seconds) - time()"
