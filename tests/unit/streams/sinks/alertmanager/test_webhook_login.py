"""What Alertmanager needs to reach a webhook of ours: files that it reads itself, or nothing."""

import json
from pathlib import Path

import pytest

from streams.plumbing.config_file import ConfigError, Secret
from streams.plumbing.http_config import HttpConfig, Login
from streams.plumbing.tls_config import TlsFiles
from streams.sinks.alertmanager.webhook_login import http_config

CA, PEM, WORD = Path("/etc/ca.pem"), Path("/etc/own.pem"), Path("/run/word")


def test_files_are_named_and_secrets_are_not_written() -> None:
    files = TlsFiles(connection="deliver", ca=CA, certificate=PEM)
    login = Login(username="wall", secret=Secret("open-sesame", WORD))
    written = http_config("deliver", HttpConfig(tls=files, login=login))
    assert json.loads(written) == {
        "tls_config": {"ca_file": "/etc/ca.pem", "cert_file": "/etc/own.pem", "key_file": "/etc/own.pem"},
        "basic_auth": {"username": "wall", "password_file": "/run/word"},
    }  # fmt: skip
    by_token = http_config("notify", HttpConfig(login=Login(secret=Secret("x", WORD))))
    assert json.loads(by_token) == {"authorization": {"credentials_file": "/run/word"}}
    trusted = HttpConfig(tls=TlsFiles(connection="deliver"))
    assert http_config("deliver", trusted) == http_config("deliver", HttpConfig()) == ""


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (HttpConfig(login=Login(username="wall", secret=Secret("x"))),
         "--deliver-config: basic.password: Alertmanager reads it from a file: write basic.password.file"),
        (HttpConfig(login=Login(secret=Secret("x"))),
         "--deliver-config: bearer.token: Alertmanager reads it from a file: write bearer.token.file"),
        (HttpConfig(tls=TlsFiles(connection="deliver", certificate=PEM, key_password=Secret("x"))),
         "--deliver-config: ssl.key.password: Alertmanager reads no key with a password"),
        (HttpConfig(tls=TlsFiles(connection="deliver", checks_host_names=False)),
         "--deliver-config: ssl.endpoint.identification.algorithm=none: Alertmanager cannot do that"),
    ],
)  # fmt: skip
def test_what_alertmanager_cannot_do_is_said(config: HttpConfig, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        http_config("deliver", config)
    assert str(raised.value) == said
