"""Files that ship with the program: in the package of a wheel, or in `deploy/` and `build/` of a checkout."""

from pathlib import Path

_INSTALLED = Path(__file__).parent / "shipped"
_CHECKOUT = Path(__file__).parents[2]


def shipped(name: str) -> Path:
    """The path of the file `deploy/<name>`; if it is missing, where it would be in a checkout."""
    installed = _INSTALLED / name
    return installed if installed.exists() else _CHECKOUT / "deploy" / name


def kafka_libs() -> Path:
    """The jars that `make setup` fetches; a wheel has none and needs `--kafka`."""
    return _CHECKOUT / "build" / "kafka" / "libs"
