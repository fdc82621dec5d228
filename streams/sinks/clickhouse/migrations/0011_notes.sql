-- What people wrote beside the figures: a note, that it was withdrawn, or that what it promised is done. Append-only: a
-- record inserted twice is the same row.

CREATE TABLE IF NOT EXISTS notes (
    note String,
    type String,
    at DateTime('UTC'),
    at_ms Int64,
    known_at_ms Int64,
    who String,
    kind String,
    start_ms Int64,
    end_ms Int64,
    text String,
    queues Array(String),
    centres Array(String),
    departments Array(String)
) ENGINE = ReplacingMergeTree()
ORDER BY (note, type, at_ms, who);
