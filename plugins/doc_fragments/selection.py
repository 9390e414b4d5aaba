# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  invalidation_ids:
    description:
      - The Ids of the invalidations to return. All others are left out, so an empty list returns none.
      - Those on the newest page are found by listing it, the others one by one; the history is never walked
        for them.
      - An Id that does not exist is an error, unless O(on_missing) says otherwise. A task that waits awaits it, too.
    type: list
    elements: str
  status:
    description:
      - Return only invalidations in this status.
    type: str
    choices:
      - InProgress
      - Completed
  created_after:
    description:
      - Return only invalidations that were created at or after this instant.
      - Either ISO 8601, such as V(2026-11-21), V(2026-11-21T03:59:01Z) or V(2026-11-21T04:59:01+01:00), in
        UTC where no zone is given; or an age, such as V(90s), V(15m), V(2h), V(7d) or V(4w).
      - CloudFront lists the newest first, so the listing ends at the first page that reaches behind this
        instant.
    type: str
  created_before:
    description:
      - Return only invalidations that were created before this instant.
      - The same forms as of O(created_after).
    type: str
  max_items:
    description:
      - Return at most this many invalidations of each target.
      - The listing ends as soon as they are found. Where there are more, C(IsTruncated) is V(true) and
        C(NextMarker) says where they begin.
    type: int
  marker:
    description:
      - Begin behind this place in the list, which is the C(NextMarker) of an earlier answer.
      - It belongs to one target, and to the selection with which it was returned. With several targets it is refused.
    type: str
    default: ''
  page_size:
    description:
      - How many invalidations one request asks for. CloudFront lists at most 100 at once, so more than that
        means 100.
      - Requests ask for less where O(max_items) needs less.
    type: int
    default: 100
  details:
    description:
      - Return C(InvalidationBatch), that is the paths and the caller reference, with each invalidation.
      - It costs one request for each invalidation that is returned.
    type: bool
    default: false
"""
