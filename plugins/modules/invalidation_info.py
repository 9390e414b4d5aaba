#!/usr/bin/python
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: invalidation_info
version_added: 0.1.0
short_description: List the invalidations of CloudFront distributions and distribution tenants, or wait for them
description:
  - Tells which invalidations a CloudFront distribution or a tenant of a multi-tenant distribution has, and
    whether they are completed, in the shape of AWS's own answer.
  - It asks for no more pages than the answer needs, and can wait until what is in progress is completed.
notes:
  - With O(wait) and none of O(created_after), O(max_items) and O(invalidation_ids), the first look reads the whole
    history.
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
    description: The same facts in a template.
"""

EXAMPLES = r"""
- name: List the newest invalidations of a distribution
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    max_items: 20
  register: newest

- name: List all invalidations of a distribution tenant
  edgeworks.cloudfront.invalidation_info:
    distribution_tenant_id: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
  register: all_of_them

- name: Go on where a limited listing ended
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    max_items: 20
    marker: "{{ newest.InvalidationList.NextMarker }}"
  when: newest.InvalidationList.IsTruncated

- name: Show what was in progress during the last hour, on a site and on a tenant
  edgeworks.cloudfront.invalidation_info:
    targets:
      - www.example.com
      - arn:aws:cloudfront::123456789012:distribution-tenant/dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
    status: InProgress
    created_after: 1h

- name: See how near a distribution is to its quotas
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    status: InProgress
    created_after: 1d
    details: true
  register: busy
  failed_when: busy is failed or busy.in_progress_wildcards >= 15

- name: Wait until nothing is in progress, up to five minutes
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    created_after: 1h
    wait: true
    wait_timeout: 300

- name: Wait for all tenants of a multi-tenant distribution
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E2QWRUHAPOMQZL
    all_tenants: true
    created_after: 1h
    wait: true
    on_timeout: warn

- name: Wait with the task's own loop
  edgeworks.cloudfront.invalidation_info:
    distribution_id: E1PA6795UKMFR9
    created_after: 1h
  register: recent
  until: recent.in_progress == 0
  retries: 30
  delay: 5
"""

RETURN = r"""
targets:
  description:
    - One entry a target, in the order asked.
    - Its identity is in the words of the AWS request, C(DistributionId) or C(DistributionTenantId). A
      target that was found by a name or a domain also has C(Target), which is what was asked for; C(Name)
      and C(Domains) of a tenant, C(DomainName) and C(Aliases) of a distribution.
    - Where a target failed, C(Error) has its C(Code) and C(Message).
  returned: always, once the targets are known
  type: list
  elements: dict
  sample:
    - DistributionId: E1PA6795UKMFR9
      InvalidationList:
        Marker: ''
        MaxItems: 100
        IsTruncated: false
        Quantity: 1
        Items:
          - Id: I2J0I21PCUYOIK
            CreateTime: '2026-11-21T03:59:01.413000+00:00'
            Status: InProgress
    - DistributionTenantId: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
      Error:
        Code: EntityNotFound
        Message: There is no distribution tenant dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB in this account (EntityNotFound).
InvalidationList:
  description: The list of the target, in the shape of AWS's answer. The same as in its entry of RV(targets).
  returned: when exactly one target was asked for, and it answered
  type: dict
  contains:
    Marker:
      description: The marker that was asked for.
      type: str
      returned: always
      sample: ''
    MaxItems:
      description: What was asked for as O(max_items), or 100.
      type: int
      returned: always
      sample: 100
    IsTruncated:
      description: Whether unread invalidations remain that could match.
      type: bool
      returned: always
      sample: true
    NextMarker:
      description: Where the rest begins. Hand it back as O(marker) to go on.
      type: str
      returned: when RV(InvalidationList.IsTruncated) is true
      sample: I2J0I21PCUYOIK
    Quantity:
      description: How many invalidations RV(InvalidationList.Items) has.
      type: int
      returned: always
      sample: 1
    Items:
      description: The invalidations, the newest first.
      type: list
      elements: dict
      returned: always
      contains:
        Id:
          description: The invalidation's Id.
          type: str
          returned: always
          sample: I2J0I21PCUYOIK
        CreateTime:
          description: When it was created, in UTC.
          type: str
          returned: always
          sample: '2026-11-21T03:59:01.413000+00:00'
        Status:
          description: V(InProgress) or V(Completed). AWS may come to use other words, which are passed on.
          type: str
          returned: always
          sample: Completed
        InvalidationBatch:
          description: Its C(Paths), with C(Quantity) and C(Items), and its C(CallerReference).
          type: dict
          returned: when O(details) is true
          sample:
            Paths:
              Quantity: 2
              Items:
                - /index.html
                - /css/*
            CallerReference: release-42
in_progress:
  description: How many of the returned invalidations are in progress. A target that was asked for twice counts once.
  returned: always, once the targets are known
  type: int
  sample: 1
in_progress_paths:
  description: How many paths the returned invalidations have in progress. A distribution may have 3,000.
  returned: when O(details) is true, and the paths of all could be read
  type: int
  sample: 2
in_progress_wildcards:
  description: How many of the paths in progress end with a wildcard. A distribution may have 15.
  returned: when O(details) is true, and the paths of all could be read
  type: int
  sample: 1
pending:
  description:
    - What was waited for and is not known to be completed, with the target, C(Id), C(CreateTime), and C(Age) in
      seconds.
    - Empty where all is completed. An Id that was named and never seen has neither C(CreateTime) nor C(Age).
  returned: when O(wait) is true
  type: list
  elements: dict
  sample:
    - DistributionId: E1PA6795UKMFR9
      Id: I2J0I21PCUYOIK
      CreateTime: '2026-11-21T03:59:01.413000+00:00'
      Age: 604
api_calls:
  description:
    - What the answer cost, as the number of requests by AWS operation. Requests that had to be sent again
      count too.
  returned: always, once the targets are known
  type: dict
  sample:
    ListInvalidations: 1
"""

from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._module import Task
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import summary
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection


def execute(task: Task, api: Api) -> None:
    wanted = selection(task.options, api.clock.now())
    results = list_all(api, requested_targets(api, task.options), wanted)
    task.result.update(summary(results, details=wanted.details))  # An interrupted wait has this to show.
    results = task.wait(api, results, details=wanted.details)
    task.result.update(summary(results, details=wanted.details))
    if task.has_single_target and results[0].listing:
        task.result["InvalidationList"] = results[0].listing.invalidation_list
    task.evaluate(results)


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
