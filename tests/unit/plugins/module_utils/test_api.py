# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send requests to an emulated CloudFront under rate limits, in outages and at deadlines. Time is simulated."""

from __future__ import annotations

import contextlib
import random
import re
import typing as t
from datetime import timedelta
from types import SimpleNamespace

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import RETRY_WINDOW, Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._client import attempts
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._creator import Batch, create
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    ExpiredError,
    MissingError,
    TaskError,
    ThrottledError,
    TransientError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._policy import evaluate
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, TENANT, Target
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._workers import Workers
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, attach
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import (
    SESSION,
    EmulatedTime,
    api_of,
    client_of,
    target_of,
)
from boto3.session import Session
from botocore.credentials import AssumeRoleCredentialFetcher, Credentials, DeferredRefreshableCredentials
from botocore.session import get_session

LATENCY = 0.05
BATCH = Batch(["/*"], "release-42", is_generated=False)
ROLE = "arn:aws:iam::123456789012:role/deploy"


@pytest.fixture(autouse=True)
def seed() -> None:
    random.seed(10)


def slept(cf: CloudFront) -> list[float]:
    return t.cast(SimulatedClock, cf.clock).slept


def get(api: Api, identifier: str = "E1PA6795UKMFR9") -> t.Any:
    return api.call("GetDistribution", f"distribution {identifier}", bool, {"Id": identifier})


class Estate:
    """Many targets with one invalidation each, and an operation on all of them."""

    def __init__(
        self,
        cf: CloudFront,
        count: int,
        concurrency: int = 8,
        activity: str = "list distributions",
        latency: float = LATENCY,
    ) -> None:
        self.cf = cf
        self.creates = activity == "create"
        kind = TENANT if activity == "list tenants" else DISTRIBUTION
        self.targets = [Target(kind, target_of(cf, kind), {}) for dummy in range(count)]
        self.api = api_of(cf, concurrency=concurrency)
        self.errors: list[CloudFrontError] = []
        cf.add_fault("latency", seconds=latency)

    def run(self) -> float:
        """List or create the invalidations of every target, and return the duration in seconds."""
        began = self.api.clock.monotonic()
        results: t.Sequence[t.Any]
        if self.creates:
            results = create(self.api, self.targets, BATCH)
        else:
            results = list_all(self.api, self.targets, Selection())
        assert [result.target for result in results] == self.targets
        self.errors = [result.error for result in results if result.error]
        return self.api.clock.monotonic() - began

    @property
    def created(self) -> list[int]:
        """Return the number of invalidations of each target."""
        self.cf.clear_faults()
        self.cf.clear_rate_limits()
        return [len(result.items) for result in list_all(api_of(self.cf), self.targets, Selection())]


@pytest.mark.parametrize(
    ("activity", "rate", "burst", "count", "concurrency"),
    [
        ("list distributions", 20, 20, 150, 8),
        ("list tenants", 5, 10, 60, 8),
        ("create", 0.5, 1, 25, 8),
        ("create", 50, 50, 200, 32),
    ],
)
def test_many_requests_take_little_longer_than_the_rate_requires(
    cf: CloudFront, activity: str, rate: float, burst: float, count: int, concurrency: int
) -> None:
    estate = Estate(cf, count, concurrency, activity)
    cf.limit_rate(rate, burst)
    ideal = (count - burst) / rate
    assert estate.run() <= (1.1 * ideal + 2 if burst > 1 else 1.3 * ideal + 1)
    assert not estate.errors
    assert cf.throttled.total() <= 2 * concurrency + 0.15 * count
    assert cf.peak <= concurrency
    assert estate.api.calls == cf.calls
    if estate.creates:
        assert estate.created == [1] * count


def test_refused_requests_that_cost_a_token_do_not_stop_the_others(cf: CloudFront) -> None:
    estate = Estate(cf, 200)
    cf.limit_rate(10, 10, refused_costs=True)
    estate.run()
    assert not estate.errors
    assert cf.throttled.total() <= 2 * 8 + 0.15 * 200


@pytest.mark.parametrize(("count", "rate", "burst"), [(16, 0.5, 1), (16, 2, 5)])
def test_processes_that_share_a_rate_all_succeed(cf: CloudFront, count: int, rate: float, burst: float) -> None:
    cf.limit_rate(rate, burst)
    cf.add_fault("latency", seconds=LATENCY)
    targets = [target_of(cf, DISTRIBUTION) for dummy in range(count)]
    apis = [api_of(cf) for dummy in range(count)]
    began = cf.clock.now()
    Workers(count, EmulatedTime(cf.clock)).map(lambda number: get(apis[number], targets[number]), range(count))
    requests = [api.calls["GetDistribution"] for api in apis]
    assert sum(requests) <= 6 * count
    assert max(requests) <= 8
    assert cf.clock.now() - began <= 4 * (count - burst) / rate


@pytest.mark.parametrize(
    ("activity", "concurrency", "begins"),
    [("list distributions", 8, 0.0), ("list tenants", 32, 0.1), ("create", 8, 0.1)],
)
def test_outage_loses_no_target_and_costs_few_requests(
    cf: CloudFront, activity: str, concurrency: int, begins: float
) -> None:
    estate = Estate(cf, 100, concurrency, activity)
    cf.add_fault("reset", after=begins, until=begins + 12, performed=False)
    seconds = estate.run()
    assert not estate.errors
    assert 12 <= seconds <= 12 + 10 + 1
    assert cf.calls.total() <= 100 + concurrency + 10


@pytest.mark.parametrize("does", ["reset", "throttle"])
@pytest.mark.parametrize(("count", "concurrency"), [(1, 8), (100, 1), (100, 32)])
def test_endpoint_that_never_responds_fails_the_task_once(
    cf: CloudFront, does: str, count: int, concurrency: int
) -> None:
    estate = Estate(cf, count, concurrency)
    cf.add_fault(does, performed=False)
    seconds = estate.run()
    assert RETRY_WINDOW - 10 <= seconds <= RETRY_WINDOW + 15
    assert len(estate.errors) == count
    (error,) = set(estate.errors)
    assert isinstance(error, TaskError)
    elapsed = re.search(r"Gave up after \d+ attempts? in (\d+) s\.", str(error))
    assert elapsed
    assert int(elapsed[1]) <= seconds + 1
    sent = cf.calls.total()
    assert sent <= 30 + 2 * concurrency
    with pytest.raises(TaskError):
        get(estate.api)
    assert cf.calls.total() == sent


@pytest.mark.parametrize("concurrency", [1, 8])
def test_endpoint_that_only_returns_server_errors_is_tried_for_one_window(cf: CloudFront, concurrency: int) -> None:
    estate = Estate(cf, 100, concurrency)
    cf.add_fault("error")
    assert RETRY_WINDOW - 10 <= estate.run() <= RETRY_WINDOW + 30
    assert len(estate.errors) == 100


@pytest.mark.parametrize(("failing", "concurrency"), [(3, 1), (12, 8)])
def test_targets_that_always_fail_do_not_affect_the_others(cf: CloudFront, failing: int, concurrency: int) -> None:
    estate = Estate(cf, 40, concurrency)
    for target in estate.targets[:failing]:
        cf.add_fault("error", target=target.id)
    estate.run()
    assert [error.code for error in estate.errors] == ["ServiceUnavailable"] * failing
    assert all(isinstance(error, TransientError) for error in estate.errors)
    cf.clear_faults()
    get(estate.api, estate.targets[0].id)  # The task continues.


def test_target_that_always_fails_does_not_prolong_an_outage(cf: CloudFront) -> None:
    estate = Estate(cf, 30)
    cf.add_fault("error", until=3)
    cf.add_fault("error", target=estate.targets[0].id)
    estate.run()
    assert len(estate.errors) == 1
    others = [request.at for request in cf.requests if request.target != estate.targets[0].id]
    assert others[-1] - cf.requests[0].at < 15


@pytest.mark.parametrize("performed", [False, True])
def test_every_second_creation_fails_and_each_target_gets_one_invalidation(cf: CloudFront, performed: bool) -> None:
    estate = Estate(cf, 60, activity="create")
    cf.add_fault("error", operation="Create*", probability=0.5, performed=performed)
    assert estate.run() <= 30
    assert not estate.errors
    assert cf.calls.total() <= 3 * 60
    assert estate.created == [1] * 60


@pytest.mark.parametrize("concurrency", [8, 16, 32])
def test_creations_at_a_low_rate_survive_frequent_server_errors(cf: CloudFront, concurrency: int) -> None:
    estate = Estate(cf, 100, concurrency, activity="create")
    cf.limit_rate(0.5, 5)
    cf.add_fault("error", operation="Create*", probability=0.5)
    estate.run()
    assert not estate.errors
    assert estate.created == [1] * 100


def test_pauses_between_retries_grow_to_ten_seconds(cf: CloudFront) -> None:
    api = api_of(cf, concurrency=100)  # With this tolerance, the failures are not an outage.
    cf.add_fault("error")
    with pytest.raises(CloudFrontError):
        get(api)
    delays = slept(cf)
    assert all(0 < seconds <= min(10, 0.5 * 2**number) for number, seconds in enumerate(delays))
    assert max(delays) > 7
    assert min(delays[5:]) < 5  # Full jitter.


@pytest.mark.parametrize(("concurrency", "retries"), [(1, 3), (4, 3), (8, 7)])
def test_few_failures_in_a_row_are_not_an_outage(cf: CloudFront, concurrency: int, retries: int) -> None:
    api = api_of(cf, concurrency=concurrency)
    cf.add_fault("error", first=10)
    get(api, cf.add_distribution())
    assert len(slept(cf)) == retries  # After that, the pacer delays them.


@pytest.mark.parametrize("others_succeed", [True, False])
def test_throttled_request_is_given_up_only_if_no_request_succeeds(cf: CloudFront, others_succeed: bool) -> None:
    api = api_of(cf)
    unlucky, lucky = target_of(cf, DISTRIBUTION), target_of(cf, DISTRIBUTION)
    cf.add_fault("throttle", target=unlucky, until=300)
    cf.add_fault("error", target=unlucky, after=300, first=1)  # The time before does not limit its retries.

    def run(target: str) -> bool:
        if target == unlucky:
            try:
                return bool(get(api, unlucky))
            except TaskError:
                return False
        while others_succeed and cf.clock.now() < began + 320:
            call = {"DistributionId": lucky, "InvalidationBatch": BATCH.parameter}
            api.call("CreateInvalidation", lucky, bool, call)
            api.clock.sleep(20)
        return True

    began = cf.clock.now()
    assert api.map(run, [unlucky, lucky]) == [others_succeed, True]
    ended = max(request.at for request in cf.requests if request.target == unlucky) - began
    assert 300 <= ended <= 330 if others_succeed else RETRY_WINDOW <= ended <= RETRY_WINDOW + 15


def test_failing_request_is_given_up_although_others_succeed(cf: CloudFront) -> None:
    estate = Estate(cf, 150, latency=10)
    cf.add_fault("error", target=estate.targets[0].id)
    estate.run()
    (error,) = estate.errors
    assert isinstance(error, TransientError)  # It is not an error of the task.
    assert "Gave up after" in str(error)


@pytest.mark.parametrize(
    ("does", "retries", "requests"),
    [
        ("error", {"max_attempts": 0}, 1),
        ("error", {"max_attempts": 2}, 3),
        ("reset", {"total_max_attempts": 2}, 2),
        ("throttle", {"mode": "standard", "total_max_attempts": 3}, 3),
        ("foreign", {"mode": "legacy", "max_attempts": 4}, 5),
    ],
)
def test_retries_in_aws_config_limit_the_attempts(
    cf: CloudFront, does: str, retries: dict[str, t.Any], requests: int
) -> None:
    config = {"retries": retries}
    api = api_of(cf, client_of(cf, config), attempts=attempts(config))
    cf.add_fault(does)
    with pytest.raises(TransientError, match=rf"Gave up after {requests} attempts? in \d+ s\."):
        get(api)
    assert cf.calls["GetDistribution"] == requests == api.calls["GetDistribution"]
    cf.clear_faults()
    get(api, cf.add_distribution())  # The task continues.


@pytest.mark.parametrize("retries", [None, {}, {"mode": "standard"}])
def test_retries_without_a_number_keep_the_time_limit(cf: CloudFront, retries: dict[str, t.Any] | None) -> None:
    config = {"retries": retries}
    client = client_of(cf, config)
    cf.add_fault("error")
    for dummy in range(5):
        api = api_of(cf, client, concurrency=100, attempts=attempts(config))  # Not an outage.
        began = cf.clock.now()
        with pytest.raises(TransientError) as caught:
            get(api)
        seconds = cf.clock.now() - began
        assert RETRY_WINDOW - 10 < seconds < RETRY_WINDOW
        assert f" attempts in {seconds:.0f} s. Run the task again later." in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"does": "access_denied"}, DeniedError),
        ({"does": "error", "status": 400, "code": "InvalidArgument"}, CloudFrontError),
        ({"does": "error", "status": 403, "code": "ExpiredToken"}, TaskError),
        ({"does": "error", "status": 404, "body": "html"}, CloudFrontError),
    ],
)
def test_permanent_error_is_not_retried(
    cf: CloudFront, api: Api, fault: dict[str, t.Any], kind: type[CloudFrontError]
) -> None:
    cf.add_fault(**fault)
    with pytest.raises(CloudFrontError) as caught:
        get(api)
    assert caught.value.__class__ is kind
    assert cf.calls.total() == 1
    assert not slept(cf)


def test_no_request_is_sent_after_the_deadline(cf: CloudFront, api: Api) -> None:
    cf.add_fault("error")
    deadline = api.clock.monotonic() + 5
    with api.polling(deadline):
        with pytest.raises(TransientError, match="server error"):
            get(api)
        api.clock.sleep(5)
        sent = cf.calls.total()
        with pytest.raises(ExpiredError, match="was not sent, because wait_timeout had passed"):
            get(api)
    assert cf.calls.total() == sent
    assert cf.requests[-1].at < deadline


def test_throttled_request_is_not_repeated_after_the_deadline(cf: CloudFront, api: Api) -> None:
    cf.add_fault("throttle")
    with api.polling(api.clock.monotonic() + 5), pytest.raises(ThrottledError):
        get(api)
    assert api.clock.monotonic() - api.started <= 5


def client_of_role(cf: CloudFront) -> t.Any:
    """A client that assumes a role to get credentials."""

    def create_client(service: str, **dummy: t.Any) -> t.Any:
        assert service == "sts"
        sts = SESSION.client("sts", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        attach(sts, cf)
        return sts

    fetcher = AssumeRoleCredentialFetcher(create_client, Credentials("test", "test"), ROLE)
    credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    core = get_session()
    core.register_component("credential_provider", SimpleNamespace(load_credentials=lambda: credentials))
    return client_of(cf, session=Session(botocore_session=core))


def test_role_that_cannot_be_assumed_is_an_error_of_the_task(cf: CloudFront) -> None:
    api = api_of(cf, client_of_role(cf), concurrency=8)
    targets = [Target(DISTRIBUTION, target_of(cf, DISTRIBUTION), {}) for dummy in range(20)]
    cf.add_fault("access_denied", operation="AssumeRole")
    results = list_all(api, targets, Selection())
    (error,) = {result.error for result in results}
    assert isinstance(error, TaskError)
    assert not isinstance(error, DeniedError)
    assert f"sts:AssumeRole failed for the role {ROLE}. AccessDenied: " in str(error)
    assert "cloudfront:" not in str(error)
    assert evaluate(results, on_missing="skip", on_denied="skip").failure == f"20 of 20 targets failed: {error}"
    assert set(cf.calls) == {"AssumeRole"}
    sent = cf.calls.total()
    assert sent <= 8
    with pytest.raises(TaskError):
        get(api)
    assert cf.calls.total() == sent


def test_credentials_that_are_expired_on_arrival_are_an_error_of_the_task(cf: CloudFront) -> None:
    cf.date_offset = -1e8  # Botocore compares with the real time.
    with pytest.raises(TaskError, match=r"The AWS credentials could not be obtained.* are still expired"):
        get(api_of(cf, client_of_role(cf)))
    assert cf.calls == {"AssumeRole": 1}


@pytest.mark.parametrize(
    ("fault", "code", "expected"),
    [
        ({"body": "nocode"}, "503", "HTTP 503: Service Unavailable. Gave up after 23 attempts in"),
        ({"body": "rawxml"}, "UnreadableResponse", "distribution E1: botocore could not parse it (TypeError). Gave"),
        (
            {"body": "html", "status": 502},
            "502",
            "failed with a server error from AWS or a proxy. HTTP 502: no message.",
        ),
        ({"body": "nocode", "status": 403}, "403", "was refused. HTTP 403: Forbidden."),
    ],
)
def test_unusual_error_response_is_a_clear_message(
    cf: CloudFront, api: Api, fault: dict[str, t.Any], code: str, expected: str
) -> None:
    cf.add_fault("error", **fault)
    with pytest.raises(CloudFrontError) as caught:
        get(api, "E1")
    assert caught.value.code == code
    assert expected in str(caught.value)
    assert str(caught.value).startswith(("GetDistribution on distribution E1", "Unexpected response to"))
    assert not set("<>\n") & set(str(caught.value))


@pytest.mark.parametrize(
    ("settings", "exists", "ahead"),
    [
        ({"date_offset": 400}, True, 400),
        ({"date_offset": -400}, False, -400),
        ({"date_offset": 2}, True, 0),
        ({"date_offset": 3}, True, 3),
        ({"date_offset": 400, "send_date": False}, True, 0),
    ],
)
def test_time_is_the_time_of_aws(
    cf: CloudFront, api: Api, settings: dict[str, t.Any], exists: bool, ahead: float
) -> None:
    identifier = cf.add_distribution()
    for setting, value in settings.items():
        setattr(cf, setting, value)
    assert api.now() == api.clock.now()
    with contextlib.nullcontext() if exists else pytest.raises(MissingError):
        get(api, identifier if exists else "E1")
    assert api.now() == api.clock.now() + timedelta(seconds=ahead)
    api.clock.sleep(1000)
    assert api.now() == api.clock.now() + timedelta(seconds=ahead)


def test_operation_that_the_installed_botocore_lacks_is_an_error(cf: CloudFront, api: Api) -> None:
    with pytest.raises(CloudFrontError, match=r"does not support ListInvalidationsForMoons: .* 1\.38\.4 or newer"):
        api.call("ListInvalidationsForMoons", "the moon", bool, {})
    assert not cf.calls
