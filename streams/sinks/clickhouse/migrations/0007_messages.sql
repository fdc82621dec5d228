-- What `deliver` handed to people: a row for each change of a message, so one for each attempt. Append-only: a
-- record inserted twice is the same row.

CREATE TABLE IF NOT EXISTS messages (
    taken_at DateTime('UTC'),
    taken_at_ms Int64,
    message_id String,
    state String,
    changed_at_ms Int64,
    attempts UInt32,
    owner String,
    target String,
    message_group String,
    severity String,
    title String,
    reason String,
    into_message String,
    others UInt32,
    alerts UInt32,
    firing UInt32,
    is_test UInt8
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(taken_at)
ORDER BY (taken_at_ms, message_id, changed_at_ms, state, attempts);
