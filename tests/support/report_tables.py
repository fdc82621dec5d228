"""The list of reports in docs/reports.md, made from the reports' own declarations.

`python -m tests.support.report_tables` writes it anew; tests/contract/test_reports.py says when to.
"""

import re
from pathlib import Path

from streams.history import alert_quality, metrics_defined, metrics_tried, registry
from streams.history.report import Column, Part, Report

DOCUMENT = Path(__file__).parents[2] / "docs" / "reports.md"
_LIST = re.compile(r"(<!-- reports -->\n).*?(<!-- end -->)", re.DOTALL)


def rendered(text: str) -> str:
    """The document with the list of reports made anew."""
    return _LIST.sub(lambda found: f"{found[1]}{_sections()}{found[2]}", text)


def _sections() -> str:
    reports = {name: registry.report(name) for name in registry.names()}
    first_with: dict[str, str] = {}
    for name, report in reports.items():
        first_with.setdefault(_tables(report), name)
    sections = [
        _section(f"history {name}", report, registry.help_line(name), first_with[_tables(report)])
        for name, report in reports.items()
    ]
    others = [
        _section(command, module.REPORT, module.LINE, command)
        for command, module in (
            ("alerts quality", alert_quality),
            ("metrics list", metrics_defined),
            ("metrics try", metrics_tried),
        )
    ]
    return "\n".join([*sections, *others])


def _section(command: str, report: Report, line: str, first: str) -> str:
    """`first` is the report whose table of columns this one shares, or itself."""
    name = command.removeprefix("history ")
    examples = "".join(f"queuewatch {command} {words}\n" for words in report.examples)
    said = " ".join(filter(None, (line, report.notes)))
    tables = (
        _tables(report) if first == name else f"The columns are those of [{first}](#{first}).\n"
    )
    return f"## {name}\n\n{said}\n\n```sh\n{examples}```\n\n{tables}"


def _tables(report: Report) -> str:
    return "\n".join(map(_table, report.parts))


def _table(part: Part) -> str:
    kind = f"Rows of kind `{part.kind}`:\n\n" if part.kind else ""
    rows = "".join(map(_row, part.columns))
    rows += "".join(_row(column, " (in the table alone)") for column in part.table_only)
    return f"{kind}| column | unit | says | empty when |\n|---|---|---|---|\n{rows}"


def _row(column: Column, note: str = "") -> str:
    cells = (column.definition + note, column.no_value or "never")
    said, empty = (cell.replace("|", "\\|") for cell in cells)
    return f"| `{column.name}` | {column.unit} | {said} | {empty} |\n"


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text()))
