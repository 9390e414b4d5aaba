# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every example that users read, and compares what it prints with what the page shows.

The examples of a page are one run, in the order of the page, on an emulated CloudFront that has all that they name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.examples.pages import GUIDES, PLUGINS, README, TOP, Block, blocks
from ansible_collections.edgeworks.cloudfront.tests.examples.playbooks import Play, play_of, run
from ansible_collections.edgeworks.cloudfront.tests.integration.conftest import FOREIGN_WARNING

WORLD = json.loads(Path(__file__).with_name("world.json").read_text())
PAGES = [page for page in (README, *GUIDES, *PLUGINS) if any(block.language == "yaml" for block in blocks(page))]


@pytest.fixture(scope="module")
def printed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[Path, Future[str]]]:
    """What the run of each page prints. The runs spend half of their time waiting, so several go on at once."""
    tests = [test for test in request.session.items if isinstance(test, pytest.Function)]
    pages: list[Any] = [test.callspec.params["page"] for test in tests if test.originalname == test_examples.__name__]
    with ThreadPoolExecutor(3) as pool:
        yield {page: pool.submit(run_page, page, tmp_path_factory.mktemp(page.stem)) for page in pages}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_examples(page: Path, printed: Mapping[Path, Future[str]]) -> None:
    lines = printed[page].result().splitlines()
    output = "\n".join(line for line in lines if not FOREIGN_WARNING.search(line))
    assert "WARNING]" not in output, output
    assert "\nskipping: [localhost]\n" not in output, output
    for block in blocks(page):
        if block.language == "text":
            assert comparable(block.text) in comparable(output), output


def run_page(page: Path, folder: Path) -> str:
    cf = CloudFront()
    cf.load(WORLD)
    return run(cf, list(plays_of(blocks(page), folder)), folder)


def plays_of(page: list[Block], folder: Path) -> Iterator[Play]:
    """The examples as plays. A template becomes a file, and is rendered where the page does not show it as one."""
    for number, block in enumerate(page):
        if block.language == "jinja":
            template = folder / (block.caption or f"templates/{number}.j2")
            template.parent.mkdir(exist_ok=True)
            template.write_text(block.text)
            if block.caption is None:
                rendered = f"{{{{ lookup('ansible.builtin.template', '{template.name}') }}}}"
                yield play_of({"ansible.builtin.debug": {"msg": rendered}})
        elif block.language == "yaml":
            document = yaml.safe_load(block.text)
            if isinstance(document, dict) or block.caption:
                continue  # It shows the shape of something, or a file that is not a playbook.
            if any("hosts" in item or "ansible.builtin.import_playbook" in item for item in document):
                yield from document
            else:
                yield play_of(*document)


def comparable(printed: str) -> str:
    """Without indentation and asterisks behind names, and with the same words for all times."""
    lines = [re.sub(r" \*+$", "", line.strip()) for line in printed.splitlines() if line.strip()]
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "TIME", "\n".join(lines))
    return re.sub(r"after \d+ s\b", "after SECONDS s", text)
