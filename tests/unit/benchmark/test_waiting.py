# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated waits."""

from __future__ import annotations

from ansible_collections.edgeworks.cloudfront.tests.benchmark.waiting import CONTENDERS, simulate


def test_every_contender_waits_until_all_are_completed() -> None:
    summaries = list(simulate(5))
    assert [(one.invalidations, one.contender) for one in summaries] == [
        (n, name) for n in (1, 20) for name in CONTENDERS
    ]
    assert all(0 <= one.lag_mean < 20 for one in summaries)


def test_our_wait_sends_one_request_per_poll() -> None:
    assert [one.requests_per_poll for one in simulate(5) if one.contender.startswith("edgeworks")] == [1, 1]
