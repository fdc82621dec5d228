"""The mail of a report: the same bytes each time, and what stands in it."""

from streams.history.language import language_of
from streams.history.papers.as_mail import mail
from streams.history.papers.shown import shown
from streams.scheduled.letters import letter
from streams.scheduled.making import Files
from tests.support.papers import FORMULA, made_paper

SENDER = "queues@example.org"
BULLETIN = Files(
    "Calls of 2026-10",
    {"public-2026-10.html": b"<p>x", "public-2026-10.csv": b"a,b\n"},
    remark="withheld: so",
)


def test_the_same_report_makes_the_same_mail_and_another_address_another_name() -> None:
    def made(to: str) -> bytes:
        return letter(
            BULLETIN, sender=SENDER, to=to, made_at=1_793_597_400_000, about="public 2026-10"
        ).as_bytes()

    assert made("ada@example.org") == made("ada@example.org")
    names = {line for to in ("ada@example.org", "ben@example.org") for line in made(to).splitlines() if line.startswith(b"Message-ID")}  # fmt: skip
    assert len(names) == 2


def test_a_bulletin_has_its_files_and_says_why_figures_are_withheld() -> None:
    message = letter(BULLETIN, sender=SENDER, to="ada@example.org", made_at=0, about="x")
    assert message["Subject"] == "Calls of 2026-10"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body(("plain",))
    assert body is not None
    assert "withheld: so" in body.get_content()
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert attached == {"public-2026-10.html": "<p>x", "public-2026-10.csv": "a,b\n"}


def test_the_mail_of_a_paper_is_the_paper_with_its_files() -> None:
    """Also one in Arabic, with names that want to be markup."""
    written = mail(shown(made_paper(FORMULA), language_of("ar")))
    files = Files("x", {"committee-2026-10.pdf": b"%PDF"}, written)
    message = letter(files, sender=SENDER, to="ada@example.org", made_at=0, about="x")
    html = message.get_body(("html",))
    assert html is not None
    assert 'dir="rtl"' in html.get_content()
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (
        "committee-2026-10.pdf",
        "application/pdf",
    )
    assert (
        message.as_bytes()
        == letter(files, sender=SENDER, to="ada@example.org", made_at=0, about="x").as_bytes()
    )
