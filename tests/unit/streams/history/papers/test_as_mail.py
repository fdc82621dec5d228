"""A mail of plain text and of HTML whose styles stand in its elements."""

import sys
from email import message_from_bytes
from email.policy import default

import pytest

from streams.history.language import language_of
from streams.history.papers.as_mail import mail
from streams.history.papers.shown import shown
from streams.history.question import HistoryError
from tests.support.papers import MARKUP, made_paper


def test_it_says_the_same_twice_and_has_its_pictures_inside() -> None:
    paper = shown(made_paper(MARKUP, "Fleet"), language_of("en"))
    made = mail(paper)
    assert made == mail(paper)
    message = message_from_bytes(made, policy=default)
    assert message["Subject"] == paper.title
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert MARKUP in plain.get_content()
    assert html is not None
    text = html.get_content()
    assert "<script" not in text
    assert "<svg" not in text
    assert "<style" not in text
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    named = [str(part["Content-ID"]).strip("<>") for part in pictures]
    assert named
    assert all(f'src="cid:{name}"' in text for name in named)


def test_without_css_inline_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "css_inline", None)
    with pytest.raises(HistoryError, match=r"pip install 'queuewatch\[reports\]'"):
        mail(shown(made_paper("a"), language_of("en")))
