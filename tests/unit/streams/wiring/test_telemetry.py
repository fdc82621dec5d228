"""What a worker counts about itself."""

from streams.wiring.telemetry import Telemetry


def test_what_was_fetched_again_is_what_a_chunk_held_and_was_not_new() -> None:
    telemetry = Telemetry(lambda: 7)
    telemetry.count_chunk("calls", fetched=10, applied=0)
    assert telemetry.applied_at is None
    telemetry.count_chunk("calls", fetched=10, applied=4)
    telemetry.count_chunk("agents", fetched=3, applied=3)
    assert telemetry.fetched_again == {"calls": 16, "agents": 0}
    assert telemetry.applied_at == 7


def test_checkpoints_add_up() -> None:
    telemetry = Telemetry(lambda: 7)
    telemetry.count_checkpoint(100, 0.25)
    telemetry.count_checkpoint(20, 0.5)
    counted = telemetry.checkpoints, telemetry.checkpoint_records, telemetry.checkpoint_s
    assert counted == (2, 120, 0.75)
    assert telemetry.checkpointed_at == telemetry.started_at == 7
