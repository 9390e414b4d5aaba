# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all examples in the documentation, and compare their output with the pages.

The examples of a page run together, in order, against an emulated CloudFront that contains all their targets.
"""

from __future__ import annotations

import json
import re
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.examples.pages import GUIDES, PLUGINS, README, TOP, Block, blocks
from ansible_collections.edgeworks.cloudfront.tests.playbooks import Play, play_of, run

WORLD = json.loads(Path(__file__).with_name("world.json").read_text())
VARIABLES = {"report": "report.txt", "release": "42"}
PAGES = [page for page in (README, *GUIDES, *PLUGINS) if any(block.language == "yaml" for block in blocks(page))]
AWS_CONFIG = """
[default]
region = eu-central-1
aws_access_key_id = an-access-key-for-tests
aws_secret_access_key = a-secret-key-for-tests
[profile deploy]
aws_access_key_id = another-access-key-for-tests
aws_secret_access_key = another-secret-key-for-tests
[profile staging]
aws_access_key_id = a-third-access-key-for-tests
aws_secret_access_key = a-third-secret-key-for-tests
"""

INFO = "edgeworks.cloudfront.invalidation_info"
SITE = {"distribution_id": "E1PA6795UKMFR9"}
ACCESS_KEY = "AKIAZZ4Q7B2M9X5K3WNP"
FAILING: list[dict[str, Any]] = [
    {INFO: SITE, "vars": {"ansible_python_interpreter": "{{ playbook_dir }}/without_boto3/bin/python"}},
    {INFO: {**SITE, "targets": ["acme"]}},
    {INFO: {"max_items": 1}},
    {INFO: {**SITE, "max_item": 1}},
    {INFO: {**SITE, "profile": "deploy", "access_key": ACCESS_KEY, "secret_key": ACCESS_KEY}},
    {INFO: {**SITE, "profile": "deploi"}},
    {INFO: {**SITE, "access_key": ACCESS_KEY}},
    {"edgeworks.cloudfront.invalidation": SITE},
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str | None]:
    """The environment of a user whose credentials are in a configuration file."""
    path = tmp_path / "aws_config"
    path.write_text(AWS_CONFIG)
    return {
        "AWS_CONFIG_FILE": str(path),
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",  # The default.
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_examples(page: Path, tmp_path: Path, environment: dict[str, str | None]) -> None:
    cf = CloudFront()
    cf.load(WORLD)
    plays = list(plays_of(blocks(page), tmp_path))
    arguments = ["--extra-vars", json.dumps(VARIABLES)]
    output = run(cf, plays, tmp_path, arguments, environment, forked=page != README)
    assert "WARNING]" not in output, output
    assert "\nskipping: [localhost]\n" not in output, output
    for block in blocks(page):
        if block.language == "text":
            assert comparable(block.text) in comparable(output), output


def plays_of(page: list[Block], folder: Path) -> Iterator[Play]:
    """Yield the examples as plays. A template is written to a file, and rendered unless the page names the file."""
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
                continue  # It shows a data structure, or a file that is not a playbook.
            if any("hosts" in item or "ansible.builtin.import_playbook" in item for item in document):
                yield from document
            else:
                yield play_of(*document)


def comparable(printed: str) -> str:
    """Return the output without indentation and trailing asterisks, and with placeholders for times."""
    lines = [re.sub(r" \*+$", "", line.strip()) for line in printed.splitlines() if line.strip()]
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "TIME", "\n".join(lines))
    return re.sub(r"after \d+ s\b", "after SECONDS s", text)


def test_quoted_messages_of_ansible_and_amazon_aws(tmp_path: Path, environment: dict[str, str | None]) -> None:
    def on_one_line(text: str) -> str:
        return re.sub(r"on \S+'s Python \S+\. ", "on HOST's Python PATH. ", " ".join(text.split()))

    venv.create(tmp_path / "without_boto3")
    quoted = [block.text for block in blocks(TOP / "docs/docsite/rst/connection.rst") if block.language == "none"]
    plays = [play_of(*({**task, "ignore_errors": True} for task in FAILING))]
    output = on_one_line(run(CloudFront(), plays, tmp_path, environment=environment))
    assert len(quoted) == len(FAILING)
    for message in quoted:
        assert on_one_line(message) in output, output
