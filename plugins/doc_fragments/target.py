# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  distribution_id:
    description:
      - The ID of a distribution, of any form.
      - Mutually exclusive with O(distribution_tenant_id) and O(targets).
    type: str
  distribution_tenant_id:
    description:
      - The ID of a tenant of a multi-tenant distribution, of any form.
      - Mutually exclusive with O(distribution_id) and O(targets).
    type: str
    aliases:
      - tenant_id
  targets:
    description:
      - Any mix of distributions and distribution tenants, each by its ID, its ARN, a domain, or, for a
        tenant, its name.
      - IDs and ARNs cost no additional requests; names and domains have to be looked up.
      - A domain matches a tenant or an alias of a distribution. An exact match takes precedence over a wildcard, and
        a longer wildcard over a shorter one. Internationalized domains such as V(bücher.example) are compared in
        punycode.
      - An C(E) with 12 to 14 upper-case letters and digits is the ID of a distribution, and a text that begins with
        C(dt_) is the ID of a tenant. For a tenant whose name has that form, use
        O(distribution_tenant_id) or an ARN.
      - Mutually exclusive with O(distribution_id) and O(distribution_tenant_id).
    type: list
    elements: str
"""
