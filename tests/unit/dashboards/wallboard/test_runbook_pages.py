"""Runbooks as pages: readable on a phone, and safe."""

import re
import tomllib

import dashboards.wallboard.runbook_pages as module
from dashboards.wallboard.runbook_pages import page, runbook_pages
from tests.support.sources import ROOT

TEXT = """\
# LongLine

**Means:** more callers wait
than *planned* (`long_line`), see [definitions](../definitions.md#alerts).

1. Open the board & look: <b>grey</b>?
   - Yes: see [FeedStale](FeedStale.md)
     first.

| rule | n |
|---|---|
| **a** | 1 |
| | 2 < 3 |

```sh
queuewatch status

queuewatch  alerts list
```
Then go on.
"""


def test_paragraphs_steps_and_tables_are_whole_and_commands_stay_as_typed() -> None:
    _, _, body = page(TEXT).partition("<main>\n")
    assert body.partition('\n<p><a href="/">')[0].split("\n", 4) == [
        "<h1>LongLine</h1>",
        "<p><b>Means:</b> more callers wait than <i>planned</i> (<code>long_line</code>), see definitions.</p>",
        "<p>1. Open the board &amp; look: &lt;b&gt;grey&lt;/b&gt;?</p>",
        '<p class="in1">- Yes: see <a href="FeedStale.md">FeedStale</a> first.</p>',
        (
            '<div class="table"><table><thead><tr><th>rule</th><th>n</th></tr></thead>'
            "<tbody><tr><td><b>a</b></td><td>1</td></tr><tr><td></td><td>2 &lt; 3</td></tr></tbody></table></div>\n"
            "<pre>queuewatch status\n\nqueuewatch  alerts list</pre>\n"
            "<p>Then go on.</p>"
        ),
    ]
    assert "<title>LongLine</title>" in page(TEXT)


def test_every_runbook_is_a_page_whose_links_lead_somewhere() -> None:
    pages = runbook_pages()
    assert pages.keys() == {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")}
    for name, html in pages.items():
        assert f"<h1>{name}" in html or name == "README"  # it is of no alert
        for target in re.findall(r'href="([^"/]\S*?)"', html):
            assert target.removesuffix(".md") in pages, (name, target)
        assert "](" not in html.partition("<pre>")[0]
        assert "|" not in html.partition("<main>")[2].partition("<pre>")[0]


def test_a_wheel_has_the_runbooks_where_they_are_looked_for() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    target = build["targets"]["wheel"]["force-include"]["docs/runbooks"]
    assert ROOT / target == module._INSTALLED
