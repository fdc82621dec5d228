"""What a person gets who opens an address at which there is nothing."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from dashboards.access.requests import is_read_by_a_person
from dashboards.wallboard.painting import no_page
from dashboards.wallboard.texts import chosen


def not_found_pages() -> Middleware:
    """A page in the language of the reader, where programs get a line."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/api/") or not is_read_by_a_person(request):
            return await handler(request)
        try:
            answer = await handler(request)
        except web.HTTPNotFound as refused:
            answer = refused
        if answer.status != 404 or answer.content_type == "text/html":  # noqa: PLR2004
            return answer
        accepted = request.headers.get("Accept-Language", "")
        body = no_page(request.path, chosen(request.query.get("lang", ""), accepted))
        return web.Response(
            status=404, body=body, content_type="text/html", charset="utf-8",
            headers={"Cache-Control": "no-store", "Vary": "Accept-Language"},
        )  # fmt: skip

    return check
