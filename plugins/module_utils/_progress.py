# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WHILE it waits: a module has no way to print, so it writes lines to a file that its action plugin reads."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import os
from pathlib import Path

VARIABLE = "EDGEWORKS_CLOUDFRONT_PROGRESS"  # The file's path. Set where controller and module share a file system.


def report(line: str) -> None:
    """Show a line to whoever watches the task, if somebody does."""
    path = os.environ.get(VARIABLE)
    if path:
        with contextlib.suppress(OSError), Path(path).open("a", encoding="utf-8") as progress:
            progress.write(f"{line}\n")
