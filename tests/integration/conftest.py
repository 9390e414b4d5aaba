# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real ``ansible-playbook``, each time with an emulated CloudFront of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve

# What amazon.aws 10 makes ansible-core 2.20 say, and what that adds to any deprecation.
FOREIGN_WARNING = re.compile(r"'ansible\.module_utils\._text' is deprecated|Deprecation warnings can be disabled")

Play = Callable[..., str]


@pytest.fixture
def cf() -> CloudFront:
    return CloudFront()


@pytest.fixture
def play(cf: CloudFront) -> Iterator[Play]:
    with serve(cf) as url:

        def play(
            playbook: Path | str,
            *arguments: str,
            succeeds: bool = True,
            warnings: int | None = 0,
            stderr: int = subprocess.STDOUT,
        ) -> str:
            """Run the playbook, check how it ends and the number of warnings unless None, and return its output."""
            command = [Path(sys.executable).with_name("ansible-playbook"), playbook, *arguments]
            environment = {**os.environ, "AWS_ENDPOINT_URL": url}
            done = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False
            )
            assert (done.returncode == 0) is succeeds, done.stdout
            lines = [line for line in done.stdout.splitlines() if "WARNING]" in line]
            assert warnings in (None, sum(not FOREIGN_WARNING.search(line) for line in lines)), done.stdout
            return done.stdout

        yield play
