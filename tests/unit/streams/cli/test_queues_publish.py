"""Wrong use of `queues publish --from` is said before anything is asked of Kafka or the archive."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.queues_publish import publish


def _publish(tmp_path: Path, *arguments: str) -> Result:
    (tmp_path / "q.toml").write_text('[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.a]\n')
    return CliRunner().invoke(publish, [str(tmp_path / "q.toml"), *arguments])


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_what_belongs_to_from_alone_is_wrong_use_without_it(tmp_path: Path, option: str) -> None:
    done = _publish(tmp_path, option)
    assert (done.exit_code, "belong to --from" in done.output) == (2, True)


def test_a_moment_of_the_future_or_none_is_wrong_use(tmp_path: Path) -> None:
    done = _publish(tmp_path, "--from", "2099-01-01")
    assert (done.exit_code, "must lie in the past" in done.output) == (2, True)
    done = _publish(tmp_path, "--from", "last week")
    assert (done.exit_code, "such as 2026-11-01" in done.output) == (2, True)


def test_a_file_with_a_mistake_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(publish, [str(tmp_path / "none.toml"), "--from", "2026-11-01"])
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
