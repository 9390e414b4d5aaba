# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs plays with the real ``ansible-playbook`` on an emulated CloudFront."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import yaml
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve

# What amazon.aws 10 makes ansible-core 2.20 say, and what that adds to any deprecation.
FOREIGN_WARNING = re.compile(r"'ansible\.module_utils\._text' is deprecated|Deprecation warnings can be disabled")

# See callback_plugins/forked_modules.py.
FORKED = {"ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback_plugins"))}

Play = dict[str, Any]


def play_of(*tasks: dict[str, Any], **keywords: Any) -> Play:
    return {"hosts": "localhost", "gather_facts": False, **keywords, "tasks": list(tasks)}


def run(
    cf: CloudFront,
    playbook: Sequence[Play] | Path | str,
    folder: Path,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str | None] | None = None,
    stderr: int | IO[str] = subprocess.STDOUT,
    *,
    succeeds: bool = True,
    forked: bool = False,
) -> str:
    """Run plays or a playbook in a folder, check whether it succeeds, and return what it prints.

    A variable of None is unset. If C(forked) is true, modules run in forks of ansible-playbook, which is faster.
    """
    if not isinstance(playbook, Path | str):
        (folder / "playbook.yml").write_text(yaml.safe_dump(list(playbook), sort_keys=False))
        playbook = "playbook.yml"
    with serve(cf) as url:
        variables = {**os.environ, "AWS_ENDPOINT_URL": url, **(FORKED if forked else {}), **(environment or {})}
        done = subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), playbook, *arguments],
            cwd=folder,
            env={name: value for name, value in variables.items() if value is not None},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
        )
    assert (done.returncode == 0) is succeeds, done.stdout
    return "\n".join(line for line in done.stdout.splitlines() if not FOREIGN_WARNING.search(line))
