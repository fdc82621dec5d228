"""A platform in one file, through the same shell as ours: `tests/support/jsonl_legs.py`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from schemas.calls import FinishedLeg
from schemas.privacy import caller_token, key_from_secret
from streams.cli.send import command
from streams.processes import sending
from tests.support.documents import blocks, read, section
from tests.support.packages import OURS, offer
from tests.support.publishing import KeptPublisher
from tests.support.sources import ROOT

SECRET = "a secret of the tests"


def _line(at: str, call: str, what: str, **more: str) -> str:
    when = f"2026-03-02T09:{at}Z"
    return json.dumps({"at": when, "call": call, "queue": "billing", "what": what, **more})


LINES = (
    _line("00:05", "7", "queued", caller="0315550001"),
    _line("00:10", "8", "queued", caller="0315550002"),
    _line("00:17", "7", "answered", agent="ann"),
    "call 0315550003 back",
    _line("00:30", "8", "abandoned"),
    _line("03:17", "7", "ended"),
    _line("04:00", "9", "queued"),
    _line("04:01", "9", "lost"),
)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptPublisher:
    """What is published; the platform is offered by a package, and a file of calls lies there."""
    monkeypatch.syspath_prepend(tmp_path)
    offer(tmp_path, "jsonl", jsonl_legs=OURS)
    (tmp_path / "calls.jsonl").write_text("\n".join(LINES) + "\n")
    (tmp_path / "key").write_text(SECRET)
    kept = KeptPublisher()
    monkeypatch.setattr(sending, "Publisher", lambda *_: kept)
    return kept


def _send(tmp_path: Path, *options: str) -> Result:
    return CliRunner().invoke(
        command,
        [
            "jsonl-legs",
            str(tmp_path / "calls.jsonl"),
            "--data",
            str(tmp_path / "data"),
            "--caller-key-file",
            str(tmp_path / "key"),
            *options,
        ],
    )


def _types(events: list[Any]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_as_history(tmp_path: Path, told: KeptPublisher) -> None:
    done = _send(tmp_path)
    assert done.output == (
        "2 legs sent, 2 lines in quarantine (first: line 4: not a line of jsonl-legs),"
        " 1 still open, not sent\n"
    )
    legs = [leg for leg in told.calls if isinstance(leg, FinishedLeg)]
    assert [(leg.leg_id, leg.outcome) for leg in legs] == [
        ("8/billing", "abandoned"), ("7/billing", "answered"),
    ]  # fmt: skip
    assert {leg.source for leg in legs} == {"jsonl-legs:calls"}
    token = caller_token(key_from_secret(SECRET.encode()), "0315550003")
    assert [(each.origin, each.position, each.detail) for each in told.refused] == [
        ("calls.jsonl", 4, "not a line of jsonl-legs"),
        ("calls.jsonl", 8, "what: unknown word lost"),
    ]
    assert told.refused[0].original == f"call {token} back"


def test_as_live_traffic(tmp_path: Path, told: KeptPublisher) -> None:
    done = _send(tmp_path, "--feed", "live")
    assert done.output.startswith("3 legs sent (6 events, ")
    assert _types(told.calls) == ["Queued", "Queued", "Answered", "Abandoned", "Ended", "Queued"]
    assert _types([mark for _, mark in told.marks])[-1] == "EndOfInput"


def test_a_replay(tmp_path: Path, told: KeptPublisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "send_call", _interrupt)
    done = _send(tmp_path, "--replay")
    assert done.output.startswith("stopped after 0 events, 2 lines in quarantine")
    assert all(mark.replay for _, mark in told.marks)


def _interrupt(_: object) -> None:
    raise KeyboardInterrupt


def test_a_dry_run(tmp_path: Path, told: KeptPublisher) -> None:
    done = _send(tmp_path, "--dry-run", "--time-zone", "Europe/Berlin")
    first, second, *_, last = done.output.splitlines()
    assert first.endswith("calls.jsonl: nothing sent; 3 legs, 2 lines refused, 1 still open")
    assert second == "from 2026-03-02T10:00:05+01:00 to 2026-03-02T10:04:00+01:00"
    assert last == "  1 x what: unknown word lost (first: line 8)"
    assert (told.told, told.refused) == ([], [])


def test_what_is_no_such_file_is_one_line(tmp_path: Path, told: KeptPublisher) -> None:
    (tmp_path / "calls.jsonl").write_text("leg_id,queue\n")
    for option in ("--dry-run", "--follow", "--replay"):
        done = _send(tmp_path, option)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            f"queuewatch: {tmp_path / 'calls.jsonl'}: no jsonl-legs; expected lines such as"
            ' {"at": "2026-03-02T09:00:05Z", "call": "7", …}\n'
        )


def test_the_developers_page_shows_a_test_that_passes(tmp_path: Path) -> None:
    page = read(ROOT / "docs/developer.md")
    (code,) = blocks(section(page, "Adding a source"), "python")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own page
    (test,) = (value for name, value in names.items() if name.startswith("test_"))
    test(tmp_path)
