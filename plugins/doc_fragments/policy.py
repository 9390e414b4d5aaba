# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_missing:
    description:
      - What to do if a target does not exist. If invalidations are listed by C(invalidation_ids), this also applies to
        an ID that does not exist.
      - V(error) fails after all other targets have been processed. V(warn) shows a warning, and V(skip) ignores the
        error. In each case, the result of the target contains C(Error).
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
  on_denied:
    description:
      - What to do if a permission for a target is denied. The choices have the same meaning as those of
        O(on_missing).
      - This does not apply to credentials that cannot be obtained. These always fail the task.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
"""
