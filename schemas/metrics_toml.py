"""Reads `[[metrics]]` of queues.toml: what managers count beside what queuewatch counts. A mistake starts with its path."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from msgspec import Struct

from schemas.metric_formula import (
    FormulaError,
    Unit,
    check_unit,
    operand,
    read_condition,
    read_formula,
)
from schemas.metrics import Direction, Metric
from schemas.owners import Language
from schemas.periods import of_kind
from schemas.toml_reading import ConfigurationError, convert, nth

MOST_METRICS = 40
LONGEST_TITLE = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class MetricTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """One `[[metrics]]`."""

    name: str
    formula: str
    unit: Unit
    title: str | dict[str, str] = ""
    no_value_when: str = ""
    goal: float | None = None
    direction: Direction = "higher"
    valid_from: str = ""


def metrics_of(value: Any, zone: str) -> tuple[Metric, ...]:
    """`zone`: of the dates of `valid_from`."""
    if not isinstance(value, list):
        raise ConfigurationError("metrics", "expected tables such as [[metrics]]")
    if len(value) > MOST_METRICS:
        raise ConfigurationError(
            "metrics", f"{len(value)} metrics: at most {MOST_METRICS} are computed"
        )
    found = [_metric(nth("metrics", number), each, zone) for number, each in enumerate(value)]
    _check_names(found)
    return tuple(found)


def _metric(path: str, value: Any, zone: str) -> Metric:
    table = convert(path, value, MetricTable)
    if not _NAME.fullmatch(table.name):
        raise ConfigurationError(
            f"{path}.name", "expected up to 40 letters a to z, digits and _, such as answered_soon"
        )
    if operand(table.name) is not None:
        raise ConfigurationError(f"{path}.name", f"{table.name} is a counter already")
    try:
        check_unit(read_formula(table.formula), table.unit)
    except FormulaError as error:
        raise ConfigurationError(f"{path}.formula", str(error)) from None
    if table.no_value_when:
        try:
            read_condition(table.no_value_when)
        except FormulaError as error:
            raise ConfigurationError(f"{path}.no_value_when", str(error)) from None
    _check_goal(path, table)
    return Metric(
        table.name,
        table.formula,
        table.unit,
        _titles(f"{path}.title", table.title),
        table.no_value_when,
        table.goal,
        table.direction,
        _start(f"{path}.valid_from", table.valid_from, zone),
    )


def _check_goal(path: str, table: MetricTable) -> None:
    goal = table.goal
    if goal is None:
        return
    if table.unit == "share" and not 0 <= goal <= 1:
        raise ConfigurationError(f"{path}.goal", f"expected a share of 0 to 1, got {goal:g}")
    if not 0 <= goal <= 1e9:  # noqa: PLR2004 - what a formula may write, too
        raise ConfigurationError(f"{path}.goal", "expected a number of 0 to 1000000000")


def _titles(path: str, title: str | Mapping[str, str]) -> dict[str, str]:
    titles = {"en": title} if isinstance(title, str) else dict(title)
    known = get_args(Language)
    for language, text in titles.items():
        if language not in known:
            raise ConfigurationError(path, f'no language "{language}"; known: {", ".join(known)}')
        if len(text) > LONGEST_TITLE:
            raise ConfigurationError(path, f"at most {LONGEST_TITLE} characters, got {len(text)}")
    return {language: text for language, text in titles.items() if text}


def _start(path: str, text: str, zone: str) -> int:
    if not text:
        return 0
    try:
        return of_kind("day", text).bounds(zone)[0]
    except ValueError as error:
        raise ConfigurationError(path, str(error)) from None


def _check_names(found: Iterable[Metric]) -> None:
    names: set[str] = set()
    for number, metric in enumerate(found):
        if metric.name in names:
            raise ConfigurationError(
                f"{nth('metrics', number)}.name", f"{metric.name} stands there twice"
            )
        names.add(metric.name)
