-- What a caller's token of before became when the key was changed; deleted when the time named is over
-- (streams/sinks/clickhouse/caller_links.py).

CREATE TABLE IF NOT EXISTS caller_links (
    former String,
    present String,
    at_ms Int64,
    until_ms Int64
) ENGINE = ReplacingMergeTree(at_ms)
ORDER BY former;
