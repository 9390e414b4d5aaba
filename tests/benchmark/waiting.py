# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The waits of the collection and of its peers on an emulated CloudFront whose clock nobody has to wait for.

    python -m tests.benchmark.waiting DRAWS      prints the summaries in JSON

An invalidation completes after a time drawn from a log-normal distribution, whose 95th percentile is what AWS has
published (25 s, April 2026). The median, 10 s, is an assumption. Of several that are awaited at once each has its own
draw. All contenders get the same draws. What is told of a wait is its lag, the seconds between the last completion and
its end, and the requests it sent. Requests themselves take no time, but a run of a module in a loop takes a second.
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

from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._waiter import wait, wait_limits
from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock, CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import api_of, client_of

MEDIAN = 10.0
PERCENTILE_95 = 25.0
SIGMA = math.log(PERCENTILE_95 / MEDIAN) / statistics.NormalDist().inv_cdf(0.95)

SITE = "E1PA6795UKMFR9"
STEP = 5.0  # seconds: Ansible's own default delay between two tries
MODULE = 1.0  # seconds that a run of a module takes


@dataclass(frozen=True)
class Summary:
    contender: str
    invalidations: int
    lag_mean: float
    lag_median: float
    lag_95: float
    requests_mean: float
    requests_a_look: float  # the most that any wait sent between two sleeps


class Wait:
    """One target with invalidations to be awaited, and what contenders need for it."""

    def __init__(self, cf: CloudFront, client: Any) -> None:
        self.cf = cf
        self.client = client
        self.awaited: list[str] = []
        self.requests_a_look = 0
        self._last_completion = 0.0
        self._sent_before = 0

    def begin(self, completion: Sequence[float]) -> None:
        self.cf.reset()
        self.awaited = [f"IAWAITED{number:03}" for number in range(len(completion))]
        runs = [
            {"ids": [name], "age": 0, "completes_after": s} for name, s in zip(self.awaited, completion, strict=True)
        ]
        self.cf.load({"distributions": [{"id": SITE, "invalidations": runs}]})
        self._last_completion = self.cf.clock.now() + max(completion)
        self._sent_before = 0

    def sleep(self, seconds: float) -> None:
        self.requests_a_look = max(self.requests_a_look, self.requests - self._sent_before)
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
    findings = list_all(api, requested_targets(api, options), selection(options))
    with mock.patch.object(api.clock, "sleep", one.sleep):
        (found,), dummy = wait(api, findings, wait_limits(options), details=False)
    assert [item["Status"] for item in found.items] == ["Completed"] * len(one.awaited)


def botocore_waiter(one: Wait) -> None:
    """AWS CLI's `wait` is this one."""
    waiter = one.client.get_waiter("invalidation_completed")
    with mock.patch("botocore.waiter.time", SimpleNamespace(sleep=one.sleep)):
        for name in one.awaited:
            waiter.wait(DistributionId=SITE, Id=name)


def until_loop(one: Wait) -> None:
    """community.aws lists everything twice a run, and asks for the distribution, too."""
    in_progress = True
    while in_progress:
        one.cf.clock.advance(MODULE)
        one.client.get_distribution(Id=SITE)
        one.client.list_invalidations(DistributionId=SITE)
        items = one.client.list_invalidations(DistributionId=SITE)["InvalidationList"]["Items"]
        in_progress = any(item["Status"] == "InProgress" for item in items)
        if in_progress:
            one.sleep(STEP)


CONTENDERS: dict[str, Callable[[Wait], None]] = {
    "edgeworks.cloudfront, wait: true": ours,
    "botocore's waiter, AWS CLI's wait": botocore_waiter,
    "community.aws with until, delay: 5": until_loop,
}


def simulate(draws: int, numbers: Sequence[int] = (1, 20)) -> Iterator[Summary]:
    cf = CloudFront(clock=Clock("2026-11-21T04:00:00Z"))
    client = client_of(cf)
    for number in numbers:
        chance = random.Random(number)
        drawn = [[chance.lognormvariate(math.log(MEDIAN), SIGMA) for dummy in range(number)] for dummy in range(draws)]
        for name, contender in CONTENDERS.items():
            one, lags, requests = Wait(cf, client), [], []
            random.seed(number)  # The jitter of our steps comes from there.
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
                requests_a_look=one.requests_a_look,
            )


if __name__ == "__main__":
    json.dump([asdict(summary) for summary in simulate(int(sys.argv[1]))], sys.stdout)
