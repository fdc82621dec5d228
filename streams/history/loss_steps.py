"""The steps from all who called to those served in target, of one leg, and the columns of roll-ups that count them."""

# In the order of a waterfall: refused, sent elsewhere, lost, then gave up, then served.
STEPS: dict[str, str] = {
    "rejected": "refused before queueing",
    "exited": "taken out of the queue by a rule",
    "transferred": "moved, unanswered, to another queue",
    "callback": "asked to be rung back",
    "dropped": "lost by the platform",
    "ghost": "end never told, given up by us",
    "open": "not left yet",
    "abandoned_short": "gave up with a wait below s",
    "abandoned": "gave up later, or nobody knows when",
    "abandoned_without_target": "gave up in a queue that nobody had configured",
    "answered_without_target": "answered in a queue that nobody had configured",
    "answered_late": "answered with a wait above T",
    "answered_in_target": "answered with a wait of at most T",
}
CALLED = "called"  # all of them
# Their reasons say who ended the conversation; that is none of being late.
ANSWERED = ("answered_in_target", "answered_late", "answered_without_target")
OUT_OF_HOURS = "out_of_hours"  # in no step: they called when the queue was closed
# The column of quarter hours that counts a step, where it is no counter (schemas.counters).
COLUMNS: dict[str, str] = {
    "abandoned_short": "n_abandoned_short",
    "abandoned": "n_abandoned_late",
    "abandoned_without_target": "n_abandoned_untargeted",
    "answered_without_target": "n_answered_untargeted",
    "answered_late": "n_answered_late",
    "answered_in_target": "n_answered_soon",
}


def column_of_step(step: str) -> str:
    """`n_open` and counters have the name of their step."""
    return COLUMNS.get(step, f"n_{step}")


def step_sql() -> str:
    """The step of a leg, over the columns of table `legs`."""
    return (
        f"multiIf(out_of_hours = 1, '{OUT_OF_HOURS}',"
        " outcome = 'abandoned' AND isNull(answer_within_ms), 'abandoned_without_target',"
        " outcome = 'abandoned' AND short = 1, 'abandoned_short',"
        " outcome = 'answered' AND isNull(answer_within_ms), 'answered_without_target',"
        " outcome = 'answered' AND in_target = 1, 'answered_in_target',"
        " outcome = 'answered', 'answered_late', outcome)"
    )
