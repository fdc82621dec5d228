"""What `/api` answers when it cannot do what it is asked: one shape, with a code for programs and words for people."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct, json

_CODES = {
    400: "bad_request",
    401: "not_logged_in",
    403: "not_allowed",
    404: "not_found",
    405: "wrong_method",
    409: "conflict",
    413: "too_large",
    421: "wrong_host",
    429: "too_many_requests",
    503: "not_now",
}


class Problem(Struct, frozen=True):
    """`code` is one of a closed set; `problem` is one line for people."""

    code: str
    problem: str


def problem(status: int, text: str, code: str = "") -> web.Response:
    told = Problem(code or _CODES.get(status, "failed"), text)
    return web.Response(
        status=status, body=json.encode(told), content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip


def typed_problems() -> Middleware:
    """Under `/api/` every refusal is a Problem, also those of the entrance and of the router, which are texts elsewhere."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await handler(request)
        try:
            answer = await handler(request)
        except web.HTTPException as refused:
            if refused.status < 400:  # noqa: PLR2004 - a redirection is no refusal
                raise
            answer = refused
        if not isinstance(answer, web.Response) or answer.status < 400:  # noqa: PLR2004
            return answer
        # A page is for a person who sent a form of ours.
        if answer.content_type in {"application/json", "text/html"}:
            return answer
        told = problem(answer.status, (answer.text or "").strip())
        for name in ("WWW-Authenticate", "Allow"):
            if name in answer.headers:
                told.headers[name] = answer.headers[name]
        return told

    return check
