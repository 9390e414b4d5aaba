# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic: what of several runs is told."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """What the same measurement gave in several rounds."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values), len(values))


def ratio(values: Sequence[float], others: Sequence[float]) -> Spread:
    """How many times as much the values are as the others.

    They are compared round by round, because what slows the machine down for a while slows both of a round. One that
    ran fewer rounds is compared in those.
    """
    return spread([value / other for value, other in zip(values, others, strict=False)])


def slope(start: tuple[float, float], end: tuple[float, float]) -> float:
    """What one more costs, between two points of (number, cost)."""
    return (end[1] - start[1]) / (end[0] - start[0])
