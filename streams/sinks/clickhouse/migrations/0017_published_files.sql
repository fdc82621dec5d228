-- The files of publications as they were published, in base64. Append-only: a record inserted twice is the same row.

CREATE TABLE IF NOT EXISTS published_files (
    publication String,
    published_at_ms Int64,
    name String,
    size Int64,
    sha256 String,
    body String
) ENGINE = ReplacingMergeTree()
ORDER BY (publication, name, sha256);
