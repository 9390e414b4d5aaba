# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Wait for the invalidations to complete.
      - The set of invalidations to wait for is fixed by the first listing. With M(edgeworks.cloudfront.invalidation),
        it is what the task creates, or finds by its caller reference. Invalidations that are created later do not
        prolong the wait. If nothing is in progress, the task does not wait.
    type: bool
    default: false
  wait_timeout:
    description:
      - The timeout in seconds, counted from the start of the task, at least 0.
      - No poll starts after the timeout. The initial requests, which list or create the invalidations, are completed
        even if they take longer.
    type: int
    default: 600
  wait_delay:
    description:
      - The maximum polling interval in seconds, at least 1.
      - The first interval is about 4 seconds. Later ones are a quarter of the time waited so far, but at least
        4 seconds.
    type: int
    default: 15
  on_timeout:
    description:
      - What to do if invalidations are still in progress after O(wait_timeout).
      - V(fail) fails the task, and V(warn) shows a warning. In both cases, the result contains the last known statuses
        and RV(pending).
      - This does not apply to waiting for quota, which M(edgeworks.cloudfront.invalidation) does before it waits for
        completion. If the quota is still used up after O(wait_timeout), the target fails.
    type: str
    choices:
      - fail
      - warn
    default: fail
"""
