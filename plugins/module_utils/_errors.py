# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WHAT went wrong, in one sentence that names the operation, the target and what to do."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

try:
    from botocore import exceptions as boto
    from urllib3.exceptions import HTTPError
except ImportError:
    pass  # AnsibleAWSModule and AWSLookupBase say so to the user.

THROTTLED = frozenset(
    ("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded")
)
DENIED = frozenset(("AccessDenied", "AccessDeniedException"))
CREDENTIALS = frozenset(
    (
        "ExpiredToken",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        "MissingAuthenticationToken",
    )
)
MISSING = frozenset(("NoSuchDistribution", "EntityNotFound", "NoSuchInvalidation"))


class CloudFrontError(Exception):
    """A failure that a user is told of.

    C(code) is AWS's error code or, where AWS gave none, the HTTP status or the name of botocore's exception.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return self.message

    @property
    def entry(self) -> dict[str, str]:
        """The error as it stands in the entry of the target that failed."""
        return {"Code": self.code, "Message": self.message}


class BadOptionError(CloudFrontError):
    """An option says what it may not say; nothing has been asked of AWS for it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "BadOption")


class MissingError(CloudFrontError):
    """What was asked for does not exist."""


class DeniedError(CloudFrontError):
    """The identity in use lacks a permission."""


class TransientError(CloudFrontError):
    """The same request may succeed later."""


class ThrottledError(TransientError):
    """AWS wants requests to come more slowly."""


class NoResponseError(TransientError):
    """Nothing came back at all."""


def at_least(least: int, options: t.Mapping[str, t.Any], *names: str) -> None:
    """Refuse those of the named options that are given and too small. Raises BadOptionError."""
    for name in names:
        value = options.get(name)
        if value is not None and value < least:
            raise BadOptionError(f"{name} is {value}, and must be {least} or more.")


def sanitize(error: t.Any) -> str:
    """What somebody else's error says: on one line, of bearable length, without the password of a URL."""
    text = re.sub(r"//[^/@\s]+@", "//***@", " ".join(str(error).split()))
    return text if len(text) <= 400 else text[:400] + "..."


def unreadable(operation: str, subject: str, why: str) -> CloudFrontError:
    """The error for an answer that did not come whole from CloudFront."""
    return TransientError(
        f"The answer to {operation} on {subject} is not one of CloudFront's: {why}. "
        "Something between may have answered: check proxies and endpoint_url.",
        "UnreadableAnswer",
    )


def explain(raised: Exception, operation: str, subject: str) -> CloudFrontError:
    """The error for whatever a call of a botocore client raised."""
    if isinstance(raised, boto.ClientError):
        return _explain_response(raised, operation, subject)
    what, reason, code = f"{operation} on {subject}", sanitize(raised).rstrip("."), type(raised).__name__
    if isinstance(raised, boto.NoCredentialsError):
        return CloudFrontError(
            f"{what} needs AWS credentials, and none were found: give profile, or access_key and secret_key, "
            "or set them in the environment.",
            code,
        )
    if isinstance(raised, boto.SSLError) and "CERTIFICATE_VERIFY_FAILED" in reason:
        message = f"{what} met a certificate that is not trusted: {reason}. Check aws_ca_bundle and endpoint_url."
        return CloudFrontError(message, code)
    if isinstance(raised, (boto.ConnectionError, boto.HTTPClientError, HTTPError, OSError)):
        message = f"{what} got no answer: {reason}. Check the network, proxies and endpoint_url."
        return NoResponseError(message, code)
    if isinstance(raised, boto.BotoCoreError) and not isinstance(raised, boto.IncompleteReadError):
        return CloudFrontError(f"{what} could not be sent: {reason}.", code)
    return unreadable(operation, subject, reason or code)


def _explain_response(raised: boto.ClientError, operation: str, subject: str) -> CloudFrontError:
    """The error for an error that AWS, or something before it, answered."""
    status = int(raised.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    told = raised.response.get("Error", {})
    code = told.get("Code") or str(status)  # An HTML 502 has no code at all.
    reason = f"{code}: {sanitize(told.get('Message') or 'no message').rstrip('.')} (HTTP {status})."
    what = f"{operation} on {subject}"
    if code in DENIED:
        advice = f"allow the action cloudfront:{operation} to the identity in use"
        return DeniedError(f"{what} is denied: {advice}. {reason}", code)
    if code in THROTTLED or status == 429:
        advice = "Lower concurrency, or run it again later."
        return ThrottledError(f"{what} was throttled. {reason} {advice}", code)
    if status >= 500:
        return TransientError(f"{what} met trouble at AWS, or on the way there. {reason}", code)
    if code in MISSING:
        return MissingError(f"{what} found nothing. {reason}", code)
    advice = " Check or renew the credentials." if code in CREDENTIALS else ""
    return CloudFrontError(f"{what} was refused. {reason}{advice}", code)
