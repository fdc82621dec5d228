"""deliver over HTTP: Alertmanager's webhook, the part of its API that `notify` posts to, and the test of an owner.

Without credentials (`door`) it is for loopback, or a network that is trusted.
"""

from collections.abc import Callable
from secrets import token_hex

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from schemas.addresses import REACHES
from schemas.millis import iso
from streams.plumbing.door import CHALLENGE, OPEN, UNAUTHORIZED, Door
from streams.sinks.deliver.api import ApiError, listed, listed_alerts, posted_alerts, posted_silence
from streams.sinks.deliver.deliverer import Deliverer
from streams.sinks.deliver.message_log import NotWrittenError
from streams.sinks.deliver.probes import ProbesBack
from streams.sinks.deliver.status import DeliverStatus
from streams.sinks.deliver.trial import Links, outcome, remarks, trial_telling
from streams.sinks.deliver.webhook import WebhookError, telling_of

_TEST_WITHIN_S = 60.0
_LARGEST = 16 << 20


def application(
    deliverer: Deliverer,
    status: DeliverStatus,
    probes: ProbesBack,
    now: Callable[[], int],
    door: Door = OPEN,
) -> web.Application:
    # By it `notify` knows one that was started anew, and has forgotten what fires.
    started_at = now()
    app = web.Application(
        client_max_size=_LARGEST, middlewares=[_let_in(door), _in_one_line(status)]
    )

    async def webhook(request: web.Request) -> web.StreamResponse:
        owner = _owner(request, deliverer)
        await deliverer.accept(telling_of(owner, await request.read()))
        return web.Response(text="in the outbox\n")

    async def alerts(request: web.Request) -> web.StreamResponse:
        at = now()
        posted = posted_alerts(await request.read(), at)
        deliverer.post(posted, at)
        probes.take(posted)
        return web.Response()

    async def firing(_: web.Request) -> web.StreamResponse:
        return web.json_response(listed_alerts(deliverer.groups.active(now())))

    async def status_of(_: web.Request) -> web.StreamResponse:
        reaches = deliverer.reached(now())
        return web.json_response({"uptime": iso(started_at), REACHES: reaches})

    async def silences(_: web.Request) -> web.StreamResponse:
        return web.json_response(listed(deliverer.groups.silences.values(), now()))

    async def silence(request: web.Request) -> web.StreamResponse:
        asked = posted_silence(await request.read(), token_hex(16))
        deliverer.groups.silences[asked.silence_id] = asked
        return web.json_response({"silenceID": asked.silence_id})

    async def unsilence(request: web.Request) -> web.StreamResponse:
        if deliverer.groups.silences.pop(request.match_info["id"], None) is None:
            raise web.HTTPNotFound(text="no such silence\n")
        return web.Response()

    async def test(request: web.Request) -> web.StreamResponse:
        owner = _owner(request, deliverer)
        links = Links(request.query.get("board_url", ""), request.query.get("runbooks", ""))
        messages = await deliverer.test(trial_telling(owner, links, now()), _TEST_WITHIN_S)
        targets = deliverer.outbox.targets_of(owner)
        return web.json_response(outcome(messages) | {"remarks": list(remarks(targets, links))})

    for path, handler in (("/webhook/{owner}", webhook), ("/api/v2/alerts", alerts),
                          ("/api/v2/silences", silence), ("/test/{owner}", test)):  # fmt: skip
        app.router.add_post(path, handler)
    app.router.add_get("/api/v2/alerts", firing)
    app.router.add_get("/api/v2/status", status_of)
    app.router.add_get("/api/v2/silences", silences)
    app.router.add_delete("/api/v2/silence/{id}", unsilence)
    return app


def _owner(request: web.Request, deliverer: Deliverer) -> str:
    name = request.match_info["owner"]
    if not deliverer.outbox.targets_of(name):
        known = ", ".join(each for each in deliverer.owners if deliverer.outbox.targets_of(each))
        raise web.HTTPNotFound(text=f'no owner "{name}" with deliver_file; known: {known}\n')
    return name


def _let_in(door: Door) -> Middleware:
    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        if door.admits(request.path, request.headers.get("Authorization", "")):
            return await handler(request)
        return web.Response(status=401, text=UNAUTHORIZED, headers=CHALLENGE)

    return answered


def _in_one_line(status: DeliverStatus) -> Middleware:
    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not status.ready:
            why = f"{status.state}: {status.detail}".rstrip(": ")
            return web.Response(status=503, text=f"{why}\n")
        try:
            return await handler(request)
        except (WebhookError, ApiError) as error:
            return web.Response(status=400, text=f"{error}\n")
        except NotWrittenError as error:
            return web.Response(status=503, text=f"{error}\n")

    return answered
