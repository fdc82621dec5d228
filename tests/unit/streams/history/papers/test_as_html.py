"""One file without scripts in which every name stays text."""

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from streams.history.language import language_of
from streams.history.papers.as_html import page
from streams.history.papers.shown import shown
from tests.support.papers import MARKUP, made_paper

NAMES = ("script", "link", "img", "iframe", "object", "a", "form", "base")


class Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_nothing_runs_and_nothing_is_fetched() -> None:
    made = page(shown(made_paper(), language_of("en")))
    seen = Seen(made)
    assert not set(NAMES) & set(seen.tags)
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert "default-src 'none'" in made
    assert "url(" not in made
    assert "@import" not in made


def test_markup_in_a_name_stays_text() -> None:
    seen = Seen(page(shown(made_paper(), language_of("en"))))
    assert seen.text.count(MARKUP) >= 3  # the sentence, both tables
    assert "*b*" in seen.text


def test_charts_stand_inside_as_whole_pictures() -> None:
    made = page(shown(made_paper(), language_of("en")))
    charts = made.split("<svg")[1:]
    assert len(charts) == 5  # the heatmap of a whole day is two
    for each in charts:
        ET.fromstring(f"<svg{each.split('</svg>')[0]}</svg>")  # noqa: S314 - what we drew ourselves


def test_arabic_runs_from_the_right() -> None:
    assert '<html lang="ar" dir="rtl">' in page(shown(made_paper(), language_of("ar")))
    assert '<html lang="zu" dir="ltr">' in page(shown(made_paper(), language_of("zu")))
