-- Reports as they were published, and each of their figures. Append-only: a record inserted twice is the same row.

CREATE TABLE IF NOT EXISTS publications (
    publication String,
    report String,
    period String,
    edition Int64,
    start_ms Int64,
    end_ms Int64,
    zone String,
    as_of_ms Int64,
    published_at DateTime('UTC'),
    published_at_ms Int64,
    known_at_ms Int64,
    who String,
    program_version String,
    targets_version Int64,
    digest String,
    frozen String
) ENGINE = ReplacingMergeTree()
ORDER BY (publication, published_at_ms);

CREATE TABLE IF NOT EXISTS published_figures (
    publication String,
    published_at_ms Int64,
    part String,
    group_name String,
    figure String,
    value Nullable(Float64)
) ENGINE = ReplacingMergeTree()
ORDER BY (publication, published_at_ms, part, group_name, figure);
