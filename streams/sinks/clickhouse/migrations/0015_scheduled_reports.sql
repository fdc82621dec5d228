-- What became of each report of [[reports]] in queues.toml. Append-only: a record inserted twice is the same row.

CREATE TABLE IF NOT EXISTS scheduled_reports (
    report String,
    period String,
    type String,
    state String,
    at DateTime('UTC'),
    at_ms Int64,
    known_at_ms Int64,
    due_at_ms Nullable(Int64),
    as_of_ms Nullable(Int64),
    mail String,
    attempts Int64,
    reason String,
    files Array(String),
    digests Array(String)
) ENGINE = ReplacingMergeTree()
ORDER BY (report, period, type, mail, at_ms, state);
