"""What several commands share: how an error of ours ends one."""

import click
import pytest
from click.testing import CliRunner

from streams.cli.options import in_one_line


class AwayError(Exception):
    pass


def test_an_error_that_is_known_is_one_line_and_code_1() -> None:
    @click.command()
    def command() -> None:
        with in_one_line(AwayError):
            raise AwayError("Kafka is away")

    result = CliRunner().invoke(command)
    assert (result.exit_code, result.output) == (1, "queuewatch: Kafka is away\n")


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), in_one_line(AwayError):
        raise ZeroDivisionError
