-- Each version says which delivery told it, and `legs` keeps the newest one of each delivery: what a withdrawn
-- delivery said holds no more, and then what others said of the leg is still there (schemas.newest_legs).
-- Every statement may be run again; until the last one, the former tables are whole.

CREATE TABLE IF NOT EXISTS deliveries (
    delivery String,
    revision Int64,
    began_at DateTime('UTC'),
    began_at_ms Int64,
    at_ms Int64,
    state String,
    platform String,
    source String,
    feed String,
    replay UInt8,
    legs Int64,
    body String
) ENGINE = ReplacingMergeTree()
ORDER BY (delivery, revision);

CREATE TABLE IF NOT EXISTS withdrawals (
    delivery String,
    at DateTime('UTC'),
    at_ms Int64,
    known_at_ms Int64,
    gone Int64,
    restored Int64,
    note String
) ENGINE = ReplacingMergeTree()
ORDER BY (delivery, known_at_ms);

CREATE TABLE IF NOT EXISTS leg_versions_by_delivery (
    queue String,
    key_at DateTime('UTC'),
    leg_id String,
    node String,
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
    flags Array(String),
    delivery String
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(key_at)
ORDER BY (queue, key_at, leg_id, node, version, delivery);

CREATE TABLE IF NOT EXISTS legs_by_delivery (
    queue String,
    key_at DateTime('UTC'),
    leg_id String,
    node String,
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
    flags Array(String),
    delivery String
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(key_at)
ORDER BY (queue, key_at, leg_id, node, delivery);

DROP TABLE IF EXISTS legs_from_versions;

CREATE TABLE IF NOT EXISTS leg_versions AS leg_versions_by_delivery;

CREATE TABLE IF NOT EXISTS legs AS legs_by_delivery;

INSERT INTO leg_versions_by_delivery
SELECT
    queue, key_at, leg_id, node, version, known_at_ms, feed, source, outcome, arrived_at,
    arrived_at_ms, contact_id, channel, direction, caller, agent, reason, topic, area, priority,
    answered_at_ms, left_at_ms, ended_at_ms, wrap_ended_at_ms, wait_ms, talk_hold_ms, hold_ms,
    wrap_ms, offers, missed_offers, in_target, short, out_of_hours, doubtful, replay,
    answer_within_ms, short_abandon_ms, goal, formula, targets_version, disposition, flags, ''
FROM leg_versions;

INSERT INTO legs_by_delivery
SELECT
    queue, key_at, leg_id, node, version, known_at_ms, feed, source, outcome, arrived_at,
    arrived_at_ms, contact_id, channel, direction, caller, agent, reason, topic, area, priority,
    answered_at_ms, left_at_ms, ended_at_ms, wrap_ended_at_ms, wait_ms, talk_hold_ms, hold_ms,
    wrap_ms, offers, missed_offers, in_target, short, out_of_hours, doubtful, replay,
    answer_within_ms, short_abandon_ms, goal, formula, targets_version, disposition, flags, ''
FROM legs;

DROP TABLE IF EXISTS leg_versions_before_delivery;

DROP TABLE IF EXISTS legs_before_delivery;

RENAME TABLE leg_versions TO leg_versions_before_delivery, leg_versions_by_delivery TO leg_versions,
    legs TO legs_before_delivery, legs_by_delivery TO legs;

CREATE MATERIALIZED VIEW IF NOT EXISTS legs_from_versions TO legs AS SELECT * FROM leg_versions;

DROP TABLE IF EXISTS leg_versions_before_delivery;

DROP TABLE IF EXISTS legs_before_delivery;
