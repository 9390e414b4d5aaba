# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test AssumeRole with a botocore client for STS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.emulator.support import EACH_TRANSPORT, NOW
from botocore.exceptions import ClientError, ConnectionClosedError

ROLE = "arn:aws:iam::123456789012:role/deploy"


def assume(sts: Any) -> Any:
    return sts.assume_role(RoleArn=ROLE, RoleSessionName="ansible")


@EACH_TRANSPORT
def test_temporary_credentials(cf: CloudFront, sts: Any) -> None:
    response = assume(sts)
    assert response["Credentials"]["Expiration"] == NOW + timedelta(hours=1)
    assert response["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/deploy/ansible"
    assert all(response["Credentials"][key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    assert cf.calls == {"AssumeRole": 1}
    assert cf.requests[0].params["RoleArn"] == ROLE


@EACH_TRANSPORT
def test_access_denied_names_the_role(cf: CloudFront, sts: Any) -> None:
    cf.add_fault("access_denied", operation="AssumeRole")
    with pytest.raises(ClientError, match=f"not authorized to perform: sts:AssumeRole on resource: {ROLE} ") as caught:
        assume(sts)
    response = caught.value.response
    assert (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]) == (403, "AccessDenied")
    assert cf.calls == {"AssumeRole": 1}
    assert cf.requests[-1].status == 403


def test_errors_are_in_the_namespace_of_the_service(cf: CloudFront) -> None:
    cf.add_fault("access_denied")
    body = f"Action=AssumeRole&RoleArn={ROLE}&RoleSessionName=ansible".encode()
    assert b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' in cf.handle("POST", "/", "", body).body


@pytest.mark.parametrize("does", ["error", "throttle", "reset", "opaque_markers", "unordered", "no_is_truncated"])
def test_other_faults(cf: CloudFront, sts: Any, does: str) -> None:
    cf.add_fault(does, first=1)
    if does in ("error", "throttle", "reset"):
        with pytest.raises((ClientError, ConnectionClosedError)):
            assume(sts)
    assert assume(sts)["Credentials"]


def test_rate_limits_do_not_apply(cf: CloudFront, sts: Any) -> None:
    cf.limit_rate(1, burst=1)
    for dummy in range(3):
        assume(sts)


def test_other_requests_are_rejected(cf: CloudFront) -> None:
    for body in (b"Action=GetCallerIdentity&Version=2011-06-15", b""):
        response = cf.handle("POST", "/", "", body)
        assert (response.status, b"<Code>InvalidAction</Code>" in response.body) == (400, True)
