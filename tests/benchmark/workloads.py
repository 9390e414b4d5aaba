# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WHAT is measured: a new workload is a new entry of `WORKLOADS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import contenders as by
from . import worlds
from .contenders import (
    BOTO3,
    BOTO3_PAGE,
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
from .figures import slope
from .results import Results
from .worlds import ROUND_TRIP, THROTTLING, World

Measure = Callable[[Results], float]


class Gain(NamedTuple):
    """What the collection is expected to gain, and by which figure that is told."""

    claim: str
    measure: Measure
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True)
class Workload:
    key: str
    title: str
    unit: str  # of the sizes
    sizes: Sequence[int]
    quick_sizes: Sequence[int]  # none where it is too slow to be quick
    world: Callable[[int], World]
    contenders: Mapping[str, Contender]
    gains: Sequence[Gain] = ()


def median(figure: str) -> Measure:
    return lambda results: results.median(figure, OURS)


def times(figure: str, contender: str, other: str) -> Measure:
    """How many times as much the contender takes as the other."""
    return lambda results: results.ratio(figure, contender, other).median


def beyond(floor: str, figure: str, contender: str, other: str) -> Measure:
    """The same, where what the floor takes is counted with neither."""

    def measure(results: Results) -> float:
        start = results.median(figure, floor)
        return (results.median(figure, contender) - start) / (results.median(figure, other) - start)

    return measure


def steepening(figure: str, contender: str = OURS) -> Measure:
    """How many times as much one more costs up to the largest size as up to the one before: 1 is linear."""

    def measure(results: Results) -> float:
        small, middle, large = [(size, results.median(figure, contender, size)) for size in results.sizes[-3:]]
        return slope(middle, large) / slope(small, middle)

    return measure


def differing(contender: str, other: str) -> Measure:
    return lambda results: len(results.outputs(contender) | results.outputs(other)) - 1


def linear(one_more: str) -> list[Gain]:
    return [
        Gain(f"CPU time of one more {one_more}, times that at a tenth", steepening("cpu"), at_most=1.3),
        Gain(f"memory of one more {one_more}, times that at a tenth", steepening("memory"), at_most=1.3),
    ]


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
                "wall time, times that of the empty module with 1 request", times("wall", OURS, REQUEST), at_most=1.15
            ),
            Gain(
                "CPU time likewise, beyond what doing nothing takes",
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
            Gain("CPU time of the pager, times that of botocore's", times("cpu", PAGER, BOTO3), at_most=0.5),
            Gain("the same beyond what one page takes", beyond(BOTO3_PAGE, "cpu", PAGER, BOTO3), at_most=0.5),
            Gain("answers of the two that differ", differing(PAGER, BOTO3), at_most=0),
        ],
    ),
    Workload(
        key="c",
        title="What is in progress of the last hour, at 50 ms a request",
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
            Gain("times faster than community.aws", times("wall", COMMUNITY, OURS), at_least=20),
            Gain("the same beyond what doing nothing takes", beyond(NOTHING, "wall", COMMUNITY, OURS), at_least=20),
        ],
    ),
    Workload(
        key="d",
        title="Many targets, at 50 ms a request",
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
            Gain("times faster than a loop of community.aws", times("wall", COMMUNITY, OURS), at_least=50),
            Gain("times faster than boto3, one by one", times("wall", BOTO3, OURS), at_least=5),
            Gain("the same with concurrency: 32", times("wall", BOTO3, OURS_WIDE), at_least=5),
        ],
    ),
    Workload(
        key="e",
        title="A history where every fifth request is throttled",
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
            Gain("times that page one was read", median("first_pages"), at_most=1),
        ],
    ),
    Workload(
        key="f",
        title="Waiting for what completes 12 s after the start",
        unit="invalidations",
        sizes=[20],
        quick_sizes=[],
        world=worlds.awaited,
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
        gains=[Gain("wall time, times that of a single lookup", times("wall", OURS, OURS_ONCE), at_most=1.5)],
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
            Gain("the same of the module without Ansible", steepening("memory", MODULE), at_most=1.3),
        ],
    ),
    Workload(
        key="h",
        title="Growth with the targets, at 50 ms a request",
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
]
