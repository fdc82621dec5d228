"""The fields of a form that was posted; one that cannot be read is the sender's mistake and no traceback of ours."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web


async def posted_form(request: web.Request) -> Mapping[str, Any]:
    """HTTPBadRequest where parts, encoding or compression are not what the request says they are."""
    try:
        return await request.post()
    except (ValueError, LookupError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest(text="The form cannot be read.\n") from error
