"""The table of packages in ARCHITECTURE.md, made from the packages' own docstrings.

`python -m tests.support.module_map` writes it anew; tests/architecture/test_map.py says when to.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "ARCHITECTURE.md"
LARGEST_BYTES = 10 * 1024  # a map that nobody reads to its end is none
PACKAGES = ("schemas", "streams", "producers", "dashboards")
_TABLE = re.compile(r"(<!-- packages -->\n).*?(<!-- end -->)", re.DOTALL)


def packages() -> list[str]:
    """Every folder of ours that holds modules."""
    found = {
        path.parent.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    return sorted(found)


def line(folder: str) -> str:
    """The first paragraph of the package's docstring, as a row."""
    text = (ROOT / folder / "__init__.py").read_text()
    paragraph = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    sentence = " ".join(paragraph.split()).rstrip(".").replace("|", "\\|")
    return f"| `{folder}` | {sentence} |"


def rendered(text: str) -> str:
    """The document with its table made anew."""
    rows = "\n".join(map(line, packages()))
    table = f"| package | what it knows |\n|---|---|\n{rows}\n"
    return _TABLE.sub(lambda found: found[1] + table + found[2], text)


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text()))
