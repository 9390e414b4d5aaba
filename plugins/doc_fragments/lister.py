# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  all_tenants:
    description:
      - Use all tenants of the given multi-tenant distribution instead of the distribution itself.
      - For a distribution without tenants, the result is empty.
    type: bool
    default: false
  concurrency:
    description:
      - The maximum number of requests in flight at the same time.
    type: int
    default: 16
"""
