# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ssl
import typing as t

import pytest
import urllib3.exceptions
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
    NoResponseError,
    ThrottledError,
    TransientError,
    explain,
    sanitize,
)
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

URL = "https://cloudfront.amazonaws.com/2020-05-31/distribution"


def answered(status: int, code: str, message: str = "Because.") -> boto.ClientError:
    response: t.Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(response, "ListInvalidations")


@pytest.mark.parametrize(
    ("raised", "kind", "code"),
    [
        (answered(400, "Throttling"), ThrottledError, "Throttling"),
        (answered(400, "ThrottlingException"), ThrottledError, "ThrottlingException"),
        (answered(429, ""), ThrottledError, "429"),
        (answered(503, "ServiceUnavailable"), TransientError, "ServiceUnavailable"),
        (answered(503, "503"), TransientError, "503"),
        (answered(502, ""), TransientError, "502"),
        (answered(500, "InternalError"), TransientError, "InternalError"),
        (answered(500, "AccessDenied"), DeniedError, "AccessDenied"),
        (answered(403, "AccessDenied"), DeniedError, "AccessDenied"),
        (answered(403, "ExpiredToken"), CloudFrontError, "ExpiredToken"),
        (answered(403, ""), CloudFrontError, "403"),
        (answered(400, "InvalidArgument"), CloudFrontError, "InvalidArgument"),
        (answered(499, "ClientClosedRequest"), CloudFrontError, "ClientClosedRequest"),
        (answered(404, "NoSuchDistribution"), MissingError, "NoSuchDistribution"),
        (answered(404, "EntityNotFound"), MissingError, "EntityNotFound"),
        (answered(404, ""), CloudFrontError, "404"),
        (boto.EndpointConnectionError(endpoint_url=URL), NoResponseError, "EndpointConnectionError"),
        (boto.ConnectTimeoutError(endpoint_url=URL), NoResponseError, "ConnectTimeoutError"),
        (boto.ReadTimeoutError(endpoint_url=URL), NoResponseError, "ReadTimeoutError"),
        (boto.ConnectionClosedError(endpoint_url=URL), NoResponseError, "ConnectionClosedError"),
        (boto.ProxyConnectionError(proxy_url="http://p"), NoResponseError, "ProxyConnectionError"),
        (boto.SSLError(endpoint_url=URL, error=OSError("EOF in violation of protocol")), NoResponseError, "SSLError"),
        (boto.SSLError(endpoint_url=URL, error=OSError("CERTIFICATE_VERIFY_FAILED")), CloudFrontError, "SSLError"),
        (urllib3.exceptions.ProtocolError("cut"), NoResponseError, "ProtocolError"),
        (ssl.SSLError("cut"), NoResponseError, "SSLError"),
        (ResponseParserError("invalid XML"), TransientError, "UnreadableAnswer"),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), TransientError, "UnreadableAnswer"),
        (ValueError("invalid literal for int()"), TransientError, "UnreadableAnswer"),
        (boto.NoCredentialsError(), CloudFrontError, "NoCredentialsError"),
        (boto.ParamValidationError(report="bad"), CloudFrontError, "ParamValidationError"),
    ],
    ids=lambda value: None if isinstance(value, (str, type)) else type(value).__name__,
)
def test_every_failure_is_one_sentence_of_its_kind(raised: Exception, kind: type[CloudFrontError], code: str) -> None:
    error = explain(raised, "ListInvalidations", "distribution E1")
    assert error.__class__ is kind
    assert error.code == code
    assert "ListInvalidations on distribution E1" in str(error)
    assert "\n" not in str(error)
    assert error.entry == {"Code": code, "Message": str(error)}


def test_password_of_a_url_is_not_told() -> None:
    raised = boto.EndpointConnectionError(endpoint_url="https://user:hunter2@proxy.example.com/")
    assert "hunter2" not in str(explain(raised, "ListInvalidations", "E1"))


def test_page_of_html_is_cut_to_a_bearable_length() -> None:
    assert sanitize("<html>\n" + "x" * 10_000) == "<html> " + "x" * 393 + "..."
    assert sanitize("x" * 401) == "x" * 400 + "..."
    assert sanitize("x" * 400) == "x" * 400


def test_what_aws_says_is_told_and_otherwise_what_there_is() -> None:
    assert "NoSuchMoon: Because (HTTP 404)." in str(explain(answered(404, "NoSuchMoon"), "List", "E1"))
    assert "404: no message (HTTP 404)." in str(explain(answered(404, "", ""), "List", "E1"))
    assert "0: no message (HTTP 0)." in str(explain(boto.ClientError({}, "List"), "List", "E1"))
    assert "is not one of CloudFront's: cut." in str(explain(ResponseParserError("cut"), "List", "E1"))
    assert "is not one of CloudFront's: ValueError." in str(explain(ValueError(), "List", "E1"))


def test_expired_credentials_are_to_be_renewed() -> None:
    assert str(explain(answered(403, "ExpiredToken"), "List", "E1")).endswith("Check or renew the credentials.")


def test_missing_credentials_say_what_to_give() -> None:
    assert "give profile, or access_key and secret_key" in str(explain(boto.NoCredentialsError(), "List", "E1"))
