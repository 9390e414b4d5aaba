# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether failed targets fail the task, as on_missing and on_denied define."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._errors import DeniedError, MissingError
from ._results import TargetResult


class Outcome(t.NamedTuple):
    """What the findings mean for the task."""

    failure: str | None
    warnings: list[str]


def evaluate(results: t.Sequence[TargetResult], *, on_missing: str, on_denied: str) -> Outcome:
    """Whether the task fails and of what it warns. What is neither missing nor denied always fails it."""
    failures: list[str] = []
    warnings: list[str] = []
    for error in [result.error for result in results if result.error]:
        policy = "error"
        if isinstance(error, MissingError):
            policy = on_missing
        elif isinstance(error, DeniedError):
            policy = on_denied
        if policy == "error":
            failures.append(str(error))
        elif policy == "warn":
            warnings.append(str(error))
    if len(results) < 2 or not failures:
        return Outcome(failures[0] if failures else None, warnings)
    told = list(dict.fromkeys(failures))
    message = f"{len(failures)} of {len(results)} targets failed: {' '.join(told[:3])}"
    if len(told) > 3:
        message += f" And {len(told) - 3} more."
    return Outcome(message, warnings)
