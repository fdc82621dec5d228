"""Alert rule: too many hang up."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.goal import whole_percent
from schemas.millis import MINUTE
from schemas.targets import Share
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule
from streams.core.windows import Windows


class AbandonmentTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise on the share ab2 of the last 30 minutes, with at least `minimum` callers behind it."""

    raise_above: Share
    clear_below: Share
    minimum: Annotated[int, Meta(ge=1)] = 20
    clear_hold_ms: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_below > self.raise_above:
            raise ValueError("clear_below: must not exceed raise_above")


class Abandonment(Rule[AbandonmentTable]):
    """With too few callers behind the share it is not raised, and an open alert ends."""

    name = "abandonment"
    title = "too many hang up"
    severity = "warn"
    unit = "share"
    table = AbandonmentTable
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: AbandonmentTable, view: QueueView) -> Measured:
        lost, resolved = view.lost_and_resolved
        share = lost / resolved if resolved else 0.0
        enough = resolved >= table.minimum
        return Measured(
            share,
            table.raise_above,
            resolved,
            raised=enough and share > table.raise_above,
            calm=not enough or share < table.clear_below,
        )

    def lacks(self, table: AbandonmentTable, view: QueueView) -> NotEvaluated | None:
        return None

    def lacks_until(self, table: AbandonmentTable, view: QueueView) -> int:
        return ALWAYS

    def sentence(self, queue_name: str, measured: Measured) -> str:
        return (
            f"{queue_name}: {whole_percent(measured.value)} of {measured.n} callers hung up in the last "
            f"30 minutes (limit {whole_percent(measured.threshold)}; short abandons left out)"
        )

    def quiet_until(self, table: AbandonmentTable, line: Line, windows: Windows) -> int:
        lost = windows.most_lost()
        if lost <= table.raise_above * table.minimum:
            return ALWAYS
        return 0 if lost > table.raise_above * windows.fewest_resolved() else ALWAYS

    def arrival_cannot_raise_for_ms(self, table: AbandonmentTable) -> int:
        return ALWAYS


RULE = Abandonment()
