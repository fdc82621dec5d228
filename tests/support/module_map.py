"""The module tables of ARCHITECTURE.md, made from the modules' own docstrings.

`python -m tests.support.module_map` writes them anew; tests/architecture/test_map.py says when to.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "ARCHITECTURE.md"
PACKAGES = ("schemas", "streams", "producers", "dashboards")
_TABLE = re.compile(r"(<!-- modules of (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def modules(folder: str) -> list[Path]:
    """The modules of a folder itself; subfolders have tables of their own."""
    found = sorted((ROOT / folder).glob("*.py"))
    return [path for path in found if path.name != "__init__.py"]


def folders() -> list[str]:
    """Every folder of the four packages that holds modules."""
    found = {
        path.parent.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    return sorted(found)


def line(path: Path) -> str:
    """The first sentence of the module's docstring, as a row."""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0].split())
    sentence = re.split(r"(?<=[a-z0-9`)\"])\.\s", text)[0].rstrip(".")
    cell = sentence.replace("|", "\\|")
    return f"| `{path.name}` | {cell} |"


def table(folder: str) -> str:
    rows = "\n".join(line(path) for path in modules(folder))
    return f"| module | what it knows |\n|---|---|\n{rows}\n"


def rendered(text: str) -> str:
    """The document with every table made anew."""
    return _TABLE.sub(lambda found: found[1] + table(found[2]) + found[3], text)


def shown(text: str) -> list[str]:
    """The folders that the document has a table for."""
    return sorted(found[2] for found in _TABLE.finditer(text))


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text()))
