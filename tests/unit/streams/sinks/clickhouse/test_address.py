"""Where a ClickHouse is and how it is spoken to; what is wrong with it, in one line without the password."""

from pathlib import Path

import pytest

from streams.plumbing.config_file import ConfigError
from streams.sinks.clickhouse.address import ServerAddress, server_address


def test_the_scheme_says_whether_tls_is_spoken_and_by_which_port() -> None:
    assert server_address("clickhouse://ann@db/day") == ServerAddress("db", 9000, "ann", "", "day")
    secured = server_address("clickhouses://db/day")
    assert (secured.port, secured.user) == (9440, "default")
    assert secured.tls is not None
    assert secured.tls.connection == "clickhouse"
    assert repr(secured) == "clickhouses://default@db:9440/day"
    for url in ("http://db/day", "clickhouses:///day", "clickhouses://db"):
        with pytest.raises(ValueError, match="expected "):
            server_address(url)


def test_the_password_stands_in_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("open sesame\n")
    (tmp_path / "config").write_text(f"password.file={tmp_path / 'word'}\n")
    assert server_address("clickhouse://db/day", tmp_path / "config").password == "open sesame"
    environment = {"QUEUEWATCH_CLICKHOUSE_PASSWORD": "x", "QUEUEWATCH_CLICKHOUSE": "y"}
    assert server_address("clickhouse://db/day", None, environment).password == "x"


@pytest.mark.parametrize(
    ("url", "name", "value", "said"),
    [
        ("clickhouse://db/day", "ssl.ca.location", "/dev/null", "has no effect on clickhouse://…: write clickhouses://… "),
        ("clickhouses://db/day", "ssl.ca.location", "/dev/null", "/dev/null holds no certificate in PEM"),
        ("clickhouses://db/day", "ssl.key.location", "/dev/null", "ssl.key.location is of no use without it"),
        ("clickhouse://ann:secret@db/day", "password", "x", "stands beside a password in --clickhouse"),
        ("clickhouse://db/day", "passwort", "x", "unknown name; is it password?"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_option(
    tmp_path: Path, url: str, name: str, value: str, said: str
) -> None:
    (tmp_path / "config").write_text(f"{name}={value}\n")
    with pytest.raises(ConfigError) as raised:
        server_address(url, tmp_path / "config")
    assert said in str(raised.value)
    assert "secret" not in str(raised.value)
