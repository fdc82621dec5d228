"""One id for an alert of the pipeline, whoever makes it."""

import pytest

from schemas.pipeline_alerts import PipelineAlert, id_of, is_of_pipeline, is_taken, parsed
from tests.support.alerts import NOON, alert

DOWN = {"alertname": "PipelineDown", "job": "archive", "severity": "page", "owner": "queuewatch"}


def test_the_id_holds_what_it_is_and_not_who_is_told() -> None:
    made = id_of(DOWN, NOON)
    assert made == f"PipelineDown/job=archive/{NOON}"
    assert parsed(made) == PipelineAlert("PipelineDown", "job=archive", NOON)
    assert id_of(DOWN | {"owner": "lead", "escalated": "1", "instance": ""}, NOON) == made
    assert id_of(DOWN | {"instance": "b:9102"}, NOON) != made
    slashes = id_of(DOWN | {"source": "a/b=c,d\n"}, NOON)
    assert parsed(slashes) == PipelineAlert("PipelineDown", "job=archive,source=a/b=c,d\n", NOON)


def test_an_id_stays_short_enough_for_a_record() -> None:
    long = id_of(DOWN | {"source": "x" * 1_000}, NOON)
    assert len(long) < 60
    assert long != id_of(DOWN | {"source": "x" * 1_001}, NOON)


def test_the_id_of_an_alert_of_a_queue_is_none_of_them() -> None:
    assert parsed(alert().alert_id) is None
    assert parsed("PipelineDown/job=archive/soon") is None
    assert parsed("") is None


@pytest.mark.parametrize(
    ("more", "taken"),
    [
        ({}, True),
        ({"severity": "warn"}, False),
        ({"owner": "lead", "escalated": "1"}, False),
        ({"rule": "oldest_wait"}, False),
        ({"alertname": "Probe"}, False),
        ({"alertname": "not one of ours"}, False),
    ],
)
def test_only_pages_of_the_pipeline_itself_are_taken(more: dict[str, str], taken: bool) -> None:
    assert is_taken(DOWN | more) is taken


def test_a_warning_of_the_pipeline_is_of_it_and_nobody_takes_it() -> None:
    assert is_of_pipeline(DOWN | {"severity": "warn"})
    assert not is_of_pipeline(DOWN | {"severity": "none"})
    assert not is_of_pipeline(DOWN | {"severity": "warn", "rule": "abandonment"})
