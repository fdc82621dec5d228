"""Reads `queues.toml`: departments -> centres -> queues; each level inherits the keys of the one above.

An error starts with the path of the mistake: `queues.burst-pipes.answer_within: expected a duration, …`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import NODEFAULT, UNSET, Struct, UnsetType, defstruct

from schemas.formulas import FormulaName
from schemas.millis import parse_duration
from schemas.opening import DatedSpan, Opening, WeeklySpan, parse_date, parse_dated, parse_weekly
from schemas.printable import printable
from schemas.targets import RuleSettings, Share, Targets
from schemas.timing import SERVICE_CAP_MS, SHORT_ABANDON_MS, WAITING_CAP_MS

LONGEST_LINE = 1_000

T = TypeVar("T")
RuleTables = Mapping[str, type[Struct]]


class ConfigurationError(Exception):
    """One mistake in queues.toml; the text starts with its path."""

    def __init__(self, path: str, problem: str) -> None:
        told = f"{path}: {problem}" if path else problem
        # A name or a value of the file may contain line breaks, or be as long as the file.
        line = printable(told)
        super().__init__(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …")
        self.path = path


class Duration(int):
    """Whole milliseconds, written `20s` or `1h30m`."""


class Goal(float):
    """A share above 0 and at most 1."""


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
    day_start: str | UnsetType = UNSET
    owner: str | UnsetType = UNSET
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
Level = TypeVar("Level", bound=InheritedKeys)


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a text. ConfigurationError for any text that is not TOML, also if it is hostile."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError("", "not TOML: nested too deeply") from None
    except ValueError as error:  # also from a number of over 4,300 digits
        raise ConfigurationError("", f"not TOML: {error}") from None


def parse_queues(text: str, rule_tables: RuleTables) -> QueuesFile:
    """The queues of a TOML text; ConfigurationError with the path of the first mistake.

    `rule_tables`: the table of each alert rule that may stand under `alerts`, by name.
    """
    raw = read_toml(text)
    for key in raw:
        if key not in ("defaults", *_TABLES):
            raise ConfigurationError(key, "unknown table (defaults, departments, centres, queues)")
    defaults = _level("defaults", raw.get("defaults", {}), InheritedKeys, rule_tables)
    levels: dict[str, dict[str, Any]] = {}
    for name, kind in _TABLES.items():
        entries = raw.get(name, {})
        if not isinstance(entries, dict):
            raise ConfigurationError(name, f"expected tables such as [{name}.id]")
        levels[name] = {
            key: _level(f"{name}.{key}", entries[key], kind, rule_tables) for key in entries
        }
    _check_former_ids(levels["queues"])
    queues = tuple(_targets(queue, defaults, levels) for queue in levels["queues"])
    return QueuesFile(_zone("defaults.time_zone", defaults.time_zone), queues)


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
    level = _convert(path, value, kind)
    if level.alerts is not UNSET:
        level.alerts = {
            rule: _rule_settings(f"{path}.alerts", rule, written, rule_tables)
            for rule, written in level.alerts.items()
        }
    return level


def _rule_settings(path: str, rule: str, value: Any, rule_tables: RuleTables) -> RuleSettings:
    """The keys of `[….alerts.RULE]` as fields of its table, defaults filled in."""
    if rule not in rule_tables:
        known = ", ".join(sorted(rule_tables)) or "none"
        raise ConfigurationError(f"{path}.{rule}", f"unknown key; known: {known}")
    table = rule_tables[rule]
    keys = keys_of(table)
    kind = _as_written(table)
    written = _convert(f"{path}.{rule}", value, kind)
    settings = {key.field: key.plain(getattr(written, key.name)) for key in keys}
    try:
        msgspec.convert(settings, table)
    except msgspec.ValidationError as error:  # the rule's own check over several keys
        key, _, problem = str(error).partition(": ")
        raise ConfigurationError(f"{path}.{rule}.{key}", problem) from None
    return settings


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
    fields = [
        (key.name, key.kind) if key.default is NODEFAULT else (key.name, key.kind, key.default)
        for key in keys_of(table)
    ]
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
        alerts=nearest("alerts", {})[1],
        formerly=tuple(table.formerly),
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
        if problem.startswith("Invalid enum value"):
            raise ConfigurationError(path + inner, unknown_word(problem, kind, inner)) from None
        raise ConfigurationError(path + inner, in_words(problem)) from None


_KINDS = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false",
    "array": "a list", "object": "a table", "null": "nothing",
}  # fmt: skip
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_BOUND = re.compile(r"(>=|<=|>|<) (?=-?\d)")


def in_words(problem: str) -> str:
    """What msgspec says of a value, for people who do not know Python."""
    told = problem[:1].lower() + problem[1:]
    if not told.startswith("expected "):
        return told
    told = re.sub(r"`([\w |]+)`", lambda kinds: _kinds_in_words(kinds[1]), told)
    return _BOUND.sub(lambda each: f"{_BOUNDS[each[1]]} ", told)


def unknown_word(problem: str, kind: type, inner: str) -> str:
    """What msgspec says of a word that is none of its Literal, with the words that are known.

    `inner` is the path of the value in `kind`, such as `.formula`.
    """
    told = problem[:1].lower() + problem[1:]
    hint = get_type_hints(kind).get(inner.removeprefix("."))
    words = [word for word in _literals(hint) if isinstance(word, str)]
    return f"{told}; known: {', '.join(words)}" if words else told


def _literals(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    else:
        for part in get_args(hint):
            yield from _literals(part)


def _kinds_in_words(kinds: str) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds.split(" | "))


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
