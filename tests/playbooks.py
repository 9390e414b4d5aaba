# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run plays with the real ansible-playbook against an emulated CloudFront."""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import yaml
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve

# Warnings that amazon.aws 10 causes in ansible-core 2.20.
FOREIGN_WARNING = re.compile(r"'ansible\.module_utils\._text' is deprecated|Deprecation warnings can be disabled")

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
    forked: bool = True,
) -> str:
    """Run plays or a playbook in a folder, check whether they succeed, and return the output.

    A variable that is None is unset. If C(forked) is false, ansible-playbook and its modules run as commands, as users
    run them, instead of in playbook_server.py, which is faster.
    """
    if not isinstance(playbook, Path | str):
        (folder / "playbook.yml").write_text(yaml.safe_dump(list(playbook), sort_keys=False))
        playbook = "playbook.yml"
    arguments = [str(playbook), *arguments]
    with serve(cf) as url:
        wanted = {**os.environ, "AWS_ENDPOINT_URL": url, **(environment or {})}
        variables = {name: value for name, value in wanted.items() if value is not None}
        if forked:
            status, printed = _run_in_fork({"arguments": arguments, "folder": str(folder), "environment": variables})
        else:
            command = [str(Path(sys.executable).with_name("ansible-playbook")), *arguments]
            done = subprocess.run(
                command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False
            )
            status, printed = done.returncode, done.stdout
    assert (status == 0) is succeeds, printed
    return "\n".join(line for line in printed.splitlines() if not FOREIGN_WARNING.search(line))


def _run_in_fork(request: Mapping[str, object]) -> tuple[int, str]:
    server = _server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(f"{json.dumps(request)}\n")
    server.stdin.flush()
    status, printed = json.loads(server.stdout.readline())
    return status, printed


@functools.cache
def _server() -> subprocess.Popen[str]:
    """Return the server of this process. It ends when the process does."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.playbook_server"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server
