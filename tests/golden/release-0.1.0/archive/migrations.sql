CREATE TABLE migrations ( number Int64,  name String,  checksum String,  applied_at DateTime('UTC')) ENGINE = MergeTree() ORDER BY number SETTINGS index_granularity = 8192
