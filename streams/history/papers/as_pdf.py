"""A paper as PDF, by typst: tagged for screen readers (PDF/UA-1), the same bytes for the same paper.

It needs the extra `reports` of the package. Fonts are ours (`fonts/`), so that the machine does not matter; a letter that none of
them has is written as its code, `[U+4E2D]`, never left out.
"""

from bisect import bisect_right
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.millis import SECOND
from streams.history.papers.chart_fonts import has_arabic, with_fonts
from streams.history.papers.shown import ShownPaper, ShownSection
from streams.history.question import HistoryError

_HERE = files("streams.history.papers")
_MISSING = "a PDF needs typst, which is not installed: pip install 'queuewatch[reports]' (or write .html: it prints)"


def check_typst() -> None:
    """HistoryError if typst is not installed."""
    if find_spec("typst") is None:
        raise HistoryError(_MISSING)


def pdf(paper: ShownPaper) -> bytes:
    """HistoryError if typst is not installed."""
    with as_file(_HERE / "fonts") as fonts:
        made = _compiler(paper, fonts).compile(
            format="pdf", pdf_standards=["ua-1"], timestamp=paper.known_at // SECOND
        )
    return _bytes(made)


def pictures(paper: ShownPaper, pixels_per_inch: float = 110) -> list[bytes]:
    """Each page as PNG, to look at."""
    with as_file(_HERE / "fonts") as fonts:
        made = _compiler(paper, fonts).compile(format="png", ppi=pixels_per_inch)
    return [bytes(each) for each in made] if isinstance(made, list) else [_bytes(made)]


def picture_of(svg: str, pixels_per_inch: float = 144) -> bytes:
    """One chart as PNG, for mail."""
    check_typst()
    return _bytes(_chart(svg).compile(format="png", ppi=pixels_per_inch))


def _outlined(svg: str) -> str:
    """The same picture with letters as outlines. In an SVG with ligatures typst loses which letters they stand for, and
    PDF/UA-1 refuses that; what the picture says stands in its `alt` and in its table.
    """
    return _bytes(_chart(svg).compile(format="svg")).decode()


def _chart(svg: str) -> Any:
    import typst

    template = (
        b"#set page(width: 150mm, height: auto, margin: 0mm)\n"
        b'#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    )
    data = displayable(with_fonts(svg))
    with as_file(_HERE / "fonts") as fonts:
        return typst.Compiler(template, font_paths=_fonts(fonts), sys_inputs={"svg": data})


def _fonts(folder: Path) -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)]
    )


def _compiler(paper: ShownPaper, fonts: Path) -> Any:
    check_typst()
    import typst

    template = (_HERE / "paper.typ").read_bytes()
    data = displayable(msgspec.json.encode(_with_fonts(paper)).decode())
    return typst.Compiler(template, font_paths=_fonts(fonts), sys_inputs={"paper": data})


def _with_fonts(paper: ShownPaper) -> ShownPaper:
    return replace(paper, sections=tuple(map(_section, paper.sections)))


def _section(of: ShownSection) -> ShownSection:
    charts = (replace(each, svgs=tuple(map(_for_page, each.svgs))) for each in of.charts)
    return replace(of, charts=tuple(charts))


def _for_page(svg: str) -> str:
    return _outlined(svg) if has_arabic(svg) else with_fonts(svg)


def _bytes(made: Any) -> bytes:
    if isinstance(made, list):
        (made,) = made
    return bytes(made)


def displayable(text: str) -> str:
    """The text with each letter that no font has as its code."""
    return "".join(each if _has(ord(each)) else f"[U+{ord(each):04X}]" for each in text)


def _has(code: int) -> bool:
    starts, ends = _covered()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _covered() -> tuple[list[int], list[int]]:
    """Ranges of the letters that our fonts and those inside typst have, from `fonts/covered.txt`."""
    text = (_HERE / "fonts" / "covered.txt").read_text(encoding="ascii")
    spans = [each.partition("-") for each in text.split()]
    return [int(a, 16) for a, _, _ in spans], [int(b or a, 16) for a, _, b in spans]
