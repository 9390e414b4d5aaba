# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_missing:
    description:
      - What to do about a target, or an invalidation that was named, that does not exist.
      - With V(error) it fails, after all other targets have answered.
      - With V(warn) there is a warning, with V(skip) nothing is said. The target's entry has C(Error) in
        either case.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
  on_denied:
    description:
      - What to do about a target that the identity in use has no permission for. The choices mean the same
        as with O(on_missing).
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
"""
