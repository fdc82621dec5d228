"""Whose tokens `callers forget` looks for; what it erases is tried in tests/integration/archive."""

from pathlib import Path

import click
import pytest

from producers.caller_key import caller_key
from schemas.privacy import caller_token
from streams.cli.callers import _tokens


def test_a_number_has_its_token(tmp_path: Path) -> None:
    key = caller_key(tmp_path)
    assert _tokens("031 555 0001", tmp_path, None) == [caller_token(key, "0315550001")]


@pytest.mark.parametrize("number", ["0", "00", "000", "+266696687"])
def test_what_is_written_for_a_withheld_number_is_nobody(number: str, tmp_path: Path) -> None:
    """Its token is empty, which stands in every row."""
    caller_key(tmp_path)
    with pytest.raises(click.BadParameter, match="it is nobody's"):
        _tokens(number, tmp_path, None)


def test_a_name_is_no_number(tmp_path: Path) -> None:
    caller_key(tmp_path)
    with pytest.raises(click.BadParameter, match="expected a telephone number"):
        _tokens("Withheld", tmp_path, None)
