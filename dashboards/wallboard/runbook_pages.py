"""The runbooks as pages for a phone: what a message links to. `docs/runbooks` stays what is written by hand."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

_INSTALLED = Path(__file__).parent / "runbook_texts"  # in a wheel (pyproject.toml)
_CHECKOUT = Path(__file__).parents[2] / "docs" / "runbooks"
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title}</title>
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/runbook.css">
</head>
<body>
<main>
{body}
<p><a href="/">Board</a></p>
</main>
</body>
</html>
"""
# A block of its own begins with one of these; any other line goes on with the one before it.
_BLOCK = re.compile(r"\s*(?:- |\d+\. |#+ |\*\*)")
_TABLE, _FENCE = "|", "```"
_DASHES = re.compile(r":?-+:?")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]*)\)")
_OTHER_RUNBOOK = re.compile(r"\w+\.md")


def runbook_pages() -> dict[str, str]:
    """HTML by the name of the alert."""
    folder = _INSTALLED if _INSTALLED.exists() else _CHECKOUT
    return {path.stem: page(path.read_text("utf-8")) for path in sorted(folder.glob("*.md"))}


def page(text: str) -> str:
    """Paragraphs, steps, headings and tables as they are in Markdown; commands as they were typed."""
    title = text.partition("\n")[0].lstrip("# ")
    body = "\n".join(_shown(block) for block in _blocks(text))
    return _PAGE.format(title=escape(title), body=body)


def _blocks(text: str) -> Iterator[str]:
    """The lines of a paragraph or step as one; what is typed in columns stays together as it is."""
    block: list[str] = []
    is_code = False
    for line in text.splitlines():
        is_fence = line.strip().startswith(_FENCE)
        if is_code or (block and not is_fence and _goes_on(block[0], line)):
            block.append(line)
        else:
            yield from _ended(block)
            block = [line] if line.strip() else []
        if is_fence and is_code:
            yield from _ended(block)
            block = []
        is_code ^= is_fence
    yield from _ended(block)


def _goes_on(first: str, line: str) -> bool:
    if not line.strip() or _BLOCK.match(line):
        return False
    return line.startswith(_TABLE) == first.startswith(_TABLE)


def _ended(block: list[str]) -> Iterator[str]:
    if block:
        yield "\n".join(block)


def _shown(block: str) -> str:
    if block.startswith(_TABLE):
        return _table(block.split("\n"))
    if block.lstrip().startswith(_FENCE):
        lines = [line for line in block.split("\n") if not line.strip().startswith(_FENCE)]
        return f"<pre>{escape(chr(10).join(lines))}</pre>"
    depth = len(block) - len(block.lstrip())
    line = " ".join(block.split())
    if line.startswith("#"):
        marks, _, heading = line.partition(" ")
        level = min(len(marks), 3)
        return f"<h{level}>{_inline(heading)}</h{level}>"
    name = f' class="in{min(depth // 2, 3)}"' if depth else ""
    return f"<p{name}>{_inline(line)}</p>"


def _table(lines: list[str]) -> str:
    """The first line names the columns; the one of dashes below it is left out."""
    head, *rows = (
        [
            cell.strip()
            for cell in line.strip().removeprefix(_TABLE).removesuffix(_TABLE).split(_TABLE)
        ]
        for line in lines
    )
    shown = [row for row in rows if not all(_DASHES.fullmatch(cell) for cell in row)]
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in shown)
    table = f"<table><thead><tr>{_cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="table">{table}</div>'


def _cells(tag: str, row: list[str]) -> str:
    return "".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in row)


def _inline(text: str) -> str:
    """Links to other runbooks work; those to other documents are words, since the board has no others."""
    text = escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"(?<!\w)\*([^*]+)\*(?!\w)", r"<i>\1</i>", text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return _LINK.sub(_linked, text)


def _linked(found: re.Match[str]) -> str:
    words, target = found[1], found[2].partition("#")[0]
    return f'<a href="{target}">{words}</a>' if _OTHER_RUNBOOK.fullmatch(target) else words
