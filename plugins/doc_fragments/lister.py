# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  all_tenants:
    description:
      - Ask for the tenants of the given multi-tenant distribution instead of the distribution itself.
      - A distribution without tenants gives an empty result.
    type: bool
    default: false
  concurrency:
    description:
      - How many requests may be in flight at once.
    type: int
    default: 16
"""
