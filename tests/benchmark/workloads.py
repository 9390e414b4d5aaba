# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the workloads. To add one, add an entry to `WORKLOADS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import contenders as by
from . import worlds
from .contenders import (
    BOTO3,
    BOTO3_ADAPTIVE,
    BOTO3_PAGE,
    BOTO3_STANDARD,
    BOTO3_THREADS,
    CLI,
    COMMUNITY,
    MODULE,
    NOTHING,
    OURS,
    OURS_ONCE,
    OURS_WIDE,
    PAGER,
    REQUEST,
    Contender,
)
from .results import Results, slope
from .worlds import ROUND_TRIP, THROTTLING, World

Measure = Callable[[Results], float]

RATE_LIMIT, CONCURRENCY = "i", "j"  # The keys of the workloads that the report has tables of their own for.
CONCURRENCIES = (8, 12, 16, 24, 32)
PROCESSES = 16


class Gain(NamedTuple):
    """A goal of the collection, and how it is measured."""

    goal: str
    measure: Measure
    at_most: float | None = None
    at_least: float | None = None


class Limit(NamedTuple):
    """The account's rate limit: a token bucket."""

    rate: float  # requests per second
    burst: int

    def ideal(self, requests: int) -> float:
        """The seconds that so many requests take at least."""
        return max(0.0, (requests - self.burst) / self.rate)


@dataclass(frozen=True)
class Workload:
    key: str
    title: str
    unit: str  # of the sizes
    sizes: Sequence[int]
    quick_sizes: Sequence[int]  # empty if it takes too long
    world: Callable[[int], World]
    contenders: Mapping[str, Contender]
    gains: Sequence[Gain] = ()
    limit: Limit | None = None
    seconds: float = 12.0  # of wall time, after which a contender starts no further round


def median(figure: str) -> Measure:
    return lambda results: results.median(figure, OURS)


def times(figure: str, contender: str, other: str) -> Measure:
    """The contender's figure, divided by the other's."""
    return lambda results: results.ratio(figure, contender, other).median


def beyond(floor: str, figure: str, contender: str, other: str) -> Measure:
    """The same after subtracting the figure of the floor from both."""

    def measure(results: Results) -> float:
        start = results.median(figure, floor)
        return (results.median(figure, contender) - start) / (results.median(figure, other) - start)

    return measure


def steepening(figure: str, contender: str = OURS) -> Measure:
    """The cost of an additional item between the two largest sizes, relative to the two before: 1 is linear."""

    def measure(results: Results) -> float:
        small, middle, large = [(size, results.median(figure, contender, size)) for size in results.sizes[-3:]]
        return slope(middle, large) / slope(small, middle)

    return measure


def differing(contender: str, other: str) -> Measure:
    return lambda results: len(results.outputs(contender) | results.outputs(other)) - 1


def linear(one_more: str) -> list[Gain]:
    return [
        Gain(f"CPU time per additional {one_more}, relative to a tenth of the size", steepening("cpu"), at_most=1.3),
        Gain(f"memory per additional {one_more}, relative to a tenth of the size", steepening("memory"), at_most=1.3),
    ]


def rate_limited(
    rate: float, burst: int, targets: int, concurrency: int, *, creates: bool = False, quick: int | None = None
) -> Workload:
    """This collection and boto3 in an account with a rate limit."""
    limit, action = Limit(rate, burst), "create" if creates else "list"
    case = f"{rate:g}/s, burst {burst}"
    bound, slack = (1.1, 2.0) if burst >= rate else (1.3, 0.0)
    return Workload(
        key=RATE_LIMIT,
        title=f"{case}, {action}, concurrency {concurrency}",
        unit="tenants",
        sizes=[targets],
        quick_sizes=[quick] if quick else [],
        world=lambda count: worlds.rate_limited(count, rate, burst),
        contenders={
            OURS: by.our_module_targets(concurrency, creates=creates),
            BOTO3_ADAPTIVE: by.boto3_retry("adaptive", concurrency, creates=creates),
            BOTO3_STANDARD: by.boto3_retry("standard", concurrency, creates=creates),
        },
        gains=[
            Gain(
                f"{case}: seconds, at most {bound:g} times the ideal" + (f" + {slack:g}" if slack else ""),
                median("seconds"),
                at_most=round(bound * limit.ideal(targets) + slack, 1),
            ),
            Gain(f"{case}: throttled requests", median("throttled"), at_most=2 * concurrency + 0.15 * targets),
            Gain(f"{case}: targets lost", lambda results: targets - results.median("succeeded", OURS), at_most=0),
            Gain(f"{case}: time, relative to adaptive mode", times("seconds", OURS, BOTO3_ADAPTIVE), at_most=1),
            Gain(f"{case}: requests, relative to adaptive mode", times("requests", OURS, BOTO3_ADAPTIVE), at_most=1),
        ],
        limit=limit,
        seconds=30.0,  # The number of throttled requests is random.
    )


def throttled(rate: float, burst: int, targets: int, *, creates: bool = False) -> Workload:
    """This collection with different concurrencies in an account with a rate limit."""
    return Workload(
        key=CONCURRENCY,
        title=f"{rate:g}/s, burst {burst}, {'create' if creates else 'list'}",
        unit="tenants",
        sizes=[targets],
        quick_sizes=[],
        world=lambda count: worlds.rate_limited(count, rate, burst),
        contenders={str(number): by.our_module_targets(number, creates=creates) for number in CONCURRENCIES},
        limit=Limit(rate, burst),
    )


def at_concurrency(contender: str, concurrency: int) -> str:
    return f"{contender}, concurrency: {concurrency}"


WORKLOADS = [
    Workload(
        key="a",
        title="One page of a history",
        unit="invalidations",
        sizes=[100],
        quick_sizes=[100],
        world=worlds.history,
        contenders={
            OURS: by.our_history,
            MODULE: by.our_module,
            REQUEST: by.one_request,
            COMMUNITY: by.community_history(),
            CLI: by.cli_history,
            BOTO3: by.boto3("newest"),
            NOTHING: by.nothing,
        },
        gains=[
            Gain(
                "wall time, relative to an amazon.aws module with 1 request", times("wall", OURS, REQUEST), at_most=1.15
            ),
            Gain(
                "the same for CPU time, without that of the empty module",
                beyond(NOTHING, "cpu", OURS, REQUEST),
                at_most=1.15,
            ),
        ],
    ),
    Workload(
        key="b",
        title="A whole history",
        unit="invalidations",
        sizes=[10_000],
        quick_sizes=[10_000],
        world=worlds.history,
        contenders={
            OURS: by.our_history,
            MODULE: by.our_module,
            PAGER: by.our_pager,
            COMMUNITY: by.community_history(),
            CLI: by.cli_history,
            BOTO3: by.boto3("history"),
            BOTO3_PAGE: by.boto3("newest"),
        },
        gains=[
            Gain("CPU time of the pager, relative to botocore's", times("cpu", PAGER, BOTO3), at_most=0.5),
            Gain("the same without that of one page", beyond(BOTO3_PAGE, "cpu", PAGER, BOTO3), at_most=0.5),
            Gain("results of the two that differ", differing(PAGER, BOTO3), at_most=0),
        ],
    ),
    Workload(
        key="c",
        title="Invalidations in progress from the last hour, 50 ms per request",
        unit="invalidations",
        sizes=[10_000],
        quick_sizes=[10_000],
        world=worlds.busy_history,
        contenders={
            OURS: by.our_recent,
            COMMUNITY: by.community_recent,
            CLI: by.cli_recent,
            BOTO3: by.boto3("recent"),
            NOTHING: by.nothing,
        },
        gains=[
            Gain("requests", median("requests"), at_most=1),
            Gain("times as fast as community.aws", times("wall", COMMUNITY, OURS), at_least=20),
            Gain(
                "the same without the wall time of the empty module",
                beyond(NOTHING, "wall", COMMUNITY, OURS),
                at_least=20,
            ),
        ],
    ),
    Workload(
        key="d",
        title="Many targets, 50 ms per request",
        unit="tenants",
        sizes=[200],
        quick_sizes=[10],
        world=lambda count: worlds.many_targets(count, ROUND_TRIP),
        contenders={
            OURS: by.our_targets(),
            OURS_WIDE: by.our_targets(concurrency=32),
            COMMUNITY: by.community_targets(),
            CLI: by.cli_targets(),
            BOTO3: by.boto3_targets("history"),
            BOTO3_THREADS: by.boto3_targets("threads"),
            NOTHING: by.nothing,
        },
        gains=[
            Gain("times as fast as community.aws in a loop", times("wall", COMMUNITY, OURS), at_least=50),
            Gain("times as fast as boto3, one target after another", times("wall", BOTO3, OURS), at_least=5),
            Gain("the same with concurrency: 32", times("wall", BOTO3, OURS_WIDE), at_least=5),
        ],
    ),
    Workload(
        key="e",
        title="A whole history with every fifth request throttled",
        unit="invalidations",
        sizes=[10_000],
        quick_sizes=[1_000],
        world=lambda count: worlds.history(count, THROTTLING),
        contenders={
            OURS: by.our_history,
            COMMUNITY: by.community_history(),
            CLI: by.cli_history,
            BOTO3: by.boto3("history"),
        },
        gains=[
            Gain("requests for 100 pages", median("requests"), at_most=130),
            Gain("requests that got page one", median("first_pages"), at_most=1),
        ],
    ),
    Workload(
        key="f",
        title="Waiting for invalidations that complete after 12 s",
        unit="invalidations",
        sizes=[20],
        quick_sizes=[],
        world=worlds.pending,
        contenders={
            OURS: by.our_wait,
            COMMUNITY: by.community_wait,
            CLI: by.cli_wait,
            BOTO3: by.boto3_wait,
        },
    ),
    Workload(
        key="g",
        title="Lookups in one template",
        unit="lookups",
        sizes=[50],
        quick_sizes=[5],
        world=worlds.many_targets,
        contenders={
            OURS: by.our_template,
            OURS_ONCE: by.our_single_lookup,
            COMMUNITY: by.community_template,
            CLI: by.cli_template,
            BOTO3: by.boto3_targets("history"),
        },
        gains=[Gain("wall time, relative to a single lookup", times("wall", OURS, OURS_ONCE), at_most=1.5)],
    ),
    Workload(
        key="h",
        title="Growth with the history",
        unit="invalidations",
        sizes=[100, 1_000, 10_000, 100_000],
        quick_sizes=[100, 1_000],
        world=worlds.history,
        contenders={
            OURS: by.our_history,
            MODULE: by.our_module,
            COMMUNITY: by.community_history(up_to=10_000),
            CLI: by.cli_history,
            BOTO3: by.boto3("history"),
        },
        gains=[
            *linear("invalidation"),
            Gain("memory, the same for the module without Ansible", steepening("memory", MODULE), at_most=1.3),
            Gain(
                "CPU time of the module without Ansible, relative to the CLI",
                times("cpu", MODULE, CLI),
                at_most=1.5,
            ),
        ],
    ),
    Workload(
        key="h",
        title="Growth with the number of targets, 50 ms per request",
        unit="tenants",
        sizes=[1, 10, 100, 1_000],
        quick_sizes=[1, 10],
        world=lambda count: worlds.many_targets(count, ROUND_TRIP),
        contenders={
            OURS: by.our_targets(),
            COMMUNITY: by.community_targets(up_to=10),
            CLI: by.cli_targets(up_to=10),
            BOTO3: by.boto3_targets("history"),
        },
        gains=linear("tenant"),
    ),
    rate_limited(5, 10, 60, 8),
    rate_limited(2, 5, 60, 8),
    rate_limited(20, 20, 300, 8, quick=60),
    rate_limited(50, 100, 600, 32, quick=200),
    rate_limited(20, 1, 200, 8),
    rate_limited(0.5, 5, 25, 8, creates=True),
    Workload(
        key=RATE_LIMIT,
        title="1/s, burst 1, list, one process for each",
        unit="tenants",
        sizes=[PROCESSES],
        quick_sizes=[],
        world=lambda count: worlds.rate_limited(count, 1, 1),
        contenders={
            OURS: by.our_processes,
            BOTO3_ADAPTIVE: by.boto3_processes("adaptive"),
            BOTO3_STANDARD: by.boto3_processes("standard"),
        },
        gains=[
            Gain("16 processes at 1/s: processes that succeed", median("succeeded"), at_least=PROCESSES),
            Gain("16 processes at 1/s: most requests of a process", median("most"), at_most=6),
        ],
        limit=Limit(1, 1),
        seconds=30.0,
    ),
    Workload(
        key=CONCURRENCY,
        title="50 ms per request",
        unit="tenants",
        sizes=[200],
        quick_sizes=[],
        world=lambda count: worlds.many_targets(count, ROUND_TRIP),
        contenders={
            BOTO3: by.boto3_targets("history"),
            **{at_concurrency(OURS, number): by.our_targets(concurrency=number) for number in CONCURRENCIES},
            **{at_concurrency(MODULE, number): by.our_module_targets(number) for number in CONCURRENCIES},
            **{at_concurrency(PAGER, number): by.our_pager_targets(number) for number in CONCURRENCIES},
        },
    ),
    throttled(20, 20, 200),
    throttled(0.5, 10, 25, creates=True),
]
