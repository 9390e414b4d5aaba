# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of the benchmark."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """The same measurement in several rounds."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values), len(values))


def ratio(values: Sequence[float], others: Sequence[float]) -> Spread:
    """Divide the values by the others, round by round.

    A busy machine slows down both runs of a round, so their ratio is more stable than the runs. Rounds that only one of
    the two has are left out.
    """
    return spread([value / other for value, other in zip(values, others, strict=False)])


def slope(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The cost of one more, between two points (number, cost)."""
    return (end[1] - start[1]) / (end[0] - start[0])
