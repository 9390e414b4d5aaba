#!/usr/bin/python
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: invalidation_info
version_added: 0.1.0
short_description: List CloudFront invalidations, or wait for them to complete
description:
  - Returns the invalidations of one or more CloudFront distributions and distribution tenants, in the structure of
    AWS's response. Requests only the pages that the result requires.
  - Optionally waits for the invalidations in progress to complete.
notes:
  - With O(wait), but no option that selects invalidations, the listing of a distribution ends when it has found as many
    in progress as CloudFront reports. This requires the permission C(cloudfront:GetDistribution). Without it, and for
    tenants, the whole history is listed. To list less, set O(created_after).
extends_documentation_fragment:
  - edgeworks.cloudfront.target
  - edgeworks.cloudfront.selection
  - edgeworks.cloudfront.lister
  - edgeworks.cloudfront.policy
  - edgeworks.cloudfront.waiter
  - edgeworks.cloudfront.client
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - edgeworks.cloudfront.attributes
  - edgeworks.cloudfront.attributes.info_module
  - edgeworks.cloudfront.attributes.action_group
author:
  - Contributors to the edgeworks.cloudfront project (@edgeworks)
seealso:
  - module: edgeworks.cloudfront.invalidation
    description: Create invalidations, and optionally wait for them.
  - plugin: edgeworks.cloudfront.invalidations
    plugin_type: lookup
    description: List invalidations in a template or an expression, with identical results.
"""

EXAMPLES = r"""
- name: List the 20 newest invalidations of a distribution
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    max_items: 20
  register: newest

- name: List the next 20
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    max_items: 20
    marker: "{{ newest.InvalidationList.NextMarker }}"
  when: newest.InvalidationList.IsTruncated

- name: List all invalidations of a distribution tenant
  edgeworks.cloudfront.invalidation_info:
    distribution_tenant_id: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB

- name: List the invalidations of the last hour that are in progress, for a domain and a tenant
  edgeworks.cloudfront.invalidation_info:
    targets:
      - www.example.com
      - arn:aws:cloudfront::123456789012:distribution-tenant/dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
    status: InProgress
    created_after: 1h

- name: Fail if there is no room for five more paths with a wildcard in CloudFront's quota of 15
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    status: InProgress
    details: true
  register: current
  failed_when: current is failed or current.InProgressWildcards + 5 > 15

- name: Wait up to five minutes for all invalidations in progress
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    wait: true
    wait_timeout: 300

- name: Wait for the invalidations of all tenants of a multi-tenant distribution
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E2QWRUHAPOMQZL
    all_tenants: true
    created_after: 1h
    wait: true
    on_timeout: warn

- name: Wait with until instead of wait, to show each attempt
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    created_after: 1h
  register: recent
  until: recent.in_progress == 0
  retries: 30
  delay: 5
"""

RETURN = r"""
DistributionId:
  description: The ID of the distribution.
  returned: with O(distribution_id), unless O(all_tenants) is V(true)
  type: str
  sample: E1PA6795UKMFR9
DistributionTenantId:
  description: The ID of the distribution tenant.
  returned: with O(distribution_tenant_id), unless O(all_tenants) is V(true)
  type: str
  sample: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
InvalidationList:
  description:
    - The invalidations of the target, in the structure of AWS's response.
    - If an error interrupted the listing, it contains those listed before the error.
  returned: with O(distribution_id) or O(distribution_tenant_id), unless O(all_tenants) is V(true) or nothing was listed
  type: dict
  contains:
    Marker:
      description: The value of O(marker).
      type: str
      returned: always
      sample: ''
    MaxItems:
      description: The value of O(max_items), or 100.
      type: int
      returned: always
      sample: 100
    IsTruncated:
      description: Whether there are invalidations that have not been listed and may match.
      type: bool
      returned: always
      sample: true
    NextMarker:
      description:
        - The position to continue from. Pass it as O(marker).
        - If an error left some of O(invalidation_ids) unknown, it is the O(marker) of this task. Continuing then
          repeats the invalidations, because the unknown ones may be newer.
      type: str
      returned: when RV(InvalidationList.IsTruncated) is V(true)
      sample: I2J0I21PCUYOIK
    Quantity:
      description: The number of invalidations in RV(InvalidationList.Items).
      type: int
      returned: always
      sample: 1
    Items:
      description: The invalidations, newest first. The list is empty if no invalidation matches.
      type: list
      elements: dict
      returned: always
      contains:
        Id:
          description: The ID of the invalidation.
          type: str
          returned: always
          sample: I2J0I21PCUYOIK
        CreateTime:
          description: When it was created, in UTC.
          type: str
          returned: always
          sample: '2026-11-21T03:59:01.413000+00:00'
        Status:
          description:
            - V(InProgress) or V(Completed). With O(wait), the status at the last poll.
            - Any other status from AWS is returned unchanged.
          type: str
          returned: always
          sample: Completed
        InvalidationBatch:
          description: The C(Paths), with C(Quantity) and C(Items), and the C(CallerReference).
          type: dict
          returned: when O(details) is V(true)
          sample:
            Paths:
              Quantity: 2
              Items:
                - /index.html
                - /css/*
            CallerReference: release-42
InProgressPaths:
  description:
    - The number of paths without a wildcard in the returned invalidations that are in progress. A cache tag counts as
      a path.
    - CloudFront's quota is 3,000 for each distribution.
  returned: as RV(InvalidationList), when O(details) is V(true) and all paths in progress could be read
  type: int
  sample: 12
InProgressWildcards:
  description:
    - The number of paths with a wildcard in the returned invalidations that are in progress.
    - CloudFront's quota is 15 for each distribution.
  returned: as RV(InProgressPaths)
  type: int
  sample: 3
Error:
  description: Why the target failed.
  returned: with O(distribution_id) or O(distribution_tenant_id), when it failed and O(all_tenants) is V(false)
  type: dict
  contains:
    Code:
      description:
        - AWS's error code, the HTTP status, or the name of botocore's exception.
        - V(NoSuchTarget) if nothing matches a name or a domain, V(AmbiguousTarget) if several targets match,
          V(BadOption) if an option is not valid for this target, V(BrokenPaging) if the list is inconsistent,
          V(UnreadableResponse) if the response is not CloudFront's, and V(UnknownOperation) if the installed botocore
          is too old.
      type: str
      returned: always
      sample: NoSuchDistribution
    Message:
      description: What failed, and what to do about it.
      type: str
      returned: always
      sample: There is no distribution E1PA6795UKMFR9 in this account (NoSuchDistribution).
targets:
  description: The result of each target, in the order specified.
  returned: with O(targets), or when O(all_tenants) is V(true)
  type: list
  elements: dict
  contains:
    DistributionId:
      description: The ID of the distribution.
      type: str
      returned: for a distribution
      sample: E1PA6795UKMFR9
    DistributionTenantId:
      description: The ID of the distribution tenant.
      type: str
      returned: for a distribution tenant
      sample: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
    Target:
      description: The target as it was specified in O(targets).
      type: str
      returned: with O(targets), except for the tenants that O(all_tenants) lists
      sample: www.example.com
    Name:
      description: The name of the distribution tenant.
      type: str
      returned: for a distribution tenant that was looked up, or listed with O(all_tenants)
      sample: acme
    Domains:
      description: The domains of the distribution tenant, as AWS returns them.
      type: list
      elements: dict
      returned: for a distribution tenant that was looked up, or listed with O(all_tenants)
      sample:
        - Domain: acme.example.com
          Status: active
    DomainName:
      description: The domain name that CloudFront has assigned to the distribution.
      type: str
      returned: for a distribution that was looked up
      sample: d111111abcdef8.cloudfront.net
    Aliases:
      description: The aliases of the distribution.
      type: list
      elements: str
      returned: for a distribution that was looked up
      sample: [www.example.com]
    InvalidationList:
      description: The invalidations of the target, as in RV(InvalidationList).
      type: dict
      returned: unless nothing was listed
    InProgressPaths:
      description: The use of the quota, as in RV(InProgressPaths).
      type: int
      returned: when O(details) is V(true) and all paths in progress could be read
      sample: 12
    InProgressWildcards:
      description: The use of the quota, as in RV(InProgressWildcards).
      type: int
      returned: as RV(targets[].InProgressPaths)
      sample: 3
    Error:
      description: Why the target failed, as in RV(Error).
      type: dict
      returned: when the target failed
in_progress:
  description: The number of returned invalidations that are in progress. A target that is specified twice counts once.
  returned: always, unless the task failed before it listed invalidations
  type: int
  sample: 1
pending:
  description: The invalidations that the task waited for and that are not known to be completed.
  returned: when O(wait) is V(true), except if the task failed before the wait or was interrupted
  type: list
  elements: dict
  contains:
    DistributionId:
      description: The ID of the distribution.
      type: str
      returned: for a distribution
      sample: E1PA6795UKMFR9
    DistributionTenantId:
      description: The ID of the distribution tenant.
      type: str
      returned: for a distribution tenant
      sample: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
    Id:
      description: The ID of the invalidation.
      type: str
      returned: always
      sample: I2J0I21PCUYOIK
    CreateTime:
      description: When it was created, in UTC.
      type: str
      returned: unless it was specified in O(invalidation_ids) and has never been listed
      sample: '2026-11-21T03:59:01.413000+00:00'
    Age:
      description: The time since it was created, in seconds, by AWS's clock.
      type: int
      returned: unless it was specified in O(invalidation_ids) and has never been listed
      sample: 604
api_calls:
  description: The number of requests by AWS operation, including retries.
  returned: always, on failure too, unless the connection options are not valid
  type: dict
  sample:
    ListInvalidations: 1
"""

from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._module import Task
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import TargetResult, count_in_progress
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection


def execute(task: Task, api: Api) -> None:
    wanted = selection(task.options)
    results = list_all(api, requested_targets(api, task.options), wanted)
    set_results(task, results)  # If the wait is interrupted, this is the result.
    results = task.wait(api, results)
    set_results(task, results)
    task.evaluate(results)


def set_results(task: Task, results: list[TargetResult]) -> None:
    task.entries = [result.entry for result in results]
    task.result["in_progress"] = count_in_progress(results)


def main() -> None:
    Task(
        dict(
            invalidation_ids=dict(type="list", elements="str"),
            status=dict(type="str", choices=["InProgress", "Completed"]),
            created_after=dict(type="str"),
            created_before=dict(type="str"),
            max_items=dict(type="int"),
            marker=dict(type="str", default=""),
            page_size=dict(type="int", default=100),
            details=dict(type="bool", default=False),
        )
    ).run(execute)


if __name__ == "__main__":
    main()
