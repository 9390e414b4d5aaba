# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that the files at the top level match the code."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

TOP = Path(__file__).parents[2]
RUNTIME = yaml.safe_load((TOP / "meta/runtime.yml").read_text())
HEADER = """\
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""


def test_the_action_group_has_every_module() -> None:
    modules = [module.stem for module in sorted((TOP / "plugins/modules").glob("*.py"))]
    assert RUNTIME["action_groups"]["aws"] == modules


def test_the_oldest_requirements_are_in_the_matrix() -> None:
    core = RUNTIME["requires_ansible"].removeprefix(">=").removesuffix(".0")
    tested = (TOP / f"requirements/core-{core}.txt").read_text().splitlines()
    for bound in (TOP / "meta/ee-requirements.txt").read_text().splitlines():
        assert bound.replace(">=", "==") in tested
    assert re.search(rf'^ +"{re.escape(core)} ', (TOP / "dev").read_text(), re.MULTILINE)


def test_checkouts_do_not_keep_credentials() -> None:
    workflows = [yaml.safe_load(path.read_text()) for path in (TOP / ".github/workflows").glob("*.yml")]
    steps = [step for workflow in workflows for job in workflow["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step.get("with", {}).get("persist-credentials") is False for step in checkouts)


def test_every_source_file_names_its_licence() -> None:
    lacking = [
        str(source.relative_to(TOP))
        for folder in ("plugins", "tests")
        for source in (TOP / folder).rglob("*.py")
        if not source.read_text().removeprefix("#!/usr/bin/python\n").startswith(HEADER)
    ]
    assert not lacking
