"""The mail of a report to one address. Pure: the same report gives the same bytes."""

import email
import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from mimetypes import guess_type

from schemas.millis import SECOND
from streams.scheduled.making import Files


def letter(files: Files, *, sender: str, to: str, made_at: int, about: str) -> EmailMessage:
    """`about` names report and period: with the address it makes the Message-ID, the same each time it is sent."""
    message = _paper(files) if files.letter else _plain(files)
    for name, body in files.of.items():
        main, _, sub = (guess_type(name)[0] or "application/octet-stream").partition("/")
        params = {"charset": "utf-8"} if main == "text" else None
        message.add_attachment(body, main, sub, filename=name, params=params)
    digest = hashlib.sha256(f"{about}\n{to}".encode()).hexdigest()
    message.set_boundary(f"={digest[:32]}")
    message["From"] = sender
    message["To"] = to
    message["Date"] = formatdate(made_at / SECOND)
    message["Message-ID"] = f"<{digest[:40]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # else programs answer it with notes of absence
    return message


def _paper(files: Files) -> EmailMessage:
    parsed = email.message_from_bytes(files.letter, policy=SMTP)
    parsed.make_mixed()
    return parsed


def _plain(files: Files) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = files.title
    lines = [files.title, *([files.remark] if files.remark else []), "", *files.of]
    message.set_content("\n".join(lines) + "\n")
    message.make_mixed()
    return message
