-- A leg is told apart by queue, node, the platform's id and its visit (schemas.identity), and no longer by
-- queue and id alone. What the former release knew as one leg stays one: all of its versions get the key of
-- the newest. Ids of Asterisk's log ended in the number of the entry into the queue, which a log that begins
-- later does not know; now the visit tells entries apart. Every statement may be run again; until the last one, the former tables are whole.

CREATE TABLE IF NOT EXISTS leg_versions_by_node (
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
    flags Array(String)
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(key_at)
ORDER BY (queue, key_at, leg_id, node, version);

CREATE TABLE IF NOT EXISTS legs_by_node (
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
    flags Array(String)
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(key_at)
ORDER BY (queue, key_at, leg_id, node);

DROP TABLE IF EXISTS legs_from_versions;

CREATE TABLE IF NOT EXISTS leg_versions AS leg_versions_by_node;

CREATE TABLE IF NOT EXISTS legs AS legs_by_node;

INSERT INTO leg_versions_by_node
SELECT
    queue, if(is_moved = 1, moved_to, key_at),
    if(position(leg_id, concat('/', queue, '/')) > 0, replaceRegexpOne(leg_id, '/[0-9]+$', '/1'), leg_id),
    if(startsWith(if(is_moved = 1, moved_source, source), 'records:'), 'records',
       if(is_moved = 1, moved_source, source)),
    version, known_at_ms, feed, source, outcome, arrived_at, arrived_at_ms, contact_id, channel,
    direction, caller, agent, reason, topic, area, priority, answered_at_ms, left_at_ms, ended_at_ms,
    wrap_ended_at_ms, wait_ms, talk_hold_ms, hold_ms, wrap_ms, offers, missed_offers, in_target, short,
    out_of_hours, doubtful, replay, answer_within_ms, short_abandon_ms, goal, formula,
    targets_version, disposition, flags
FROM leg_versions
ANY LEFT JOIN (
    SELECT
        queue, leg_id, argMax(key_at, version) AS moved_to, argMax(source, version) AS moved_source,
        toUInt8(1) AS is_moved
    FROM leg_versions
    WHERE position(leg_id, concat('/', queue, '/')) = 0
    GROUP BY queue, leg_id
    HAVING min(key_at) < max(key_at) OR min(source) < max(source)
) AS moved USING (queue, leg_id)
SETTINGS max_bytes_before_external_group_by = 500000000;

INSERT INTO legs_by_node SELECT * FROM leg_versions_by_node;

DROP TABLE IF EXISTS leg_versions_before_node;

DROP TABLE IF EXISTS legs_before_node;

RENAME TABLE leg_versions TO leg_versions_before_node, leg_versions_by_node TO leg_versions,
    legs TO legs_before_node, legs_by_node TO legs;

CREATE MATERIALIZED VIEW IF NOT EXISTS legs_from_versions TO legs AS SELECT * FROM leg_versions;

DROP TABLE IF EXISTS leg_versions_before_node;

DROP TABLE IF EXISTS legs_before_node;
