# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Wait until the invalidations are completed.
      - What is waited for is fixed at the first look. Invalidations that are created later do not prolong
        the wait, and where nothing is in progress it ends at once.
    type: bool
    default: false
  wait_timeout:
    description:
      - How long to wait, in seconds.
    type: int
    default: 600
  wait_delay:
    description:
      - The longest step between two looks, in seconds. Steps are shorter at first.
    type: int
    default: 15
  on_timeout:
    description:
      - What to do when O(wait_timeout) has passed and invalidations are in progress still.
      - With V(fail) the task fails, with V(warn) there is a warning. The result has all that is known in
        either case.
    type: str
    choices:
      - fail
      - warn
    default: fail
"""
