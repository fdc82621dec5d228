"""A variable that nobody reads is told, and ends the command where it may be a secret."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from streams.cli.main import cli
from streams.cli.variables import OF_OPTIONS, OF_OTHERS, known, slips
from streams.plumbing.http_config import TARGETS, words_of

ROOT = Path(__file__).parents[4]


def of_options(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Option and variable of a command and all below it."""
    for parameter in command.params:
        match parameter.envvar:
            case str(name):
                yield parameter.opts[0], name
            case [*names]:
                yield from ((parameter.opts[0], name) for name in names)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            if (below := command.get_command(ctx, name)) is not None:
                yield from of_options(below, click.Context(below, parent=ctx))


def test_the_variables_are_those_of_the_options() -> None:
    found = set(of_options(cli, click.Context(cli)))
    assert {variable for _, variable in found} == OF_OPTIONS
    connections = {option for option, _ in found if option.endswith("-config")}
    ours = {words_of(target).option for target in TARGETS}
    assert connections == ours | {"--kafka-config", "--clickhouse-config"}


def test_each_of_others_stands_in_what_is_shipped() -> None:
    shipped = [ROOT / "docker-compose.yml", ROOT / "docker-compose.secured.yml"]
    text = "".join(file.read_text() for file in [*shipped, ROOT / "streams/cli/dashboards.py"])
    assert {name for name in OF_OTHERS if name not in text} == set()


@pytest.mark.parametrize(
    ("name", "near", "is_secret"),
    [
        ("QUEUEWATCH_CLICKHOUSE_PASWORD", "QUEUEWATCH_CLICKHOUSE_PASSWORD", True),
        ("QUEUEWATCH_ALERTMANAGER_PASSWORD", "QUEUEWATCH_ALERTMANAGER_BASIC_PASSWORD", True),
        ("QUEUEWATCH_LINK_KEY", "QUEUEWATCH_LINK_KEY_FILE", True),
        ("QUEUEWATCH_ACESS", "QUEUEWATCH_ACCESS", False),
        ("QUEUEWATCH_KAKFA", "QUEUEWATCH_KAFKA", False),
    ],
)
def test_a_slip_is_known_with_the_nearest(name: str, near: str, is_secret: bool) -> None:
    (slip,) = slips([name, "PATH", "QUEUEWATCH_KAFKA", "QUEUEWATCH_DB_PASSWORD"])
    assert (slip.name, slip.near, slip.is_secret) == (name, near, is_secret)


def test_no_variable_of_ours_is_a_slip() -> None:
    assert list(slips(known())) == []


def test_a_secret_ends_the_command_and_all_else_is_a_line() -> None:
    def said(**env: str) -> tuple[int, str]:
        done = CliRunner(env=env).invoke(cli, ["queues", "check", "--help"])
        return done.exit_code, done.stderr

    assert said(QUEUEWATCH_KAKFA="b:1") == (
        0, "queuewatch: QUEUEWATCH_KAKFA is set, but no command knows it: is it QUEUEWATCH_KAFKA?\n",
    )  # fmt: skip
    code, line = said(QUEUEWATCH_CLICKHOUSE_PASWORD="hidden")
    assert code == 2
    assert "is it QUEUEWATCH_CLICKHOUSE_PASSWORD? It may be a secret that protects nothing" in line
    assert "hidden" not in line
