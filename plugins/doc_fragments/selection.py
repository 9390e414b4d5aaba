# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  invalidation_ids:
    description:
      - Return only the invalidations with these IDs. An empty list returns none.
      - A single ID requires one request, however old the invalidation is. For several IDs, one request covers those on
        the first page of the list, and each of the others requires one. With O(details), each ID requires one.
      - If C(cloudfront:GetInvalidation), or C(cloudfront:GetInvalidationForDistributionTenant) for a tenant, is denied,
        the list is searched instead. With O(details), this is an error.
      - An ID that does not exist is handled as O(on_missing) specifies. When it waits, the module
        M(edgeworks.cloudfront.invalidation_info) also waits for such an ID to appear, unless O(on_missing) is V(skip).
      - An ID belongs to one target, so it does not exist for any other. With several targets, set O(on_missing) to
        V(skip), or use one task for each target.
    type: list
    elements: str
  status:
    description:
      - Return only invalidations with this status.
      - With V(InProgress), the listing of a distribution ends when it has found as many as CloudFront reports to be
        in progress. This requires the permission C(cloudfront:GetDistribution). Without it, and for tenants, the whole
        history is listed unless O(created_after) or O(max_items) ends the listing.
    type: str
    choices:
      - InProgress
      - Completed
  created_after:
    description:
      - Return only invalidations that were created at or after this time.
      - Either a time in ISO 8601, such as V(2026-11-21), V(2026-11-21T03:59:01Z) or V(2026-11-21T04:59:01+01:00), or
        an age, such as V(90s), V(15m), V(2h), V(7d) or V(4w). A time without a UTC offset is in UTC.
      - An age is relative to the start of the task, by AWS's clock.
      - CloudFront lists the newest invalidations first, so the listing ends at the first page that reaches an earlier
        time.
    type: str
  created_before:
    description:
      - Return only invalidations that were created before this time.
      - The value has the same format as O(created_after).
    type: str
  max_items:
    description:
      - Return at most this many invalidations of each target, at least 1. By default, the number is not limited.
      - The listing ends as soon as they are found. If there may be more, C(IsTruncated) is V(true); pass
        C(NextMarker) as O(marker) to continue.
    type: int
  marker:
    description:
      - Start after this position in the list. The value is the C(NextMarker) of an earlier result.
      - A marker is valid for one target, and for the selection that returned it. It cannot be used with several
        targets.
    type: str
    default: ''
  page_size:
    description:
      - The maximum number of invalidations that one request lists, at least 1. A value above 100, which is
        CloudFront's limit, is treated as 100.
      - A request lists fewer if O(max_items) requires fewer.
    type: int
    default: 100
  details:
    description:
      - Also return C(InvalidationBatch), which contains the paths and the caller reference, for each invalidation, and
        C(InProgressPaths) and C(InProgressWildcards), which show the use of CloudFront's quotas, for each target.
      - This requires one request for each returned invalidation.
    type: bool
    default: false
"""
