# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict the changed status without modifying anything.
  diff_mode:
    description: Can return details on what has changed, or would change in C(check_mode), in diff mode.
  platform:
    description: Operating systems that the module can run on.
    support: full
    platforms: posix
"""

    INFO_MODULE = r"""
attributes:
  check_mode:
    support: full
    details: This module does not modify state.
  diff_mode:
    support: N/A
    details: This module does not modify state.
"""

    ACTION_GROUP = r"""
attributes:
  action_group:
    description: Use C(group/edgeworks.cloudfront.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - edgeworks.cloudfront.aws
"""
