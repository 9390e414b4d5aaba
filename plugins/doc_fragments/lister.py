# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  all_tenants:
    description:
      - Use all tenants of the specified multi-tenant distribution instead of the distribution itself. If several
        distributions are specified, use the tenants of all of them.
      - If the distribution has no tenants, the result has no targets. A distribution tenant is not accepted.
    type: bool
    default: false
  concurrency:
    description:
      - The maximum number of requests in flight at the same time, at least 1.
      - There is no need to reduce it because of throttling. Requests are sent at the rate that AWS accepts.
    type: int
    default: 16
"""
