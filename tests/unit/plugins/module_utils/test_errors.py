# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import ssl
import typing as t
from pathlib import Path

import pytest
import urllib3.exceptions
from ansible_collections.edgeworks.cloudfront.plugins.module_utils import _client
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
    NoResponseError,
    NotSentError,
    TaskError,
    ThrottledError,
    TransientError,
    explain,
    sanitize,
)
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import SESSION, EmulatedTime
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

URL = "https://cloudfront.amazonaws.com/2020-05-31/distribution"


def response(
    status: int, code: str, message: str = "Because.", operation: str = "ListInvalidations"
) -> boto.ClientError:
    content: t.Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(content, operation)


@pytest.mark.parametrize(
    ("raised", "kind", "code"),
    [
        (response(400, "Throttling"), ThrottledError, "Throttling"),
        (response(400, "ThrottlingException"), ThrottledError, "ThrottlingException"),
        (response(429, ""), ThrottledError, "429"),
        (response(503, "Throttling"), ThrottledError, "Throttling"),
        (response(503, "ServiceUnavailable"), TransientError, "ServiceUnavailable"),
        (response(503, "503"), TransientError, "503"),
        (response(502, ""), TransientError, "502"),
        (response(500, "InternalError"), TransientError, "InternalError"),
        (response(500, "AccessDenied"), DeniedError, "AccessDenied"),
        (response(403, "AccessDenied"), DeniedError, "AccessDenied"),
        (response(403, "ExpiredToken"), TaskError, "ExpiredToken"),
        (response(403, "ExpiredTokenException"), TaskError, "ExpiredTokenException"),
        (response(403, "SignatureDoesNotMatch"), TaskError, "SignatureDoesNotMatch"),
        (response(403, "RequestTimeTooSkewed"), TaskError, "RequestTimeTooSkewed"),
        (response(403, ""), CloudFrontError, "403"),
        (response(400, "InvalidArgument"), CloudFrontError, "InvalidArgument"),
        (response(499, "ClientClosedRequest"), CloudFrontError, "ClientClosedRequest"),
        (response(404, "NoSuchDistribution"), MissingError, "NoSuchDistribution"),
        (response(404, "EntityNotFound"), MissingError, "EntityNotFound"),
        (response(404, ""), CloudFrontError, "404"),
        (boto.EndpointConnectionError(endpoint_url=URL), NotSentError, "EndpointConnectionError"),
        (boto.ConnectTimeoutError(endpoint_url=URL), NotSentError, "ConnectTimeoutError"),
        (boto.ReadTimeoutError(endpoint_url=URL), NoResponseError, "ReadTimeoutError"),
        (boto.ConnectionClosedError(endpoint_url=URL), NoResponseError, "ConnectionClosedError"),
        (boto.ProxyConnectionError(proxy_url="http://p"), NoResponseError, "ProxyConnectionError"),
        (boto.ProxyConnectionError(proxy_url="http://ftp://p"), TaskError, "ProxyConnectionError"),
        (boto.ProxyConnectionError(proxy_url="http://["), TaskError, "ProxyConnectionError"),
        (boto.SSLError(endpoint_url=URL, error=ssl.SSLEOFError("EOF")), NoResponseError, "SSLError"),
        (boto.SSLError(endpoint_url=URL, error=ssl.SSLZeroReturnError("closed")), NoResponseError, "SSLError"),
        (boto.SSLError(endpoint_url=URL, error=ssl.SSLCertVerificationError("self-signed")), TaskError, "SSLError"),
        (urllib3.exceptions.ProtocolError("cut"), NoResponseError, "ProtocolError"),
        (ssl.SSLError("bad record"), NoResponseError, "SSLError"),
        (ConnectionResetError("reset"), NoResponseError, "ConnectionResetError"),
        (ResponseParserError("invalid XML"), TransientError, "UnreadableResponse"),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), TransientError, "UnreadableResponse"),
        (ValueError("invalid literal for int()"), TransientError, "UnreadableResponse"),
        (TypeError("'str' object does not support item assignment"), TransientError, "UnreadableResponse"),
        (boto.ParamValidationError(report="bad"), CloudFrontError, "ParamValidationError"),
    ],
    ids=lambda value: None if isinstance(value, (str, type)) else type(value).__name__,
)
def test_every_failure_is_one_message_of_its_class(raised: Exception, kind: type[CloudFrontError], code: str) -> None:
    error = explain(raised, "ListInvalidations", "distribution E1")
    assert error.__class__ is kind
    assert error.code == code
    assert "ListInvalidations on distribution E1" in str(error)
    assert "object" not in str(error)
    assert "\n" not in str(error)
    assert error.entry == {"Code": code, "Message": str(error)}


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (
            response(403, "AccessDenied", operation="AssumeRole"),
            ": sts:AssumeRole failed for the role ROLE. AccessDenied",
        ),
        (response(401, "Unauthorized", operation="GetRoleCredentials"), ": sso:GetRoleCredentials failed for the role"),
        (response(503, "ServiceUnavailable", operation="Unheard"), ": Unheard failed for the role ROLE. ServiceUnav"),
        (boto.CredentialRetrievalError(provider="process", error_msg="exit 1"), "obtained. Error when retrieving"),
        (boto.SSOTokenLoadError(error_msg="no token"), "obtained. "),
        (boto.UnauthorizedSSOTokenError(), "obtained. The SSO session associated with this profile has expired"),
        (boto.MetadataRetrievalError(error_msg="timeout"), "obtained. Error retrieving metadata: timeout. Check"),
        (boto.PartialCredentialsError(provider="env", cred_var="x"), "obtained. Partial credentials found in env"),
        (
            RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired."),
            "still expired. ",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_failure_to_get_credentials_is_an_error_of_the_task(raised: Exception, expected: str) -> None:
    error = explain(raised, "ListInvalidations", "distribution E1", "ROLE")
    assert error.__class__ is TaskError
    assert str(error).startswith("The AWS credentials could not be obtained")
    assert expected in str(error)
    assert "ListInvalidations" not in str(error)
    advice = "Check the profile and the trust policy and permissions of its role. If a login has expired, log in again."
    assert str(error).endswith(f" {advice}")


def test_unknown_role_is_omitted() -> None:
    error = explain(response(403, "AccessDenied", operation="AssumeRole"), "ListInvalidations", "distribution E1")
    assert "obtained: sts:AssumeRole failed. AccessDenied: Because (HTTP 403). " in str(error)


@pytest.fixture(scope="module")
def port() -> t.Iterator[int]:
    """A port that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def send(url: str, verify: str | None = None, **config: t.Any) -> tuple[CloudFrontError, int, float]:
    """Send a request that fails, and return the error, the number of requests and the duration in seconds."""
    clock = EmulatedTime(SimulatedClock(0.0))
    options = _client.connection({"connect_timeout": 1, "read_timeout": 1, **config}, 8)["aws_config"]
    client = SESSION.client("cloudfront", "us-east-1", endpoint_url=url, verify=verify, config=options)
    api = Api(client, concurrency=8, clock=clock)
    with pytest.raises(CloudFrontError) as caught:
        api.call("GetDistribution", "distribution E1", bool, {"Id": "E1"})
    return caught.value, api.calls["GetDistribution"], clock.monotonic()


@pytest.mark.parametrize("ca", ["missing.pem", ".", "empty.pem"])
def test_unusable_ca_bundle_fails_immediately(port: int, tmp_path: Path, ca: str) -> None:
    (tmp_path / "empty.pem").touch()
    error, requests, seconds = send(f"https://127.0.0.1:{port}", verify=str(tmp_path / ca))
    assert isinstance(error, TaskError)
    assert "could not be sent: SSL validation failed" in str(error)
    assert "Check aws_ca_bundle" in str(error)
    assert (requests, seconds) == (1, 0)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://[",
        "http://:3128",
        "http://user:p@ss@w@127.0.0.1:99999",
        "http://user:p@ss@w@127.0.0.1:1/path",
        "http://user:p@ss/w@127.0.0.1:1",
        "http://user:p@ss#w@127.0.0.1:1",
        "http://user:p@ss@w@exa mple:1",
        "socks5://user:p@ss@w@127.0.0.1:1",
        "proxy:port",
    ],
)
def test_invalid_proxy_url_fails_immediately_and_shows_no_password(port: int, proxy: str) -> None:
    error, requests, seconds = send(f"https://127.0.0.1:{port}", proxies={"https": proxy})
    assert isinstance(error, TaskError)
    assert "could not be sent: " in str(error)
    assert "the proxy settings" in str(error)
    assert (requests, seconds) == (1, 0)
    assert not any(part in str(error) for part in ("p@", "ss@", "@w", "ss/w", "ss#w", "user:p"))


@pytest.mark.parametrize("password", ["tiger2", "tiger@2", "t@iger@2@", "t:iger/@2"])
def test_password_of_a_url_is_masked(password: str) -> None:
    raised = boto.EndpointConnectionError(endpoint_url=f"https://user:{password}@proxy.example.com/")
    message = str(explain(raised, "ListInvalidations", "E1"))
    assert "https://***@proxy.example.com/" in message
    assert "iger" not in message


def test_long_foreign_text_is_shortened() -> None:
    assert sanitize("<html>\n" + "x" * 10_000) == "x" * 400 + "..."
    assert sanitize("x" * 401) == "x" * 400 + "..."
    assert sanitize("x" * 400) == "x" * 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<Fault>\n <Reason>Too <b>many</b></Reason><br/></Fault>", "Too many"),
        ('<?xml version="1.0"?><!DOCTYPE html><html lang="en">Bad gateway', "Bad gateway"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ],
)
def test_xml_tags_are_removed_from_foreign_text(text: str, expected: str) -> None:
    assert sanitize(text) == expected


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (response(404, "NoSuchMoon"), "was refused. NoSuchMoon: Because (HTTP 404)."),
        (response(404, "", ""), "was refused. HTTP 404: no message."),
        (boto.ClientError({}, "ListInvalidations"), "was refused. HTTP 0: no message."),
        (response(403, "AccessDenied"), "was denied. Allow the action cloudfront:ListInvalidations. AccessDenied: "),
        (response(403, "ExpiredToken"), "(HTTP 403). Check or renew the credentials."),
        (
            response(403, "RequestExpired"),
            "Correct the clock of the machine that runs the task: it differs too much from AWS",
        ),
        (response(404, "NoSuchDistribution"), "failed because it does not exist. NoSuchDistribution: Because"),
        (
            response(400, "Throttling", "Rate exceeded"),
            "was throttled. Throttling: Rate exceeded (HTTP 400). Run the task",
        ),
        (
            ResponseParserError("cut"),
            "E1: cut. A proxy may have intercepted the request: check proxies and endpoint_url.",
        ),
        (ValueError(), "E1: botocore could not parse it (ValueError). A proxy"),
        (boto.NoCredentialsError(), "No AWS credentials were found. Specify profile, or access_key and secret_key, or"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_message_has_the_reason_and_advice(raised: Exception, expected: str) -> None:
    assert expected in str(explain(raised, "ListInvalidations", "E1"))
