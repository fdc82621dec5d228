import pytest

from producers.asterisk.database_address import address_of

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("typed", "driver"),
    [
        ("postgresql", "postgresql+psycopg"),
        ("postgres", "postgresql+psycopg"),
        ("mysql", "mysql+pymysql"),
        ("mariadb", "mariadb+pymysql"),
        ("mysql+mysqldb", "mysql+mysqldb"),
    ],
)
def test_the_driver_is_the_one_that_ships_unless_one_is_named(typed: str, driver: str) -> None:
    address = address_of(f"{typed}://ann:{SECRET}@pbx:7/asterisk?sslmode=require")
    assert address.url.drivername == driver
    assert address.url.password == SECRET
    assert address.url.query == {"sslmode": "require"}
    assert address.shown == f"{typed}://ann@pbx:7/asterisk"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "",
        f"mysql://ann:{SECRET}@pbx:{SECRET}/asterisk",
        f"mysql://ann:a@{SECRET}@pbx/asterisk",  # its second half would be the host
    ],
)
def test_what_is_no_address_is_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="in a password @ is written %40") as caught:
        address_of(text)
    assert SECRET not in str(caught.value)


def test_the_words_of_a_driver_lose_the_password_and_their_line_breaks() -> None:
    address = address_of(f"mysql://ann:{SECRET}@pbx/asterisk?passwd=other")
    assert address.masked(f"no {SECRET},\n\tno other") == "no ***, no ***"
    assert address.has_password
    assert not address_of("mysql://ann@pbx/asterisk").has_password
