# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send requests to CloudFront at the rate that it accepts, count them, and retry transient errors."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import itertools
import math
import random
import threading
import typing as t
from collections import Counter
from datetime import datetime, timedelta

from ._client import Json, assumed_role, check_root_element, date_of, keep_timestamps_as_text
from ._clock import Clock
from ._errors import (
    CloudFrontError,
    ExpiredError,
    NoResponseError,
    NotSentError,
    TaskError,
    ThrottledError,
    TransientError,
    at_least,
    explain,
    give_up,
    unreadable,
)
from ._pace import ClosedError, DeadlineError, Pacer
from ._progress import Progress
from ._workers import Workers

with contextlib.suppress(ImportError):  # AnsibleAWSModule and AWSLookupBase report this to the user.
    from botocore import xform_name

if t.TYPE_CHECKING:
    from botocore.client import BaseClient


RETRY_WINDOW = 120.0  # Seconds for which transient errors are retried.
FIRST_DELAY, MAX_DELAY = 0.5, 10.0  # Maximum seconds before a retry. Throttled requests are paced instead.
MIN_TOLERANCE = 4  # Minimum number of consecutive failures that counts as an outage.


class Api:
    """Calls CloudFront's operations. Safe to share between threads.

    At most C(concurrency) requests are in flight at once. Each is sent C(attempts) times at most, if that is not None.
    """

    def __init__(
        self,
        client: BaseClient,
        *,
        concurrency: int,
        attempts: int | None = None,
        clock: Clock | None = None,
        progress: Progress | None = None,
    ) -> None:
        at_least(1, {"concurrency": concurrency}, "concurrency")
        self.clock = clock or Clock()
        self.calls: t.Counter[str] = Counter()
        self.started = self.clock.monotonic()
        self.progress = progress or Progress(self.clock)
        self.map = Workers(concurrency, self.clock).map
        self._client = client
        self._attempts = attempts
        self._pacer = Pacer(self.clock, tolerance=max(MIN_TOLERANCE, concurrency), window=RETRY_WINDOW)
        self._deadline: float | None = None  # A monotonic time: no request is sent later.
        self._lock = threading.Lock()
        self._ahead: timedelta | None = None  # How far AWS's clock is ahead of the local one.
        self._failure: TaskError | None = None
        keep_timestamps_as_text(client)
        check_root_element(client)

    def now(self) -> datetime:
        """Return the time by AWS's clock, or by the local clock before the first response."""
        return self.clock.now() + (self._ahead or timedelta())

    def task_start(self) -> datetime:
        """Return when the task started, by the same clock."""
        return self.now() - timedelta(seconds=self.clock.monotonic() - self.started)

    def call(
        self,
        operation: str,
        subject: str,
        is_complete: t.Callable[[Json], bool],
        parameters: Json,
        *,
        on_lost: t.Callable[[], None] = lambda: None,
        once: bool = False,
    ) -> Json:
        """Send a request until it succeeds, and return the response.

        C(operation) is the AWS operation, C(subject) its object in messages, and C(parameters) are those of the
        operation. A response that is not C(is_complete) is treated as damaged. C(on_lost) is called if AWS may have
        performed a request whose response was lost. With C(once), the request is retried only if it was throttled.
        Raises CloudFrontError.
        """
        request = _Request(operation, subject, is_complete, parameters, self._pacer.ticket(), self.clock.monotonic())
        last_error: TransientError | None = None
        for attempt in itertools.count(1):
            try:
                outcome = self._send(request)
            except ExpiredError as error:
                raise (last_error or error) from (error if last_error else None)
            if not isinstance(outcome, TransientError):
                return outcome
            last_error = outcome
            if not isinstance(outcome, (ThrottledError, NotSentError)):
                on_lost()
            if not isinstance(outcome, ThrottledError):
                # In an outage, the requests take turns to probe: the failure may be that of one target.
                ticket = self._pacer.ticket() if self._pacer.in_outage else request.ticket
                request = request.failed(ticket, self.clock.monotonic())
            self._delay_retry(request, attempt, outcome, once=once)
        raise AssertionError  # For mypy: the count does not end.

    @contextlib.contextmanager
    def polling(self, deadline: float) -> t.Iterator[None]:
        """In this context, no request is sent after the deadline, and only throttled requests are retried.

        The next poll is the retry. A failing target must not delay the poll of the others.
        """
        self._deadline = deadline
        try:
            yield
        finally:
            self._deadline = None

    def _send(self, request: _Request) -> Json | TransientError:
        """Send a request once, and return the response or a transient error. Raises CloudFrontError for any other."""
        method = getattr(self._client, xform_name(request.operation), None)
        if method is None:
            message = f"The installed botocore does not support {request.operation}: upgrade it to 1.38.4 or newer."
            raise CloudFrontError(message, "UnknownOperation")
        sent = self._admit(request)
        with self._lock:
            self.calls[request.operation] += 1
        response: Json = {}
        error: CloudFrontError | None = None
        try:
            response = method(**request.parameters)
        except Exception as raised:  # Whatever botocore, urllib3 or a parser raises, the user gets a message.
            response = getattr(raised, "response", {})
            error = explain(raised, request.operation, request.subject, assumed_role(self._client))
            error.__cause__ = raised
        else:
            if not request.is_complete(response):
                error = unreadable(request.operation, request.subject, "required fields are missing")
        self._conclude(request, sent, response, error)
        if isinstance(error, TransientError):
            return error
        if error:
            raise self._failure if isinstance(error, TaskError) and self._failure else error
        return response

    def _admit(self, request: _Request) -> float:
        try:
            return self._pacer.admit(request.lane, request.ticket, self._deadline)
        except DeadlineError:
            message = (
                f"{request.operation} on {request.subject} was not sent, because wait_timeout had passed. "
                "Increase wait_timeout, or run the task again later."
            )
            raise ExpiredError(message, "Expired") from None
        except ClosedError:
            raise t.cast(TaskError, self._failure) from None

    def _conclude(self, request: _Request, sent: float, response: Json, error: CloudFrontError | None) -> None:
        """Update what affects other requests: the rate, an outage, a failure of the task, and AWS's clock."""
        if isinstance(error, ThrottledError):
            self._pacer.refused(request.lane, sent)
        elif isinstance(error, TransientError):
            self._pacer.failed(request.lane, sent)
        else:
            self._pacer.accepted(request.lane, sent)
        if isinstance(error, TaskError):
            self._fail(error)
        date = date_of(response) if self._ahead is None else None
        if date:
            ahead = date - self.clock.now()
            # The header has whole seconds, and the response took time: ignore a small difference.
            self._ahead = ahead if abs(ahead) > timedelta(seconds=2) else timedelta()
        self.progress.tick(is_throttled=self._pacer.is_throttled)

    def _fail(self, error: TaskError) -> None:
        self._failure = self._failure or error
        self._pacer.close()

    def _delay_retry(self, request: _Request, attempt: int, error: TransientError, *, once: bool) -> None:
        """Wait until the request may be sent again. Raises CloudFrontError if it has been retried long enough."""
        now = self.clock.monotonic()
        is_throttled = isinstance(error, ThrottledError)
        if self._pacer.is_hopeless and isinstance(error, (ThrottledError, NoResponseError)):
            # A server error may be specific to a target, but these are not.
            self._fail(TaskError(str(give_up(error, attempt, now - request.began)), error.code))
            raise t.cast(TaskError, self._failure) from error
        if (once or self._deadline is not None) and not is_throttled:
            raise error
        delay = 0.0
        if not (is_throttled or self._pacer.in_outage):  # The pacer delays these.
            delay = random.uniform(0.0, min(MAX_DELAY, FIRST_DELAY * 2 ** (attempt - 1)))
        # A throttled request is retried as long as other requests succeed.
        is_late = not is_throttled and now + delay >= request.failing_since + RETRY_WINDOW
        if attempt == self._attempts or is_late or self._pacer.is_hopeless:
            raise give_up(error, attempt, now - request.began)
        if delay:
            self.clock.sleep(delay)


class _Request(t.NamedTuple):
    """A request, which may be sent more than once."""

    operation: str
    subject: str
    is_complete: t.Callable[[Json], bool]
    parameters: Json
    ticket: int
    began: float
    failing_since: float = math.inf  # The time of the first transient error, except for refusals because of the rate.

    @property
    def lane(self) -> str:
        """The rate that the request is subject to: AWS has a much lower one for creations."""
        return "create" if self.operation.startswith("Create") else "read"

    def failed(self, ticket: int, now: float) -> _Request:
        """Return the request for the next attempt after a transient error."""
        return self._replace(ticket=ticket, failing_since=min(self.failing_since, now))
