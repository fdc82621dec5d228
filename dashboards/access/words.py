"""The words of the pages of logging in and out, from the file of each language in `languages/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from aiohttp import web
from msgspec import Struct, toml

from dashboards.access.gate import Why
from schemas.ack_link import language_in
from schemas.owners import Language


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """`why`: what a person is told of each refusal."""

    log_in: str
    your_token: str
    no_token: str
    by_provider: str
    either: str
    logged_in: str
    log_out: str
    log_out_everywhere: str
    end_all: str
    board: str
    all_departments: str
    logged_out: str
    shows_nothing: str
    left_on_wall: str  # {wall}
    all_ended: str
    all_ended_then: str
    no_wall: str
    refused: str
    back: str
    nobody_now: str
    not_now: str  # {problem}
    not_logged_in: str  # {problem}
    took_too_long: str
    why: Mapping[Why, str]
    right_to_left: bool = False


@cache
def words_of(language: Language) -> Words:
    file = files("dashboards.access") / "languages" / f"{language}.toml"
    return toml.decode(file.read_bytes(), type=Words)


def language_of(request: web.Request) -> Language:
    """That of `?lang=`; where it names none (or one that there is not) the first of the browser's that there is."""
    of_browser = request.headers.get("Accept-Language", "").split(",")
    asked = [
        request.query.get("lang", ""),
        *(each.partition(";")[0].strip().partition("-")[0].lower() for each in of_browser),
    ]
    return next((found for each in asked if (found := language_in(each))), "en")
