"""Prometheus' own linter reads what the stream exports."""

import subprocess

from streams.plumbing.families import exposition
from tests.support.services import program
from tests.support.stream_figures import families, pipeline, snapshot


def test_promtool_accepts_every_series_of_the_stream() -> None:
    text = exposition([*families(snapshot()), *pipeline()])
    result = subprocess.run(
        [program("promtool", "prometheus"), "check", "metrics"],
        input=text,
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, b"")
