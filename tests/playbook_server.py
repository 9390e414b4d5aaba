# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks in forks of this process, which has loaded Ansible and boto3, and their modules in forks of those.

A playbook takes less than half the time. It is still run by ansible-playbook's own code, in a separate process:
Ansible builds the module's archive, passes its arguments and parses its output. Background tasks and tasks with another
interpreter are not affected.

Each line of standard input is a run in JSON, with the arguments of `run_playbook`. The response is a line with the exit
status and the output.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import shlex
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import boto3
from ansible.cli.playbook import PlaybookCLI
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import init_plugin_loader
from botocore.loaders import JSONFileLoader

_internal: Any
try:
    from ansible.module_utils import _internal
except ImportError:  # ansible-core 2.18
    _internal = None

run_command: Any = ActionBase._low_level_execute_command


def load() -> None:
    """Load what playbooks and modules need, so that their forks do not have to."""
    init_plugin_loader()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    # The other thread of a task reads progress, and holds no lock that a module needs.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    for name in ("_creator", "_module", "_resolver"):
        importlib.import_module(f"ansible_collections.edgeworks.cloudfront.plugins.module_utils.{name}")
    # Parse each of botocore's files once.
    JSONFileLoader.load_file = staticmethod(functools.cache(JSONFileLoader().load_file))  # type: ignore[method-assign]
    boto3.session.Session(region_name="us-east-1").client("cloudfront")
    ActionBase._low_level_execute_command = run_module  # type: ignore[method-assign,assignment]


def in_fork(function: Callable[[], object], stdin: int, stdout: IO[bytes], stderr: IO[bytes]) -> int:
    """Call a function in a fork with these standard streams, and return the exit status."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            for number, descriptor in enumerate((stdin, stdout.fileno(), stderr.fileno())):
                os.dup2(descriptor, number)
            # Line-buffered, so that the output to both stays in order.
            sys.stdout, sys.stderr = (open(number, "w", buffering=1, closefd=False) for number in (1, 2))  # noqa: SIM115
            function()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run_playbook(arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> tuple[int, str]:
    def run() -> None:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        PlaybookCLI.cli_executor(["ansible-playbook", *arguments])

    with tempfile.TemporaryFile() as printed, Path(os.devnull).open("rb") as nothing:
        status = in_fork(run, nothing.fileno(), printed, printed)
        printed.seek(0)
        return status, printed.read().decode()


def run_module(self: Any, cmd: str, sudoable: bool = True, in_data: bytes | None = None, **options: Any) -> Any:
    """Run a module's archive in a fork. This replaces a method of Ansible, which starts Python."""
    *variables, interpreter = shlex.split(cmd)
    if not in_data or interpreter != sys.executable or self._connection.transport != "local":
        return run_command(self, cmd, sudoable, in_data, **options)
    module = in_data

    def run() -> None:
        for variable in variables:
            key, dummy, os.environ[key] = variable.partition("=")
        if _internal:
            _internal.is_controller = False
        sys.argv = [""]
        exec(compile(module, "<stdin>", "exec"), {"__name__": "__main__"})

    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        result: dict[str, Any] = {"rc": in_fork(run, 0, stdout, stderr)}
        for name, file in (("stdout", stdout), ("stderr", stderr)):
            file.seek(0)
            result[name] = file.read().decode()
            result[f"{name}_lines"] = result[name].splitlines()
    return result


if __name__ == "__main__":
    load()
    for line in sys.stdin:
        print(json.dumps(run_playbook(**json.loads(line))), flush=True)
