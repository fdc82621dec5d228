"""What a file and the environment say of a server that is spoken to by HTTP, and what is wrong with it, in one line."""

from pathlib import Path

import pytest

from streams.plumbing.config_file import ConfigError, Secret
from streams.plumbing.http_config import HttpConfig, Login, read_http_config

SECURE = "https://alerts.example:9093"
BASIC = "basic.username=wall\nbasic.password=open-sesame\n"


def read(folder: Path, text: str, url: str = SECURE, **environment: str) -> HttpConfig:
    file = folder / "alerts.properties"
    file.write_text(text)
    return read_http_config("alertmanager", url, file, environment)


def test_without_anything_nothing_is_sent_and_https_is_checked() -> None:
    assert read_http_config("alertmanager", "http://a", None, {}) == HttpConfig()
    config = read_http_config("alertmanager", SECURE, None, {})
    assert config.login is None
    assert config.tls is not None
    assert config.tls.checks_host_names


def test_a_user_a_token_and_certificates(tmp_path: Path) -> None:
    config = read(tmp_path, BASIC + f"ssl.ca.location={__file__}\n")
    assert config.login is not None
    assert config.login.header() == "Basic d2FsbDpvcGVuLXNlc2FtZQ=="
    assert config.tls is not None
    assert config.tls.ca == Path(__file__)
    (tmp_path / "token").write_text("abc\n")
    by_token = read(tmp_path, "", "http://a", QUEUEWATCH_ALERTMANAGER_BEARER_TOKEN_FILE=str(tmp_path / "token"))  # fmt: skip
    assert by_token.login is not None
    assert by_token.login.header() == "Bearer abc"
    assert "open-sesame" not in repr(config)


@pytest.mark.parametrize(
    ("text", "url", "said"),
    [
        ("basic.password=x\n", SECURE, "DIR: basic.username: is missing; basic.password is of no use without it"),
        ("basic.username=wall\n", SECURE, "DIR: basic.password: is missing; write it, or basic.password.file"),
        (BASIC + "bearer.token=x\n", SECURE, "DIR:1: basic.username: stands beside a bearer.token: only one of them can be sent"),
        ("ssl.ca.location=/dev/null\n", "http://a", "DIR:1: ssl.ca.location: has no effect on an address of http://: write https://…"),
        ("ssl.ca.location=/no/such\n", SECURE, "DIR:1: ssl.ca.location: cannot read /no/such: No such file or directory"),
        ("basic.user=wall\n", SECURE, "DIR:1: basic.user: unknown name; is it basic.username?"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_place(
    tmp_path: Path, text: str, url: str, said: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text, url)
    assert str(raised.value).replace(str(tmp_path / "alerts.properties"), "DIR") == said


def test_a_mistake_in_the_environment_names_its_variable() -> None:
    with pytest.raises(ConfigError, match="QUEUEWATCH_GRAFANA_BASIC_PASWORD: unknown name; is it"):
        read_http_config("grafana", SECURE, None, {"QUEUEWATCH_GRAFANA_BASIC_PASWORD": "x"})
    # Variables of other options are none of these.
    others = {"QUEUEWATCH_GRAFANA_TOKEN": "x", "QUEUEWATCH_GRAFANA_CONFIG": "y"}
    assert read_http_config("grafana", "http://a", None, others) == HttpConfig()


@pytest.mark.parametrize(
    ("header", "is_right"),
    [
        ("Basic d2FsbDpvcGVuLXNlc2FtZQ==", True),
        ("basic d2FsbDpvcGVuLXNlc2FtZQ==", True),
        ("Basic d2FsbDpvcGVu", False),
        ("Bearer d2FsbDpvcGVuLXNlc2FtZQ==", False),
        ("Bearer open-sesame", False),
        ("Basic é", False),
        ("Basic", False),
        ("", False),
    ],
)
def test_only_the_right_password_is_admitted(header: str, is_right: bool) -> None:
    login = Login(username="wall", secret=Secret("open-sesame"))
    assert login.admits(header) is is_right
    assert Login(secret=Secret("abc")).admits("Bearer abc")
    assert not Login(secret=Secret("abc")).admits("Basic abc")
