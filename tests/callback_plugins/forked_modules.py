# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules on localhost in forks of ansible-playbook, which has loaded boto3, instead of in new processes.

This halves the time of a playbook. Ansible still builds the module's archive, passes its arguments and parses its
output. Tasks in the background and tasks with another interpreter are not affected.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import shlex
import sys
import tempfile
import traceback
from typing import Any

import boto3
from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase
from botocore.loaders import JSONFileLoader, Loader

# What the modules import. Their forks have it already.
for _name in ("_creator", "_module", "_resolver"):
    importlib.import_module(f"ansible_collections.edgeworks.cloudfront.plugins.module_utils.{_name}")

_internal: Any
try:
    from ansible.module_utils import _internal
except ImportError:  # ansible-core 2.18
    _internal = None


class SharedFileLoader(JSONFileLoader):
    """Parse each of botocore's files once for all tasks."""

    load_file = staticmethod(functools.cache(JSONFileLoader().load_file))


Loader.FILE_LOADER_CLASS = SharedFileLoader
boto3.session.Session(region_name="us-east-1").client("cloudfront")

run_command: Any = ActionBase._low_level_execute_command


def run_in_fork(self: Any, cmd: str, sudoable: bool = True, in_data: bytes | None = None, **options: Any) -> Any:
    *variables, interpreter = shlex.split(cmd)
    if not in_data or interpreter != sys.executable or self._connection.transport != "local":
        return run_command(self, cmd, sudoable, in_data, **options)
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        pid = os.fork()
        if not pid:
            for variable in variables:
                key, dummy, os.environ[key] = variable.partition("=")
            execute(in_data, stdout.fileno(), stderr.fileno())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        printed: dict[str, Any] = {}
        for name, file in (("stdout", stdout), ("stderr", stderr)):
            file.seek(0)
            printed[name] = file.read().decode()
            printed[f"{name}_lines"] = printed[name].splitlines()
    return {"rc": status, **printed}


def execute(module: bytes, stdout: int, stderr: int) -> None:
    status = 1
    try:
        for descriptor, stream in ((stdout, 1), (stderr, 2)):
            os.dup2(descriptor, stream)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        if _internal:
            _internal.is_controller = False
        sys.argv = [""]
        exec(compile(module, "<stdin>", "exec"), {"__name__": "__main__"})
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


ActionBase._low_level_execute_command = run_in_fork  # type: ignore[method-assign,assignment]


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "forked_modules"
