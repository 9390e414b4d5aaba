#!/usr/bin/python
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: invalidation
version_added: 0.1.0
short_description: Create CloudFront invalidations for distributions and distribution tenants
description:
  - Creates an invalidation for each of one or more CloudFront distributions and distribution tenants, to remove files
    from the edge caches before they expire.
  - Optionally waits for the invalidations to complete.
options:
  paths:
    description:
      - The paths and cache tags to invalidate. A path begins with V(/) and may end with the wildcard V(*). A cache
        tag begins with V(#).
      - Paths are sent unchanged, except that duplicates are removed. Non-ASCII characters and the characters that
        RFC 1738 calls unsafe must be URL-encoded. If CloudFront rejects the paths, the error message lists those that
        may be the cause, each with a suggested replacement.
      - CloudFront accepts at most 15 paths with a wildcard and 3,000 other paths and tags. A task that exceeds this
        fails before it sends a request.
      - Quote a cache tag, because in YAML an unquoted C(#) begins a comment.
    type: list
    elements: str
    required: true
  caller_reference:
    description:
      - A unique name for this invalidation, such as a release identifier. For each target, the same reference with the
        same O(paths) creates only one invalidation, however often the task runs. The same reference with different
        O(paths) is an error.
      - By default, the task generates a reference. Each run then creates a new invalidation, which adds to the cost,
        and reports C(changed).
      - To run a failed task again without creating duplicates, specify the RV(caller_reference) that it returned.
      - In check mode, each target takes up to 101 requests, one for the list of its newest invalidations and one for
        each of them until the reference is found.
    type: str
  wait_for_quota:
    description:
      - Whether to wait for quota if CloudFront refuses an invalidation because too many are in progress
        (C(TooManyInvalidationsInProgress)). Other targets are not delayed.
      - The task retries at growing intervals of 5 to 20 seconds, until O(wait_timeout) seconds after its start. The
        target then fails. This does not depend on O(wait), O(wait_delay) and O(on_timeout).
      - With V(false), the target fails immediately.
    type: bool
    default: true
    version_added: 0.2.0
extends_documentation_fragment:
  - edgeworks.cloudfront.target
  - edgeworks.cloudfront.lister
  - edgeworks.cloudfront.policy
  - edgeworks.cloudfront.waiter
  - edgeworks.cloudfront.client
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - edgeworks.cloudfront.attributes
  - edgeworks.cloudfront.attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Nothing is created. One request for each target checks that it exists.
      - With O(caller_reference), the newest 100 invalidations of each target are searched for the reference, newest
        first, with one request for each until it is found. If it is found, the result is that of a normal run.
      - If the permission to read its invalidations is denied, a target is predicted to change.
      - The result of a target that is predicted to change does not contain RV(Invalidation).
      - With O(wait), the task does not wait.
  diff_mode:
    support: none
notes:
  - CloudFront charges for each path beyond the first 1,000 of a month. A path with a wildcard counts as one.
  - AWS accepts creations at a much lower rate than other requests, for all tools of an account together. Many targets
    therefore take time.
  - If CloudFront refuses a caller reference that was used before, the task searches the newest 100 invalidations of
    the target for it. This requires the permissions C(cloudfront:ListInvalidations) and C(cloudfront:GetInvalidation),
    or for a tenant C(cloudfront:ListInvalidationsForDistributionTenant) and
    C(cloudfront:GetInvalidationForDistributionTenant).
author:
  - Contributors to the edgeworks.cloudfront project (@edgeworks)
seealso:
  - module: edgeworks.cloudfront.invalidation_info
    description: List invalidations, or wait for existing ones to complete.
  - plugin: edgeworks.cloudfront.invalidations
    plugin_type: lookup
    description: List invalidations in a template or an expression.
"""

EXAMPLES = r"""
- name: Invalidate the files that a deployment changed, and wait for completion
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    paths:
      - /index.html
      - /css/*
    wait: true

- name: Invalidate once per release, however often the task runs
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    caller_reference: release-42
    paths: ["/*"]

- name: Invalidate by cache tag
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    paths: ["#brand:acme"]

- name: Invalidate everything for a distribution and a tenant that are found by name
  edgeworks.cloudfront.invalidation:
    targets:
      - www.example.com
      - acme
    paths: ["/*"]

- name: Invalidate everything for all tenants of a multi-tenant distribution
  edgeworks.cloudfront.invalidation:
    distribution_id: E2QWRUHAPOMQZL
    all_tenants: true
    paths: ["/*"]
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
Invalidation:
  description: The invalidation, as AWS returns it. It is either new, or the existing one with the caller reference.
  returned: >-
    with O(distribution_id) or O(distribution_tenant_id), when an invalidation was created or found and O(all_tenants)
    is V(false)
  type: dict
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
      sample: InProgress
    InvalidationBatch:
      description: The paths and the caller reference.
      type: dict
      returned: always
      contains:
        Paths:
          description: The paths and cache tags.
          type: dict
          returned: always
          sample: {Quantity: 1, Items: [/index.html]}
        CallerReference:
          description: The caller reference.
          type: str
          returned: always
          sample: release-42
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
    Invalidation:
      description: The invalidation, as in RV(Invalidation).
      type: dict
      returned: when an invalidation was created or found
      sample: {Id: I2J0I21PCUYOIK, CreateTime: '2026-11-21T03:59:01.413000+00:00', Status: InProgress}
    Error:
      description: Why the target failed, as in RV(Error).
      type: dict
      returned: when the target failed
      sample:
        Code: NoSuchDistribution
        Message: There is no distribution E1PA6795UKMFR9 in this account (NoSuchDistribution).
caller_reference:
  description:
    - The caller reference of the invalidations, whether it was specified or generated.
    - If the task failed, specify it as O(caller_reference) when you run the task again, so that no invalidation is
      created twice.
  returned: always, on failure too, unless the connection options, O(wait_timeout) or O(wait_delay) are not valid
  type: str
  sample: 0b1f3bd4-4b2e-4d38-94f5-6f3a9b7f2c10
pending:
  description: The invalidations that the task waited for and that are not known to be completed.
  returned: when O(wait) is V(true), except in check mode or if the task failed before the wait or was interrupted
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
      returned: always
      sample: '2026-11-21T03:59:01.413000+00:00'
    Age:
      description: The time since it was created, in seconds, by AWS's clock.
      type: int
      returned: always
      sample: 604
api_calls:
  description: The number of requests by AWS operation, including retries.
  returned: always, on failure too, unless the connection options are not valid
  type: dict
  sample:
    CreateInvalidation: 1
"""

import typing as t
import uuid

from ansible.module_utils.common.warnings import warn
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._creator import (
    Batch,
    Creation,
    create,
    entry_of,
    predict,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._module import Task
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._paths import check
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import TargetResult
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import Resolved


def execute(task: Task, api: Api) -> None:
    given = task.options["caller_reference"]
    reference = task.result["caller_reference"] = given or str(uuid.uuid4())
    batch = Batch(check(task.options["paths"]), reference, is_generated=not given)
    targets = requested_targets(api, task.options)
    if not targets and task.options["all_tenants"]:
        warn("Nothing was invalidated, because no tenants were found.")

    creations = _create(task, api, targets, batch)
    results = [creation.result for creation in creations]
    task.result["changed"] = any(creation.changed for creation in creations)
    set_entries(task, results)  # If the wait is interrupted, this is the result.
    if not task.module.check_mode:
        results = task.wait(api, results)
        set_entries(task, results)
    task.evaluate(results)


def set_entries(task: Task, results: t.Sequence[TargetResult]) -> None:
    task.entries = [entry_of(result) for result in results]


def _create(task: Task, api: Api, targets: t.Sequence[Resolved], batch: Batch) -> list[Creation]:
    if task.module.check_mode:
        return predict(api, targets, batch)
    task.result["changed"] = True  # If creating is interrupted, this is the result.
    quota_timeout = task.limits.timeout if task.options["wait_for_quota"] else None

    def keep(creations: t.Sequence[Creation]) -> None:
        set_entries(task, [creation.result for creation in creations])

    return create(api, targets, batch, quota_timeout, keep)


def main() -> None:
    Task(
        dict(
            paths=dict(type="list", elements="str", required=True),
            caller_reference=dict(type="str"),
            wait_for_quota=dict(type="bool", default=True),
        )
    ).run(execute)


if __name__ == "__main__":
    main()
