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
      - Exactly one of O(distribution_id), O(distribution_tenant_id) and O(targets) is required. They are mutually
        exclusive.
    type: str
  distribution_tenant_id:
    description:
      - The ID of a distribution tenant, which is a tenant of a multi-tenant distribution.
      - Exactly one of O(distribution_id), O(distribution_tenant_id) and O(targets) is required. They are mutually
        exclusive.
    type: str
    aliases:
      - tenant_id
  targets:
    description:
      - Distributions and distribution tenants in any combination. Specify each by its ID, its ARN or a domain, or a
        tenant by its name.
      - Exactly one of O(distribution_id), O(distribution_tenant_id) and O(targets) is required. They are mutually
        exclusive.
      - IDs and ARNs require no additional requests. Names and domains are looked up.
      - A domain matches a tenant's domain, or an alias or the domain name of a distribution. An exact match takes
        precedence over a wildcard, and a longer wildcard over a shorter one. Internationalized domains such as
        V(bücher.example) are compared in punycode.
      - V(E) followed by 12 to 14 upper-case letters and digits is the ID of a distribution. Text that begins with
        V(dt_) is the ID of a tenant. To specify a tenant whose name has the form of an ID, use its ARN or
        O(distribution_tenant_id).
    type: list
    elements: str
"""
