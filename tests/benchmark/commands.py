# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the commands that run a contender."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
COLLECTIONS = CHECKOUT / ".cache" / "collections"  # where ./dev makes this checkout an installed collection
PROGRAMS = Path(sys.executable).parent

Task = dict[str, Any]


class Play(NamedTuple):
    """A play of these tasks, run by ansible-playbook."""

    tasks: list[Task]

    def argv(self, folder: Path) -> list[str]:
        playbook = folder / "playbook.yml"
        # Any JSON is YAML.
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": self.tasks}]))
        return [str(PROGRAMS / "ansible-playbook"), str(playbook)]


class Module(NamedTuple):
    """A module of this collection, run by Python as Ansible runs it on a host."""

    name: str
    options: dict[str, object]

    def argv(self, folder: Path) -> list[str]:
        arguments = folder / "arguments.json"
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": self.options}))
        module = f"ansible_collections.edgeworks.cloudfront.plugins.modules.{self.name}"
        return [sys.executable, "-m", module, str(arguments)]


class Script(NamedTuple):
    """A Python script in scripts/."""

    name: str
    arguments: list[str]

    def argv(self, dummy: Path) -> list[str]:
        return [sys.executable, str(HERE / "scripts" / self.name), *self.arguments]


class Shell(NamedTuple):
    """A shell script, in which `aws` is the AWS CLI."""

    text: str

    def argv(self, dummy: Path) -> list[str]:
        return ["bash", "-euo", "pipefail", "-c", self.text]


class Processes(NamedTuple):
    """Several modules or scripts at the same time. Whether they succeed is not checked."""

    commands: Sequence[Module | Script]

    def argv(self, folder: Path) -> list[str]:
        lines = []
        for number, command in enumerate(self.commands):
            own_folder = folder / str(number)
            own_folder.mkdir(exist_ok=True)
            lines.append(f"{shlex.join(command.argv(own_folder))} &")
        return ["bash", "-c", "\n".join([*lines, "wait"])]


Command = Play | Module | Script | Shell | Processes
