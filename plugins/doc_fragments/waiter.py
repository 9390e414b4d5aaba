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
      - The set of invalidations to wait for is fixed at the first poll. Invalidations that are created later do not
        prolong the wait. If nothing is in progress, the task does not wait.
    type: bool
    default: false
  wait_timeout:
    description:
      - How long the task may take, in seconds, from its start.
      - The first listing always completes, even if it takes longer. No poll starts after the timeout.
    type: int
    default: 600
  wait_delay:
    description:
      - The longest polling interval, in seconds. The first intervals are shorter.
    type: int
    default: 15
  on_timeout:
    description:
      - What to do if invalidations are still in progress after O(wait_timeout).
      - With V(fail), the task fails. With V(warn), it shows a warning. In both cases the result contains everything
        that is known.
    type: str
    choices:
      - fail
      - warn
    default: fail
"""
