from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from producers.platforms import OURS
from producers.records.call_records import RECORDS
from streams.cli.inputs import from_options, given_file, own_options, survey_of_file
from tests.support.jsonl_legs import JSONL_LEGS


def test_each_of_our_platforms_with_files_has_an_option() -> None:
    @click.command()
    @from_options
    def command(**from_files: Path | None) -> None:
        print(given_file(from_files))

    said = CliRunner().invoke(command, ["--help"]).stdout
    assert {each.name for each in OURS if each.reads_files} == {
        each.name for each in OURS if f"--from-{each.name} FILE" in said
    }
    given = CliRunner().invoke(command, ["--from-queue-log", "q"])
    assert given.stdout == "('queue-log', PosixPath('q'))\n"
    both = CliRunner().invoke(command, ["--from-queue-log", "q", "--from-records", "r"])
    assert (both.exit_code, "choose one of --from-records and --from-queue-log" in both.stderr) == (
        2,
        True,
    )


def test_a_platform_gets_the_defaults_of_its_own_options() -> None:
    assert own_options(RECORDS) == {"mapping_file": None, "time_zone": None, "keep_text": False}
    assert own_options(JSONL_LEGS) == {"time_zone": "UTC"}


@pytest.mark.parametrize(
    ("name", "content", "zone"),
    [
        ("records", "queue,arrived_at,outcome\nbilling,2026-03-02T23:30:00,open\n", "UTC"),
        ("queue-log", "1674044170|c1.1|billing|NONE|ENTERQUEUE||5550001|1\n", "UTC"),
    ],
)  # fmt: skip
def test_a_file_is_looked_through_and_no_key_is_made(
    tmp_path: Path, name: str, content: str, zone: str
) -> None:
    (path := tmp_path / "file").write_text(content)
    survey, file = survey_of_file(name, path, {"mapping_file": None})
    assert (list(survey.queues), survey.open_legs, file.time_zone) == (["billing"], 1, zone)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
