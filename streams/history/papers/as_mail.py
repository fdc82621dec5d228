"""A paper as an e-mail: HTML whose styles stand in the elements, charts as pictures inside, and the same in plain text.

Programs that show mail know neither style sheets nor SVG: css-inline writes the styles into the elements, typst makes PNG of the
charts. It needs the extra `reports` of the package. The same paper gives the same bytes; who sends it adds From, To, Date and Message-ID.
"""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from html import escape
from importlib.util import find_spec

from streams.history.papers.as_html import body, style
from streams.history.papers.as_pdf import picture_of
from streams.history.papers.shown import ShownChart, ShownPaper, ShownTable
from streams.history.question import HistoryError

_MISSING = "a mail needs css-inline, which is not installed: pip install 'queuewatch[reports]'"


def check_css_inline() -> None:
    """HistoryError if css-inline is not installed."""
    if find_spec("css_inline") is None:
        raise HistoryError(_MISSING)


def mail(paper: ShownPaper) -> bytes:
    """HistoryError if css-inline or typst is not installed."""
    pictures = Pictures(paper)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = paper.title
    message.set_content(plain(paper))
    message.add_alternative(mail_html(paper, pictures), subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)  # noqa: S101 - the part that was added
    for name, png in pictures.made.items():
        html.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline")
    digest = sha256("\n".join(pictures.made).encode() + plain(paper).encode()).hexdigest()
    message.set_boundary(f"={digest[:32]}")
    html.set_boundary(f"={digest[32:]}")
    return message.as_bytes()


class Pictures:
    """Writes charts as references to pictures, which it makes meanwhile."""

    def __init__(self, paper: ShownPaper) -> None:
        self._paper = paper
        self.made: dict[str, bytes] = {}

    def __call__(self, of: ShownChart) -> str:
        found = []
        for svg in of.svgs:
            name = f"chart-{len(self.made) + 1}"
            self.made[name] = picture_of(svg)
            found.append(f'<img src="cid:{name}" alt="{escape(of.alt)}" width="600">')
        return "".join(found)


def mail_html(paper: ShownPaper, pictures: Pictures) -> str:
    check_css_inline()
    import css_inline

    direction = "rtl" if paper.right_to_left else "ltr"
    written = "\n".join((
        f'<!DOCTYPE html><html lang="{paper.language}" dir="{direction}"><head><meta charset="utf-8">',
        f"<title>{escape(paper.title)}</title><style>{style()}{_MAIL}</style></head>",
        *body(paper, pictures),
        "</html>",
    ))  # fmt: skip
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
    return inliner.inline(written)


# Mail programs know no variables and no flexible boxes.
_MAIL = """
main { max-width: 640px; }
h2 { border-bottom: 2px solid #1b1f24; }
.head p, .figures small, footer { color: #57606a; }
.figures { display: block; }
.figures div { display: inline-block; width: 46%; border: 1px solid #d0d7de; margin: 2px; vertical-align: top; }
.figures .bad { border: 1px solid #b3261e; }
.figures .bad strong { color: #b3261e; }
.figures span, .figures small { display: block; }
th, td { border-bottom: 1px solid #d0d7de; }
th { background: #f3f5f7; }
img { max-width: 100%; height: auto; }
"""


def plain(paper: ShownPaper) -> str:
    """The same in plain text: a table is a line a row."""
    return "\n".join(_lines(paper)) + "\n"


def _lines(paper: ShownPaper) -> Iterator[str]:
    yield paper.title
    for section in paper.sections:
        yield f"\n{section.heading}\n"
        yield from (f"{each.value} {each.name} ({each.beside})" for each in section.figures)
        yield from (each.lead + each.text for each in section.sentences)
        for table in section.tables:
            yield from _table(table)
    yield f"\n{paper.made}"


def _table(of: ShownTable) -> Iterator[str]:
    yield f"\n{of.title}"
    yield " | ".join(each.text for each in of.headings)
    yield from (" | ".join(row) for row in of.rows)
    if of.more:
        yield of.more
