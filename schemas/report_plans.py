"""`[[reports]]` of queues.toml: which report is made of each period, when, and to whom it goes.

A report of several departments becomes one plan for each: what holds one of them back holds no other back.
"""

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from schemas.millis import HOUR, parse_duration
from schemas.opening import parse_date
from schemas.owners import Language, Owner, check_address, check_path
from schemas.periods import Kind
from schemas.toml_reading import Duration, nth

What = Literal["month", "week", "day", "month bulletin", "day bulletin"]
Format = Literal["pdf", "html", "csv", "json", "xlsx"]
BULLETIN_FORMATS: tuple[Format, ...] = ("html", "csv", "json")
LATE_AFTER_MS = 2 * HOUR
_LONGEST_AFTER_MS = 28 * 24 * HOUR  # so that no search for what is due goes back without an end
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 60
_AFTER = re.compile(r"(\S+) after")
_CLOCK = re.compile(r"(first working day )?([01]\d|2[0-3]):([0-5]\d)")


class ReportTo(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`to` of a report."""

    folder: str = ""
    email: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


class ReportTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[reports]]`."""

    name: str
    what: What
    when: str
    formats: tuple[Format, ...]
    to: ReportTo
    departments: tuple[str, ...] = ()
    language: Language = "en"
    time_zone: str | UnsetType = UNSET
    late_after: Duration = Duration(LATE_AFTER_MS)
    publish: bool = False


class When(Struct, frozen=True):
    """`after_ms` behind the end of the period; or, where that is None, at the first clock `minute` after it, of a working day."""

    minute: int = 0
    is_working_day: bool = False
    after_ms: int | None = None


class ReportPlan(Struct, frozen=True, kw_only=True):
    """One report. `zone` is that of `when`, `period_zone` that in which its periods begin and end.

    `holidays` are dates that are no working days. `email`: every address, also those of owners.
    """

    name: str
    what: What
    when: When
    formats: tuple[Format, ...]
    zone: str
    period_zone: str
    department: str | None = None
    language: Language = "en"
    folder: str = ""
    email: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    late_after_ms: int = LATE_AFTER_MS
    publish: bool = False

    @property
    def is_bulletin(self) -> bool:
        return self.what.endswith(" bulletin")

    @property
    def length(self) -> Kind:
        return (
            "month" if self.what.startswith("month") else "week" if self.what == "week" else "day"
        )


class Around(Struct, frozen=True):
    """What the rest of the file says, by which reports are read."""

    zone: str
    departments: Sequence[str]
    owners: Sequence[Owner]
    holidays: Sequence[str]
    has_mail: bool


def plans_of(tables: Sequence[ReportTable], around: Around) -> tuple[ReportPlan, ...]:
    """The plans of a file; ValueError that begins with the place: ` number 1.when: …`."""
    found: list[ReportPlan] = []
    for number, table in enumerate(tables):
        try:
            found += _plans(table, around)
            names = [each.name for each in found]
            if twice := next((each for each in names if names.count(each) > 1), None):
                raise ValueError(f'name: "{twice}" is the name of two reports')  # noqa: TRY301 - one place adds the number
            _check_published_once(found)
        except ValueError as error:
            raise ValueError(f"{nth('', number)}.{error}") from None
    return tuple(found)


def _plans(table: ReportTable, around: Around) -> list[ReportPlan]:
    _check_name("name", table.name)
    if not table.formats:
        raise ValueError("formats: empty: name one at least")
    if table.late_after <= 0:
        raise ValueError("late_after: must be above 0")
    holidays = tuple(map(parse_date, around.holidays))
    plan = ReportPlan(
        name=table.name,
        what=table.what,
        when=parse_when(table.when),
        formats=tuple(dict.fromkeys(table.formats)),
        zone=around.zone if table.time_zone is UNSET else table.time_zone,
        period_zone=around.zone,
        language=table.language,
        folder=table.to.folder,
        email=_addresses(table.to, around),
        holidays=holidays,
        late_after_ms=int(table.late_after),
        publish=table.publish,
    )
    if plan.is_bulletin:
        _check_bulletin(table)
    return [_of_department(plan, each, table, around) for each in table.departments] or [plan]


def _check_published_once(plans: Sequence[ReportPlan]) -> None:
    """Of all departments, and of each of them."""
    publishing: dict[tuple[What, str | None], str] = {}
    for each in plans:
        about = each.what, each.department
        if each.publish and publishing.setdefault(about, each.name) != each.name:
            whose = f" of {each.department}" if each.department else ""
            raise ValueError(
                f'publish: "{publishing[about]}" publishes each {each.what}{whose} already'
            )


def parse_when(text: str) -> When:
    """ValueError that begins with the key."""
    if clock := _CLOCK.fullmatch(text):
        return When(int(clock[2]) * 60 + int(clock[3]), bool(clock[1]))
    if after := _AFTER.fullmatch(text):
        try:
            length = parse_duration(after[1])
        except ValueError as error:
            raise ValueError(f"when: {error}") from None
        if length > _LONGEST_AFTER_MS:
            raise ValueError("when: at most 672h after the end of the period")
        return When(after_ms=length)
    raise ValueError(
        f'when: expected "06:30", "first working day 06:30" or "3h after", got "{text}"'
    )


def _of_department(
    plan: ReportPlan, department: str, table: ReportTable, around: Around
) -> ReportPlan:
    if department not in around.departments:
        known = ", ".join(around.departments) or "none"
        raise ValueError(f'departments: no queue is of a department "{department}"; known: {known}')
    if len(table.departments) == 1:
        return replace(plan, department=department)
    name = f"{plan.name}-{department}"
    _check_name("departments", name)
    return replace(plan, name=name, department=department)


def _check_name(key: str, name: str) -> None:
    """It becomes a part of names of files and of addresses."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise ValueError(
            f'{key}: expected at most {_LONGEST_NAME} of a-z, 0-9 and "-" between them, got "{name}"'
        )


def _check_bulletin(table: ReportTable) -> None:
    if table.departments:
        raise ValueError("departments: a bulletin is of all departments")
    if others := [each for each in table.formats if each not in BULLETIN_FORMATS]:
        raise ValueError(
            f"formats: a bulletin is written as {', '.join(BULLETIN_FORMATS)}, not as {others[0]}"
        )


def _addresses(to: ReportTo, around: Around) -> tuple[str, ...]:
    """Each once; ValueError where nobody would get the report, or somebody named could not."""
    check_path("to.folder", to.folder)
    for address in to.email:
        check_address("to.email", address)
    owners = {each.name: each for each in around.owners}
    found = list(to.email)
    for name in to.owners:
        if name not in owners:
            raise ValueError(
                f'to.owners: there is no [owners] "{name}"; known: {", ".join(owners) or "none"}'
            )
        if not owners[name].table.email:
            raise ValueError(
                f'to.owners: "{name}" has no email: reports go by e-mail or into a folder'
            )
        found += owners[name].table.email
    if found and not around.has_mail:
        raise ValueError("to.email: needs a table [mail] with server and sender")
    if not found and not to.folder:
        raise ValueError("to: nobody would get it: give folder, email or owners")
    return tuple(dict.fromkeys(found))
