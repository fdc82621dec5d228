"""One row for each queue or group, for the whole range; in the table the worst first."""

from msgspec.structs import replace

from streams.history.call_figures import PART, call_figures
from streams.history.kept import COUNTED
from streams.history.options import AS_OF, BASIS, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.report import Report
from streams.history.worst_first import worst_first

REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, BASIS, AS_OF),
    parts=(replace(PART, arrange=worst_first),),
    ask=call_figures,
    only_where_known=True,
    reads=COUNTED,
    examples=(
        "--from 2026-11-01 --to 2026-11-08 --format csv",
        "--from 2026-11-01 --to 2026-11-08 --by channel",
    ),
)
