# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of Ansible and amazon.aws that the guide on connections quotes are what they report."""

from __future__ import annotations

import re
import venv
from pathlib import Path
from typing import Any

from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.examples.credentials import environment
from ansible_collections.edgeworks.cloudfront.tests.examples.pages import TOP, blocks
from ansible_collections.edgeworks.cloudfront.tests.playbooks import play_of, run

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


def comparable(text: str) -> str:
    return re.sub(r"on \S+'s Python \S+\. ", "on HOST's Python PATH. ", " ".join(text.split()))


def test_quoted_messages(tmp_path: Path) -> None:
    venv.create(tmp_path / "without_boto3")
    quoted = [block.text for block in blocks(TOP / "docs/docsite/rst/connection.rst") if block.language == "none"]
    plays = [play_of(*({**task, "ignore_errors": True} for task in FAILING))]
    output = comparable(run(CloudFront(), plays, tmp_path, environment=environment(tmp_path), forked=True))
    assert len(quoted) == len(FAILING)
    for message in quoted:
        assert comparable(message) in output, output
