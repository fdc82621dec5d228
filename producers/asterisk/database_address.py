"""The address of a database, as people type it: the drivers that we ship, and no password in any message."""

from msgspec import Struct
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

# `postgresql` and `mysql` alone mean drivers that we do not ship; `postgres` is what hosting services write.
_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_SECRET_KEYS = ("password", "passwd", "sslpassword")
EXPECTED = (
    "expected an address such as postgresql://user@host/asterisk or mysql://user@host/asterisk;"
    " in a password @ is written %40, / is %2F and % is %25"
)


class DatabaseAddress(Struct, frozen=True):
    """`typed`: the kind of database in the words of who typed it."""

    url: URL
    typed: str

    @property
    def shown(self) -> str:
        """For messages: without the password, and without options, which may hold one."""
        url = self.url
        bare = URL.create(self.typed, url.username, None, url.host, url.port, url.database)
        return bare.render_as_string()

    @property
    def has_password(self) -> bool:
        return bool(self._secrets)

    def masked(self, words: str) -> str:
        """The words of a driver, in one line and without the password."""
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return " ".join(words.split())

    @property
    def _secrets(self) -> tuple[str, ...]:
        options = (self.url.query.get(key) for key in _SECRET_KEYS)
        texts = (option for option in options if isinstance(option, str))
        return tuple(filter(None, (self.url.password, *texts)))


def address_of(text: str) -> DatabaseAddress:
    """ValueError, which never quotes the text: it may hold a password."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ValueError(EXPECTED) from None
    if "@" in (url.host or ""):  # the rest of a password with an @ in it
        raise ValueError(EXPECTED)
    return DatabaseAddress(
        url.set(drivername=_DRIVERS.get(url.drivername, url.drivername)), url.drivername
    )
