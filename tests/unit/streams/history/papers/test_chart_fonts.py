"""Each text of a chart names the font that has its letters."""

from streams.history.papers.chart_fonts import with_fonts


def test_arabic_words_have_their_own_part() -> None:
    made = with_fonts(
        '<svg font-family="a, b"><text x="1">\u2068مياه\u2069 Water &amp; 12</text></svg>'
    )
    assert made == (
        '<svg font-family="Atkinson Hyperlegible Next"><text x="1">'
        '<tspan font-family="Noto Sans Arabic">مياه </tspan>'
        '<tspan font-family="Atkinson Hyperlegible Next">Water &amp; 12</tspan></text></svg>'
    )


def test_latin_words_stay_as_they_are() -> None:
    text = '<svg font-family="Atkinson Hyperlegible Next"><text>Water</text></svg>'
    assert with_fonts(text) == text
