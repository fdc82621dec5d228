"""One row for each queue or group, for the whole range."""

from streams.history.call_figures import PART, call_figures
from streams.history.options import AS_OF, BASIS, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.report import Report

REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, BASIS, AS_OF),
    parts=(PART,),
    ask=call_figures,
    examples=(
        "--from 2026-11-01 --to 2026-11-08 --format csv",
        "--from 2026-11-01 --to 2026-11-08 --by channel",
    ),
)
