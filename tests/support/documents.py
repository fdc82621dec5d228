"""What the documents say that can be checked: commands, options, links, blocks of code."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from streams.cli.main import cli
from tests.support.sources import ROOT

README = ROOT / "README.md"
DOCUMENTS = (
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/operations").glob("*.md")),
    *sorted((ROOT / "docs/runbooks").glob("*.md")),
)
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_PLACEHOLDER = {"…", "COMMAND"}  # `queuewatch send …`: the words after it are the reader's


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of that language, their indentation taken away."""
    return [
        re.sub(f"^{indent}", "", body, flags=re.MULTILINE)
        for indent, named, body in _BLOCK.findall(text)
        if named == language
    ]


def section(text: str, title: str) -> str:
    """What stands under the heading `## title`."""
    _, found, after = text.partition(f"## {title}")
    assert found, f"no section {title}"
    return after.partition("\n## ")[0]


def shell_lines(text: str) -> list[str]:
    """The commands of its `sh` blocks: comments gone, continued lines joined."""
    joined = "\n".join(blocks(text, "sh")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def spans(text: str) -> list[str]:
    """The code within sentences."""
    return _SPAN.findall(_BLOCK.sub("", text))


def queuewatch_words(code: str) -> list[str] | None:
    """The words after `queuewatch`, or None for code of another kind."""
    words = shlex.split(code, comments=True)
    if not words or not (words[0] == "queuewatch" or words[0].endswith("/queuewatch")):
        return None
    end = next((i for i, word in enumerate(words) if word in _PLACEHOLDER), len(words))
    return words[1:end]


def commands(text: str) -> list[list[str]]:
    """Every use of our command in a document, in blocks and in sentences."""
    found = (queuewatch_words(code) for code in (*shell_lines(text), *spans(text)))
    return [words for words in found if words]


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Path and command, of every command that there is."""
    yield from _under((), cli)


def _under(
    path: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from _under((*path, name), found)


def resolved(words: list[str]) -> tuple[tuple[str, ...], click.Command]:
    """The command that these words name; KeyError for one that does not exist."""
    path: tuple[str, ...] = ()
    command: click.Command = cli
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        if found is None:
            raise KeyError(word)
        path, command = (*path, word), found
    return path, command


def options_of(command: click.Command) -> set[str]:
    return {"--help", "-h"} | {
        name
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
