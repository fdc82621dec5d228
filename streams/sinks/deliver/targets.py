"""The file of addresses of an owner: one URL of apprise a line, each a secret. Pure.

A target is named by its scheme and line. Nothing here shows an address, also not in an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Schemes of apprise that end as text messages of a telephone: these get the short text.
SHORT_SCHEMES = frozenset(
    {
        "46elks", "atalk", "bulksms", "bulkvs", "burstsms", "clickatell", "clicksend", "d7sms", "httpsms",
        "kavenegar", "msg91", "msgbird", "nexmo", "plivo", "seven", "sfr", "signal", "signals",
        "sinch", "smpp", "smpps", "smseagle", "smseagles", "smsmgr", "smsmanager", "sns", "threema", "twilio",
        "voipms", "vonage",
    }
)  # fmt: skip
_SCHEME = re.compile(r"([a-z0-9][a-z0-9.+-]{0,30})://")
_LOOPBACK = re.compile(
    r"://(?:[^/]*@)?(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?(?:[/?]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Target:
    """`name` such as `ntfy, line 2`; `leaves`: what it is sent goes to another machine."""

    owner: str
    name: str
    is_short: bool
    leaves: bool
    url: str = field(repr=False)  # the secret

    @property
    def key(self) -> tuple[str, str]:
        return self.owner, self.name


class AddressError(Exception):
    """A line that is no address; the text names the line, never what stands there."""


def targets_of(owner: str, text: str) -> Iterator[Target]:
    """The targets of a file; empty lines and lines that begin with `#` are none. AddressError."""
    for number, line in enumerate(text.splitlines(), 1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        match = _SCHEME.match(url.lower())
        if match is None:
            raise AddressError(f'line {number}: no address of apprise: it begins with "SCHEME://"')
        scheme = match[1]
        yield Target(
            owner,
            f"{scheme}, line {number}",
            scheme in SHORT_SCHEMES,
            _LOOPBACK.search(url) is None,
            url,
        )
