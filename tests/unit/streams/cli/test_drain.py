"""`queuewatch drain`: 0 once all is archived, 1 and what lags otherwise."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from streams.admin import drain
from streams.admin.broker import AdminError
from streams.admin.drain import NotDrained
from streams.cli.drain import command


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (None, 0, "drained after "),
        (
            NotDrained("archive", {"legs-3": 7}), 1,
            "queuewatch: not drained within 5 s: archive lags: legs-3 by 7 records",
        ),
        (AdminError("Kafka is away"), 1, "queuewatch: Kafka is away\n"),
    ],
)  # fmt: skip
def test_its_outcome_is_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, outcome: NotDrained | AdminError | None, code: int, said: str
) -> None:
    def waited(
        _: str, __: str, timeout_s: float, progress: Callable[[str, int], None]
    ) -> NotDrained | None:
        assert timeout_s == 5
        progress("archive", 7)
        if isinstance(outcome, AdminError):
            raise outcome
        return outcome

    monkeypatch.setattr(drain, "drain", waited)
    done = CliRunner().invoke(command, ["--timeout", "5"])
    assert done.exit_code == code
    assert done.output.startswith(said)
