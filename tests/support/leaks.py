"""Where secrets stand that were given to a run: in files that it left, and in what its commands said."""

from collections.abc import Collection, Mapping
from pathlib import Path


def leaks(
    folder: Path, secrets: Mapping[str, str], given_in: Collection[Path], said: Mapping[str, str]
) -> list[str]:
    """`NAME in PLACE`, never the secret. `given_in`: files that may hold them; `said`: texts by their place."""
    texts = {place: text.encode() for place, text in said.items()}
    for path in folder.rglob("*"):
        if path.is_file() and path not in given_in:
            texts[str(path.relative_to(folder))] = path.read_bytes()
    assert texts, f"{folder} holds nothing that could be looked at"
    return sorted(
        f"{name} in {place}"
        for place, text in texts.items()
        for name, secret in secrets.items()
        if secret.encode() in text
    )
