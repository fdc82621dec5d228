"""Hands one mail to the server of `[mail]`, and says in one line why it was not taken. Blocks."""

import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from schemas.owners import MailTable
from schemas.printable import printable
from schemas.scheduled_reports import masked

# Each of some eight answers: so a whole mail takes less than a lease (schemas/scheduled_reports.py).
ANSWERS_WITHIN_S = 40.0
_TLS_FROM_THE_START = 465
_LONGEST = 200


class Answer(NamedTuple):
    """`why` is "" once the server has taken the mail, else it says why not. `maybe_taken`: it ended without an answer."""

    why: str = ""
    maybe_taken: bool = False


def send(server: MailTable, message: EmailMessage) -> Answer:
    """With `tls` nothing is said to a server that offers none."""
    is_handed_over = False
    try:
        client = _connected(server)
        try:
            if server.user:
                secret = Path(server.password_file).read_text(encoding="utf-8").strip()
                client.login(server.user, secret)
            is_handed_over = True
            client.send_message(message)
            # What goes wrong at the farewell changes nothing: the mail would be sent again.
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
        finally:
            client.close()
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as error:
        # SMTPException is an OSError, too; a server that answered has said that it did not take the mail.
        has_answered = isinstance(error, smtplib.SMTPException) and not isinstance(
            error, smtplib.SMTPServerDisconnected
        )
        return Answer(_why(server, str(message["To"]), error), is_handed_over and not has_answered)
    return Answer()


def _connected(server: MailTable) -> smtplib.SMTP:
    host, _, port = server.server.rpartition(":")
    if server.tls and int(port) == _TLS_FROM_THE_START:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, int(port), timeout=ANSWERS_WITHIN_S, context=context)
    client = smtplib.SMTP(host, int(port), timeout=ANSWERS_WITHIN_S)
    try:
        if server.tls:
            client.starttls(context=ssl.create_default_context())
    except BaseException:
        client.close()
        raise
    return client


def _why(server: MailTable, to: str, error: Exception) -> str:
    """Without what was said to it: that may be a password. Its own answer is shown, for it says what is wrong."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, told = next(iter(error.recipients.values()))
        return _answer(code, told, to)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{server.server} refuses the login of {server.user}"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error, to)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{server.server} does not offer what is asked of it: {printable(str(error))[:_LONGEST]}"
    if isinstance(
        error, UnicodeError
    ):  # its text quotes what it could not write: a part of the password
        return f"{server.server}: user, password and addresses must be plain ASCII"
    if isinstance(error, OSError) and error.filename:  # of a file, not of a connection
        return f"{server.password_file} cannot be read: {error.strerror}"
    return f"{server.server} does not take it: {printable(str(error) or type(error).__name__)[:_LONGEST]}"


def _answer(code: int, told: bytes | str, to: str) -> str:
    """Servers quote the address that they refuse, and answers are kept: without it (schemas/scheduled_reports.py, rule 3)."""
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    text = re.sub(re.escape(to), masked(to), text, flags=re.IGNORECASE)
    return f"the server answers {code} {printable(text)[:_LONGEST]}"
