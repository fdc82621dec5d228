"""A platform in one file, through the same shell as ours: `tests/support/jsonl_legs.py`."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from producers.contract import DetailedLeg, Refused
from producers.event_order import order_key
from producers.progress import silent
from schemas.calls import FinishedLeg
from schemas.codec import encode
from schemas.millis import HOUR
from schemas.privacy import caller_token, key_from_secret
from streams.cli.send import command
from streams.processes import sending
from tests.support.documents import blocks, read, section
from tests.support.jsonl_legs import JSONL_LEGS
from tests.support.packages import OURS, offer
from tests.support.publishing import KeptPublisher
from tests.support.sources import ROOT

SECRET = "a secret of the tests"
KEY = key_from_secret(SECRET.encode())
NINE = 1_772_442_000_000  # 2026-03-02T09:00:00Z


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
    _line("04:02", "9", "lost 0315550004"),
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
    summary, delivery = done.stdout.splitlines()
    assert summary == (
        "3 legs sent, 1 of them still open at its end,"
        " 3 lines in quarantine (first: line 4: not a line of jsonl-legs)"
    )
    assert {delivery} == {f"delivery {each.delivery_id}" for each in told.deliveries}
    begun, ended = told.deliveries
    assert (begun.state, ended.state, ended.feed) == ("sending", "sent", "history")
    assert (ended.counts.legs, ended.counts.open_legs, ended.counts.refused) == (3, 1, 3)
    assert [each.name for each in ended.files] == ["calls.jsonl"]
    assert {delivery} == {f"delivery {each.delivery}" for each in told.refused}
    legs = [leg for leg in told.calls if isinstance(leg, FinishedLeg)]
    assert {delivery} == {f"delivery {leg.delivery}" for leg in legs}
    assert [(leg.leg_id, leg.outcome) for leg in legs] == [
        (f"8/billing/{NINE + 10_000}", "abandoned"), (f"7/billing/{NINE + 5_000}", "answered"),
        (f"9/billing/{NINE + 240_000}", "open"),
    ]  # fmt: skip
    assert {leg.source for leg in legs} == {"jsonl-legs:calls"}
    token = caller_token(KEY, "0315550003")
    assert [(each.origin, each.position, each.detail) for each in told.refused] == [
        ("calls.jsonl", 4, "not a line of jsonl-legs"),
        ("calls.jsonl", 8, "what: unknown word lost"),
        ("calls.jsonl", 9, f"what: unknown word lost {caller_token(KEY, '0315550004')}"),
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
    assert done.output.startswith("stopped after 0 events, 3 lines in quarantine")
    assert all(mark.replay for _, mark in told.marks)


def _interrupt(_: object) -> None:
    raise KeyboardInterrupt


def test_a_dry_run(tmp_path: Path, told: KeptPublisher) -> None:
    done = _send(tmp_path, "--dry-run", "--time-zone", "Europe/Berlin")
    first, second, *_, last, quoted = done.output.splitlines()
    assert first.endswith(
        "calls.jsonl: nothing sent; 3 legs, 1 of them still open at its end, 3 lines refused"
    )
    assert second == "from 2026-03-02T10:00:05+01:00 to 2026-03-02T10:04:00+01:00"
    assert last == "  1 x what: unknown word lost (first: line 8)"
    assert re.fullmatch(r"  1 x what: unknown word lost \S{41} \(first: line 9\)", quoted)
    assert (told.told, told.refused) == ([], [])


@pytest.mark.parametrize("options", [(), ("--feed", "live"), ("--dry-run",)])
def test_a_number_that_the_platform_quotes_is_told_to_nobody(
    tmp_path: Path, told: KeptPublisher, options: tuple[str, ...]
) -> None:
    (tmp_path / "calls.jsonl").write_text(f"{LINES[6]}\n{LINES[-1]}\n")
    done = _send(tmp_path, *options)
    assert done.exit_code == 1
    assert "unknown word lost" in done.output
    assert "0315550004" not in done.output + repr(told.refused)


def _followed(path: Path, memory: bytes | None = None) -> tuple[list[Any], bytes]:
    """What the lines of a file tell a follower that begins with that memory, and its memory then."""
    live = JSONL_LEGS.follow(path, "pbx", KEY, {"time_zone": "UTC"})
    snapshot = None if memory is None else encode({"memory": msgspec.Raw(memory)})
    reader = live.open(snapshot, lambda _: None)
    items: list[Any] = []
    while (batch := reader.next_batch(NINE)) is not None:
        items += [item for record in batch for item in record.items]
    kept = encode(reader.snapshot()["memory"])
    reader.close()
    return items, kept


STRANGE = (
    _line("00:01", "1", "answered", agent="ann"),  # never queued
    _line("00:02", "2", "queued"),
    _line("00:03", "2", "queued"),  # nobody told how the stay before it ended
    _line("00:04", "2", "ended"),  # nobody told of its answer
    _line("00:05", "3", "queued"),
    _line("00:06", "3", "answered", agent="ann"),
    _line("00:07", "3", "abandoned"),  # after the answer
    _line("00:08", "3", "ended"),
    _line("00:09", "4", "queued"),
    _line("00:10", "4", "abandoned"),
    _line("00:11", "4", "queued"),  # the same queue again
    _line("00:12", "4", "answered", agent="bo"),
    _line("00:13", "5" * 201, "queued"),  # longer than an id may be
    _line("00:14", "6", "queued").replace("2026", "1999"),
)


def test_facts_go_out_as_they_were_told_of_a_file_and_of_a_growing_log(tmp_path: Path) -> None:
    (path := tmp_path / "calls.jsonl").write_text("\n".join(STRANGE) + "\n")
    file = JSONL_LEGS.open(path, "pbx", KEY, {"time_zone": "UTC"})
    items = list(file.read(NINE + HOUR, silent()))
    details = [each for each in items if isinstance(each, DetailedLeg)]
    assert [
        (each.whole.contact_id, each.whole.outcome, each.whole.left_at, each.whole.ended_at)
        for each in details
        if isinstance(each.whole, FinishedLeg)
    ] == [
        ("2", "answered", NINE + 4_000, None),
        ("3", "answered", NINE + 6_000, NINE + 8_000),
        ("4", "abandoned", NINE + 10_000, None),
    ]
    still_open = [(each.whole.contact_id, _types([*each.events])) for each in details[3:]]
    assert still_open == [("2", ["Queued"]), ("4", ["Queued", "Answered"])]

    followed, _ = _followed(path)
    facts = [fact for each in details for fact in each.events]
    assert sorted(facts, key=order_key) == [
        item for item in followed if not isinstance(item, Refused)
    ]
    refused = ["a call that is not in the queue", "Expected `str` of length <= 200 - at `$.event_id`",
               "Expected `int` >= 946684800000 - at `$.at`"]  # fmt: skip
    assert [item.detail for item in items if isinstance(item, Refused)] == refused
    assert [item.detail for item in followed if isinstance(item, Refused)] == refused


@pytest.mark.parametrize("cut", range(1, len(STRANGE)))
def test_interrupted_anywhere_a_follower_tells_the_same(tmp_path: Path, cut: int) -> None:
    parts: list[Any] = []
    memory = None
    for name, lines in (("first", STRANGE[:cut]), ("second", STRANGE[cut:])):
        (path := tmp_path / name).write_text("\n".join(lines) + "\n")
        told, memory = _followed(path, memory)
        parts += told
    (path := tmp_path / "whole").write_text("\n".join(STRANGE) + "\n")
    whole, kept = _followed(path)
    assert [getattr(each, "event_id", "") for each in parts] == [
        getattr(each, "event_id", "") for each in whole
    ]
    assert memory == kept


def test_a_first_line_that_is_none_of_ours_ends_neither_a_file_nor_a_follower(
    tmp_path: Path,
) -> None:
    (path := tmp_path / "calls.jsonl").write_text("log opened\n" + LINES[0] + "\n")
    JSONL_LEGS.open(path, "pbx", KEY, {"time_zone": "UTC"})
    JSONL_LEGS.follow(path, "pbx", KEY, {"time_zone": "UTC"}).check()


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
