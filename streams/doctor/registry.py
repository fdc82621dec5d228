"""All checks: every module of streams.doctor.checks declares one as CHECK."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from streams.doctor import checks
from streams.doctor.check import Check


def all_checks() -> Mapping[str, Check[Any]]:
    """By name, in the order in which they are shown; TypeError for a module that declares none."""
    found: dict[str, Check[Any]] = {}
    for module in iter_modules(checks.__path__):
        check = getattr(import_module(f"{checks.__name__}.{module.name}"), "CHECK", None)
        if not isinstance(check, Check):
            raise TypeError(f"{checks.__name__}.{module.name}: CHECK must be its check")
        found[module.name] = check
    for name, check in found.items():
        if check.needs and found[check.needs].rank >= check.rank:
            raise TypeError(f"{name} needs {check.needs}, which must have a lower rank")
    return dict(sorted(found.items(), key=lambda each: each[1].rank))
