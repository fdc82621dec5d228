"""What a file and the environment say of the way to Kafka, and what is wrong with it, in one line."""

from pathlib import Path

import pytest

from streams.plumbing.config_file import ConfigError, Secret
from streams.plumbing.kafka_config import WORDS, KafkaConfig, read_config


def read(folder: Path, text: str, **environment: str) -> KafkaConfig:
    file = folder / "kafka.properties"
    file.write_text(text)
    return read_config(file, environment)


def problem(folder: Path, text: str, **environment: str) -> str:
    with pytest.raises(ConfigError) as raised:
        read(folder, text, **environment)
    said = str(raised.value).replace(str(folder), "DIR")
    assert "\n" not in said
    return said


SASL = "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.username=wall\n"


def test_without_anything_the_way_is_open() -> None:
    assert read_config(None, {}) == KafkaConfig()
    assert read_config(None, {}).is_open


def test_a_file_says_it_all(tmp_path: Path) -> None:
    for name in ("ca.pem", "wall.pem", "wall.key"):
        (tmp_path / name).touch()
    config = read(
        tmp_path,
        "# of the administrator\n\n  security.protocol = ssl \n"
        f"ssl.ca.location={tmp_path / 'ca.pem'}\nssl.certificate.location={tmp_path / 'wall.pem'}\n"
        f"ssl.key.location={tmp_path / 'wall.key'}\nssl.key.password=a=b\n"
        "ssl.endpoint.identification.algorithm=none\n",
    )
    assert (config.has_sasl, config.is_open) == (False, False)
    assert config.tls is not None
    assert config.tls.certificate == tmp_path / "wall.pem"
    assert config.tls.key_password == Secret("a=b")
    assert not config.tls.checks_host_names


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    config = read(
        tmp_path, SASL + "sasl.password=one\n", QUEUEWATCH_KAFKA_SASL_PASSWORD="two", PATH="/bin"
    )
    assert config.password == Secret("two")


def test_a_password_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open sesame\n")
    config = read(tmp_path, SASL + f"sasl.password.file={tmp_path / 'secret'}\n")
    assert config.password == Secret("open sesame")


def test_tokens_have_an_endpoint(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n"
        "sasl.oauthbearer.token.endpoint.url=https://idp.example/token\n"
        "sasl.oauthbearer.client.id=wall\nsasl.oauthbearer.client.secret=x\n",
    )
    assert config.tokens is not None
    assert config.tokens.url == "https://idp.example/token"
    assert config.password is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SASL, "DIR/kafka.properties: sasl.password: is missing; write it, or sasl.password.file"),
        (
            SASL + "sasl.pasword=x\n",
            "DIR/kafka.properties:4: sasl.pasword: unknown name; is it sasl.password?",
        ),
        (
            SASL + "sasl.jaas.config=x\n",
            "DIR/kafka.properties:4: sasl.jaas.config: is not read here: write sasl.username and sasl.password",
        ),
        (
            SASL + "secret-without-a-name\n",
            'DIR/kafka.properties:4: expected name=value, found no "="',
        ),
        (SASL + "sasl.username=x\n", "DIR/kafka.properties:4: sasl.username: stands twice"),
        (
            "security.protocol=TLS\n",
            'DIR/kafka.properties:1: security.protocol: expected PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL, got "TLS"',
        ),
        (
            "sasl.username=wall\n",
            "DIR/kafka.properties:1: sasl.username: has no effect with security.protocol=PLAINTEXT: write SASL_SSL",
        ),
        (
            "security.protocol=SASL_PLAINTEXT\nssl.ca.location=/no\n",
            (
                "DIR/kafka.properties:2: ssl.ca.location: has no effect with security.protocol=SASL_PLAINTEXT:"
                " write SSL or SASL_SSL"
            ),
        ),
        (
            "security.protocol=SASL_SSL\n",
            (
                "DIR/kafka.properties: sasl.mechanism: expected PLAIN, SCRAM-SHA-256, SCRAM-SHA-512,"
                ' OAUTHBEARER, got ""'
            ),
        ),
        (
            "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n",
            "DIR/kafka.properties: sasl.username: is missing; PLAIN needs it",
        ),
        (
            SASL + "sasl.password=x\nsasl.password.file=/no\n",
            "DIR/kafka.properties:4: sasl.password: stands beside sasl.password.file",
        ),
        (
            SASL + "sasl.password.file=/no/such\n",
            "DIR/kafka.properties:4: sasl.password.file: cannot read /no/such: No such file or directory",
        ),
        (
            "security.protocol=SSL\nssl.ca.location=/no/such\n",
            "DIR/kafka.properties:2: ssl.ca.location: cannot read /no/such: No such file or directory",
        ),
        (
            "security.protocol=SSL\nssl.key.location=/dev/null\n",
            "DIR/kafka.properties: ssl.certificate.location: is missing; ssl.key.location is of no use without it",
        ),
        (
            "security.protocol=SSL\nssl.endpoint.identification.algorithm=no\n",
            (
                "DIR/kafka.properties:2: ssl.endpoint.identification.algorithm: expected https or none,"
                ' got "no"'
            ),
        ),
        (
            "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n",
            "DIR/kafka.properties: sasl.oauthbearer.token.endpoint.url: is missing; OAUTHBEARER needs it",
        ),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert problem(tmp_path, text) == said


@pytest.mark.parametrize("url", ["idp.example/token", "https://", "https://idp.example:token/x", "https://idp.example:99999/x", "https://[::1/x"])  # fmt: skip
def test_an_endpoint_of_tokens_that_is_no_address_is_one_line(tmp_path: Path, url: str) -> None:
    """Its host and port are asked for its certificate, before any token is."""
    text = f"security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.client.id=x\nsasl.oauthbearer.client.secret=y\nsasl.oauthbearer.token.endpoint.url={url}\n"
    assert problem(tmp_path, text) == (
        f'DIR/kafka.properties:5: sasl.oauthbearer.token.endpoint.url: expected https://…, got "{url}"'
    )


def test_a_mistake_in_the_environment_names_its_variable(tmp_path: Path) -> None:
    assert problem(tmp_path, SASL, QUEUEWATCH_KAFKA_SASL_PASWORD="x") == (
        "QUEUEWATCH_KAFKA_SASL_PASWORD: unknown name; is it QUEUEWATCH_KAFKA_SASL_PASSWORD?"
    )
    with pytest.raises(ConfigError, match=r"^QUEUEWATCH_KAFKA_SASL_MECHANISM: expected"):
        read_config(None, {"QUEUEWATCH_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^--kafka-config: cannot read .*: No such file"):
        read_config(tmp_path / "none", {})
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is no text in UTF-8"):
        read_config(tmp_path / "bytes", {})


def test_no_secret_is_shown(tmp_path: Path) -> None:
    config = read(tmp_path, SASL + "sasl.password=open-sesame\n")
    assert "open-sesame" not in repr(config)
    for text in (SASL + "sasl.password=open-sesame\nsasl.password=x\n", SASL + "open-sesame\n"):
        assert "open-sesame" not in problem(tmp_path, text)


def test_every_name_has_a_variable_that_no_other_option_uses() -> None:
    variables = {WORDS.variable(name) for name in WORDS.names}
    assert len(variables) == len(WORDS.names)
    assert not variables & {
        "QUEUEWATCH_KAFKA_CONFIG",
        "QUEUEWATCH_KAFKA_LIBS",
        "QUEUEWATCH_KAFKA_PORT",
    }
