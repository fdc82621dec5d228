"""`queues.toml`: departments -> centres -> queues, any key inherited from above; parsed, never guessed.

Every mistake is named by its path: `queues.burst-pipes.answer_within: expected a duration, …`.
"""

import tomllib
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.formulas import FormulaName
from schemas.millis import parse_duration
from schemas.opening import DatedSpan, Opening, WeeklySpan, parse_date, parse_dated, parse_weekly
from schemas.printable import printable
from schemas.targets import AbandonmentRule, OldestWaitRule, Targets
from schemas.timing import SERVICE_CAP_MS, SHORT_ABANDON_MS, WAITING_CAP_MS

LONGEST_LINE = 1_000

T = TypeVar("T")


class ConfigurationError(Exception):
    """One mistake in queues.toml; the text starts with its path."""

    def __init__(self, path: str, problem: str) -> None:
        told = f"{path}: {problem}" if path else problem
        # A name or a value of the file may hold line breaks, or be as long as the file.
        line = printable(told)
        super().__init__(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …")
        self.path = path


class Duration(int):
    """Whole milliseconds, written `20s` or `1h30m`."""


class Goal(float):
    """A share above 0 and at most 1."""


class OldestWaitTable(Struct, forbid_unknown_fields=True):
    """`[….alerts.oldest_wait]`: in seconds of wait, with holding times."""

    raise_above: Duration
    clear_below: Duration
    hold: Duration = Duration(0)
    clear_hold: Duration = Duration(60_000)


class AbandonmentTable(Struct, forbid_unknown_fields=True):
    """`[….alerts.abandonment]`: share ab2 over 30 minutes, with holding times and a least n."""

    raise_above: Goal
    clear_below: Goal
    hold: Duration = Duration(0)
    clear_hold: Duration = Duration(300_000)
    minimum: Annotated[int, Meta(ge=1)] = 20


class AlertsTable(Struct, forbid_unknown_fields=True):
    """`[….alerts]`: one table a rule; a rule that is absent does not alert."""

    oldest_wait: OldestWaitTable | None = None
    abandonment: AbandonmentTable | None = None


class InheritedKeys(Struct, forbid_unknown_fields=True, kw_only=True):
    """What may stand at any level; the nearest one holds."""

    time_zone: str | UnsetType = UNSET
    formula: FormulaName | UnsetType = UNSET
    answer_within: Duration | UnsetType = UNSET
    short_abandon: Duration | UnsetType = UNSET
    goal: Goal | UnsetType = UNSET
    opening: list[str] | str | UnsetType = UNSET
    holidays: list[str] | UnsetType = UNSET
    exceptions: list[str] | UnsetType = UNSET
    day_start: str | UnsetType = UNSET
    owner: str | UnsetType = UNSET
    waiting_cap: Duration | UnsetType = UNSET
    service_cap: Duration | UnsetType = UNSET
    alerts: AlertsTable | UnsetType = UNSET


class DepartmentTable(InheritedKeys, kw_only=True):
    """`[departments.ID]`."""

    name: str = ""


class CentreTable(InheritedKeys, kw_only=True):
    """`[centres.ID]`."""

    name: str = ""
    department: str = ""


class QueueTable(InheritedKeys, kw_only=True):
    """`[queues.ID]`."""

    name: str = ""
    centre: str = ""


class QueuesFile(Struct, frozen=True):
    """All queues of a file with their inheritance resolved; `default_zone` is the zone of groups."""

    default_zone: str
    queues: tuple[Targets, ...]


_TABLES: dict[str, type[InheritedKeys]] = {
    "departments": DepartmentTable,
    "centres": CentreTable,
    "queues": QueueTable,
}
_REQUIRED = ("answer_within", "goal")


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a text; brackets in brackets and endless numbers are one line too."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError("", "not TOML: nested too deeply") from None
    except ValueError as error:  # a number of over 4,300 digits is no TOMLDecodeError
        raise ConfigurationError("", f"not TOML: {error}") from None


def parse_queues(text: str) -> QueuesFile:
    """The queues of a TOML text; ConfigurationError with the path of the first mistake."""
    raw = read_toml(text)
    for key in raw:
        if key not in ("defaults", *_TABLES):
            raise ConfigurationError(key, "unknown table (defaults, departments, centres, queues)")
    defaults = _convert("defaults", raw.get("defaults", {}), InheritedKeys)
    levels: dict[str, dict[str, Any]] = {}
    for name, kind in _TABLES.items():
        entries = raw.get(name, {})
        if not isinstance(entries, dict):
            raise ConfigurationError(name, f"expected tables such as [{name}.id]")
        levels[name] = {key: _convert(f"{name}.{key}", entries[key], kind) for key in entries}
    queues = tuple(_targets(queue, defaults, levels) for queue in levels["queues"])
    return QueuesFile(_zone("defaults.time_zone", defaults.time_zone), queues)


def _targets(queue: str, defaults: InheritedKeys, levels: dict[str, dict[str, Any]]) -> Targets:
    table: QueueTable = levels["queues"][queue]
    path = f"queues.{queue}"
    centre = _named(f"{path}.centre", table.centre, levels["centres"], CentreTable())
    department = _named(
        f"centres.{table.centre}.department",
        centre.department,
        levels["departments"],
        DepartmentTable(),
    )
    chain: tuple[tuple[str, InheritedKeys], ...] = (
        (path, table),
        (f"centres.{table.centre}", centre),
        (f"departments.{centre.department}", department),
        ("defaults", defaults),
    )

    def nearest(key: str, otherwise: Any = UNSET) -> tuple[str, Any]:
        for place, level in chain:
            if (value := getattr(level, key)) is not UNSET:
                return f"{place}.{key}", value
        return f"{path}.{key}", otherwise

    for key in _REQUIRED:
        if nearest(key)[1] is UNSET:
            raise ConfigurationError(f"{path}.{key}", "missing here and in every level above")
    alerts: AlertsTable = nearest("alerts", AlertsTable())[1]
    _check_order(nearest("alerts")[0], alerts)
    return Targets(
        queue=queue,
        name=table.name or queue,
        centre=table.centre,
        centre_name=centre.name or table.centre,
        department=centre.department,
        department_name=department.name or centre.department,
        time_zone=_zone(*nearest("time_zone")),
        answer_within_ms=int(nearest("answer_within")[1]),
        goal=float(nearest("goal")[1]),
        formula=nearest("formula", "short_abandons_ignored")[1],
        short_abandon_ms=int(nearest("short_abandon", SHORT_ABANDON_MS)[1]),
        opening=_opening(nearest("opening", "always"), nearest("holidays", []),
                         nearest("exceptions", [])),
        day_start_minute=_minute(*nearest("day_start", "00:00")),
        owner=nearest("owner", "")[1],
        waiting_cap_ms=int(nearest("waiting_cap", WAITING_CAP_MS)[1]),
        service_cap_ms=int(nearest("service_cap", SERVICE_CAP_MS)[1]),
        oldest_wait_alert=_oldest_wait(alerts.oldest_wait),
        abandonment_alert=_abandonment(alerts.abandonment),
    )  # fmt: skip


def _named(path: str, key: str, tables: dict[str, T], none: T) -> T:
    if not key:
        return none
    if key not in tables:
        raise ConfigurationError(path, f'there is no "{key}"; known: {", ".join(tables) or "none"}')
    return tables[key]


def _oldest_wait(table: OldestWaitTable | None) -> OldestWaitRule | None:
    if table is None:
        return None
    return OldestWaitRule(
        int(table.raise_above), int(table.clear_below), int(table.hold), int(table.clear_hold)
    )


def _abandonment(table: AbandonmentTable | None) -> AbandonmentRule | None:
    if table is None:
        return None
    return AbandonmentRule(
        float(table.raise_above), float(table.clear_below), int(table.hold), int(table.clear_hold),
        table.minimum,
    )  # fmt: skip


def _check_order(path: str, alerts: AlertsTable) -> None:
    for name in ("oldest_wait", "abandonment"):
        rule = getattr(alerts, name)
        if rule is not None and rule.clear_below > rule.raise_above:
            raise ConfigurationError(f"{path}.{name}.clear_below", "must not exceed raise_above")


def _opening(
    opening: tuple[str, Any], holidays: tuple[str, Any], exceptions: tuple[str, Any]
) -> Opening:
    path, value = opening
    weekly: tuple[WeeklySpan, ...] | None = None
    if value not in ("always", ["always"]):
        spans = [value] if isinstance(value, str) else value
        weekly = tuple(s for text in spans for s in _parsed(path, parse_weekly, text))
    dates = tuple(_parsed(holidays[0], parse_date, text) for text in holidays[1])
    dated: tuple[DatedSpan, ...] = tuple(
        _parsed(exceptions[0], parse_dated, text) for text in exceptions[1]
    )
    return Opening(weekly, dates, dated)


def _minute(path: str, text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):  # noqa: PLR2004 - a clock
        raise ConfigurationError(path, f'expected a clock such as "06:00", got "{text}"')
    return int(hours) * 60 + int(minutes)


def _zone(path: str, name: str | UnsetType) -> str:
    if name is UNSET:
        return "UTC"
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(
            path, f'unknown time zone "{name}" (an IANA name such as "Africa/Johannesburg")'
        ) from None
    return str(name)


def _parsed(path: str, parse: Any, text: Any) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigurationError(path, str(error)) from None


def _convert(path: str, value: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(value, kind, dec_hook=_special)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        inner = place.rstrip("`")
        if problem.startswith("Object contains unknown field"):
            known = ", ".join(kind.__struct_fields__) if not inner else "see the documentation"  # type: ignore[attr-defined]
            name = problem.removeprefix("Object contains unknown field ").strip("`")
            raise ConfigurationError(
                f"{path}{inner}.{name}", f"unknown key; known: {known}"
            ) from None
        raise ConfigurationError(path + inner, problem[:1].lower() + problem[1:]) from None


def _special(kind: type, value: Any) -> Any:
    if kind is Duration:
        if not isinstance(value, str):
            raise ValueError(f'expected a duration such as "20s", got {value!r}')
        return Duration(parse_duration(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        hint = f" (write {value / 100:g} for {value:g} %)" if _is_percent(value) else ""
        raise ValueError(f"expected a share above 0 and at most 1, got {value!r}{hint}")
    return Goal(value)


def _is_percent(value: Any) -> bool:
    return isinstance(value, int | float) and 1 < value <= 100  # noqa: PLR2004 - per cent
