"""Finds the reports: each is one module of the package `streams.history.reports`.

A module is imported only when its report is used, so that listing their names stays fast.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from streams.history import reports

if TYPE_CHECKING:  # the imports of a report are slow, and a list of names does not need them
    from streams.history.report import Report

_DOCSTRING = re.compile(r'\A"""(.*?)(?:\n\n|""")', re.DOTALL)


def names() -> list[str]:
    return sorted(_files())


def help_line(name: str) -> str:
    """The first paragraph of the docstring of the report's module."""
    found = _DOCSTRING.match(_files()[name].read_text(encoding="utf-8"))
    return " ".join(found[1].split()) if found else ""


def report(name: str) -> "Report":
    """The report of that name; KeyError for another."""
    module = import_module(f"{reports.__name__}.{_files()[name].stem}")
    declared: Report = module.REPORT
    return declared


def _files() -> dict[str, Path]:
    """By name, as the command line writes it: `late_calls.py` is `late-calls`."""
    return {
        path.stem.replace("_", "-"): path
        for folder in reports.__path__
        for path in Path(folder).glob("[a-z]*.py")
    }
