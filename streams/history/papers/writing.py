"""The formats of a paper by the end of the name of its file."""

from collections.abc import Callable
from pathlib import Path

from streams.history.language import Language
from streams.history.paper import Paper
from streams.history.papers.as_csv import as_csv
from streams.history.papers.as_html import page
from streams.history.papers.as_json import as_json
from streams.history.papers.as_mail import check_css_inline, mail
from streams.history.papers.as_pdf import check_typst, pdf
from streams.history.papers.as_xlsx import as_xlsx
from streams.history.papers.shown import shown


def _nothing_needed() -> None:
    pass


def _mail_needs() -> None:
    check_css_inline()
    check_typst()


_WRITERS: dict[str, tuple[Callable[[], None], Callable[[Paper, Language], bytes]]] = {
    ".pdf": (check_typst, lambda paper, language: pdf(shown(paper, language))),
    ".html": (_nothing_needed, lambda paper, language: page(shown(paper, language)).encode()),
    ".eml": (_mail_needs, lambda paper, language: mail(shown(paper, language))),
    ".csv": (_nothing_needed, as_csv),
    ".json": (_nothing_needed, as_json),
    ".xlsx": (_nothing_needed, as_xlsx),
}
ENDINGS = tuple(_WRITERS)


def check_ending(file: Path) -> None:
    """ValueError for another ending; HistoryError if what it needs is not installed."""
    if file.suffix.lower() not in _WRITERS:
        raise ValueError(f"a report is written as {', '.join(ENDINGS)}, not as {file.name}")
    needs, _ = _WRITERS[file.suffix.lower()]
    needs()


def written(paper: Paper, language: Language, file: Path) -> bytes:
    """The same bytes for the same paper."""
    check_ending(file)
    return _WRITERS[file.suffix.lower()][1](paper, language)
