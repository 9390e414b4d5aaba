# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Translate exceptions to messages that name the operation, the target and the remedy."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import ssl
import typing as t
from urllib.parse import urlsplit

try:
    from botocore import exceptions as boto
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError
except ImportError:
    pass  # AnsibleAWSModule and AWSLookupBase report this to the user.

THROTTLED = frozenset(
    ("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded")
)
DENIED = frozenset(("AccessDenied", "AccessDeniedException"))
ADVICE = {
    **dict.fromkeys(
        (
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
            "MissingAuthenticationToken",
        ),
        "Check or renew the credentials.",
    ),
    **dict.fromkeys(
        ("RequestTimeTooSkewed", "RequestExpired"),
        "Correct the clock of the machine that runs the task: it differs too much from AWS's.",
    ),
}
MISSING = frozenset(("NoSuchDistribution", "EntityNotFound", "NoSuchInvalidation"))
# The exceptions of botocore for credentials that cannot be obtained.
CREDENTIAL_ERRORS = frozenset(
    (
        "CredentialRetrievalError",
        "LoginError",
        "MetadataRetrievalError",
        "PartialCredentialsError",
        "RefreshWithMFAUnsupportedError",
        "SSOError",
        "TokenRetrievalError",
    )
)
# The services from which botocore gets credentials, by operation. Its exceptions name only the operation.
CREDENTIAL_SERVICES = {
    "AssumeRole": "sts",
    "AssumeRoleWithSAML": "sts",
    "AssumeRoleWithWebIdentity": "sts",
    "GetSessionToken": "sts",
    "GetRoleCredentials": "sso",
    "CreateToken": "sso-oidc",
}


class CloudFrontError(Exception):
    """An error with a message and advice for the user.

    C(code) is AWS's error code. If there is none, it is the HTTP status, the name of botocore's exception, or a code of
    this collection.
    """

    def __init__(self, message: str, code: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()

    @property
    def entry(self) -> dict[str, str]:
        """The C(Error) in the result of the target."""
        return {"Code": self.code, "Message": str(self)}


class BadOptionError(CloudFrontError):
    """An option has an invalid value. No request has been sent with it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "BadOption")


class MissingError(CloudFrontError):
    """A target or an invalidation does not exist."""


class DeniedError(CloudFrontError):
    """The credentials lack a permission for CloudFront."""


class TaskError(CloudFrontError):
    """All requests of the task would fail, for example because there are no credentials."""


class TransientError(CloudFrontError):
    """The same request may succeed later."""


class ThrottledError(TransientError):
    """AWS refused the request, because the rate was exceeded."""


class NoResponseError(TransientError):
    """The request received no response."""


class NotSentError(NoResponseError):
    """No connection was made, so AWS has not received the request."""


class ExpiredError(TransientError):
    """The deadline passed before the request could be sent."""


def at_least(minimum: int, options: t.Mapping[str, t.Any], *names: str) -> None:
    """Check that the named options, if specified, are not below a minimum. Raises BadOptionError."""
    for name in names:
        value = options.get(name)
        if value is not None and value < minimum:
            raise BadOptionError(f"{name} is {value}, but must be at least {minimum}.")


def sanitize(error: t.Any) -> str:
    """Return an external error as one line of limited length, without XML tags and passwords of URLs."""
    text = re.sub(r"//\S+@", "//***@", re.sub(r"<[?!/a-zA-Z][^<>]*>", " ", str(error)))
    text = " ".join(text.split())
    return text if len(text) <= 400 else text[:400] + "..."


def unreadable(operation: str, subject: str, why: str) -> TransientError:
    """Return the error for a response that is damaged or not CloudFront's."""
    return TransientError(
        f"Unexpected response to {operation} on {subject}: {why}.",
        "UnreadableResponse",
        "A proxy may have intercepted the request: check proxies and endpoint_url.",
    )


def give_up(error: TransientError, attempts: int, seconds: float) -> TransientError:
    """Add the number of attempts and their duration to the error, and return it."""
    effort = "attempt in" if attempts == 1 else "attempts in"
    error.message += f" Gave up after {attempts} {effort} {seconds:.0f} s."
    return error


def explain(raised: Exception, operation: str, subject: str, role: str | None = None) -> CloudFrontError:
    """Return the error for an exception of a botocore client. C(role) is the role that the client assumes, if any."""
    if isinstance(raised, boto.ClientError):
        if raised.operation_name != operation:
            return _explain_credentials(raised.operation_name, role, _reason(raised), _code(raised))
        return _explain_response(raised, operation, subject)
    what, reason, code = f"{operation} on {subject}", sanitize(raised).rstrip("."), type(raised).__name__
    if isinstance(raised, boto.NoCredentialsError):
        return TaskError(
            "No AWS credentials were found. Specify profile, or access_key and secret_key, "
            "or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment.",
            code,
        )
    # Botocore has no exception class for new credentials that are already expired.
    is_expired = isinstance(raised, RuntimeError) and "redentials" in reason
    if is_expired or not CREDENTIAL_ERRORS.isdisjoint(cls.__name__ for cls in type(raised).__mro__):
        return _explain_credentials("", role, f"{reason}.", code)
    if _is_permanent(raised):
        if _is_invalid_url(raised):
            reason = "a URL is invalid"  # The original reason may quote a part of its password.
        message = f"{what} could not be sent: {reason}. Check aws_ca_bundle, endpoint_url and the proxy settings."
        return TaskError(message, code)
    if isinstance(raised, (boto.ConnectionError, boto.HTTPClientError, HTTPError, OSError)):
        # ProxyConnectionError is not among these: urllib3 also raises it if the proxy drops the response.
        not_sent = isinstance(raised, (boto.ConnectTimeoutError, boto.EndpointConnectionError))
        error_type = NotSentError if not_sent else NoResponseError
        advice = "Check the network, the proxy settings and endpoint_url."
        return error_type(f"{what} got no response: {reason}.", code, advice)
    if isinstance(raised, boto.BotoCoreError) and not isinstance(raised, boto.IncompleteReadError):
        return CloudFrontError(f"{what} could not be sent: {reason}.", code)
    if not isinstance(raised, (boto.BotoCoreError, ResponseParserError)):
        reason = f"botocore could not parse it ({code})"
    return unreadable(operation, subject, reason)


def _explain_response(raised: boto.ClientError, operation: str, subject: str) -> CloudFrontError:
    """Return the error for an error response from AWS or a proxy."""
    what, reason, code, status = f"{operation} on {subject}", _reason(raised), _code(raised), _status(raised)
    if code in DENIED:
        return DeniedError(f"{what} was denied. Allow the action cloudfront:{operation}. {reason}", code)
    if code in THROTTLED or status == 429:
        return ThrottledError(f"{what} was throttled. {reason}", code, "Run the task again later.")
    if status >= 500:
        message = f"{what} failed with a server error from AWS or a proxy. {reason}"
        return TransientError(message, code, "Run the task again later.")
    if code in MISSING:
        return MissingError(f"{what} failed because it does not exist. {reason}", code)
    if code in ADVICE:
        return TaskError(f"{what} was refused. {reason} {ADVICE[code]}", code)
    return CloudFrontError(f"{what} was refused. {reason}", code)


def _explain_credentials(operation: str, role: str | None, reason: str, code: str) -> TaskError:
    """Return the error for credentials that botocore could not obtain, which it does during a call of CloudFront."""
    what = "The AWS credentials could not be obtained"
    if operation:
        service = CREDENTIAL_SERVICES.get(operation)
        what += f": {service}:{operation}" if service else f": {operation}"
        what += f" failed for the role {role}" if role else " failed"
    advice = "Check the profile and the trust policy and permissions of its role. If a login has expired, log in again."
    return TaskError(f"{what}. {reason} {advice}", code)


def _status(raised: boto.ClientError) -> int:
    return int(raised.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def _code(raised: boto.ClientError) -> str:
    return raised.response.get("Error", {}).get("Code") or str(_status(raised))  # An HTML error page has no code.


def _reason(raised: boto.ClientError) -> str:
    """Return the code, message and status of an error response as a sentence."""
    code, status = _code(raised), _status(raised)
    message = sanitize(raised.response.get("Error", {}).get("Message") or "no message").rstrip(".")
    return f"HTTP {status}: {message}." if code == str(status) else f"{code}: {message} (HTTP {status})."


def _is_permanent(raised: Exception) -> bool:
    """Whether a request failed for a permanent reason: a file, a certificate or a URL."""
    return _is_invalid_url(raised) or any(
        isinstance(cause, (FileNotFoundError, IsADirectoryError, PermissionError, ssl.SSLCertVerificationError))
        or (isinstance(cause, ssl.SSLError) and getattr(cause, "library", None) in ("PEM", "X509"))  # Of a CA file.
        for cause in _causes(raised)
    )


def _is_invalid_url(raised: Exception) -> bool:
    """Whether the URL of the endpoint or the proxy is invalid."""
    try:
        proxy = urlsplit(getattr(raised, "kwargs", {}).get("proxy_url") or "http://proxy")
    except ValueError:
        return True
    if not proxy.hostname or proxy.path.strip("/"):  # Botocore prefixes an unknown scheme with http://.
        return True
    causes = [cause for cause in _causes(raised) if cause is not raised]
    return any(isinstance(cause, ValueError) and not isinstance(cause, ssl.SSLError) for cause in causes)


def _causes(raised: BaseException) -> t.Iterator[BaseException]:
    """Yield an exception of botocore and those that it wraps."""
    yield raised
    for inner in (getattr(raised, "kwargs", {}).get("error"), *raised.args):
        if isinstance(inner, BaseException):
            yield from _causes(inner)
