import pytest

from streams.doctor.asking import Answer, UnreachedError
from streams.doctor.checks import alertmanager
from streams.doctor.system import System
from tests.support.sources import ROOT

SYSTEM = System(alertmanager="http://anna:pw@am:9093")
SHIPPED = (ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text()


def status(config: str) -> alertmanager.Status:
    return alertmanager.Status(alertmanager._Version("0.28.1"), alertmanager._Config(config))


def test_the_shipped_file_has_the_route_of_the_probe_and_another_may_not() -> None:
    (line,) = alertmanager.CHECK.judge(SYSTEM, status(SHIPPED))
    assert (line.level, line.text) == ("ok", "version 0.28.1 at http://am:9093")
    assert [each.level for each in alertmanager.CHECK.judge(SYSTEM, status("route: {}"))] == [
        "ok",
        "warn",
    ]


@pytest.mark.parametrize("answer", [Answer(404, b""), Answer(200, b"<html>"), Answer(200, b"{}")])
def test_another_server_is_not_taken_for_one(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alertmanager, "get", lambda *_: answer)
    with pytest.raises(UnreachedError, match=r"^http://am:9093 "):
        alertmanager.CHECK.ask(SYSTEM)


def test_it_is_asked_only_if_it_is_named() -> None:
    assert alertmanager.CHECK.unasked(System()).endswith("--alertmanager")
    assert alertmanager.CHECK.unasked(SYSTEM) == ""
