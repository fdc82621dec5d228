"""How Alertmanager itself reaches a webhook of ours: what `alerts routes` writes of a file for our own clients. Pure.

Alertmanager reads certificates and secrets from files, by the paths that stand in its configuration.
"""

import json
from pathlib import Path

from streams.plumbing.config_file import ConfigError
from streams.plumbing.http_config import (
    PASSWORD,
    PASSWORD_FILE,
    TOKEN,
    TOKEN_FILE,
    HttpConfig,
    words_of,
)
from streams.plumbing.tls_config import HOST_NAMES, KEY_PASSWORD


def http_config(target: str, config: HttpConfig) -> str:
    """The value of `http_config`, a mapping in JSON, which is YAML; "" where nothing is wanted. ConfigError."""
    option = words_of(target).option
    found: dict[str, object] = {}
    if (tls := config.tls) is not None:
        if tls.key_password is not None:
            raise ConfigError(
                f"{option}: {KEY_PASSWORD}: Alertmanager reads no key with a password"
            )
        if not tls.checks_host_names:
            raise ConfigError(f"{option}: {HOST_NAMES}=none: Alertmanager cannot do that")
        files = {
            "ca_file": tls.ca,
            "cert_file": tls.certificate,
            "key_file": tls.key or tls.certificate,
        }
        if named := {name: str(path.absolute()) for name, path in files.items() if path}:
            found["tls_config"] = named
    if (login := config.login) is not None:
        if login.secret.file is None:
            text, file = (PASSWORD, PASSWORD_FILE) if login.username else (TOKEN, TOKEN_FILE)
            raise ConfigError(f"{option}: {text}: Alertmanager reads it from a file: write {file}")
        found |= _login(login.username, login.secret.file)
    return json.dumps(found, ensure_ascii=False) if found else ""


def _login(username: str, secret: Path) -> dict[str, object]:
    place = str(secret.absolute())
    if username:
        return {"basic_auth": {"username": username, "password_file": place}}
    return {"authorization": {"credentials_file": place}}
