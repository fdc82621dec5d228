"""What of a request over HTTP matters to who may come in."""

from aiohttp import web

from dashboards.access.asking import Asking


def is_read_by_a_person(request: web.Request) -> bool:
    """A browser that opens a page or sends a form says so; programs and the page's own script do not."""
    return "text/html" in request.headers.get("Accept", "")


def route_of(request: web.Request) -> str:
    """The pattern of the route that answers, however the path is spelt."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def asking_of(request: web.Request) -> Asking:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return Asking(
        peer=str(peer[0]) if isinstance(peer, tuple) else "",
        is_tls=request.secure,
        method=request.method,
        headers=headers,
        cookies=request.cookies,
    )
