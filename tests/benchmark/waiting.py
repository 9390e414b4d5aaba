# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulate the waits of this collection and of other tools on an emulated CloudFront with a simulated clock.

    python -m tests.benchmark.waiting DRAWS      prints the summaries in JSON

The completion time of each invalidation is drawn from a log-normal distribution. Its 95th percentile is the one that
AWS has published (25 s, April 2026); its median, 10 s, is an assumption. All contenders get the same draws. The figures
of a wait are its lag, in seconds from the last completion to the end of the wait, and its requests. A request takes no
time; running a module in a loop takes a second.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any
from unittest import mock

from ansible_collections.edgeworks.cloudfront.plugins.module_utils._limits import wait_limits
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._waiter import wait
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import api_of, client_of

MEDIAN = 10.0
PERCENTILE_95 = 25.0
SIGMA = math.log(PERCENTILE_95 / MEDIAN) / statistics.NormalDist().inv_cdf(0.95)

SITE = "E1PA6795UKMFR9"
DELAY = 5.0  # seconds: Ansible's default delay between retries
MODULE = 1.0  # seconds that running a module takes


@dataclass(frozen=True)
class Summary:
    contender: str
    invalidations: int
    lag_mean: float
    lag_median: float
    lag_95: float
    requests_mean: float
    requests_per_poll: float  # the most in any wait


class Wait:
    """A target with pending invalidations, and the figures of a wait for them."""

    def __init__(self, cf: CloudFront, client: Any) -> None:
        self.cf = cf
        self.client = client
        self.pending: list[str] = []
        self.requests_per_poll = 0
        self._last_completion = 0.0
        self._sent_before = 0

    def begin(self, completion: Sequence[float]) -> None:
        self.cf.reset()
        self.pending = [f"IPENDING{number:03}" for number in range(len(completion))]
        runs = [
            {"ids": [name], "age": 0, "completes_after": s} for name, s in zip(self.pending, completion, strict=True)
        ]
        self.cf.load({"distributions": [{"id": SITE, "invalidations": runs}]})
        self._last_completion = self.cf.clock.now() + max(completion)
        self._sent_before = 0

    def sleep(self, seconds: float) -> None:
        self.requests_per_poll = max(self.requests_per_poll, self.requests - self._sent_before)
        self._sent_before = self.requests
        self.cf.clock.sleep(seconds)

    @property
    def requests(self) -> int:
        return self.cf.calls.total()

    @property
    def lag(self) -> float:
        return self.cf.clock.now() - self._last_completion


def ours(one: Wait) -> None:
    options = {"distribution_id": SITE, "created_after": "1h", "wait_timeout": 600, "wait_delay": 15}
    api = api_of(one.cf, one.client)
    results = list_all(api, requested_targets(api, options), selection(options))
    with mock.patch.object(api.clock, "sleep", one.sleep):
        (found,), dummy = wait(api, results, wait_limits(options), skip_missing=False)
    assert [item["Status"] for item in found.items] == ["Completed"] * len(one.pending)


def botocore_waiter(one: Wait) -> None:
    """The AWS CLI's `wait` uses it, too."""
    waiter = one.client.get_waiter("invalidation_completed")
    with mock.patch("botocore.waiter.time", SimpleNamespace(sleep=one.sleep)):
        for name in one.pending:
            waiter.wait(DistributionId=SITE, Id=name)


def until_loop(one: Wait) -> None:
    """Each run of the module gets the distribution and lists everything twice."""
    in_progress = True
    while in_progress:
        one.cf.clock.advance(MODULE)
        one.client.get_distribution(Id=SITE)
        one.client.list_invalidations(DistributionId=SITE)
        items = one.client.list_invalidations(DistributionId=SITE)["InvalidationList"]["Items"]
        in_progress = any(item["Status"] == "InProgress" for item in items)
        if in_progress:
            one.sleep(DELAY)


CONTENDERS: dict[str, Callable[[Wait], None]] = {
    "edgeworks.cloudfront, wait: true": ours,
    "botocore's waiter, AWS CLI's wait": botocore_waiter,
    "community.aws with until, delay: 5": until_loop,
}


def simulate(draws: int, numbers: Sequence[int] = (1, 20)) -> Iterator[Summary]:
    cf = CloudFront(clock=SimulatedClock("2026-11-21T04:00:00Z"))
    client = client_of(cf)
    for number in numbers:
        chance = random.Random(number)
        drawn = [[chance.lognormvariate(math.log(MEDIAN), SIGMA) for dummy in range(number)] for dummy in range(draws)]
        for name, contender in CONTENDERS.items():
            one, lags, requests = Wait(cf, client), [], []
            random.seed(number)  # For the jitter of this collection's polling intervals.
            for completion in drawn:
                one.begin(completion)
                contender(one)
                lags.append(one.lag)
                requests.append(one.requests)
            yield Summary(
                contender=name,
                invalidations=number,
                lag_mean=statistics.mean(lags),
                lag_median=statistics.median(lags),
                lag_95=statistics.quantiles(lags, n=20)[-1],
                requests_mean=statistics.mean(requests),
                requests_per_poll=one.requests_per_poll,
            )


if __name__ == "__main__":
    json.dump([asdict(summary) for summary in simulate(int(sys.argv[1]))], sys.stdout)
