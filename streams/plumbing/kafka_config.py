"""How a Kafka is reached: protocol, password, certificates, by the names that librdkafka gives them.

One file in the form of Kafka's own client files and the environment (`QUEUEWATCH_KAFKA_…`) say it for every client of
every process. Names: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from streams.plumbing.config_file import Secret, Settings, Vocabulary
from streams.plumbing.tls_config import CA, CERTIFICATE, KEY, TLS_NAMES, TlsFiles, tls_files

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")

_PROTOCOL, _MECHANISM = "security.protocol", "sasl.mechanism"
_USER, _PASSWORD, _PASSWORD_FILE = "sasl.username", "sasl.password", "sasl.password.file"
_ENDPOINT = "sasl.oauthbearer.token.endpoint.url"
_CLIENT_ID, _CLIENT_SECRET = "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret"
_CLIENT_SECRET_FILE, _SCOPE = "sasl.oauthbearer.client.secret.file", "sasl.oauthbearer.scope"
_ENDPOINT_CA = "https.ca.location"

WORDS = Vocabulary(
    option="--kafka-config",
    prefix="QUEUEWATCH_KAFKA_",
    names=(
        _PROTOCOL, _MECHANISM, _USER, _PASSWORD, _PASSWORD_FILE,
        _ENDPOINT, _CLIENT_ID, _CLIENT_SECRET, _CLIENT_SECRET_FILE, _SCOPE, _ENDPOINT_CA,
        *TLS_NAMES,
    ),
    # What files of Java's and older clients say, and what stands for it here.
    instead={
        "sasl.mechanisms": _MECHANISM,
        "sasl.jaas.config": f"{_USER} and {_PASSWORD}",
        "ssl.truststore.location": f"{CA}, a PEM file",
        "ssl.keystore.location": f"{CERTIFICATE} and {KEY}, PEM files",
        "bootstrap.servers": "the option --kafka",
    },
)  # fmt: skip


class TokenEndpoint(Struct, frozen=True, kw_only=True):
    """Where tokens of OAUTHBEARER are fetched, by the grant `client_credentials` (RFC 6749 §4.4)."""

    url: str
    client_id: str
    client_secret: Secret
    scope: str = ""
    ca: Path | None = None


class KafkaConfig(Struct, frozen=True, kw_only=True):
    """Checked as a whole: what one field needs of another is there."""

    protocol: str = "PLAINTEXT"
    mechanism: str = ""
    username: str = ""
    password: Secret | None = None
    tokens: TokenEndpoint | None = None
    tls: TlsFiles | None = None

    @property
    def is_open(self) -> bool:
        return self.protocol == "PLAINTEXT"

    @property
    def has_sasl(self) -> bool:
        return self.protocol.startswith("SASL")


def read_config(file: Path | None, environment: Mapping[str, str]) -> KafkaConfig:
    """The file's values, overridden by those of the environment; ConfigError in one line."""
    settings = Settings(WORDS, file, environment)
    values = settings.values
    protocol = values.get(_PROTOCOL, "PLAINTEXT").upper()
    if protocol not in PROTOCOLS:
        raise settings.wrong(_PROTOCOL, f'expected {", ".join(PROTOCOLS)}, got "{protocol}"')
    has_sasl, has_tls = protocol.startswith("SASL"), protocol.endswith("SSL")
    for name in values:
        kind = name.split(".")[0]
        if (kind in {"sasl", "https"} and not has_sasl) or (kind == "ssl" and not has_tls):
            wanted = "SASL_SSL" if kind in {"sasl", "https"} else "SSL or SASL_SSL"
            raise settings.wrong(name, f"has no effect with {_PROTOCOL}={protocol}: write {wanted}")
    mechanism = _mechanism(settings) if has_sasl else ""
    by_token = mechanism == "OAUTHBEARER"
    username, password = ("", None) if by_token or not has_sasl else _user(settings)
    return KafkaConfig(
        protocol=protocol,
        mechanism=mechanism,
        username=username,
        password=password,
        tokens=_tokens(settings) if by_token else None,
        tls=tls_files(settings, "kafka") if has_tls else None,
    )


def _mechanism(settings: Settings) -> str:
    mechanism = settings.values.get(_MECHANISM, "")
    if mechanism not in MECHANISMS:
        raise settings.wrong(_MECHANISM, f'expected {", ".join(MECHANISMS)}, got "{mechanism}"')
    return mechanism


def _user(settings: Settings) -> tuple[str, Secret]:
    user = settings.values.get(_USER)
    if not user:
        raise settings.wrong(_USER, f"is missing; {settings.values[_MECHANISM]} needs it")
    return user, settings.secret(_PASSWORD, _PASSWORD_FILE)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # Whoever watches its certificate asks for its port, which is an error where that is no number.
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _tokens(settings: Settings) -> TokenEndpoint:
    values = settings.values
    for name in (_ENDPOINT, _CLIENT_ID):
        if not values.get(name):
            raise settings.wrong(name, "is missing; OAUTHBEARER needs it")
    if not _is_address(values[_ENDPOINT]):
        raise settings.wrong(_ENDPOINT, f'expected https://…, got "{values[_ENDPOINT]}"')
    return TokenEndpoint(
        url=values[_ENDPOINT],
        client_id=values[_CLIENT_ID],
        client_secret=settings.secret(_CLIENT_SECRET, _CLIENT_SECRET_FILE),
        scope=values.get(_SCOPE, ""),
        ca=settings.file(_ENDPOINT_CA),
    )
