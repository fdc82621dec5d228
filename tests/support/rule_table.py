"""The two tables of alert rules in docs/on-call.md, made from the rules themselves: what is told, and its settings.

`python -m tests.support.rule_table` writes them anew; tests/contract/test_docs.py says when to.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import NODEFAULT

from schemas.alerts import alert_name
from schemas.millis import format_duration
from schemas.queues_toml import Key, keys_of
from streams.core.rule import HoldingTimes, Measured, Rule
from streams.core.rule_catalogue import RULES
from tests.support.sources import ROOT

DOCUMENT = ROOT / "docs" / "on-call.md"
_TABLES = re.compile(r"(<!-- alert rule(s| settings) -->\n).*?(<!-- end -->)", re.DOTALL)
_HOLDING_TIMES = HoldingTimes.__struct_fields__
_EXAMPLES = {  # of each unit: a value over its threshold
    "seconds": Measured(130.0, 120.0, 4, raised=True, calm=False),
    "share": Measured(0.3, 0.2, 40, raised=True, calm=False),
    "number": Measured(4.0, 2.0, 4, raised=True, calm=False),
}


def rendered(text: str) -> str:
    """The document with the tables made anew."""
    tables = {
        "s": ("| alert | severity | what to do | says, for example |\n|---|---|---|---|\n", _told),
        " settings": (
            "| table | keys | wrong with the defaults |\n|---|---|---|\n",
            _settings,
        ),
    }

    def made(found: re.Match[str]) -> str:
        head, row = tables[found[2]]
        return found[1] + head + "".join(f"{row(rule)}\n" for rule in RULES) + found[3]

    return _TABLES.sub(made, text)


def _told(rule: Rule[Any]) -> str:
    name = alert_name(rule.name)
    says = rule.sentence("Burst pipes", rule.example or _EXAMPLES[rule.unit])
    return f"| `{name}` | {rule.severity} | [{rule.title}](runbooks/{name}.md) | {says} |"


def _settings(rule: Rule[Any]) -> str:
    wrong = rule.tuned_to or "not measured"
    return f"| `alerts.{rule.name}` | {', '.join(_keys(rule))} | {wrong} |"


def _keys(rule: Rule[Any]) -> Iterator[str]:
    """The holding times, which every rule has, come last."""
    for key in sorted(keys_of(rule.table), key=lambda each: each.field in _HOLDING_TIMES):
        yield f"`{key.name}`" if key.default is NODEFAULT else f"`{key.name}` ({_default(key)})"


def _default(key: Key) -> str:
    return format_duration(key.default) if key.field != key.name else str(key.default)


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text()))
