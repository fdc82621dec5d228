-- One dialect from 18.16 to 26.x: no DateTime64, codecs, TTL or LowCardinality. DateTime columns are
-- for people and partitions; the `…_ms` integers beside them hold the truth.

CREATE TABLE IF NOT EXISTS events (
    topic_partition String,
    `offset` Int64,
    appended_at DateTime('UTC'),
    appended_at_ms Int64,
    type String,
    queue String,
    leg_id String,
    event_id String,
    at_ms Int64,
    source String,
    feed String,
    body String
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(appended_at)
ORDER BY (topic_partition, appended_at_ms, `offset`);

CREATE TABLE IF NOT EXISTS legs (
    queue String,
    key_at DateTime('UTC'),
    leg_id String,
    version UInt64,
    known_at_ms Int64,
    feed String,
    source String,
    outcome String,
    arrived_at DateTime('UTC'),
    arrived_at_ms Int64,
    contact_id String,
    channel String,
    direction String,
    caller String,
    agent String,
    reason String,
    topic String,
    area String,
    priority Int64,
    answered_at_ms Nullable(Int64),
    left_at_ms Nullable(Int64),
    ended_at_ms Nullable(Int64),
    wrap_ended_at_ms Nullable(Int64),
    wait_ms Nullable(Int64),
    talk_hold_ms Nullable(Int64),
    hold_ms Nullable(Int64),
    wrap_ms Nullable(Int64),
    offers Int64,
    missed_offers Int64,
    in_target UInt8,
    short UInt8,
    out_of_hours UInt8,
    doubtful UInt8,
    replay UInt8,
    answer_within_ms Nullable(Int64),
    short_abandon_ms Nullable(Int64),
    goal Nullable(Float64),
    formula String,
    targets_version Int64,
    disposition String,
    flags Array(String)
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(key_at)
ORDER BY (queue, key_at, leg_id);

-- Append-only: a version inserted twice is the same row.
CREATE TABLE IF NOT EXISTS leg_versions (
    queue String,
    key_at DateTime('UTC'),
    leg_id String,
    version UInt64,
    known_at_ms Int64,
    feed String,
    source String,
    outcome String,
    arrived_at DateTime('UTC'),
    arrived_at_ms Int64,
    contact_id String,
    channel String,
    direction String,
    caller String,
    agent String,
    reason String,
    topic String,
    area String,
    priority Int64,
    answered_at_ms Nullable(Int64),
    left_at_ms Nullable(Int64),
    ended_at_ms Nullable(Int64),
    wrap_ended_at_ms Nullable(Int64),
    wait_ms Nullable(Int64),
    talk_hold_ms Nullable(Int64),
    hold_ms Nullable(Int64),
    wrap_ms Nullable(Int64),
    offers Int64,
    missed_offers Int64,
    in_target UInt8,
    short UInt8,
    out_of_hours UInt8,
    doubtful UInt8,
    replay UInt8,
    answer_within_ms Nullable(Int64),
    short_abandon_ms Nullable(Int64),
    goal Nullable(Float64),
    formula String,
    targets_version Int64,
    disposition String,
    flags Array(String)
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(key_at)
ORDER BY (queue, key_at, leg_id, version);

CREATE TABLE IF NOT EXISTS spells (
    agent String,
    started_at DateTime('UTC'),
    started_at_ms Int64,
    version UInt64,
    source String,
    state String,
    routing_state String,
    activity String,
    reason String,
    known_at_ms Int64,
    ended_at_ms Nullable(Int64),
    queues Array(String)
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(started_at)
ORDER BY (agent, started_at_ms);

-- One row a queue, minute and window.
CREATE TABLE IF NOT EXISTS minutes (
    queue String,
    at DateTime('UTC'),
    at_ms Int64,
    window_minutes Int64,
    version UInt64,
    known_at_ms Int64,
    waiting Int64,
    oldest_wait_ms Nullable(Int64),
    doubtful Int64,
    in_service Int64,
    answer_within_ms Nullable(Int64),
    short_abandon_ms Nullable(Int64),
    goal Nullable(Float64),
    formula String,
    replay UInt8,
    agents_states Array(String),
    agents_counts Array(Int64),
    offered Int64,
    answered Int64,
    abandoned Int64,
    exited Int64,
    transferred Int64,
    callback Int64,
    dropped Int64,
    ghost Int64,
    answered_in_target Int64,
    abandoned_in_target Int64,
    short_abandoned Int64,
    rejected Int64,
    out_of_hours Int64,
    missed_offers Int64,
    service_ended Int64,
    service_timed Int64,
    wrap_timed Int64,
    answer_wait_ms Int64,
    abandon_wait_ms Int64,
    talk_hold_ms Int64,
    wrap_ms Int64
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(at)
ORDER BY (queue, at_ms, window_minutes);

CREATE TABLE IF NOT EXISTS alerts (
    alert_id String,
    onset_at DateTime('UTC'),
    onset_at_ms Int64,
    version UInt64,
    rule String,
    queue String,
    state String,
    severity String,
    changed_at_ms Int64,
    known_at_ms Int64,
    value Float64,
    threshold Float64,
    n Int64,
    reason String,
    fired_at_ms Nullable(Int64),
    resolved_at_ms Nullable(Int64),
    owner String,
    replay UInt8
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(onset_at)
ORDER BY (queue, onset_at_ms, alert_id);

-- Not partitioned: a record set aside again, in another month, is the same row.
CREATE TABLE IF NOT EXISTS quarantine (
    origin String,
    position Int64,
    known_at DateTime('UTC'),
    known_at_ms Int64,
    reason String,
    detail String,
    original String,
    original_key String,
    source String
) ENGINE = ReplacingMergeTree()
ORDER BY (origin, position, reason);

CREATE TABLE IF NOT EXISTS targets (
    queue String,
    version UInt64,
    valid_from_ms Int64,
    published_at DateTime('UTC'),
    published_at_ms Int64,
    default_zone String,
    name String,
    centre String,
    centre_name String,
    department String,
    department_name String,
    time_zone String,
    answer_within_ms Int64,
    short_abandon_ms Int64,
    goal Float64,
    formula String,
    body String
) ENGINE = ReplacingMergeTree()
ORDER BY (queue, version);
