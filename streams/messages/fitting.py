"""Makes text from outside safe to show, and fits it into so many characters."""

import unicodedata
from collections.abc import Callable

_JOINERS = "\u200c\u200d"  # format characters that words of some scripts are spelled with
_UNSHOWN = {
    "Cc",
    "Cf",
    "Cn",
    "Co",
    "Cs",
}  # also what turns the direction of a line, and half characters
_TO_THE_RIGHT = {"L", "EN"}  # letters of most scripts, and digits
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"

_GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWICE = set("^{}\\[~]|€")  # take the place of two characters
_PLAIN = str.maketrans({
    "–": "-", "—": "-", "\u2018": "'", "’": "'", "“": '"', "”": '"', "`": "'", "…": "...", "×": "x",
    "•": "-", "\u00a0": " ",
})  # fmt: skip


def clean(text: str) -> str:
    """The text on one line, without characters that are not shown."""
    seen = (sign if sign.isspace() or _is_shown(sign) else "" for sign in text)
    return " ".join("".join(seen).split())


def isolated(text: str) -> str:
    """Words of the other direction within a line from right to left: their order, and that of the line, stay right."""
    is_other = any(unicodedata.bidirectional(sign) in _TO_THE_RIGHT for sign in text)
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if is_other else text


def cut(text: str, room: int, ending: str, length: Callable[[str], int] = len) -> str:
    """The text if there is room for it, else its beginning and `ending`; no mark is left without its letter."""
    if length(text) <= room:
        return text
    end = min(len(text), max(room, 0))
    while end and length(text[:end].rstrip() + ending) > room:
        end -= 1
    whole = end
    while whole and _belongs_to_the_former(text, whole):
        whole -= 1
    end = whole or end
    kept = text[:end].rstrip()
    opened = kept.count(_ISOLATE) > kept.count(_END_OF_ISOLATE)
    if opened and length(kept + _END_OF_ISOLATE + ending) > room:
        kept = kept[:-1]
    return (kept + (_END_OF_ISOLATE if opened else "") + ending) if kept else ""


def gsm7(text: str) -> str:
    """The text in the alphabet of SMS if it can be read in it, else as it is: an SMS holds 160 characters of that
    alphabet, or 70 of any other.
    """
    plain = "".join(map(_plain, text.translate(_PLAIN)))
    return plain if _GSM7.issuperset(set(plain) - _GSM7_TWICE) else text


def sms_length(text: str) -> int:
    return len(text) + sum(sign in _GSM7_TWICE for sign in text)


def _plain(sign: str) -> str:
    if sign in _GSM7 or sign in _GSM7_TWICE:
        return sign
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(each)
    )
    return bare if bare and _GSM7.issuperset(bare) else sign


def _is_shown(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign) not in _UNSHOWN


def _belongs_to_the_former(text: str, at: int) -> bool:
    if at >= len(text):
        return False
    return (
        text[at] in _JOINERS
        or text[at - 1] in _JOINERS
        or unicodedata.category(text[at]).startswith("M")
    )
