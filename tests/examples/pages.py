# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the code blocks of the pages, and the texts in the source of the plugins."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parents[2]
README = TOP / "README.md"
MARKDOWN = sorted(TOP.glob("*.md"))
GUIDES = sorted((TOP / "docs/docsite/rst").glob("*.rst"))
PLUGINS = sorted(plugin for kind in ("modules", "lookup") for plugin in (TOP / "plugins" / kind).glob("*.py"))

_MARKDOWN_BLOCK = re.compile(r"^( *)```(?P<language>\w+)(?P<caption>)\n(?P<text>.*?)^\1```$", re.MULTILINE | re.DOTALL)
_RST_BLOCK = re.compile(
    r"^\.\. code-block:: (?P<language>\w+)\n(?: +:class: .*\n)?(?: +:caption: (?P<caption>.*)\n)?\n"
    r"(?P<text>(?: +.*\n|\n)+)",
    re.MULTILINE,
)
_DOCUMENTATION = ("DOCUMENTATION", "EXAMPLES", "RETURN")


class Block(NamedTuple):
    """A code block. Its caption is the name of the file that it shows."""

    language: str
    text: str
    caption: str | None


def blocks(page: Path) -> list[Block]:
    """Return the code blocks of a page, in order, or the examples of a plugin."""
    text = page.read_text()
    if page.suffix == ".py":
        return [Block("yaml", _value(text, "EXAMPLES"), None)]
    pattern = _MARKDOWN_BLOCK if page.suffix == ".md" else _RST_BLOCK
    return [
        Block(found["language"], textwrap.dedent(found["text"]), found["caption"] or None)
        for found in pattern.finditer(text)
    ]


def strings(source: Path) -> Iterator[str]:
    """Yield the strings and fixed parts of f-strings of a Python file, except documentation and regular expressions."""
    tree = ast.parse(source.read_text())
    excluded: set[ast.AST] = set()
    for node in ast.walk(tree):  # Breadth first, so that a parent comes before its strings.
        if isinstance(node, ast.Expr) or (isinstance(node, ast.Assign) and _name(node) in _DOCUMENTATION):
            excluded.add(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            excluded.update(ast.walk(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in excluded:
            yield node.value


def _value(source: str, name: str) -> str:
    statements = ast.parse(source).body
    found = next(node for node in statements if isinstance(node, ast.Assign) and _name(node) == name)
    value: str = ast.literal_eval(found.value)
    return value


def _name(node: ast.Assign) -> str:
    return ast.unparse(node.targets[0])
