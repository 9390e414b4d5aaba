# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module based on amazon.aws that sends one request and does nothing else."""

from __future__ import annotations

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule


def main() -> None:
    module = AnsibleAWSModule(argument_spec={"distribution_id": {"type": "str", "required": True}})
    response = module.client("cloudfront").list_invalidations(DistributionId=module.params["distribution_id"])
    module.exit_json(changed=False, InvalidationList=response["InvalidationList"])


if __name__ == "__main__":
    main()
