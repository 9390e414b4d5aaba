# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the targets of ansible-test against an emulated CloudFront, and test behaviour that only complete plays show."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.playbooks import play_of, run

HERE = Path(__file__).parent
TARGETS = sorted(target.name for target in HERE.glob("targets/*") if not target.name.startswith("setup_"))
SITE = "E1PA6795UKMFR9"
INFO = "edgeworks.cloudfront.invalidation_info"


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, tmp_path: Path) -> None:
    cf = CloudFront()
    printed = run(cf, HERE / "targets.yml", tmp_path, ["--extra-vars", f"target={target}"])
    assert "WARNING]" not in printed, printed
    if target == "lookup_invalidations":
        for operation in ("ListInvalidations", "ListInvalidationsForDistributionTenant"):
            markers = [request.params.get("Marker") for request in cf.requests if request.operation == operation]
            # The module and the lookup list 250 invalidations in three requests each.
            assert markers[:3] == markers[3:6]
            assert markers[6] is None


def test_no_progress_under_no_log_or_in_the_background(tmp_path: Path) -> None:
    cf = CloudFront()
    cf.add_invalidations(cf.add_distribution(SITE), status="InProgress")
    task = {INFO: {"distribution_id": SITE, "wait": True, "wait_timeout": 0, "on_timeout": "warn"}}
    printed = run(cf, [play_of({**task, "no_log": True}, {**task, "async": 20, "poll": 1})], tmp_path)
    assert "Waiting for" not in printed


def test_defaults_of_the_action_group_apply_and_warnings_reach_the_user(tmp_path: Path) -> None:
    defaults = {"group/edgeworks.cloudfront.aws": {"region": "eu-central-1", "concurrency": 0}}
    task = {INFO: {"distribution_id": SITE}, "register": "listed", "ignore_errors": True}
    refused = {"ansible.builtin.assert": {"that": "'concurrency is 0' in listed.msg"}}
    warned = {INFO: {"targets": [SITE, "E0000000000000"], "on_missing": "warn"}}
    looked_up = "{{ query('edgeworks.cloudfront.invalidations', 'E1111111111111', on_missing='warn') }}"
    debug = {"ansible.builtin.debug": {"msg": looked_up}}
    cf = CloudFront()
    cf.add_distribution(SITE)
    printed = run(cf, [play_of(task, refused, module_defaults=defaults), play_of(warned, debug)], tmp_path)
    assert printed.count("WARNING]") == 2
    assert "There is no distribution E0000000000000" in printed
    assert "There is no distribution E1111111111111" in printed
