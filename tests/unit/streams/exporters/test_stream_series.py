"""`queuewatch_*` of the stream: one sample of each series, labelled as the table says."""

from tests.support.stream_figures import NOW, pipeline


def test_every_figure_of_the_worker_is_a_sample() -> None:
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in pipeline()
        for sample in family.samples
    }
    assert found["queuewatch_events_total", "calls", "applied"] == 7
    assert found["queuewatch_quarantined_total", "calls", "too_old"] == 1
    assert found["queuewatch_position_offset", "calls", "0"] == 7
    assert found["queuewatch_lag_records", "calls", "0"] == 2
    assert found["queuewatch_lag_seconds", "calls", "0"] == 1.5
    assert found["queuewatch_source_last_event_timestamp_seconds", "pbx"] == NOW / 1_000
    assert found["queuewatch_source_behind_seconds", "pbx"] == 1.5
    assert (found["queuewatch_checkpoints_total",], found["queuewatch_recovering",]) == (3, 0)
