# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the pacer with a server that has a token bucket and can be down. Time is simulated."""

from __future__ import annotations

import contextlib
import random
import threading
import typing as t
from itertools import pairwise

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pace import ClosedError, DeadlineError, Pacer
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._workers import Workers
from ansible_collections.edgeworks.cloudfront.tests.emulator import RateLimit
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import EmulatedTime

LATENCY = 0.05
START = 1000.0  # Not every clock starts at 0.


@pytest.fixture(autouse=True)
def seed() -> None:
    random.seed(10)


class Server:
    """A server, and requests that are sent to it through one pacer. Each is repeated until it is accepted."""

    def __init__(self, concurrency: int = 8, limit: tuple[float, float] | None = None, tolerance: int = 8) -> None:
        self.simulated = SimulatedClock(START)
        self.clock = EmulatedTime(self.simulated)
        self.pacer = Pacer(self.clock, tolerance, window=120)
        self.limit = RateLimit(self.simulated.now, *(limit or (1e9, 1e9)))
        self.down_until = START
        self.sent: list[float] = []
        self.completed: list[int] = []
        self.attempts: list[int] = []
        self.refused = 0
        self.hook: t.Callable[[], None] = lambda: None
        self._map = Workers(concurrency, self.clock).map
        self._lock = threading.Lock()

    def run(self, count: int) -> float:
        """Send this many requests, and return the duration in seconds."""
        began = self.simulated.now()
        self.attempts = [0] * count
        self._map(self._send, range(count))
        return self.simulated.now() - began

    def _send(self, number: int) -> None:
        ticket = self.pacer.ticket()
        while True:
            sent = self.pacer.admit("lane", ticket)
            self.attempts[number] += 1
            outcome = self._respond(sent)
            self.clock.sleep(LATENCY)
            getattr(self.pacer, outcome)("lane", sent)
            if outcome == "accepted":
                self.completed.append(number)
                return

    def _respond(self, sent: float) -> str:
        with self._lock:
            self.sent.append(sent)
            self.hook()
            if sent < self.down_until:
                return "failed"
            is_refused = not self.limit.has_token()
            self.limit.charge(refused=is_refused)
            self.refused += is_refused
            return "refused" if is_refused else "accepted"


def test_requests_are_not_delayed_until_one_is_refused() -> None:
    server = Server(concurrency=8)
    assert server.run(80) == pytest.approx(10 * LATENCY, abs=1e-3)
    assert not server.pacer.is_throttled


# By rate, burst, requests and concurrency: the maximum slowness and refusals. They are stricter than the requirement,
# so that each part of the rule is tested.
@pytest.mark.parametrize(
    ("rate", "burst", "count", "concurrency", "slowness", "refusals"),
    [
        (5, 10, 60, 8, 1.04, 17),
        (2, 5, 60, 8, 1.03, 19),
        (20, 20, 300, 8, 1.04, 35),
        (0.5, 5, 25, 8, 1.05, 18),
        (20, 1, 200, 8, 1.20, 20),
        (2, 1, 100, 8, 1.11, 18),
        (0.5, 1, 25, 8, 1.16, 17),
        (50, 100, 600, 32, 1.03, 62),
        (50, 1, 600, 32, 1.18, 85),
    ],
)
def test_rate_is_found_and_kept(
    rate: float, burst: float, count: int, concurrency: int, slowness: float, refusals: int
) -> None:
    server = Server(concurrency, (rate, burst))
    ideal = (count - burst) / rate
    seconds = server.run(count)
    assert seconds <= min(slowness * ideal, 1.1 * ideal + 2 if burst > 1 else 1.3 * ideal + 1)
    assert server.refused <= min(refusals, 2 * concurrency + 0.15 * count)
    assert server.pacer.is_throttled


@pytest.mark.parametrize(
    ("change", "ideal", "slowness"),
    [
        ({"rate": 20.0}, 14.0, 1.13),
        ({"rate": 5.0}, 29.0, 1.02),
        ({"share_taken": 0.5}, 29.0, 1.02),
    ],
    ids=["doubled", "halved", "shared"],
)
def test_pacer_adapts_when_the_rate_changes(change: dict[str, float], ideal: float, slowness: float) -> None:
    server = Server(8, (10, 10))

    def change_midway() -> None:
        if len(server.completed) == 100:
            for setting, value in change.items():
                setattr(server.limit, setting, value)

    server.hook = change_midway
    assert server.run(200) <= slowness * ideal
    assert server.refused <= 2 * 8 + 0.15 * 200


def test_interval_is_no_shorter_than_before_the_first_refusal() -> None:
    server = Server()

    def refuse_once_and_slow_down_later() -> None:
        number = len(server.sent)
        server.limit.burst = 0 if number == 20 else 1e9 if number < 400 else 1
        if number == 400:
            server.limit.rate = 5

    server.hook = refuse_once_and_slow_down_later
    server.run(450)
    # If the interval had kept shrinking, many refusals would be needed to recover.
    assert server.refused <= 50


def test_repeated_requests_keep_their_place() -> None:
    server = Server(8, (2, 1))
    server.run(60)
    assert max(abs(place - number) for place, number in enumerate(server.completed)) <= 8
    assert max(server.attempts) <= 5


def test_refusals_of_one_lane_do_not_delay_another() -> None:
    server = Server()
    sent = server.pacer.admit("create", server.pacer.ticket())
    server.pacer.refused("create", sent)
    assert server.pacer.admit("read", server.pacer.ticket()) == sent
    assert server.pacer.admit("create", server.pacer.ticket()) > sent


def test_response_to_a_request_from_before_the_refusal_changes_nothing() -> None:
    def next_after(*early: str) -> float:
        random.seed(1)
        server = Server()
        sent = [server.pacer.admit("lane", number) for number in range(len(early) + 1)]
        server.pacer.refused("lane", sent.pop())
        for outcome in early:
            getattr(server.pacer, outcome)("lane", sent.pop())
        return server.pacer.admit("lane", 99)

    assert next_after("refused", "refused", "accepted", "failed") == next_after("failed", "failed", "failed", "failed")


@pytest.mark.parametrize("wait", [0.0, 1.0])
def test_request_is_not_sent_after_its_deadline(wait: float) -> None:
    server = Server()
    server.clock.sleep(wait)
    now = server.clock.monotonic()
    sent = server.pacer.admit("lane", 1, deadline=now + 0.1)
    server.pacer.refused("lane", sent)
    with pytest.raises(DeadlineError):  # It is raised immediately.
        server.pacer.admit("lane", 2, deadline=now + 0.1)
    assert server.clock.monotonic() == now
    with pytest.raises(DeadlineError):
        server.pacer.admit("read", 3, deadline=now)
    assert server.pacer.admit("lane", 4, deadline=now + 10) > now


def test_request_that_waits_behind_others_gives_up_at_its_deadline() -> None:
    server = Server()
    server.pacer.refused("lane", server.pacer.admit("lane", 0))
    ended: dict[int, float] = {}

    def wait(ticket: int) -> None:
        with contextlib.suppress(DeadlineError):
            server.pacer.admit("lane", ticket, deadline=None if ticket == 1 else START + 0.05)
        ended[ticket] = server.clock.monotonic()

    Workers(2, server.clock).map(wait, [1, 2])
    assert ended[2] == START + 0.05
    assert ended[1] > START + 1


def test_requests_that_give_up_do_not_delay_the_next() -> None:
    server = Server()
    server.pacer.refused("lane", server.pacer.admit("lane", 0))
    with pytest.raises(DeadlineError):
        server.pacer.admit("lane", 1, deadline=START + 0.01)
    assert server.pacer.admit("lane", 2) < START + 10


def test_closed_pacer_admits_no_request() -> None:
    server = Server()
    server.pacer.refused("lane", server.pacer.admit("lane", 0))
    closed: list[float] = []

    def wait(number: int) -> None:
        if number == 0:
            server.clock.sleep(0.1)
            server.pacer.close()
            return
        with pytest.raises(ClosedError):
            server.pacer.admit("lane", number)
        closed.append(server.clock.monotonic())

    Workers(5, server.clock).map(wait, range(5))
    assert closed == [pytest.approx(START + 0.1)] * 4
    with pytest.raises(ClosedError):
        server.pacer.admit("other", 9)


@pytest.mark.parametrize("tolerance", [1, 4, 8])
def test_outage_begins_at_the_tolerated_number_of_failures_in_a_row(tolerance: int) -> None:
    server = Server(tolerance=tolerance)
    pacer = server.pacer
    for dummy in range(tolerance):
        assert not pacer.in_outage
        pacer.failed("lane", pacer.admit("lane", 0))
    assert pacer.in_outage
    pacer.accepted("lane", pacer.admit("lane", 0))
    for outcomes in (["failed"] * (tolerance - 1), ["accepted"], ["failed"] * (tolerance - 1), ["refused"]):
        for outcome in outcomes:
            getattr(pacer, outcome)("lane", pacer.admit("lane", 0))
            assert not pacer.in_outage


def test_outage_is_probed_by_one_request_at_a_time_at_growing_intervals() -> None:
    server = Server(8)
    server.down_until = START + 60
    server.run(100)
    probes = [sent for sent in server.sent if START + 0.1 < sent <= server.down_until]
    intervals = [after - before for before, after in pairwise(probes)]
    assert server.sent[:8] == [START] * 8
    for number, interval in enumerate(intervals, 1):
        longest = min(2.0**number, 10)
        assert longest / 2 <= interval - LATENCY <= longest
    assert len(set(probes)) == len(probes) <= 13
    resumed = next(sent for sent in server.sent if sent > server.down_until)
    assert resumed - server.down_until <= 10
    # Everything resumes immediately, and no request is lost.
    assert max(server.sent) - resumed == pytest.approx((99 // 8 + 1) * LATENCY, abs=0.01)
    assert sorted(server.completed) == [*range(100)]


def test_second_outage_is_probed_as_soon_as_the_first() -> None:
    server = Server(tolerance=2)
    for dummy in range(2):
        for dummy in range(7):
            server.pacer.failed("lane", server.pacer.admit("lane", 0))
        assert server.pacer.in_outage
        server.pacer.accepted("lane", server.pacer.admit("lane", 0))
    began = server.clock.monotonic()
    for dummy in range(2):
        server.pacer.failed("lane", server.pacer.admit("lane", 0))
    assert 0.5 <= server.pacer.admit("lane", 0) - began <= 1


@pytest.mark.parametrize(("interval", "failures"), [(20, 7), (60, 4)])
def test_waiting_is_hopeless_after_the_window_and_several_failures(interval: float, failures: int) -> None:
    pacer = (server := Server(tolerance=100)).pacer
    pacer.accepted("lane", pacer.admit("lane", 0))
    count = 0
    while not pacer.is_hopeless:
        server.clock.sleep(interval)
        pacer.failed("lane", pacer.admit("lane", 0))
        count += 1
    assert count == failures


def test_probe_waits_for_the_rate_of_its_lane() -> None:
    server = Server(tolerance=1)
    server.pacer.refused("lane", server.pacer.admit("lane", 0))
    server.pacer.failed("other", server.pacer.admit("other", 0))
    assert server.pacer.in_outage
    assert server.pacer.admit("lane", 0) >= START + 2.5


@pytest.mark.parametrize("outcome", ["accepted", "refused"])
def test_any_response_ends_an_outage(outcome: str) -> None:
    server = Server(tolerance=1)
    server.pacer.failed("lane", server.pacer.admit("lane", 0))
    late = server.pacer.admit("lane", 0)
    getattr(server.pacer, outcome)("lane", late)
    assert not server.pacer.in_outage
    assert server.pacer.admit("other", 0) == late


@pytest.mark.parametrize(
    ("outcomes", "longest"), [(1 * ["refused"], 7.5), (3 * ["refused"], 15.0), (["failed", "refused"], 7.5)]
)
def test_lone_request_is_repeated_after_a_random_pause(outcomes: list[str], longest: float) -> None:
    pauses = []
    for dummy in range(50):
        server = Server()
        for outcome in outcomes:
            getattr(server.pacer, outcome)("lane", server.pacer.admit("lane", 0))
        before = server.clock.monotonic()
        pauses.append(server.pacer.admit("lane", 0) - before)
    assert longest / 3 <= min(pauses) < longest / 2.5
    assert longest / 1.2 < max(pauses) <= longest
