-- What was done about an entry of `quarantine`: beside it, so that evidence is never written over.

CREATE TABLE IF NOT EXISTS quarantine_handled (
    origin String,
    position Int64,
    reason String,
    at DateTime('UTC'),
    at_ms Int64,
    what String,
    note String,
    sent_as Int64
) ENGINE = ReplacingMergeTree()
ORDER BY (origin, position, reason, at_ms, what);
