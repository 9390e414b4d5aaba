# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's end of module_utils/_progress.py: it shows what a module writes while it waits."""

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

READ_INTERVAL = 0.3  # Seconds between two looks at what the module has written.


class ProgressActionModule(NormalActionModule):
    """The module as Ansible runs any other, with its progress shown line by line while it waits."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        with self._progress_shown(task_vars or {}):
            result: dict[str, t.Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        return result

    @contextmanager
    def _progress_shown(self, task_vars: dict[str, t.Any]) -> t.Iterator[None]:
        """Not for a module elsewhere, which cannot write here, one in the background, or one under no_log."""
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

        folder = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]  # Ansible empties it, whatever happens.
        with tempfile.NamedTemporaryFile("r", dir=folder, encoding="utf-8") as progress:
            task.environment = [*(task.environment or []), {VARIABLE: progress.name}]
            reader = threading.Thread(target=show, daemon=True)
            reader.start()
            try:
                yield
            finally:
                done.set()
                reader.join()
