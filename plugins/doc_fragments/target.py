# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  distribution_id:
    description:
      - The ID of a distribution.
    type: str
  distribution_tenant_id:
    description:
      - The ID of a tenant of a multi-tenant distribution.
    type: str
    aliases:
      - tenant_id
  targets:
    description:
      - Any mix of distributions and distribution tenants, each by its ID, its ARN, a domain, or, for a
        tenant, its name.
      - IDs and ARNs cost no request of their own; names and domains have to be looked up.
      - A domain is first looked for among tenants, then among the aliases of distributions, wildcards
        included.
    type: list
    elements: str
"""
