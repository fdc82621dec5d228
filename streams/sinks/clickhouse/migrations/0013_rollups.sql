-- Legs rolled up by quarter hour. `archive` makes them of the newest
-- version of each leg, a whole (queue, day) at a time (streams/history/building.py); nothing adds to a row. Rows of a
-- number `built` that `queue_days` does not name are read by nobody.

CREATE TABLE IF NOT EXISTS queue_days (
    queue String,
    day DateTime('UTC'),
    kind String,
    number UInt64,
    covers UInt64,
    shape String,
    far Int64
) ENGINE = ReplacingMergeTree(number)
ORDER BY (queue, day, kind);

CREATE TABLE IF NOT EXISTS quarter_hours (
    queue String,
    day DateTime('UTC'),
    built UInt64,
    at_ms Int64,
    channel String,
    n_offered Int64,
    n_answered Int64,
    n_abandoned Int64,
    n_exited Int64,
    n_transferred Int64,
    n_callback Int64,
    n_dropped Int64,
    n_ghost Int64,
    n_answered_in_target Int64,
    n_abandoned_in_target Int64,
    n_short_abandoned Int64,
    n_rejected Int64,
    n_out_of_hours Int64,
    n_missed_offers Int64,
    n_service_ended Int64,
    n_service_timed Int64,
    n_wrap_timed Int64,
    sum_answer_wait_ms Int64,
    sum_abandon_wait_ms Int64,
    sum_talk_hold_ms Int64,
    sum_wrap_ms Int64,
    n_callback_answered Int64,
    sum_callback_answer_wait_ms Int64,
    n_abandoned_wait_unknown Int64,
    n_callback_left Int64,
    n_callback_answered_in_target Int64,
    n_callback_abandoned_in_target Int64,
    n_callback_short_abandoned Int64,
    n_open Int64,
    n_told_alike Int64,
    n_untargeted Int64,
    n_good Int64,
    n_due Int64,
    goal_millionths Int64,
    n_waits Int64,
    n_abandoned_short Int64,
    n_abandoned_late Int64,
    n_abandoned_untargeted Int64,
    n_answered_soon Int64,
    n_answered_late Int64,
    n_answered_untargeted Int64,
    max_answer_wait Int64,
    max_wait Int64,
    answer_waits Array(Int64),
    targets Array(String),
    newest_targets String,
    newest_rank UInt64,
    reason_steps Array(String),
    reasons Array(String)
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(day)
ORDER BY (queue, day, built, at_ms, channel);
