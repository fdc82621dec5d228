"""Alert rules of a queue as targets carry them: `targets(alerts=ruled(oldest_wait(MINUTE, SECOND)))`."""

from typing import Any

import msgspec

from schemas.targets import RuleSettings
from streams.core.rule import HoldingTimes
from streams.core.rule_catalogue import RULES
from streams.core.rules.abandonment import AbandonmentTable
from streams.core.rules.agents_on_one_reason import AgentsOnOneReasonTable
from streams.core.rules.late_calls_left import LateCallsLeftTable
from streams.core.rules.no_calls import NoCallsTable
from streams.core.rules.nobody_signed_in import NobodySignedInTable
from streams.core.rules.occupancy import OccupancyTable
from streams.core.rules.oldest_wait import OldestWaitTable
from streams.core.rules.service_level_burn import ServiceLevelBurnTable
from streams.core.rules.surge import SurgeTable
from streams.core.rules.understaffed import UnderstaffedTable
from streams.core.rules.waiting_per_agent import WaitingPerAgentTable


def ruled(*tables: HoldingTimes) -> dict[str, RuleSettings]:
    """Each table under the name of its rule."""
    names = {rule.table: rule.name for rule in RULES}
    return {names[type(table)]: msgspec.to_builtins(table) for table in tables}


def oldest_wait(raise_above_ms: int, clear_below_ms: int, **more: Any) -> OldestWaitTable:
    return OldestWaitTable(raise_above_ms=raise_above_ms, clear_below_ms=clear_below_ms, **more)


def abandonment(raise_above: float, clear_below: float, **more: Any) -> AbandonmentTable:
    return AbandonmentTable(raise_above=raise_above, clear_below=clear_below, **more)


def nobody_signed_in(**more: Any) -> NobodySignedInTable:
    return NobodySignedInTable(**more)


def understaffed(**more: Any) -> UnderstaffedTable:
    return UnderstaffedTable(**more)


def waiting_per_agent(**more: Any) -> WaitingPerAgentTable:
    return WaitingPerAgentTable(**more)


def service_level_burn(**more: Any) -> ServiceLevelBurnTable:
    return ServiceLevelBurnTable(**more)


def occupancy(**more: Any) -> OccupancyTable:
    return OccupancyTable(**more)


def agents_on_one_reason(**more: Any) -> AgentsOnOneReasonTable:
    return AgentsOnOneReasonTable(**more)


def late_calls_left(**more: Any) -> LateCallsLeftTable:
    return LateCallsLeftTable(**more)


def surge(**more: Any) -> SurgeTable:
    return SurgeTable(**more)


def no_calls(**more: Any) -> NoCallsTable:
    return NoCallsTable(**more)
