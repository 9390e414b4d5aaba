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
    ("errors", "on_missing", "on_denied", "failure", "warnings"),
    [
        ([None, MISSING, DENIED], "error", "error", "2 of 3 targets failed: There is none. It is denied.", []),
        ([None, MISSING, DENIED], "warn", "error", "1 of 3 targets failed: It is denied.", ["There is none."]),
        ([None, MISSING, DENIED], "error", "skip", "1 of 3 targets failed: There is none.", []),
        ([None, MISSING, DENIED], "skip", "warn", None, ["It is denied."]),
        ([None, MISSING, DENIED], "skip", "skip", None, []),
        ([OTHER], "skip", "skip", "It was refused.", []),
        ([OTHER, OTHER, None], "error", "error", "2 of 3 targets failed: It was refused.", []),
        ([], "error", "error", None, []),
    ],
)
def test_policies(
    errors: list[CloudFrontError | None], on_missing: str, on_denied: str, failure: str | None, warnings: list[str]
) -> None:
    assert evaluate(results(*errors), on_missing=on_missing, on_denied=on_denied) == (failure, warnings)


@pytest.mark.parametrize(("failed", "more"), [(3, ""), (4, " And 1 more."), (60, " And 57 more.")])
def test_message_names_three_errors(failed: int, more: str) -> None:
    errors = [CloudFrontError(f"Error {number}.", "X") for number in range(failed)]
    failure = evaluate(results(*errors), on_missing="error", on_denied="error").failure
    assert failure == f"{failed} of {failed} targets failed: Error 0. Error 1. Error 2.{more}"
