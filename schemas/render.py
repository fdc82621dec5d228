"""JSON Schema of every topic's records and of the public bulletin, rendered from the Structs: `python -m schemas.render`.

The files under schemas/json are for people and for other languages; a test keeps them fresh.
"""

import json
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from schemas.bulletin import Bulletin
from schemas.topics import TOPICS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parent / "json"


def rendered() -> dict[str, str]:
    """File name -> text, for every topic whose records are Structs (`state` holds bytes of its own)."""
    return {
        f"{topic.name}.schema.json": _text(topic.name, topic.holds)
        for topic in TOPICS
        if topic.holds is not bytes
    } | {"bulletin.schema.json": _schema("Public bulletin", msgspec.json.schema(Bulletin))}


def _text(name: str, holds: object) -> str:
    kinds = get_args(holds) or (holds,)
    if len(kinds) > 1 and any(kind.__struct_config__.tag is None for kind in kinds):
        # Structs that only the record's key distinguishes have no tag: msgspec makes no schema of such a union.
        shapes, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
        body: dict[str, Any] = {"anyOf": list(shapes), "$defs": definitions}
    else:
        body = msgspec.json.schema(holds)
    return _schema(f"Topic {name}", body)


def _schema(title: str, body: dict[str, Any]) -> str:
    schema = {"$schema": DIALECT, "title": title, **body}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the files that changed, remove those of no topic; print one line each."""
    FOLDER.mkdir(exist_ok=True)
    texts = rendered()
    for stale in {path.name for path in FOLDER.glob("*.json")} - texts.keys():
        (FOLDER / stale).unlink()
        sys.stdout.write(f"{stale}: removed\n")
    for name, text in texts.items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name}: written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
