# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_missing:
    description:
      - What to do if a target, or an invalidation named by its ID, does not exist.
      - With V(error), it fails after all other targets have been processed. With V(warn), it continues with a warning,
        and with V(skip) without one. The target's result has C(Error) in each case.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
  on_denied:
    description:
      - What to do if the identity in use lacks a permission for a target. The choices are those of O(on_missing).
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
"""
