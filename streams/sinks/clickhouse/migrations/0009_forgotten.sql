-- Callers who were forgotten: their tokens are erased again each night while Kafka may still bring them, then this
-- row goes, too (streams/sinks/clickhouse/forgetting.py).

CREATE TABLE IF NOT EXISTS forgotten (
    token String,
    at_ms Int64
) ENGINE = ReplacingMergeTree()
ORDER BY token;
