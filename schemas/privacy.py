"""A caller's number is never stored in clear: it is replaced by a keyed token, also in free text.

Rule 1: the same number gives the same token under the same key; without the key the number cannot be found.
Rule 2: digits with spaces, dashes or a plus sign between them are the same number as without.
Rule 3: free text, in which names and streets may stand, is kept only as its shape (`mask_text`).
Rule 4: a key that took the place of another makes its tokens of those of the former key: who has it can tell which new
token an old one became, without any number; who has only a former key can tell nothing of new tokens.
Rule 5: a call has the token of the key of its time (`TokenKey.at`), so what is sent again says the same of it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from msgspec import Struct

_PUNCTUATION = re.compile(r"[\s().\-/+]+")
# A digit may be written as a JSON escape. Between two digits may be punctuation, or the NULs of UTF-16.
DIGIT = re.compile(r"\\u003\d|\d")
DIGIT_RUN = re.compile(
    rf"\+?(?:{DIGIT.pattern})"
    rf"(?:\0*(?:[\s().\-/\\\u2010-\u2015]\0*){{0,3}}(?:{DIGIT.pattern})){{5,}}"
)  # six digits or more
# The tokens that `caller_token` makes; empty if the number is unknown or withheld.
CALLER_PATTERN = r"^[0-9a-f]{8}\.[0-9a-f]{32}$|^$"
# Nobody writes a telephone number with a T and a colon.
_TIME = (
    r"\b20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?(?!\d)"
)
_BLOCK_BYTES = 64  # of SHA-256
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_TOKEN_DIGITS = 32
# Without spaces and punctuation, in small letters. The first list is that of ids (`id_token`) and never changes.
_NEVER_NAMED = frozenset({"", "anonymous", "unknown", "private", "restricted", "unavailable"})
# A word that is in neither is one caller, whoever rings.
_ANONYMOUS = _NEVER_NAMED | frozenset({
    "0", "withheld", "blocked", "hidden", "suppressed",
    "numberwithheld", "withheldnumber", "privatenumber", "unknownnumber", "blockednumber", "hiddennumber", "nocallerid",
    "nonumber", "callerunknown", "unknowncaller", "privatecaller", "anonymouscaller", "notavailable", "<unknown>", "<anonymous>",
    "anonymous@anonymousinvalid", "sip:anonymous@anonymousinvalid",
    "anonym", "unbekannt", "unterdrückt", "anonyme", "inconnu", "masqué", "anónimo", "anonimo", "desconocido", "anônimo",
    "restrictedcaller", "anonymous<anonymous>", "privat", "keinerufnummer", "inconnue", "privé", "masquée", "privado", "oculto",
    "privato", "verborgen", "pribadi", "غيرمعروف",
    "desconhecido", "sconosciuto", "anoniem", "onbekend", "anonim", "tidakdiketahui", "مجهول",
})  # fmt: skip
# The words ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on the keys of a telephone, as Twilio writes them.
_ANONYMOUS_BY_KEYS = frozenset(
    ("+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253")
)


class TokenKey(Struct, frozen=True):
    """The secret of the tokens and a short name for it, which may be shown.

    `former`: the key before it, for calls before `since` (ms).
    """

    key_id: str
    secret: bytes
    since: int = 0
    former: "TokenKey | None" = None

    def at(self, time: int) -> "TokenKey":
        """The key of calls of that time (ms)."""
        return self if self.former is None or time >= self.since else self.former.at(time)

    def line(self) -> "Iterator[TokenKey]":
        """This key and all before it, the newest first."""
        yield self
        if self.former:
            yield from self.former.line()

    def __repr__(self) -> str:  # the secret must not appear in a log
        return f"TokenKey({self.key_id})"


def key_from_secret(secret: bytes, since: int = 0, former: TokenKey | None = None) -> TokenKey:
    """A key whose id is derived from its secret: two files with the same secret give the same key."""
    key_id = sha256(b"queuewatch key id" + secret).hexdigest()[:8]
    return TokenKey(key_id, secret, since, former)


def caller_token(key: TokenKey, number: str) -> str:
    """`key_id.` and 16 bytes of HMAC-SHA-256 in hex; empty for an unknown or withheld number."""
    if number in _ANONYMOUS_BY_KEYS:
        return ""
    normalised = _normalised(number)
    return "" if normalised in _ANONYMOUS else _of_number(key, normalised)


def id_token(key: TokenKey, number: str) -> str:
    """What stands for the caller in the id of a record without one: release 0.1.0 took more words for callers, and what it sent must
    have the same id when it is sent again. Never a caller: `caller_token` is.
    """
    normalised = _normalised(number)
    return "" if normalised in _NEVER_NAMED else _of_number(key, normalised)


def _normalised(number: str) -> str:
    digits = number.removeprefix("+")
    bare = digits if digits.isdecimal() else _PUNCTUATION.sub("", number).lower()
    return bare.removeprefix("00")


def _of_number(key: TokenKey, normalised: str) -> str:
    return _token(key, _of_number(key.former, normalised) if key.former else normalised)


def present_token(key: TokenKey, token: str) -> str | None:
    """What a token of one of the former keys is under `key`; None for a token of any other key."""
    made_by = token.partition(".")[0]
    if made_by == key.key_id:
        return token
    before = present_token(key.former, token) if key.former else None
    return before and _token(key, before)


def mask(key: TokenKey, text: str) -> str:
    """Free text with every run of six or more digits replaced by its token.

    Times such as 2026-03-02T09:00:05Z and tokens of this key stay: masking twice changes nothing more.
    """
    parts = _split(key, text)
    parts[::2] = [
        DIGIT_RUN.sub(lambda run: caller_token(key, run[0]), between) for between in parts[::2]
    ]
    return "".join(parts)


def mask_text(key: TokenKey, text: str) -> str:
    """`mask`, and of the rest every letter becomes x and every digit 0; spaces and punctuation stay.

    What stood there cannot be read, but its length and shape can: a row with a field too many is still
    seen to be one. Masking twice changes nothing more.
    """
    parts = _split(key, mask(key, text))
    parts[::2] = ["".join(map(_shape, between)) for between in parts[::2]]
    return "".join(parts)


def _token(key: TokenKey, of: str) -> str:
    inner, outer = _padded(key.secret)
    digest = sha256(outer + sha256(inner + of.encode()).digest()).hexdigest()
    return f"{key.key_id}.{digest[:_TOKEN_DIGITS]}"


@lru_cache(maxsize=64)
def _padded(secret: bytes) -> tuple[bytes, bytes]:
    """The secret as HMAC-SHA-256 (RFC 2104) puts it before the message, and before that digest.

    `hmac.digest` makes it anew for each number, which takes longer than both digests.
    """
    whole = sha256(secret).digest() if len(secret) > _BLOCK_BYTES else secret
    block = whole.ljust(_BLOCK_BYTES, b"\0")
    return block.translate(_INNER), block.translate(_OUTER)


def _split(key: TokenKey, text: str) -> list[str]:
    """The text cut at times and tokens of the key and of those before it, which stand at the odd places."""
    ids = "|".join(each.key_id for each in key.line())
    return re.split(rf"({_TIME}|\b(?:{ids})\.[0-9a-f]{{32}}\b)", text)


def _shape(sign: str) -> str:
    """Marks of other scripts that are no letters by themselves are part of a word, so they become x too."""
    if sign.isdigit():
        return "0"
    return sign if sign.isascii() and not sign.isalpha() else "x"
