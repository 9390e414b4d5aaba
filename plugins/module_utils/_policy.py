# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide whether failed targets fail the task, as on_missing and on_denied specify."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._errors import CloudFrontError, DeniedError, MissingError
from ._results import TargetResult


class Outcome(t.NamedTuple):
    """The error message of the task, if it fails, and its warnings."""

    failure: str | None
    warnings: list[str]


def evaluate(results: t.Sequence[TargetResult], *, on_missing: str, on_denied: str) -> Outcome:
    """Return the outcome for the task. An error other than MissingError and DeniedError always fails it."""

    def policy(error: CloudFrontError) -> str:
        if isinstance(error, MissingError):
            return on_missing
        return on_denied if isinstance(error, DeniedError) else "error"

    errors = [result.error for result in results if result.error]
    warnings = [str(error) for error in errors if policy(error) == "warn"]
    failures = [str(error) for error in errors if policy(error) == "error"]
    if not failures:
        return Outcome(None, warnings)
    if len(results) == 1:
        return Outcome(failures[0], warnings)
    distinct = list(dict.fromkeys(failures))
    message = f"{len(failures)} of {len(results)} targets failed: {' '.join(distinct[:3])}"
    if len(distinct) > 3:
        message += f" And {len(distinct) - 3} more."
    return Outcome(message, warnings)
