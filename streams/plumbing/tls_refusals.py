"""Why two sides do not come together by TLS, in one line that names what to look at.

Client libraries say "cannot connect", or nothing, whether the authority is not trusted, the name is another one, or only
one side speaks TLS. So one connection is made by hand, whose error says which it was.
"""

import socket
import ssl

from msgspec import Struct

from streams.plumbing.config_file import ConfigError
from streams.plumbing.renewed_tls import tls_context
from streams.plumbing.tls_config import CA, CERTIFICATE, TlsFiles
from streams.plumbing.tls_probe import WITHIN_S, connected, unchecked

_LOOKED_AT_WITHIN_S = 1.0
# Of OpenSSL, x509_vfy.h: X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
_WRONG_HOST, _WRONG_ADDRESS = 62, 64


class Said(Struct, frozen=True, kw_only=True):
    """How the command line says it: the option with the address, and how the address begins with TLS and without."""

    option: str
    secure: str
    open: str


def of_tls(error: ssl.SSLError, host: str, option: str, otherwise: str) -> str:
    """`option` has the address; `otherwise` is what to look at when it is not the other side's certificate."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_WRONG_HOST, _WRONG_ADDRESS}:
            return f"its certificate is of another name than {host}: name it as the certificate does ({option})"
        return f"{CA}: its certificate is not trusted: {error.verify_message}"
    return f"{otherwise}: {error.reason or str(error)}"


def speaks_tls(host: str, port: int) -> bool | None:
    """Whether the other side begins TLS; None if it says nothing in time. Whether its certificate is good, or ours, is not asked here."""
    try:
        with connected(host, port, unchecked()):
            return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")  # refused, in the words of TLS
    except TimeoutError:
        return None
    except OSError:
        return False


def why_not(host: str, port: int, files: TlsFiles | None, said: Said) -> str:
    """The line; "" where nothing listens, or where it is not TLS that keeps the two apart. `files` None: without TLS."""
    try:
        socket.create_connection((host, port), WITHIN_S).close()
    except OSError:
        return ""
    if files is None:
        if not speaks_tls(host, port):
            return ""
        return f"it speaks TLS on this port: write {said.secure}… ({said.option})"
    try:
        with connected(host, port, tls_context(files)) as secured:
            # In TLS 1.3 the other side looks at our certificate after the handshake.
            secured.settimeout(_LOOKED_AT_WITHIN_S)
            secured.recv(1)
    except TimeoutError:
        return ""
    except ConfigError as error:
        return str(error)
    except ssl.SSLCertVerificationError as error:
        return of_tls(error, host, said.option, CERTIFICATE)
    except OSError as error:
        if speaks_tls(host, port) is False:
            return f"it speaks no TLS on this port: another port, or {said.open}… ({said.option})"
        return f"{CERTIFICATE}: {getattr(error, 'reason', None) or error}"
    return ""
