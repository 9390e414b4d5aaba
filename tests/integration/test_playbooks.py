# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen of the plugins in whole plays only."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.playbooks import play_of, run

SITE = "E1PA6795UKMFR9"
INFO = "edgeworks.cloudfront.invalidation_info"


@pytest.fixture
def cf() -> CloudFront:
    cf = CloudFront()
    cf.add_distribution(SITE, aliases=["www.example.com"])
    return cf


@pytest.fixture
def play(cf: CloudFront, tmp_path: Path) -> Callable[..., str]:
    return partial(run, cf, folder=tmp_path)


def test_wait_playbook_reports_its_progress_on_standard_error(
    cf: CloudFront, play: Callable[..., str], tmp_path: Path
) -> None:
    cf.add_invalidations(SITE, 2, every=0, completes_after_reads=1)
    cf.add_invalidations(SITE, 1, age=1, completes_after_reads=2)
    with (tmp_path / "stderr").open("w+") as stderr:
        printed = play(
            "edgeworks.cloudfront.wait",
            arguments=["--extra-vars", "targets=www.example.com"],
            stderr=stderr,
            environment={"ANSIBLE_PIPELINING": "false"},  # As it is by default.
        )
        stderr.seek(0)
        shown = re.findall(r"^\[localhost\]: (.*?)(?: after \d+ s)?$", stderr.read(), re.MULTILINE)
    assert shown == [
        "Waiting for 3 invalidations of 1 target, 600 s at most",
        "2 of 3 invalidations completed",
        "3 of 3 invalidations completed",
    ]
    assert not re.search(r"Waiting for \d|WARNING\]", printed)


def test_no_progress_under_no_log_or_in_the_background(cf: CloudFront, play: Callable[..., str]) -> None:
    cf.add_invalidations(SITE, 1, status="InProgress")
    task = {INFO: {"distribution_id": SITE, "wait": True, "wait_timeout": 0, "on_timeout": "warn"}}
    printed = play([play_of({**task, "no_log": True}, {**task, "async": 20, "poll": 1})])
    assert "Waiting for" not in printed


def test_defaults_of_the_action_group(play: Callable[..., str]) -> None:
    defaults = {"group/edgeworks.cloudfront.aws": {"region": "eu-central-1", "concurrency": 0}}
    task = {INFO: {"distribution_id": SITE}, "register": "listed", "ignore_errors": True}
    refused = {"ansible.builtin.assert": {"that": "'concurrency is 0' in listed.msg"}}
    assert "WARNING]" not in play([play_of(task, refused, module_defaults=defaults)])


def test_warnings_reach_the_user(play: Callable[..., str]) -> None:
    task = {INFO: {"targets": [SITE, "E0000000000000"], "on_missing": "warn"}}
    looked_up = "{{ query('edgeworks.cloudfront.invalidations', 'E1111111111111', on_missing='warn') }}"
    printed = play([play_of(task, {"ansible.builtin.debug": {"msg": looked_up}})])
    assert printed.count("WARNING]") == 2
    assert "There is no distribution E0000000000000" in printed
    assert "There is no distribution E1111111111111" in printed
