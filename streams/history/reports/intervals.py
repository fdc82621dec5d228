"""One row for each queue or group and interval; an interval in opening hours without calls has zeros."""

from streams.history.call_figures import PART, call_figures
from streams.history.options import AS_OF, BASIS, BY_GROUP, CHANNEL, EVERY, QUEUE, RANGE
from streams.history.report import Report

REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, BASIS, AS_OF, EVERY),
    parts=(PART,),
    ask=call_figures,
    examples=("--from 2026-11-02 --to 2026-11-03 --every 15m --queue billing",),
)
