"""A board is drawn for those who look; whoever asks gets the newest."""

import asyncio
from typing import Any, cast

import pytest

from dashboards.access.rights import WHOLE
from dashboards.wallboard import hub as hubs
from dashboards.wallboard.hub import Hub
from dashboards.wallboard.page import Board


class Boards:
    """Counts what is computed; a board is the number of the change that it was made after."""

    def __init__(self) -> None:
        self.changes = 0
        self.computed: list[int] = []
        self.hub = Hub(lambda _: self._board(), lambda *_: cast(Any, None))

    def _board(self) -> Board:
        self.computed.append(self.changes)
        return cast(Board, self.changes)

    async def change(self) -> None:
        """Until the hub has seen it."""
        self.changes += 1
        before = self.hub.number
        self.hub.changed()
        await self.hub.newer_than(before)


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> Boards:
    monkeypatch.setattr(hubs, "SHORTEST_S", 0.0)
    monkeypatch.setattr(hubs, "LONGEST_S", 3600.0)
    return Boards()


async def test_while_nobody_looks_a_board_is_made_when_one_is_asked_for(boards: Boards) -> None:
    running = asyncio.create_task(boards.hub.run())
    await boards.change()
    for _ in range(5):
        await boards.change()
    assert boards.computed == [1]  # the first one: an error in it must end the process
    assert boards.hub.board(WHOLE) is boards.hub.board(WHOLE)
    assert boards.computed == [1, 6]
    running.cancel()


async def test_for_those_who_look_each_board_is_made_at_once(boards: Boards) -> None:
    boards.hub.viewers = 1
    running = asyncio.create_task(boards.hub.run())
    for _ in range(3):
        await boards.change()
    assert boards.computed == [1, 2, 3]
    running.cancel()


async def test_an_error_in_a_board_ends_it_though_nobody_looks(
    boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "LONGEST_S", 0.0)
    running = asyncio.create_task(boards.hub.run())
    await boards.change()
    monkeypatch.setattr(boards, "_board", lambda: 1 // 0)
    boards.hub.changed()
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(running, 30)
