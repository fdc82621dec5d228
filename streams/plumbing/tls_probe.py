"""One handshake with a server, to learn what it is and what it shows; whether it is trusted is the business of those who use it."""

import socket
import ssl
from contextlib import suppress

from streams.plumbing.tls_config import TlsFiles

WITHIN_S = 5.0


def connected(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """After the handshake; OSError, of which TLS' own errors are some."""
    plain = socket.create_connection((host, port), WITHIN_S)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def unchecked(files: TlsFiles | None = None) -> ssl.SSLContext:
    """Takes any certificate of the other side; shows that of `files`, for some servers hang up on who shows none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if files is not None and files.certificate is not None:
        word = files.key_password
        with suppress(OSError):  # it is being replaced
            context.load_cert_chain(
                files.certificate, files.key, lambda: "" if word is None else word.text
            )
    return context


def shown(host: str, port: int, files: TlsFiles | None = None) -> bytes:
    """The certificate (DER) that a server shows; b"" if none. OSError where there is no handshake."""
    with connected(host, port, unchecked(files)) as secured:
        return secured.getpeercert(binary_form=True) or b""
