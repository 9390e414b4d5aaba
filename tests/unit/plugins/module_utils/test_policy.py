# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._policy import evaluate
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import TargetResult
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, by_id

MISSING = MissingError("There is none.", "NoSuchDistribution")
DENIED = DeniedError("It is denied.", "AccessDenied")
OTHER = CloudFrontError("It was refused.", "InvalidArgument")


def results(*errors: CloudFrontError | None) -> list[TargetResult]:
    return [TargetResult(by_id(DISTRIBUTION, f"E{number:013}"), error=error) for number, error in enumerate(errors)]


@pytest.mark.parametrize(
    ("on_missing", "on_denied", "failure", "warnings"),
    [
        ("error", "error", "2 of 3 targets failed: There is none. It is denied.", []),
        ("warn", "error", "1 of 3 targets failed: It is denied.", ["There is none."]),
        ("error", "skip", "1 of 3 targets failed: There is none.", []),
        ("skip", "warn", None, ["It is denied."]),
        ("skip", "skip", None, []),
    ],
)
def test_policies(on_missing: str, on_denied: str, failure: str | None, warnings: list[str]) -> None:
    outcome = evaluate(results(None, MISSING, DENIED), on_missing=on_missing, on_denied=on_denied)
    assert outcome == (failure, warnings)


def test_any_other_error_fails_the_task() -> None:
    assert evaluate(results(OTHER), on_missing="skip", on_denied="skip").failure == str(OTHER)


def test_no_targets_are_no_failure() -> None:
    assert evaluate([], on_missing="error", on_denied="error") == (None, [])


@pytest.mark.parametrize(("failed", "more"), [(3, ""), (4, " And 1 more."), (60, " And 57 more.")])
def test_message_names_three_errors(failed: int, more: str) -> None:
    errors = [CloudFrontError(f"Error {number}.", "X") for number in range(failed)]
    failure = evaluate(results(*errors), on_missing="error", on_denied="error").failure
    assert failure == f"{failed} of {failed} targets failed: Error 0. Error 1. Error 2.{more}"


def test_message_names_the_same_error_once() -> None:
    failure = evaluate(results(OTHER, OTHER, None), on_missing="error", on_denied="error").failure
    assert failure == "2 of 3 targets failed: It was refused."
