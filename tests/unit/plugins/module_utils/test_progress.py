# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._progress import VARIABLE, Progress, report_progress
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import EmulatedTime


class Task:
    """A task that sends a request every second, and the lines of its progress with their times."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, str]] = []
        self.clock = SimulatedClock(0.0)
        self.progress = Progress(EmulatedTime(self.clock), lambda line: self.lines.append((self.clock.now(), line)))

    def run(self, requests: int, **options: t.Any) -> list[str]:
        """Send this many requests, each of which completes a part, and return the lines reported."""
        before = len(self.lines)
        for dummy in range(requests):
            self.clock.sleep(1)
            self.progress.advance()
            self.progress.tick(**{"is_throttled": False, **options})
        return [line for dummy, line in self.lines[before:]]


def test_intervals_between_lines_grow_to_a_minute() -> None:
    task = Task()
    task.run(250)
    assert [at for at, dummy in task.lines] == [10, 20, 40, 80, 140, 200]


def test_new_activity_delays_the_next_line() -> None:
    task = Task()
    task.run(9)
    task.progress.begin(40, "targets polled")
    assert task.run(9) == []
    assert task.run(1) == ["10 of 40 targets polled, about 30 s left"]


def test_line_has_the_completed_part_and_an_estimate() -> None:
    task = Task()
    task.progress.begin(40, "targets listed")
    assert task.run(20, is_throttled=True) == [
        "10 of 40 targets listed, throttled by AWS, about 30 s left",
        "20 of 40 targets listed, throttled by AWS, about 20 s left",
    ]
    # The estimate is for the activity, not for the task.
    task.progress.begin(2000, "targets polled")
    assert task.run(20) == ["20 of 2000 targets polled, about 1980 s left"]


def test_estimate_is_omitted_without_a_basis() -> None:
    task = Task()
    task.progress.begin(10, "targets listed")
    assert task.run(10) == ["10 of 10 targets listed"]
    task.progress.begin(2, "targets polled")
    task.clock.sleep(10)
    task.progress.tick(is_throttled=False)
    assert task.lines[-1] == (20, "0 of 2 targets polled")


@pytest.mark.parametrize("total", [0, 1])
def test_single_part_is_reported_by_its_requests(total: int) -> None:
    task = Task()
    task.progress.begin(total, "targets listed")
    assert task.run(20) == ["10 requests sent", "20 requests sent"]
    assert "throttled by AWS" in task.run(20, is_throttled=True)[0]


def test_lines_are_written_to_the_file_that_the_controller_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "progress"
    report_progress("nobody reads this")
    monkeypatch.setenv(VARIABLE, str(path))
    report_progress("erste Zeile: ö")
    report_progress("second line")
    assert path.read_text(encoding="utf-8") == "erste Zeile: ö\nsecond line\n"
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    report_progress("not written, and not an error")
