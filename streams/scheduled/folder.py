"""The folder of reports for the web: each file whole or not at all, and a page that lists them, the newest first."""

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from schemas.periods import Period, period_of
from streams.plumbing.whole_file import write_whole

INDEX = "index.html"
_FOR_ALL = 0o644  # a web server runs as another user
_FILE = re.compile(r"([a-z0-9-]+?)-(\d{4}-W\d\d|\d{4}-\d\d(?:-\d\d)?)\.(pdf|html|csv|json|xlsx)")
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "td,th{padding:.2em 1em .2em 0;text-align:start}"
)


class FolderError(Exception):
    """The folder cannot be written; one line."""


def keep(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files, then the page. FolderError; a file that was there is then the former or the new one, never a half one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            write_whole(folder / name, body, _FOR_ALL)
        _write_index(folder)
    except OSError as error:
        raise FolderError(f"{folder} cannot be written: {error.strerror}") from None


def _write_index(folder: Path) -> None:
    """Again while another process adds files, so that the page which stands last knows all of them."""
    names = _names(folder)
    while True:
        write_whole(folder / INDEX, index_page(names).encode(), _FOR_ALL)
        before, names = names, _names(folder)
        if names == before:
            return


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def index_page(names: Iterable[str]) -> str:
    """A page without scripts and without anything from elsewhere. Names that are none of a report are left out."""
    found: dict[tuple[Period, str], list[str]] = {}
    for name in names:
        if (match := _FILE.fullmatch(name)) and (period := _period(match[2])):
            found.setdefault((period, match[1]), []).append(name)
    newest_first = sorted(found, key=lambda each: each[1])
    newest_first.sort(key=lambda each: (each[0].end, each[0].first), reverse=True)
    rows = "".join(_row(period, report, found[period, report]) for period, report in newest_first)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Reports</title>\n<style>{_STYLE}</style>\n'
        "<h1>Reports</h1>\n<table>\n"
        '<tr><th scope="col">Period</th><th scope="col">Report</th><th scope="col">Files</th></tr>\n'
        f"{rows}</table>\n</html>\n"
    )


def _row(period: Period, report: str, names: list[str]) -> str:
    links = " ".join(
        f'<a href="{escape(name)}">{escape(name.rpartition(".")[2].upper())}</a>' for name in names
    )
    return f"<tr><td>{escape(period.text)}</td><td>{escape(report)}</td><td>{links}</td></tr>\n"


def _period(text: str) -> Period | None:
    try:
        return period_of(text)
    except ValueError:  # such as a month 13: a file of somebody else
        return None
