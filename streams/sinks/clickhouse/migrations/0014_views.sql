-- Read-only views for other tools (docs/operations/business-intelligence.md): one row for each leg that holds, and counts
-- by quarter hour of what is rolled up. Without ratios: these are made last, of sums.

CREATE VIEW IF NOT EXISTS v_legs AS
SELECT *
FROM legs
WHERE delivery NOT IN (SELECT delivery FROM withdrawals)
ORDER BY queue, leg_id, node, key_at, version DESC
LIMIT 1 BY queue, leg_id, node, key_at;

CREATE VIEW IF NOT EXISTS v_quarter_hours AS
SELECT
    queue,
    toDateTime(intDiv(at_ms, 1000), 'UTC') AS start,
    channel,
    sum(n_offered) AS offered,
    sum(n_answered) AS answered,
    sum(n_abandoned) AS abandoned,
    sum(n_short_abandoned) AS short_abandoned,
    sum(n_rejected) AS rejected,
    sum(n_good) AS served_as_promised,
    sum(n_due) AS promised_calls,
    sum(goal_millionths) / 1000000 AS should_be_served,
    sum(n_untargeted) AS without_target,
    sum(sum_answer_wait_ms) AS answer_wait_ms,
    sum(sum_abandon_wait_ms) AS abandon_wait_ms,
    max(max_wait) AS longest_wait_ms,
    toInt64(intDiv(min(built), 1048576)) AS as_of_ms
FROM quarter_hours
WHERE (queue, day, built) IN (SELECT queue, day, max(number) FROM queue_days WHERE kind = 'built' GROUP BY queue, day)
GROUP BY queue, start, channel;
