# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets of ansible-test, on an emulated CloudFront."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.playbooks import run

HERE = Path(__file__).parent
TARGETS = sorted(target.name for target in HERE.glob("targets/*") if not target.name.startswith("setup_"))


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, tmp_path: Path) -> None:
    cf = CloudFront()
    printed = run(cf, HERE / "targets.yml", tmp_path, ["--extra-vars", f"target={target}"], forked=True)
    assert "WARNING]" not in printed, printed
    if target == "lookup_invalidations":
        for operation in ("ListInvalidations", "ListInvalidationsForDistributionTenant"):
            markers = [request.params.get("Marker") for request in cf.requests if request.operation == operation]
            # The module and the lookup list 250 invalidations in three requests each.
            assert markers[:3] == markers[3:6]
            assert markers[6] is None
