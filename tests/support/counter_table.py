"""The list of counters in docs/definitions.md, made from schemas.counters.

`python -m tests.support.counter_table` writes it anew; tests/contract/test_counters.py says when to.
"""

import re

from schemas.counters import COUNTER
from tests.support.sources import ROOT

DOCUMENT = ROOT / "docs/definitions.md"
_TABLE = re.compile(r"(<!-- counters -->\n).*?(<!-- end -->)", re.DOTALL)


def table() -> str:
    rows = "".join(
        f"| `{name}` | {counter.text} | {counter.unit} | {counter.moment} |\n"
        for name, counter in COUNTER.items()
    )
    return f"| counter | counts | in | belongs to the moment of |\n|---|---|---|---|\n{rows}"


def rendered(text: str) -> str:
    """The document with the list made anew."""
    return _TABLE.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text()))
