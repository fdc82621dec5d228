"""What is shipped with queuewatch, of requirements.lock, as CycloneDX 1.6: `python -m tests.support.sbom > sbom.json`.

Written here in a few lines: the usual tool brings sixteen packages of its own into the lock for one file of JSON.
"""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.support.sources import ROOT

LOCK = ROOT / "requirements.lock"
_PINNED = re.compile(r"^([a-z0-9-]+)==([^\s;]+)(?: ; .+)? \\$")
# Not installed on every platform, so that it cannot be asked there.
_KNOWN = {"colorama": "BSD-3-Clause"}
# What packages say that do not say it in SPDX's words.
_SPDX = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD-derived (Repoze)": "BSD-3-Clause-Modification",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


class Component(Struct, frozen=True):
    """One pinned package; `licence` in SPDX's words, "" if it says none that is known."""

    name: str
    version: str
    licence: str


def components(lock: Path = LOCK) -> list[Component]:
    """A package may be pinned twice, for several versions of Python."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [
        Component(pinned[1], pinned[2], licence(pinned[1]))
        for line in lines
        if (pinned := _PINNED.match(line))
    ]


def licence(name: str) -> str:
    if name in _KNOWN:
        return _KNOWN[name]
    try:
        return licence_of(distribution(name))
    except PackageNotFoundError:
        return ""


def licence_of(package: Distribution) -> str:
    """Its expression, else its classifier, else one line of text; "" for anything longer."""
    told: Any = package.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    text = str(told.get("License") or "").strip()
    classes = [
        each.rpartition("::")[2].strip()
        for each in told.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    for said in (text, *classes):
        if said and len(said) < 60 and "\n" not in said:
            return _SPDX.get(str(said), str(said))
    return ""


def document(version: str) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "queuewatch", "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
            },
        },
        "components": [_component(each) for each in components()],
    }  # fmt: skip


def _component(each: Component) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{each.name}@{each.version}",
        "name": each.name,
        "version": each.version,
        "purl": f"pkg:pypi/{each.name}@{each.version}",
        "licenses": [{"expression": each.licence}],
    }


def main() -> None:
    json.dump(document(distribution("queuewatch").version), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
