"""The letters of a chart for typst, which looks for each text of an SVG in one font alone: a part for each font.

Marks that isolate names are left out: typst's SVG has no glyph for them, and PDF/UA-1 refuses text without one.
"""

import re
from itertools import groupby

_LATIN, _ARABIC = "Atkinson Hyperlegible Next", "Noto Sans Arabic"
_TEXT = re.compile(r"(<text[^>]*>)([^<]*)")
_ROOT = re.compile(r' font-family="[^"]*"')
_ENTITY = re.compile(r"&[#\w]+;|.", re.DOTALL)
_MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")


def with_fonts(svg: str) -> str:
    """The same picture; every text names the font that has its letters."""
    plain = _ROOT.sub(f' font-family="{_LATIN}"', _MARKS.sub("", svg), count=1)
    return _TEXT.sub(lambda found: found[1] + _parts(found[2]), plain)


def has_arabic(svg: str) -> bool:
    return any(map(_is_arabic, svg))


def _parts(text: str) -> str:
    """`text` as it stands in the SVG, escaped."""
    letters = _ENTITY.findall(text)
    fonts: list[str] = []
    for each in letters:
        before = fonts[-1] if fonts else _LATIN
        fonts.append(before if each == " " else _ARABIC if _is_arabic(each) else _LATIN)
    if _ARABIC not in fonts:
        return text
    runs = groupby(zip(fonts, letters, strict=True), key=lambda pair: pair[0])
    return "".join(
        f'<tspan font-family="{font}">{"".join(letter for _, letter in pairs)}</tspan>'
        for font, pairs in runs
    )


def _is_arabic(letter: str) -> bool:
    code = ord(letter[0])
    return 0x600 <= code <= 0x8FF or 0xFB50 <= code <= 0xFEFC  # noqa: PLR2004 - its blocks
