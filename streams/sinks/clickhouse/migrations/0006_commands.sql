-- What people said about alerts. Append-only: a record inserted twice is the same row.

CREATE TABLE IF NOT EXISTS commands (
    at DateTime('UTC'),
    at_ms Int64,
    type String,
    who String,
    alert_id String,
    mute_id String,
    rule String,
    queue String,
    until_ms Int64,
    note String
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(at)
ORDER BY (at_ms, type, who, alert_id, mute_id);
