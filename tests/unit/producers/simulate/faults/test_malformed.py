"""Fault `malformed`: every kind is refused by the codec, and for several reasons."""

from random import Random

import pytest

from producers.simulate.faults.malformed import KINDS, Malformed
from producers.simulate.faults.parcel import Parcel
from schemas.calls import Mark
from schemas.codec import UndecodableError, decode_agent, decode_call, encode
from tests.unit.producers.simulate.faults.conftest import struck


def test_every_kind_is_refused(said: list[Parcel]) -> None:
    reasons = set()
    for topic, decode in (("calls", decode_call), ("agents", decode_agent)):
        event = next(p.event for p in said if p.topic == topic and not isinstance(p.event, Mark))
        assert decode(encode(event)) == event
        for spoil in KINDS:
            with pytest.raises(UndecodableError) as refused:
                decode(spoil(encode(event)))
            reasons.add(refused.value.reason)
    assert reasons == {"not_json", "wrong_type", "missing_field", "unknown_type", "out_of_range"}


def test_some_facts_are_spoiled_on_the_way(said: list[Parcel]) -> None:
    fault = Malformed(Random(1))
    after = struck(fault, said)
    assert [parcel.event for parcel in after] == [parcel.event for parcel in said]
    spoiled = [parcel for parcel in after if parcel.spoiled is not None]
    assert len(spoiled) == fault.struck
    assert 0.003 < len(spoiled) / len(said) < 0.007
    assert not any(isinstance(parcel.event, Mark) for parcel in spoiled)
    for parcel in spoiled:
        with pytest.raises(UndecodableError):
            (decode_call if parcel.topic == "calls" else decode_agent)(parcel.spoiled or b"{}")
