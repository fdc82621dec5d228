"""The link in a message by which somebody says "I have it": signed, of one alert and one owner, with an end. Pure.

Rule 1: nobody can make or change a link without the key: all of it is signed (HMAC-SHA-256).
Rule 2: a link ends by itself, so that an old message is no key for ever. Its end changes twice a day only: an
alert that is sent again every 30 s carries the same link.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import urlencode

from msgspec import Struct

from schemas.millis import HOUR
from schemas.owners import Language

PATH = "/ack"
_LINK_STEP_MS = 12 * HOUR
_PURPOSE = "queuewatch: I have it"  # a key that signs other things, too, must not mix them up

Refusal = Literal["forged", "expired"]


class AckLink(Struct, frozen=True):
    """`owner` is who was told; "" where the alert has none. It may be used before `expires_at`.

    `language` is that of the owner; "" where it is not known (also in a link of a former release).
    """

    alert_id: str
    owner: str
    expires_at: int
    language: Language | Literal[""] = ""


def expires_at(now: int) -> int:
    """The end of a link that is sent now: 12 to 24 hours later."""
    return (now // _LINK_STEP_MS + 2) * _LINK_STEP_MS


def address(board: str, key: bytes, link: AckLink) -> str:
    """The whole link; `board` is the address of the board without a slash at its end."""
    fields = {"alert": link.alert_id, "to": link.owner, "until": str(link.expires_at)}
    fields |= {"lang": link.language} if link.language else {}
    signature = _signature(key, fields)
    return f"{board}{PATH}?{urlencode(fields | {'sig': signature})}"


def opened(key: bytes, query: Mapping[str, str], now: int) -> AckLink | Refusal:
    """The link that a query is, or why it is none."""
    fields = {name: query.get(name, "") for name in ("alert", "to", "until", "lang")}
    given = query.get("sig", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, _signature(key, fields).encode()):
        return "forged"
    link = AckLink(fields["alert"], fields["to"], int(fields["until"]), language_in(fields["lang"]))
    return link if now < link.expires_at else "expired"


def language_in(text: str) -> Language | Literal[""]:
    """The language that the text names; "" for one that there is not."""
    return next((each for each in get_args(Language) if each == text), "")


def _signature(key: bytes, fields: Mapping[str, str]) -> str:
    signed = [_PURPOSE, fields["alert"], fields["to"], fields["until"]]
    if fields.get("lang"):  # not in the links of a former release, which go on to open
        signed.append(fields["lang"])
    told = json.dumps(signed)
    digest = hmac.digest(key, told.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
