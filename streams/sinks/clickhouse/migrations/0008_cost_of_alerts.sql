-- What an alert cost from its onset to its end, and who could have helped while it went on (JSON, as in topic `alerts`).
-- The table is copied, since ClickHouse 18.16 cannot add a column only where it is missing. Every statement may be run
-- again; until the last one, the former rows are whole.

CREATE TABLE IF NOT EXISTS alerts_with_cost (
    alert_id String,
    onset_at DateTime('UTC'),
    onset_at_ms Int64,
    version UInt64,
    rule String,
    queue String,
    state String,
    severity String,
    changed_at_ms Int64,
    known_at_ms Int64,
    value Float64,
    threshold Float64,
    n Int64,
    reason String,
    fired_at_ms Nullable(Int64),
    resolved_at_ms Nullable(Int64),
    owner String,
    replay UInt8,
    late_calls Nullable(Int64),
    abandoned Nullable(Int64),
    free_agents String
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(onset_at)
ORDER BY (queue, onset_at_ms, alert_id);

CREATE TABLE IF NOT EXISTS alerts AS alerts_with_cost;

INSERT INTO alerts_with_cost
SELECT
    alert_id, onset_at, onset_at_ms, version, rule, queue, state, severity, changed_at_ms, known_at_ms,
    value, threshold, n, reason, fired_at_ms, resolved_at_ms, owner, replay, NULL, NULL, ''
FROM alerts;

DROP TABLE IF EXISTS alerts_before_cost;

RENAME TABLE alerts TO alerts_before_cost, alerts_with_cost TO alerts;

DROP TABLE IF EXISTS alerts_before_cost;
