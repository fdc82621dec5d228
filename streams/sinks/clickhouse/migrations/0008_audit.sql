-- Who did what (topic `audit`): a row for each record, at its offset. Append-only: a record inserted twice is the
-- same row. The time comes first, since offsets begin again when topics are made again.

CREATE TABLE IF NOT EXISTS audit (
    appended_at DateTime('UTC'),
    appended_at_ms Int64,
    `offset` Int64,
    at_ms Int64,
    who String,
    role String,
    from_address String,
    action String,
    object String,
    outcome String,
    detail String,
    value_digest String,
    body String
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(appended_at)
ORDER BY (appended_at_ms, `offset`);
