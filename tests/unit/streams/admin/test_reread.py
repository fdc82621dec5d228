from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import NoError, UnknownMemberIdError

from schemas.groups import archive_group
from streams.admin import reread
from streams.admin.broker import AdminError

GROUP = archive_group("north.")
LEGS = TopicPartition("north.legs", 0)


class Client:
    """`members`: how many each question finds, the last answer again and again."""

    def __init__(
        self, places: dict[TopicPartition, int], members: list[int], error: Any = NoError
    ) -> None:
        self._places = places
        self._members = members
        self._error = error
        self.reset: dict[TopicPartition, Any] = {}

    def list_group_offsets(self, groups: list[str]) -> Any:
        return dict.fromkeys(groups, self._places)

    def describe_groups(self, groups: list[str]) -> Any:
        found = self._members.pop(0) if len(self._members) > 1 else self._members[0]
        return {group: {"members": [{}] * found} for group in groups}

    def reset_group_offsets(self, group: str, wanted: dict[TopicPartition, Any]) -> Any:
        assert group == GROUP
        self.reset = wanted
        return {partition: {"error": self._error, "offset": 0} for partition in wanted}


def run(client: Client, monkeypatch: pytest.MonkeyPatch) -> int:
    @contextmanager
    def admin(_: str) -> Iterator[Client]:
        yield client

    monkeypatch.setattr(reread, "admin_client", admin)
    monkeypatch.setattr(reread, "_LEFT_WITHIN_S", 0.05)
    monkeypatch.setattr(reread, "_ASK_AGAIN_S", 0.01)
    return reread.read_again("a:1", "north.")


def test_it_waits_until_the_stopped_archive_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client({LEGS: 7}, [1, 1, 0])
    assert run(client, monkeypatch) == 1
    assert client.reset == {LEGS: OffsetSpec.EARLIEST}


def test_an_archive_that_runs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client({LEGS: 7}, [1])
    with pytest.raises(AdminError, match="the archive runs: stop it first"):
        run(client, monkeypatch)
    assert client.reset == {}


def test_without_a_place_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(Client({}, [0]), monkeypatch) == 0


def test_what_kafka_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AdminError, match=r"north\.legs-0: UnknownMemberIdError"):
        run(Client({LEGS: 7}, [0], UnknownMemberIdError), monkeypatch)
