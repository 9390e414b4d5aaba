# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen of the plugins in whole plays only."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront

from .conftest import Play

SITE = "E1PA6795UKMFR9"


@pytest.fixture
def site(cf: CloudFront) -> str:
    return cf.add_distribution(SITE, aliases=["www.example.com"])


def playbook(folder: Path, *tasks: Mapping[str, object], **keywords: object) -> Path:
    path = folder / "playbook.yml"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, **keywords, "tasks": list(tasks)}]))
    return path


def test_ready_playbook_waits_and_shows_how_it_goes_on(
    cf: CloudFront, site: str, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_PIPELINING", "false")  # As it is by default.
    cf.add_invalidations(site, 2, every=0, completes_after_reads=1)
    cf.add_invalidations(site, 1, age=1, completes_after_reads=2)
    printed = play("edgeworks.cloudfront.wait", "--extra-vars", json.dumps({"targets": ["www.example.com"]}))
    shown = re.findall(r"^\[localhost\]: (.*?)(?: after \d+ s)?$", printed, re.MULTILINE)
    assert shown == [
        "Waiting for 3 invalidations of 1 target, 600 s at most",
        "2 of 3 invalidations completed",
        "3 of 3 invalidations completed",
    ]


def test_what_a_callback_prints_stays_whole(cf: CloudFront, site: str, play: Play, tmp_path: Path) -> None:
    cf.add_invalidations(site, 1, completes_after_reads=1)
    task = {"edgeworks.cloudfront.invalidation_info": {"distribution_id": site, "wait": True}}
    assert "Waiting for" not in play(playbook(tmp_path, task), stderr=subprocess.DEVNULL)


def test_nothing_is_shown_under_no_log_or_in_the_background(
    cf: CloudFront, site: str, play: Play, tmp_path: Path
) -> None:
    cf.add_invalidations(site, 1, status="InProgress")
    wait = {"distribution_id": site, "wait": True, "wait_timeout": 0, "on_timeout": "warn"}
    task = {"edgeworks.cloudfront.invalidation_info": wait}
    tasks = [{**task, "no_log": True}, {**task, "async": 20, "poll": 1}]
    printed = play(playbook(tmp_path, *tasks), warnings=None)  # Whether no_log hides one depends on the ansible-core.
    assert "Waiting for" not in printed


def test_defaults_of_the_action_group(cf: CloudFront, site: str, play: Play, tmp_path: Path) -> None:
    cf.add_invalidations(site, 3)
    defaults = {"group/edgeworks.cloudfront.aws": {"region": "eu-central-1", "concurrency": 0}}
    task = {"edgeworks.cloudfront.invalidation_info": {"distribution_id": site}, "register": "r", "ignore_errors": True}
    told = {"ansible.builtin.assert": {"that": "'concurrency is 0' in r.msg"}}
    play(playbook(tmp_path, task, told, module_defaults=defaults))


def test_warnings_reach_the_user(cf: CloudFront, site: str, play: Play, tmp_path: Path) -> None:
    task = {"edgeworks.cloudfront.invalidation_info": {"targets": [site, "E0000000000000"], "on_missing": "warn"}}
    looked_up = "{{ query('edgeworks.cloudfront.invalidations', 'E1111111111111', on_missing='warn') }}"
    printed = play(playbook(tmp_path, task, {"ansible.builtin.debug": {"msg": looked_up}}), warnings=2)
    assert "There is no distribution E0000000000000" in printed
    assert "There is no distribution E1111111111111" in printed
