"""Files that ship with the program: beside it in a wheel, in `deploy/` and `build/` of a checkout."""

from pathlib import Path

_INSTALLED = Path(__file__).parent / "shipped"
_CHECKOUT = Path(__file__).parents[2]


def shipped(name: str) -> Path:
    """The file `deploy/<name>`; its place in a checkout when it is nowhere, for the error message."""
    installed = _INSTALLED / name
    return installed if installed.exists() else _CHECKOUT / "deploy" / name


def kafka_libs() -> Path:
    """The jars that `make setup` fetches; a wheel has none and needs `--kafka`."""
    return _CHECKOUT / "build" / "kafka" / "libs"
