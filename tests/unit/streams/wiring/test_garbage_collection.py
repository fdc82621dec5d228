"""What the collector is asked for, by lag: the automatic one must not walk the state."""

import gc

import pytest

from streams.wiring.garbage_collection import collect
from streams.wiring.options import BACKLOG


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda *generation: calls.append(f"collect{generation}"))
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: calls.append("unfreeze"))
    return calls


def test_what_is_new_is_walked(asked: list[str]) -> None:
    assert not collect(0, full_is_due=False)
    assert asked == ["collect(0,)"]


def test_in_a_backlog_nothing_is_walked(asked: list[str]) -> None:
    assert not collect(BACKLOG + 1, full_is_due=True)
    assert asked == ["freeze"]


def test_everything_is_walked_when_it_is_due_and_nothing_waits(asked: list[str]) -> None:
    assert not collect(1, full_is_due=True)
    assert collect(0, full_is_due=True)
    assert asked == ["collect(0,)", "unfreeze", "collect()", "freeze"]
