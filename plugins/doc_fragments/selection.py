# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  invalidation_ids:
    description:
      - The IDs of the invalidations to return. All others are left out, so an empty list returns none.
      - A single ID costs one request, however old the invalidation is. Of several IDs, those on the newest page of the
        list cost one request together, and the others one each. If the permission for single invalidations is denied,
        the list is searched instead.
      - An ID that does not exist is an error, unless O(on_missing) is set to another policy. A task that waits, waits
        for it too.
    type: list
    elements: str
  status:
    description:
      - Return only invalidations with this status.
      - With V(InProgress), the listing of a distribution ends when it has found as many as CloudFront reports to be
        in progress. This needs the permission C(cloudfront:GetDistribution), without which the whole history is listed.
    type: str
    choices:
      - InProgress
      - Completed
  created_after:
    description:
      - Return only invalidations that were created at or after this instant.
      - Either ISO 8601, such as V(2026-11-21), V(2026-11-21T03:59:01Z) or V(2026-11-21T04:59:01+01:00), in
        UTC if no zone is given; or an age, such as V(90s), V(15m), V(2h), V(7d) or V(4w).
      - An age is relative to the start of the task on AWS's clock.
      - CloudFront lists the newest invalidations first, so the listing ends at the first page that reaches an earlier
        instant.
    type: str
  created_before:
    description:
      - Return only invalidations that were created before this instant.
      - The value has the same forms as O(created_after).
    type: str
  max_items:
    description:
      - Return at most this many invalidations of each target.
      - The listing ends as soon as they are found. If there are more, C(IsTruncated) is V(true) and
        C(NextMarker) is where they begin.
    type: int
  marker:
    description:
      - Start after this position in the list. It is the C(NextMarker) of an earlier result.
      - A marker belongs to one target, and to the selection with which it was returned. With several targets it is
        refused.
    type: str
    default: ''
  page_size:
    description:
      - How many invalidations one request lists. CloudFront lists at most 100 at once, so a higher number
        means 100.
      - A request lists fewer if O(max_items) needs fewer.
    type: int
    default: 100
  details:
    description:
      - Return C(InvalidationBatch), which has the paths and the caller reference, with each invalidation; and with
        each target, what its invalidations in progress use of CloudFront's quotas.
      - This costs one request for each invalidation that is returned.
    type: bool
    default: false
"""
