# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the targets of ansible-test with the real ``ansible-playbook``, each on an emulated CloudFront of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve

HERE = Path(__file__).parent
TARGETS = sorted(target.name for target in HERE.glob("targets/*") if not target.name.startswith("setup_"))

# What amazon.aws 10 makes ansible-core 2.20 say, and what that adds to any deprecation.
FOREIGN_WARNING = re.compile(r"'ansible\.module_utils\._text' is deprecated|Deprecation warnings can be disabled")


@pytest.fixture
def emulator() -> Iterator[str]:
    with serve(CloudFront()) as url:
        yield url


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, emulator: str) -> None:
    playbook = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), HERE / "targets.yml", "--extra-vars", f"target={target}"],
        env={**os.environ, "AWS_ENDPOINT_URL": emulator},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert playbook.returncode == 0, playbook.stdout
    warnings = [line for line in playbook.stdout.splitlines() if "WARNING]" in line]
    assert all(FOREIGN_WARNING.search(line) for line in warnings), playbook.stdout
