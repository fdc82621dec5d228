"""A paper as one HTML page: all in one file, no script, nothing fetched; it prints as it is read."""

from collections.abc import Callable, Iterable, Iterator
from html import escape
from importlib.resources import files

from streams.history.papers.shown import (
    ShownChart,
    ShownFigure,
    ShownPaper,
    ShownSection,
    ShownSentence,
    ShownTable,
)

Drawn = Callable[[ShownChart], str]


def style() -> str:
    return (files("streams.history.papers") / "paper.css").read_text(encoding="utf-8")


def page(paper: ShownPaper) -> str:
    """The whole document, with its charts as SVG inside."""
    return "\n".join((*_head(paper), *body(paper, _svg), "</html>", ""))


def _head(paper: ShownPaper) -> Iterator[str]:
    direction = "rtl" if paper.right_to_left else "ltr"
    yield "<!DOCTYPE html>"
    yield f'<html lang="{paper.language}" dir="{direction}">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    # Nothing is fetched and nothing runs, whatever stands in a name.
    yield (
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
        ' img-src data: cid:">'
    )
    yield f"<title>{escape(paper.title)}</title>"
    yield f"<style>{style()}</style></head>"


def body(paper: ShownPaper, drawn: Drawn) -> Iterator[str]:
    """`drawn` writes one chart."""
    yield "<body><main>"
    yield f"<h1>{escape(paper.title)}</h1>"
    for place, section in enumerate(paper.sections):
        yield from _section(section, drawn, with_heading=place > 0)
    yield f"<footer>{escape(paper.made)}</footer>"
    yield "</main></body>"


def _section(of: ShownSection, drawn: Drawn, *, with_heading: bool) -> Iterator[str]:
    yield f'<section class="{escape(of.name)}">'
    if with_heading:
        yield f"<h2>{escape(of.heading)}</h2>"
    if of.figures:
        yield f'<div class="figures">{"".join(map(_figure, of.figures))}</div>'
    yield from map(_sentence, of.sentences)
    for chart in of.charts:
        title = (
            "" if chart.title == of.heading else f"<figcaption>{escape(chart.title)}</figcaption>"
        )
        yield f"<figure>{title}{drawn(chart)}</figure>"
    for table in of.tables:
        yield from _table(table, with_title=len(of.tables) > 1)
    yield "</section>"


def _figure(of: ShownFigure) -> str:
    bad = ' class="bad"' if of.is_bad else ""
    return (
        f"<div{bad}><strong>{escape(of.value)}</strong> <span>{escape(of.name)}</span>"
        f" <small>{escape(of.beside)}</small></div>"
    )


def _sentence(of: ShownSentence) -> str:
    lead = f"<b>{escape(of.lead)}</b>" if of.lead else ""
    return f"<p>{lead}{escape(of.text)}</p>"


def _svg(of: ShownChart) -> str:
    """What `drawing` made is escaped there."""
    return f'<div class="charts">{"".join(of.svgs)}</div>'


def _table(of: ShownTable, *, with_title: bool) -> Iterator[str]:
    yield f'<table class="{escape(of.name)}">'
    if with_title:
        yield f"<caption>{escape(of.title)}</caption>"
    sides = ['class="n"' if each.is_number else "" for each in of.headings]
    heads = _cells("th", (each.text for each in of.headings), sides, ' scope="col"')
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in of.rows:
        yield f"<tr>{_cells('td', row, sides)}</tr>"
    yield "</tbody></table>"
    if of.more:
        yield f"<p>{escape(of.more)}</p>"


def _cells(tag: str, texts: Iterable[str], sides: Iterable[str], more: str = "") -> str:
    return "".join(
        f"<{tag}{more}{' ' if side else ''}{side}>{escape(text)}</{tag}>"
        for text, side in zip(texts, sides, strict=True)
    )
