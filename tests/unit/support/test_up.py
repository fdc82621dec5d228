"""What `Up` leaves behind when it does not become ready."""

from pathlib import Path

import pytest

from tests.support import up
from tests.support.up import Up, alive


def test_an_up_that_does_not_become_ready_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "queuewatch"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr(up, "QUEUEWATCH", slow)
    monkeypatch.setattr(up, "READY_WITHIN_S", 0.2)
    never = Up(tmp_path / "data")
    with pytest.raises(AssertionError, match="up is ready: not within"):
        never.start()
    assert alive([never.pid]) == []
