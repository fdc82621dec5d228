"""Wrong use of `queues publish --from` is said before anything is asked of Kafka or the archive."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.admin.targets import version_of
from streams.cli.queues_file import read_file
from streams.cli.queues_publish import _Publication, publish
from tests.support.builders import MONDAY


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


def test_a_metric_that_alone_is_other_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was said to be what the version before says, from an earlier time on."""
    _publish(tmp_path)
    known = read_file(tmp_path / "q.toml")
    newest = version_of(known, 1, 0, MONDAY)
    (tmp_path / "m.toml").write_text(
        (tmp_path / "q.toml").read_text()
        + '[[metrics]]\nname = "soon"\nformula = "answered_in_20_s / offered"\nunit = "share"\n'
    )
    with_metric = read_file(tmp_path / "m.toml")
    place = {"bootstrap": "", "namespace": "", "timeout_s": 0.0}
    for file, words in (
        (with_metric, "version 2 of the targets would be new: 1 of metrics (soon); `queuewatch metrics list` says"),
        (known, "version 2 of the targets would say what version 1 says, from an earlier time on"),
    ):  # fmt: skip
        asked = _Publication(file, MONDAY, None, place)
        asked._say_version([newest], version_of(file, 2, MONDAY, MONDAY))
        assert words in capsys.readouterr().out
