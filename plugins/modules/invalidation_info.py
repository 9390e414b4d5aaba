#!/usr/bin/python
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: invalidation_info
version_added: 0.1.0
short_description: List the invalidations of CloudFront distributions and distribution tenants
description:
  - Returns the invalidations of CloudFront distributions and of tenants of multi-tenant distributions, in the shape of
    AWS's response.
  - Requests no more pages than the result needs. Can wait until the invalidations in progress are completed.
notes:
  - With O(wait) and no selection, the history of a distribution is listed up to the last invalidation in progress.
    This needs the permission C(cloudfront:GetDistribution). Without it, and for tenants, the whole history is listed.
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
  - plugin: edgeworks.cloudfront.invalidations
    plugin_type: lookup
    description: The same results in a template.
"""

EXAMPLES = r"""
- name: List the newest invalidations of a distribution
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    max_items: 20
  register: newest

- name: List the next ones
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    max_items: 20
    marker: "{{ newest.InvalidationList.NextMarker }}"
  when: newest.InvalidationList.IsTruncated

- name: List all invalidations of a distribution tenant
  edgeworks.cloudfront.invalidation_info:
    distribution_tenant_id: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB

- name: List the invalidations of the last hour that are in progress, for a site and a tenant
  edgeworks.cloudfront.invalidation_info:
    targets:
      - www.example.com
      - arn:aws:cloudfront::123456789012:distribution-tenant/dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
    status: InProgress
    created_after: 1h

- name: Check that a deployment with five wildcards fits into CloudFront's quota of 15
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    status: InProgress
    details: true
  register: busy
  failed_when: busy is failed or busy.InProgressWildcards + 5 > 15

- name: Wait up to five minutes until nothing is in progress
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    wait: true
    wait_timeout: 300

- name: Wait for all tenants of a multi-tenant distribution
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E2QWRUHAPOMQZL
    all_tenants: true
    created_after: 1h
    wait: true
    on_timeout: warn

- name: Wait with a loop of the task
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
  description: The invalidations of the target, in the shape of AWS's response.
  returned: with O(distribution_id) or O(distribution_tenant_id), unless the target failed or O(all_tenants) is V(true)
  type: dict
  contains:
    Marker:
      description: The marker of the request.
      type: str
      returned: always
      sample: ''
    MaxItems:
      description: The value of O(max_items), or 100.
      type: int
      returned: always
      sample: 100
    IsTruncated:
      description: Whether there are invalidations that have not been read and that could match.
      type: bool
      returned: always
      sample: true
    NextMarker:
      description: The position after which they begin. Pass it as O(marker) to continue.
      type: str
      returned: when RV(InvalidationList.IsTruncated) is V(true)
      sample: I2J0I21PCUYOIK
    Quantity:
      description: The number of invalidations in RV(InvalidationList.Items).
      type: int
      returned: always
      sample: 1
    Items:
      description: The invalidations, newest first. Empty if there are none.
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
          description: V(InProgress) or V(Completed). Any other status from AWS is returned unchanged.
          type: str
          returned: always
          sample: Completed
        InvalidationBatch:
          description: Its C(Paths), with C(Quantity) and C(Items), and its C(CallerReference).
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
    - How many paths without a wildcard the returned invalidations have in progress. CloudFront's quota is 3,000 for a
      distribution. A cache tag counts as a path.
  returned: as RV(InvalidationList), when O(details) is V(true) and all of them could be read
  type: int
  sample: 12
InProgressWildcards:
  description:
    - How many paths with a wildcard the returned invalidations have in progress. CloudFront's quota is 15 for a
      distribution.
  returned: as RV(InProgressPaths)
  type: int
  sample: 3
Error:
  description: Why the target failed.
  returned: with O(distribution_id) or O(distribution_tenant_id), when the target failed and O(all_tenants) is V(false)
  type: dict
  contains:
    Code:
      description: The error code of AWS, or one that describes what prevented a response.
      type: str
      returned: always
      sample: NoSuchDistribution
    Message:
      description: What failed, and what to do about it.
      type: str
      returned: always
      sample: There is no distribution E1PA6795UKMFR9 in this account (NoSuchDistribution).
targets:
  description: The result of each target, in the order requested.
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
      description: The name or the domain in O(targets).
      type: str
      returned: for a target that was looked up by it
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
      description: The invalidations of the target, as RV(InvalidationList).
      type: dict
      returned: unless the target failed
    InProgressPaths:
      description: The same as RV(InProgressPaths), for this target.
      type: int
      returned: when O(details) is V(true) and all of them could be read
      sample: 12
    InProgressWildcards:
      description: The same as RV(InProgressWildcards), for this target.
      type: int
      returned: as RV(targets[].InProgressPaths)
      sample: 3
    Error:
      description: Why the target failed, as RV(Error).
      type: dict
      returned: when the target failed
in_progress:
  description: How many of the returned invalidations are in progress. A target that is given twice counts once.
  returned: always, once the targets are known
  type: int
  sample: 1
pending:
  description: The invalidations that the task waited for and that are not known to be completed.
  returned: when O(wait) is V(true)
  type: list
  elements: dict
  contains:
    DistributionId:
      description: The ID of its distribution.
      type: str
      returned: for a distribution
      sample: E1PA6795UKMFR9
    DistributionTenantId:
      description: The ID of its distribution tenant.
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
      returned: unless it was named and never listed
      sample: '2026-11-21T03:59:01.413000+00:00'
    Age:
      description: How long ago it was created, in seconds.
      type: int
      returned: unless it was named and never listed
      sample: 604
api_calls:
  description: The number of requests by AWS operation, retries included.
  returned: always, once the targets are known
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
    set_results(task, results)  # If the wait is interrupted, this is what is known.
    results = task.wait(api, results, details=wanted.details)
    set_results(task, results)
    task.evaluate(results)


def set_results(task: Task, results: list[TargetResult]) -> None:
    task.set_entries([result.entry for result in results])
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
