"""Golden messages of every topic: each type has one, each one is read back equal, each wrong one refused."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from schemas import render
from schemas.codec import (
    LARGEST_OWN_RECORD,
    LARGEST_RECORD,
    UndecodableError,
    decode_agent,
    decode_as,
    decode_call,
    encode,
)
from schemas.quarantine import DecodeReason
from schemas.queues_toml import parse_queues
from schemas.targets import TargetsVersion
from schemas.topics import TOPICS
from tests.support.sources import ROOT

FOLDER = ROOT / "schemas" / "examples"
DECODERS = {"calls": decode_call, "agents": decode_agent}


def _kinds() -> dict[str, Any]:
    """`topic/type` -> its Struct, for every topic whose records are Structs."""
    return {
        f"{topic.name}/{_name(kind)}": kind
        for topic in TOPICS
        if topic.holds is not bytes
        for kind in get_args(topic.holds) or (topic.holds,)
    }


def _name(kind: Any) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
    return str(kind.__struct_config__.tag or words)


def _paths(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*.json"))


VALID = [path for path in _paths(FOLDER) if not path.startswith("invalid/")]
INVALID = _paths(FOLDER / "invalid")


def test_every_type_has_an_example_and_every_example_a_type() -> None:
    assert {path.removesuffix(".json") for path in VALID} == set(_kinds())


@pytest.mark.parametrize("path", VALID)
def test_an_example_is_read_and_written_back_equal(path: str) -> None:
    text = (FOLDER / path).read_bytes()
    topic, kind = path.split("/", maxsplit=1)[0], _kinds()[path.removesuffix(".json")]
    decode = DECODERS.get(topic)
    event = decode(text) if decode else decode_as(kind, text)
    assert type(event) is kind
    assert json.loads(encode(event)) == json.loads(text)


def test_fields_of_a_later_version_are_ignored() -> None:
    known = json.loads((FOLDER / "calls" / "queued.json").read_bytes())
    later = json.dumps({**known, "mood": {"of": ["the", "caller"]}}).encode()
    assert decode_call(later) == decode_call(json.dumps(known).encode())


@pytest.mark.parametrize("path", INVALID)
def test_a_wrong_record_is_refused_for_the_reason_in_its_name(path: str) -> None:
    with pytest.raises(UndecodableError) as refused:
        DECODERS[path.split("/", maxsplit=1)[0]]((FOLDER / "invalid" / path).read_bytes())
    assert refused.value.reason == path.split("/")[1].partition("-")[0]
    assert refused.value.detail


def test_a_record_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(UndecodableError, match=r"^too_large: \d+ bytes, at most \d+$"):
        decode_call(b" " * (LARGEST_RECORD + 1))
    with pytest.raises(UndecodableError, match=r"^too_large: "):
        decode_as(TargetsVersion, b" " * (LARGEST_OWN_RECORD + 1))


def test_the_targets_of_many_queues_are_read_though_an_event_as_large_is_refused() -> None:
    text = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n'
    queues = parse_queues(text + "".join(f"[queues.q{n}]\n" for n in range(2_000)), {}).queues
    version = TargetsVersion(1, 0, 0, "UTC", queues)
    assert len(encode(version)) > LARGEST_RECORD
    assert decode_as(TargetsVersion, encode(version)) == version


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_brackets_in_brackets_are_not_json_and_end_no_worker(bracket: bytes) -> None:
    start = b'{"type":"tick","event_id":"e","at":1772442005000,"source":"n","x":'
    with pytest.raises(UndecodableError, match=r"^not_json: "):
        decode_call(start + bracket * 40_000)


def test_every_reason_of_a_decoder_has_an_example() -> None:
    shown = {path.split("/")[1].partition("-")[0] for path in INVALID}
    assert shown | {"too_large"} == set(get_args(DecodeReason))


def test_the_json_schemas_are_fresh() -> None:
    """Otherwise: `python -m schemas.render`, and look at the diff as a reader of the topic would."""
    committed = {path.name: path.read_text() for path in render.FOLDER.glob("*.json")}
    assert committed == render.rendered()
