"""Reads `queues.toml`: departments -> centres -> queues; each level inherits the keys of the one above.

Owners, the mail server and reports stand beside them and are only for who is told (schemas/owners.py, schemas/report_plans.py).

An error starts with the path of the mistake: `queues.burst-pipes.answer_within: expected a duration, …`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import NODEFAULT, UNSET, Struct, UnsetType, defstruct

from schemas.alerts import Severity
from schemas.formulas import FormulaName
from schemas.maintenance import MaintenanceWindow, parse_maintenance
from schemas.metrics import Metric
from schemas.metrics_toml import metrics_of
from schemas.opening import DatedSpan, Opening, WeeklySpan, parse_date, parse_dated, parse_weekly
from schemas.owners import MailTable, Owner, OwnerTable, check_mail, owners_of
from schemas.report_plans import Around, ReportPlan, ReportTable, plans_of
from schemas.roles import Role
from schemas.targets import RuleSettings, Share, Targets
from schemas.timing import SERVICE_CAP_MS, SHORT_ABANDON_MS, WAITING_CAP_MS
from schemas.toml_reading import ConfigurationError, Duration, Goal, convert, nth, read_toml

T = TypeVar("T")
RuleTables = Mapping[str, type[Struct]]
SEVERITY_KEY = "severity"


class InheritedKeys(Struct, forbid_unknown_fields=True, kw_only=True):
    """The keys that every level may have; a queue takes the value of the nearest level."""

    time_zone: str | UnsetType = UNSET
    formula: FormulaName | UnsetType = UNSET
    answer_within: Duration | UnsetType = UNSET
    short_abandon: Duration | UnsetType = UNSET
    goal: Goal | UnsetType = UNSET
    opening: list[str] | str | UnsetType = UNSET
    holidays: list[str] | UnsetType = UNSET
    exceptions: list[str] | UnsetType = UNSET
    maintenance: list[str] | UnsetType = UNSET
    day_start: str | UnsetType = UNSET
    owner: str | UnsetType = UNSET
    agents_named_to: list[Role] | UnsetType = UNSET
    callers_listed_to: list[Role] | UnsetType = UNSET
    waiting_cap: Duration | UnsetType = UNSET
    service_cap: Duration | UnsetType = UNSET
    alerts: dict[str, Any] | UnsetType = UNSET  # one table for each rule; a rule without one is off


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
    formerly: list[str] = []  # ids under which the platform reported it before


class RuleTable(NamedTuple):
    """`[….alerts.RULE]`, read: the settings of the rule, and the severity that stands there."""

    settings: RuleSettings
    severity: Severity | None


class QueuesFile(Struct, frozen=True):
    """All queues of a file with their inheritance resolved; `default_zone` is the zone of groups.

    `owners`, `mail` and `reports` are not published: see docs/decisions.md.
    """

    default_zone: str
    queues: tuple[Targets, ...]
    owners: tuple[Owner, ...] = ()
    mail: MailTable | None = None
    reports: tuple[ReportPlan, ...] = ()
    metrics: tuple[Metric, ...] = ()


_TABLES: dict[str, type[InheritedKeys]] = {
    "departments": DepartmentTable,
    "centres": CentreTable,
    "queues": QueueTable,
}
_KNOWN = ("defaults", *_TABLES, "owners", "mail", "reports", "metrics")
_REQUIRED = ("answer_within", "goal")
Level = TypeVar("Level", bound=InheritedKeys)


def parse_queues(text: str, rule_tables: RuleTables) -> QueuesFile:
    """The queues of a TOML text; ConfigurationError with the path of the first mistake.

    `rule_tables`: the table of each alert rule that may stand under `alerts`, by name.
    """
    raw = read_toml(text)
    for key in raw:
        if key not in _KNOWN:
            raise ConfigurationError(key, f"unknown table ({', '.join(_KNOWN)})")
    defaults = _level("defaults", raw.get("defaults", {}), InheritedKeys, rule_tables)
    levels: dict[str, dict[str, Any]] = {}
    for name, kind in _TABLES.items():
        levels[name] = {
            key: _level(f"{name}.{key}", entry, kind, rule_tables)
            for key, entry in _entries(name, raw)
        }
    _check_former_ids(levels["queues"])
    zone = _zone("defaults.time_zone", defaults.time_zone)
    mail = _mail(raw["mail"]) if "mail" in raw else None
    owners = _owners(raw, zone, has_mail=mail is not None)
    _check_owner("defaults", defaults, owners)
    for name, entries in levels.items():
        for key, level in entries.items():
            _check_owner(f"{name}.{key}", level, owners)
    queues = tuple(_targets(queue, defaults, levels) for queue in levels["queues"])
    reports = _reports(raw, defaults, queues, owners, mail)
    metrics = metrics_of(raw.get("metrics", []), zone)
    return QueuesFile(zone, queues, owners, mail, reports, metrics)


def _entries(name: str, raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    entries = raw.get(name, {})
    if not isinstance(entries, dict):
        raise ConfigurationError(name, f"expected tables such as [{name}.id]")
    yield from entries.items()


def _mail(value: Any) -> MailTable:
    mail = convert("mail", value, MailTable)
    try:
        check_mail(mail)
    except ValueError as error:
        key, _, problem = str(error).partition(": ")
        raise ConfigurationError(f"mail.{key}", problem) from None
    return mail


def _owners(raw: Mapping[str, Any], zone: str, *, has_mail: bool) -> tuple[Owner, ...]:
    tables = {}
    for name, value in _entries("owners", raw):
        tables[name] = convert(f"owners.{name}", value, OwnerTable)
        if tables[name].time_zone:
            _zone(f"owners.{name}.time_zone", tables[name].time_zone)
    try:
        return owners_of(tables, zone, has_mail=has_mail)
    except ValueError as error:
        place, _, problem = str(error).partition(": ")
        raise ConfigurationError(f"owners.{place}", problem) from None


def _reports(
    raw: Mapping[str, Any],
    defaults: InheritedKeys,
    queues: tuple[Targets, ...],
    owners: tuple[Owner, ...],
    mail: MailTable | None,
) -> tuple[ReportPlan, ...]:
    written = raw.get("reports", [])
    if not isinstance(written, list):
        raise ConfigurationError("reports", "expected tables such as [[reports]]")
    tables = [
        convert(nth("reports", number), each, ReportTable) for number, each in enumerate(written)
    ]
    for number, table in enumerate(tables):
        _zone(f"{nth('reports', number)}.time_zone", table.time_zone)
    holidays = [] if defaults.holidays is UNSET else defaults.holidays
    departments = dict.fromkeys(each.department for each in queues if each.department)
    zone = _zone("defaults.time_zone", defaults.time_zone)
    around = Around(zone, tuple(departments), owners, holidays, mail is not None)
    try:
        return plans_of(tables, around)
    except ValueError as error:
        place, _, problem = str(error).partition(": ")
        raise ConfigurationError(f"reports{place}", problem) from None


def _check_owner(place: str, level: InheritedKeys, owners: tuple[Owner, ...]) -> None:
    """A name with a typing error would tell nobody, once routes are made from the owners."""
    names = [owner.name for owner in owners]
    if names and level.owner is not UNSET and level.owner and level.owner not in names:
        raise ConfigurationError(
            f"{place}.owner", f'there is no [owners] "{level.owner}"; known: {", ".join(names)}'
        )


def _check_former_ids(tables: Mapping[str, QueueTable]) -> None:
    """A call that came under a former id counts in one queue."""
    owner: dict[str, str] = {}
    for queue, table in tables.items():
        path = f"queues.{queue}.formerly"
        for former in table.formerly:
            if not former:
                raise ConfigurationError(path, "an id must not be empty")
            if former in tables:
                raise ConfigurationError(
                    path, f'"{former}" is a queue of this file: take its table out, or the id'
                )
            if former in owner:
                raise ConfigurationError(
                    path, f'"{former}" stands in queues.{owner[former]}.formerly already'
                )
            owner[former] = queue


def _level(path: str, value: Any, kind: type[Level], rule_tables: RuleTables) -> Level:
    """One table of the file, with the settings of its alert rules resolved."""
    level = convert(path, value, kind)
    if level.alerts is not UNSET:
        level.alerts = {
            rule: _rule_table(f"{path}.alerts", rule, written, rule_tables)
            for rule, written in level.alerts.items()
        }
    return level


def _rule_table(path: str, rule: str, value: Any, rule_tables: RuleTables) -> RuleTable:
    """The keys of `[….alerts.RULE]` as fields of its table, defaults filled in."""
    if rule not in rule_tables:
        known = ", ".join(sorted(rule_tables)) or "none"
        raise ConfigurationError(f"{path}.{rule}", f"unknown key; known: {known}")
    table = rule_tables[rule]
    keys = keys_of(table)
    kind = _as_written(table)
    written = convert(f"{path}.{rule}", value, kind)
    settings = {key.field: key.plain(getattr(written, key.name)) for key in keys}
    try:
        msgspec.convert(settings, table)
    except msgspec.ValidationError as error:  # the rule's own check over several keys
        key, _, problem = str(error).partition(": ")
        raise ConfigurationError(f"{path}.{rule}.{key}", problem) from None
    return RuleTable(settings, getattr(written, SEVERITY_KEY))


class Key(Struct, frozen=True):
    """One key of a rule's table: `hold` stands for the field `hold_ms` and is a duration."""

    name: str
    field: str
    kind: Any
    default: Any  # NODEFAULT: it must be given

    def plain(self, value: Any) -> Any:
        """The value as a plain number; Duration and Goal are only used while reading."""
        return {Duration: int, Goal: float}.get(self.kind, lambda same: same)(value)


def keys_of(table: type[Struct]) -> list[Key]:
    """The keys by which queues.toml writes the fields of a rule's table."""
    keys = []
    for field in msgspec.structs.fields(table):
        kind = field.type
        if field.name.endswith("_ms"):
            kind = Duration
        elif kind == Share:
            kind = Goal
        keys.append(Key(field.name.removesuffix("_ms"), field.name, kind, field.default))
    return keys


def _as_written(table: type[Struct]) -> type[Struct]:
    fields: list[Any] = [
        (key.name, key.kind) if key.default is NODEFAULT else (key.name, key.kind, key.default)
        for key in keys_of(table)
    ]
    fields.append((SEVERITY_KEY, Severity, None))  # of every rule; None: the rule's own
    return defstruct(table.__name__, fields, kw_only=True, forbid_unknown_fields=True)


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

    rules: dict[str, RuleTable] = nearest("alerts", {})[1]
    for key in _REQUIRED:
        if nearest(key)[1] is UNSET:
            raise ConfigurationError(f"{path}.{key}", "missing here and in every level above")
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
        opening=_opening(
            nearest("opening", "always"), nearest("holidays", []), nearest("exceptions", [])
        ),
        day_start_minute=_minute(*nearest("day_start", "00:00")),
        owner=nearest("owner", "")[1],
        waiting_cap_ms=int(nearest("waiting_cap", WAITING_CAP_MS)[1]),
        service_cap_ms=int(nearest("service_cap", SERVICE_CAP_MS)[1]),
        alerts={rule: table.settings for rule, table in rules.items()},
        severities={
            rule: table.severity for rule, table in rules.items() if table.severity is not None
        },
        maintenance=_maintenance(*nearest("maintenance", [])),
        formerly=tuple(table.formerly),
        agents_named_to=tuple(nearest("agents_named_to", [])[1]),
        callers_listed_to=tuple(nearest("callers_listed_to", [])[1]),
    )


def _named(path: str, key: str, tables: dict[str, T], none: T) -> T:
    if not key:
        return none
    if key not in tables:
        raise ConfigurationError(path, f'there is no "{key}"; known: {", ".join(tables) or "none"}')
    return tables[key]


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


def _maintenance(path: str, texts: list[str]) -> tuple[MaintenanceWindow, ...]:
    return tuple(
        _parsed(nth(path, number), parse_maintenance, text) for number, text in enumerate(texts)
    )


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
