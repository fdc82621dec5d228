"""How a Kafka is reached: protocol, password, certificates, by the names that librdkafka gives them.

One file in the form of Kafka's own client files (`name=value`, `#` begins a comment) and the environment
(`QUEUEWATCH_KAFKA_` and the name in capitals) say it for every client of every process. Names:
https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

ENVIRONMENT = "QUEUEWATCH_KAFKA_"
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")

_PROTOCOL, _MECHANISM = "security.protocol", "sasl.mechanism"
_USER, _PASSWORD, _PASSWORD_FILE = "sasl.username", "sasl.password", "sasl.password.file"
_ENDPOINT = "sasl.oauthbearer.token.endpoint.url"
_CLIENT_ID, _CLIENT_SECRET = "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret"
_CLIENT_SECRET_FILE, _SCOPE = "sasl.oauthbearer.client.secret.file", "sasl.oauthbearer.scope"
_ENDPOINT_CA = "https.ca.location"
_CA, _CERTIFICATE = "ssl.ca.location", "ssl.certificate.location"
_KEY, _KEY_PASSWORD = "ssl.key.location", "ssl.key.password"
_HOST_NAMES = "ssl.endpoint.identification.algorithm"

NAMES = (
    _PROTOCOL, _MECHANISM, _USER, _PASSWORD, _PASSWORD_FILE,
    _ENDPOINT, _CLIENT_ID, _CLIENT_SECRET, _CLIENT_SECRET_FILE, _SCOPE, _ENDPOINT_CA,
    _CA, _CERTIFICATE, _KEY, _KEY_PASSWORD, _HOST_NAMES,
)  # fmt: skip
# What files of Java's and older clients say, and what stands for it here.
_INSTEAD = {
    "sasl.mechanisms": _MECHANISM,
    "sasl.jaas.config": f"{_USER} and {_PASSWORD}",
    "ssl.truststore.location": f"{_CA}, a PEM file",
    "ssl.keystore.location": f"{_CERTIFICATE} and {_KEY}, PEM files",
    "bootstrap.servers": "the option --kafka",
}


class KafkaConfigError(Exception):
    """One line: where it stands, what is wrong with it, what to write."""


class Secret:
    """A text that no log, error or `repr` shows."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


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
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: Secret | None = None
    checks_host_names: bool = True

    @property
    def is_open(self) -> bool:
        return self.protocol == "PLAINTEXT"

    @property
    def has_tls(self) -> bool:
        return self.protocol.endswith("SSL")

    @property
    def has_sasl(self) -> bool:
        return self.protocol.startswith("SASL")


def read_config(file: Path | None, environment: Mapping[str, str]) -> KafkaConfig:
    """The file's values, overridden by those of the environment; KafkaConfigError in one line."""
    values = {} if file is None else _parsed(file)
    values |= _of_environment(environment)
    return _checked({name: value for name, (value, _) in values.items()}, _Places(file, values))


class _Places:
    """Says where a value stands, for messages."""

    def __init__(self, file: Path | None, values: Mapping[str, tuple[str, str]]) -> None:
        self._file = file
        self._values = values

    def wrong(self, name: str, what: str) -> KafkaConfigError:
        place = self._values[name][1] if name in self._values else self._where_to_add(name)
        return KafkaConfigError(f"{place}: {what}")

    def _where_to_add(self, name: str) -> str:
        return variable(name) if self._file is None else f"{self._file}: {name}"


def variable(name: str) -> str:
    """The variable of the environment that says the same as `name` in the file."""
    return ENVIRONMENT + name.upper().replace(".", "_")


def _parsed(file: Path) -> dict[str, tuple[str, str]]:
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise KafkaConfigError(f"--kafka-config: cannot read {file}: {why}") from None
    values: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(("#", "!")):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        place = f"{file}:{number}: {name}"
        if not equals:  # the line may be a secret that lost its name: it is not repeated
            raise KafkaConfigError(f'{file}:{number}: expected name=value, found no "="')
        if name not in NAMES:
            raise KafkaConfigError(f"{place}: {_unknown(name)}")
        if name in values:
            raise KafkaConfigError(f"{place}: stands twice")
        values[name] = (value, place)
    return values


def _unknown(name: str) -> str:
    if name in _INSTEAD:
        return f"is not read here: write {_INSTEAD[name]}"
    return f"unknown name{_like(name, NAMES)}"


def _like(name: str, names: Iterable[str]) -> str:
    """A hint for a slip of the pen; all names are in the documents."""
    near = get_close_matches(name, list(names), 1)
    return f"; is it {near[0]}?" if near else "; all names: docs/operator.md"


def _of_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    known = {variable(name): name for name in NAMES}
    kinds = tuple(f"{ENVIRONMENT}{kind}_" for kind in ("SECURITY", "SASL", "SSL", "HTTPS"))
    for given in environment:
        if given.startswith(kinds) and given not in known:
            raise KafkaConfigError(f"{given}: unknown name{_like(given, known)}")
    return {
        name: (environment[given], given) for given, name in known.items() if environment.get(given)
    }


def _checked(values: Mapping[str, str], places: _Places) -> KafkaConfig:
    protocol = values.get(_PROTOCOL, "PLAINTEXT").upper()
    if protocol not in PROTOCOLS:
        raise places.wrong(_PROTOCOL, f'expected {", ".join(PROTOCOLS)}, got "{protocol}"')
    has_sasl, has_tls = protocol.startswith("SASL"), protocol.endswith("SSL")
    for name in values:
        kind = name.split(".")[0]
        if (kind in {"sasl", "https"} and not has_sasl) or (kind == "ssl" and not has_tls):
            wanted = "SASL_SSL" if kind in {"sasl", "https"} else "SSL or SASL_SSL"
            raise places.wrong(name, f"has no effect with {_PROTOCOL}={protocol}: write {wanted}")
    mechanism = _mechanism(values, places) if has_sasl else ""
    by_token = mechanism == "OAUTHBEARER"
    username, password = ("", None) if by_token or not has_sasl else _user(values, places)
    return KafkaConfig(
        protocol=protocol,
        mechanism=mechanism,
        username=username,
        password=password,
        tokens=_tokens(values, places) if by_token else None,
        ca=_file(values, _CA, places),
        certificate=_file(values, _CERTIFICATE, places),
        key=_key(values, places),
        key_password=Secret(values[_KEY_PASSWORD]) if _KEY_PASSWORD in values else None,
        checks_host_names=_host_names(values, places),
    )


def _mechanism(values: Mapping[str, str], places: _Places) -> str:
    mechanism = values.get(_MECHANISM, "")
    if mechanism not in MECHANISMS:
        raise places.wrong(_MECHANISM, f'expected {", ".join(MECHANISMS)}, got "{mechanism}"')
    return mechanism


def _user(values: Mapping[str, str], places: _Places) -> tuple[str, Secret]:
    if not values.get(_USER):
        raise places.wrong(_USER, f"is missing; {values[_MECHANISM]} needs it")
    return values[_USER], _secret(values, _PASSWORD, _PASSWORD_FILE, places)


def _secret(values: Mapping[str, str], name: str, file_name: str, places: _Places) -> Secret:
    """The secret itself, or what a file holds, without space around it."""
    if (name in values) == (file_name in values):
        what = "stands beside" if name in values else "is missing; write it, or"
        raise places.wrong(name, f"{what} {file_name}")
    if name in values:
        return Secret(values[name])
    path = Path(values[file_name])
    try:
        return Secret(path.read_text().strip())
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise places.wrong(file_name, f"cannot read {path}: {why}") from None


def _tokens(values: Mapping[str, str], places: _Places) -> TokenEndpoint:
    for name in (_ENDPOINT, _CLIENT_ID):
        if not values.get(name):
            raise places.wrong(name, "is missing; OAUTHBEARER needs it")
    if not values[_ENDPOINT].startswith(("https://", "http://")):
        raise places.wrong(_ENDPOINT, f'expected https://…, got "{values[_ENDPOINT]}"')
    return TokenEndpoint(
        url=values[_ENDPOINT],
        client_id=values[_CLIENT_ID],
        client_secret=_secret(values, _CLIENT_SECRET, _CLIENT_SECRET_FILE, places),
        scope=values.get(_SCOPE, ""),
        ca=_file(values, _ENDPOINT_CA, places),
    )


def _file(values: Mapping[str, str], name: str, places: _Places) -> Path | None:
    if not values.get(name):
        return None
    path = Path(values[name])
    try:
        path.open("rb").close()
    except OSError as error:
        raise places.wrong(name, f"cannot read {path}: {error.strerror}") from None
    return path


def _key(values: Mapping[str, str], places: _Places) -> Path | None:
    """Without it the key is expected in the file of the certificate."""
    if _KEY in values and _CERTIFICATE not in values:
        raise places.wrong(_CERTIFICATE, f"is missing; {_KEY} is of no use without it")
    return _file(values, _KEY, places)


def _host_names(values: Mapping[str, str], places: _Places) -> bool:
    said = values.get(_HOST_NAMES, "https")
    if said not in {"https", "none"}:
        raise places.wrong(_HOST_NAMES, f'expected https or none, got "{said}"')
    return said == "https"
