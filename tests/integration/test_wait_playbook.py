# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the playbook edgeworks.cloudfront.wait."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
import yaml
from ansible.plugins.loader import fragment_loader, module_loader
from ansible.utils.plugin_docs import get_docstring
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.playbooks import run

WAIT = "edgeworks.cloudfront.wait"
PLAYBOOK = Path(__file__).parents[2] / "playbooks/wait.yml"
SITE, TENANT = "E1PA6795UKMFR9", "dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB"


def progress(printed: str) -> list[str]:
    return re.findall(r"^\[localhost\]: (.*?)(?: after \d+ s)?$", printed, re.MULTILINE)


@pytest.fixture
def cf() -> CloudFront:
    cf = CloudFront()
    cf.add_distribution(SITE, aliases=["www.example.com"])
    cf.add_tenant(cf.add_distribution(tenant_only=True), id=TENANT)
    return cf


Wait = Callable[..., str]


@pytest.fixture
def wait(cf: CloudFront, tmp_path: Path) -> Wait:
    """Run the playbook with these variables."""
    play = partial(run, cf, WAIT, tmp_path)
    return lambda succeeds=True, **variables: play(["--extra-vars", json.dumps(variables)], succeeds=succeeds)


def test_progress_is_reported_on_standard_error(cf: CloudFront, tmp_path: Path) -> None:
    cf.add_invalidations(SITE, 2, every=0, completes_after_reads=1)
    cf.add_invalidations(SITE, 1, age=1, completes_after_reads=2)
    arguments = ["--extra-vars", "targets=www.example.com"]
    pipelining = {"ANSIBLE_PIPELINING": "false"}  # The default.
    with (tmp_path / "stderr").open("w+") as stderr:
        printed = run(cf, WAIT, tmp_path, arguments, pipelining, stderr, forked=False)
        stderr.seek(0)
        shown = progress(stderr.read())
    assert shown == [
        "Waiting for 3 invalidations of 1 target, 600 s at most",
        "2 of 3 invalidations completed",
        "3 of 3 invalidations completed",
    ]
    assert not re.search(r"Waiting for \d|WARNING\]", printed)


def test_wait_for_named_invalidations_of_one_target(cf: CloudFront, wait: Wait) -> None:
    cf.add_invalidations(SITE, ids=["INEW"], status="InProgress")
    cf.add_invalidations(SITE, ids=["IOLD"], age=7200, completes_after_reads=1)
    printed = wait(distribution_id=SITE, invalidation_ids="IOLD")
    assert progress(printed)[0].startswith("Waiting for 1 invalidation of 1 target")
    assert progress(printed)[-1].startswith("1 of 1 ")


def test_selection_and_wait_options(cf: CloudFront, wait: Wait) -> None:
    cf.add_invalidations(TENANT, 3, age=60, every=1, status="InProgress")
    cf.add_invalidations(TENANT, 3, age=5400, every=1, status="InProgress")
    options = {
        "distribution_tenant_id": TENANT,
        "created_before": "30m",
        "max_items": 2,
        "wait_timeout": 0,
        "on_timeout": "warn",
    }
    printed = wait(**options)
    assert "CloudFront had not reported 2 invalidations as completed" in " ".join(printed.split())


def test_connection_options(cf: CloudFront, wait: Wait) -> None:
    cf.add_fault("error", status=503)
    options = {"distribution_id": SITE, "region": "eu-central-1", "aws_config": {"retries": {"max_attempts": 0}}}
    printed = wait(succeeds=False, **options)
    assert "Gave up after 1 attempt in 0 s." in " ".join(printed.split())


def test_missing_target_is_reported_with_the_command(cf: CloudFront, wait: Wait) -> None:
    printed = wait(succeeds=False)
    assert "No target is specified. Set targets, distribution_id or distribution_tenant_id" in printed
    assert f"ansible-playbook {WAIT} -e targets=www.example.com" in printed
    assert not cf.calls


def test_every_option_of_the_module_is_a_variable() -> None:
    [play] = yaml.safe_load(PLAYBOOK.read_text())
    passed: Mapping[str, object] = play["tasks"][1]["edgeworks.cloudfront.invalidation_info"]
    documentation = get_docstring(module_loader.find_plugin("edgeworks.cloudfront.invalidation_info"), fragment_loader)
    options = set(documentation[0]["options"])
    assert options - set(passed) == {"details", "marker", "page_size", "debug_botocore_endpoint_logs"}
    comments = " ".join(line for line in PLAYBOOK.read_text().splitlines() if line.startswith("#"))
    assert set(passed) <= set(re.findall(r"\w+", comments))
