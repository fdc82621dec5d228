"""A worker's /healthz: ready, alive, or neither."""

import asyncio
import json
import urllib.error
import urllib.request

import msgspec
import pytest

from schemas.health import STALLED, Health
from streams.local.kafka import free_port
from streams.plumbing.ports import PortTakenError
from streams.wiring.http import serving

HOST = "127.0.0.1"
HEALTH = Health("stream", "stream-1", at=5, started_at=1, ready=True, state="running")


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


async def test_ready_alive_and_neither() -> None:
    shown = [HEALTH]

    async def render() -> bytes:
        await asyncio.sleep(0)
        return b"up 1\n"

    port = free_port()
    async with serving(HOST, port, render, lambda: shown[0]):
        assert await asyncio.to_thread(get, port, "/metrics") == (200, b"up 1\n")
        status, body = await asyncio.to_thread(get, port, "/healthz")
        assert (status, json.loads(body)["state"]) == (200, "running")
        for state, alive in (("recovering", 200), (STALLED, 503)):
            shown[0] = msgspec.structs.replace(HEALTH, ready=False, state=state)
            assert (await asyncio.to_thread(get, port, "/healthz"))[0] == 503
            assert (await asyncio.to_thread(get, port, "/healthz/live"))[0] == alive
        with pytest.raises(PortTakenError, match="--metrics-port"):
            async with serving(HOST, port, render, lambda: HEALTH):
                pass
    async with serving(HOST, port, render, lambda: HEALTH):  # it is free again
        pass
