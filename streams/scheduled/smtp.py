"""Hands one mail to the server of `[mail]`, and says in one line why it was not taken. Blocks."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

from schemas.owners import MailTable
from schemas.printable import printable

ANSWERS_WITHIN_S = 20.0  # each answer; a whole mail takes less than a lease (schemas/scheduled_reports.py)
_TLS_FROM_THE_START = 465
_LONGEST = 200


def send(server: MailTable, message: EmailMessage) -> str:
    """Nothing once the server has taken it, else why not. With `tls` nothing is said to a server that offers none."""
    is_taken = False
    try:
        with _connected(server) as client:
            if server.user:
                secret = Path(server.password_file).read_text(encoding="utf-8").strip()
                client.login(server.user, secret)
            client.send_message(message)
            is_taken = True
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as error:
        # What goes wrong at the farewell changes nothing: the mail would be sent again.
        return "" if is_taken else _why(server, error)
    return ""


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


def _why(server: MailTable, error: Exception) -> str:
    """Without what was said to it: that may be a password. Its own answer is shown, for it says what is wrong."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, told = next(iter(error.recipients.values()))
        return _answer(code, told)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{server.server} refuses the login of {server.user}"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{server.server} does not offer what is asked of it: {printable(str(error))[:_LONGEST]}"
    if isinstance(error, FileNotFoundError | PermissionError):
        return f"{server.password_file} cannot be read: {error.strerror}"
    return f"{server.server} does not take it: {printable(str(error) or type(error).__name__)[:_LONGEST]}"


def _answer(code: int, told: bytes | str) -> str:
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    return f"the server answers {code} {printable(text)[:_LONGEST]}"
