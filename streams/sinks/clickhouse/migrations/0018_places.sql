-- Where the rows of an id are, so that one contact is read from a few blocks of a table and not from all of its legs and
-- events (streams/history/places.py). Made inside the server of each row that is inserted, as `legs` is of `leg_versions`:
-- the writer sends nothing more. A place says only where to look: whoever reads it asks the rows themselves for the id, so
-- one too many costs time and no digit. By year, not by month: a look-up touches each partition once. Of ids there are
-- only hashes, and no caller.
-- A migration that makes `leg_versions` or `events` anew makes the views anew, too.

CREATE TABLE IF NOT EXISTS leg_places (
    id_hash UInt64,
    queue String,
    key_at DateTime('UTC')
) ENGINE = ReplacingMergeTree()
PARTITION BY toYear(key_at)
ORDER BY (id_hash, queue, key_at);

CREATE TABLE IF NOT EXISTS event_places (
    id_hash UInt64,
    quarter_at DateTime('UTC')
) ENGINE = ReplacingMergeTree()
PARTITION BY toYear(quarter_at)
ORDER BY (id_hash, quarter_at);

CREATE MATERIALIZED VIEW IF NOT EXISTS leg_places_from_versions TO leg_places AS
SELECT cityHash64(id) AS id_hash, queue, key_at
FROM leg_versions
ARRAY JOIN if(contact_id = leg_id, [leg_id], [contact_id, leg_id]) AS id
WHERE id != '';

CREATE MATERIALIZED VIEW IF NOT EXISTS event_places_from_events TO event_places AS
SELECT cityHash64(leg_id) AS id_hash, toDateTime(intDiv(toUInt32(appended_at), 900) * 900, 'UTC') AS quarter_at
FROM events
WHERE leg_id != '';

INSERT INTO leg_places
SELECT cityHash64(id) AS id_hash, queue, key_at
FROM legs
ARRAY JOIN if(contact_id = leg_id, [leg_id], [contact_id, leg_id]) AS id
WHERE id != '';

INSERT INTO event_places
SELECT cityHash64(leg_id) AS id_hash, toDateTime(intDiv(toUInt32(appended_at), 900) * 900, 'UTC') AS quarter_at
FROM events
WHERE leg_id != '';
