# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of one workload, by size and contender, and the arithmetic of their figures."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from .measure import Run


class Spread(NamedTuple):
    """The same measurement in several rounds."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values), len(values))


def slope(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The cost of one more, between two points (number, cost)."""
    return (end[1] - start[1]) / (end[0] - start[0])


class Results:
    """Figures over all rounds, named as in `Run` and `Traffic`. The default size is the largest."""

    def __init__(self) -> None:
        self._runs: defaultdict[int, defaultdict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))

    def add(self, size: int, contender: str, run: Run) -> None:
        self._runs[size][contender].append(run)

    @property
    def sizes(self) -> list[int]:
        return sorted(self._runs)

    def contenders(self, size: int) -> list[str]:
        return list(self._runs[size])

    def runs(self, contender: str, size: int | None = None) -> list[Run]:
        return self._runs[self.sizes[-1] if size is None else size][contender]

    def seconds(self, contender: str, size: int) -> float:
        """The wall time of all its rounds so far."""
        return sum(run.wall for run in self.runs(contender, size))

    def spread(self, figure: str, contender: str, size: int | None = None) -> Spread:
        return spread(self._values(figure, contender, size))

    def median(self, figure: str, contender: str, size: int | None = None) -> float:
        return self.spread(figure, contender, size).median

    def ratio(self, figure: str, contender: str, other: str, size: int | None = None) -> Spread:
        """Divide the contender's figures by the other's, round by round.

        A busy machine slows down both runs of a round, so their ratio is more stable than the runs. Rounds that only
        one of the two has are left out.
        """
        pairs = zip(self._values(figure, contender, size), self._values(figure, other, size), strict=False)
        return spread([value / other_value for value, other_value in pairs])

    def outputs(self, contender: str) -> set[str]:
        return {run.output for run in self.runs(contender)}

    def _values(self, figure: str, contender: str, size: int | None) -> list[float]:
        return [getattr(run if hasattr(run, figure) else run.traffic, figure) for run in self.runs(contender, size)]
