# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show the progress lines that a module writes with module_utils/_progress.py while it runs."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import tempfile
import threading
import typing as t
from contextlib import contextmanager

from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible.utils.display import Display
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._progress import VARIABLE

READ_INTERVAL = 0.3  # Seconds between reads of the file.


class ProgressActionModule(NormalActionModule):
    """Runs a module as usual, and shows its progress line by line."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        with self._progress_shown(task_vars or {}):
            result: dict[str, t.Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        return result

    @contextmanager
    def _progress_shown(self, task_vars: dict[str, t.Any]) -> t.Iterator[None]:
        """Show progress, unless the module runs on another host or in the background, or has C(no_log)."""
        task = self._task
        if task.no_log or task.async_val or self._connection.transport != "local":
            yield
            return
        host = task_vars.get("inventory_hostname", "")
        display = Display()
        done = threading.Event()

        def show() -> None:
            ended = False
            while not ended:
                ended = done.wait(READ_INTERVAL)
                for line in progress:
                    display.display(f"{f'[{host}]: ' if host else ''}{line.rstrip()}", stderr=True)

        folder = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]  # Ansible always removes it at the end.
        with tempfile.NamedTemporaryFile("r", dir=folder, encoding="utf-8") as progress:
            environment = task.environment
            task.environment = [*(environment or []), {VARIABLE: progress.name}]
            reader = threading.Thread(target=show, daemon=True)
            reader.start()
            try:
                yield
            finally:
                task.environment = environment
                done.set()
                reader.join()
