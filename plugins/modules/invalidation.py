#!/usr/bin/python
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: invalidation
version_added: 0.1.0
short_description: Create invalidations for CloudFront distributions and distribution tenants
description:
  - Creates an invalidation for a CloudFront distribution or for tenants of a multi-tenant distribution. It can
    wait until the invalidation is completed.
options:
  paths:
    description:
      - The paths and cache tags to invalidate. A path begins with V(/) and may end with the wildcard V(*). A cache
        tag begins with V(#).
      - Paths are sent as they are. Non-ASCII characters and the characters that RFC 1738 calls unsafe must be
        URL-encoded. If CloudFront rejects the paths, the error message lists the suspicious ones, each with the
        form to use.
      - CloudFront accepts at most 15 paths with a wildcard and 3,000 others. A task with more fails before it
        sends a request.
      - Quote a cache tag. In YAML, an unquoted C(#) begins a comment.
    type: list
    elements: str
    required: true
  caller_reference:
    description:
      - A name for this invalidation. For each target, the same reference with the same O(paths) creates one
        invalidation only, however often the task runs. The same reference with other O(paths) is an error.
      - By default the task generates a reference. To run a failed task again without creating a duplicate, pass its
        RV(caller_reference).
    type: str
  wait_for_quota:
    description:
      - Whether to wait if CloudFront refuses an invalidation because too many are in progress
        (C(TooManyInvalidationsInProgress)). Other targets are not delayed.
      - Attempts are repeated at growing intervals of at most O(wait_delay) seconds, until O(wait_timeout) seconds after
        the start of the task. This does not depend on O(wait).
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
      - With O(caller_reference), the newest 100 invalidations are searched for it. If one of them has it, the
        result is that of a real run.
      - A target whose invalidations may not be read counts as changed.
  diff_mode:
    support: none
notes:
  - CloudFront charges for each path beyond the first 1,000 of a month. A path with a wildcard counts as one.
  - If CloudFront refuses a caller reference that was used before, the task searches the newest 100 invalidations of
    the target for it. This needs the permissions C(cloudfront:ListInvalidations) and
    C(cloudfront:GetInvalidation), or for tenants C(cloudfront:ListInvalidationsForDistributionTenant) and
    C(cloudfront:GetInvalidationForDistributionTenant).
author:
  - Contributors to the edgeworks.cloudfront project (@edgeworks)
seealso:
  - module: edgeworks.cloudfront.invalidation_info
    description: List invalidations, or wait for them.
"""

EXAMPLES = r"""
- name: Invalidate what a deployment has changed, and wait until it is completed
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    paths:
      - /index.html
      - /css/*
    wait: true

- name: Invalidate once for each release
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    caller_reference: release-42
    paths: ["/*"]

- name: Invalidate by cache tag
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    paths: ["#brand:acme"]

- name: Invalidate for all tenants of a multi-tenant distribution
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
  returned: with O(distribution_tenant_id)
  type: str
  sample: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
Invalidation:
  description: The invalidation, as AWS returns it.
  returned: with O(distribution_id) or O(distribution_tenant_id), if an invalidation was created or found
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
      description: V(InProgress) or V(Completed). After a wait, the last status that was returned.
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
  returned: with O(distribution_id) or O(distribution_tenant_id), if it failed
  type: dict
  contains:
    Code:
      description: AWS's error code, the HTTP status, or the name of botocore's exception.
      type: str
      returned: always
      sample: NoSuchDistribution
    Message:
      description: The error message.
      type: str
      returned: always
      sample: There is no distribution E1PA6795UKMFR9 in this account (NoSuchDistribution).
targets:
  description:
    - One entry for each target, in the order requested. Each has the ID of the target as C(DistributionId) or
      C(DistributionTenantId), and RV(Invalidation) or RV(Error) as above.
    - A target that was found by its name or domain also has C(Target), and what was found, as in the result of
      M(edgeworks.cloudfront.invalidation_info).
  returned: with O(targets) or O(all_tenants), once the targets are known
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
    Invalidation:
      description: The invalidation, as in RV(Invalidation).
      type: dict
      returned: if an invalidation was created or found
      sample: {Id: I2J0I21PCUYOIK, CreateTime: '2026-11-21T03:59:01.413000+00:00', Status: InProgress}
    Error:
      description: Why the target failed, as in RV(Error).
      type: dict
      returned: if the target failed
      sample: {Code: AccessDenied, Message: CreateInvalidation on distribution E1PA6795UKMFR9 is denied.}
caller_reference:
  description:
    - The caller reference in use, whether it was given or generated. If the task failed, pass it to the next one
      as O(caller_reference), so that no invalidation is created twice.
  returned: always, on failure too
  type: str
  sample: 0b1f3bd4-4b2e-4d38-94f5-6f3a9b7f2c10
pending:
  description: The invalidations that are not completed. As M(edgeworks.cloudfront.invalidation_info) returns it.
  returned: when O(wait) is true
  type: list
  elements: dict
  sample: []
api_calls:
  description: The number of requests by AWS operation, including retries.
  returned: always, once the targets are known
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
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import Resolved
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._waiter import wait_limits


def execute(task: Task, api: Api) -> None:
    given = task.options["caller_reference"]
    reference = task.result["caller_reference"] = given or str(uuid.uuid4())
    batch = Batch(check(task.options["paths"]), reference, is_generated=not given)
    targets = requested_targets(api, task.options)
    if not targets and task.options["all_tenants"]:
        warn("Nothing was invalidated, because the distribution has no tenants.")

    creations = _create(task, api, targets, batch)
    results = [creation.result for creation in creations]
    task.result["changed"] = any(creation.changed for creation in creations)
    task.set_entries([entry_of(result) for result in results])  # In case the wait is interrupted.
    results = task.wait(api, results, details=False)
    task.set_entries([entry_of(result) for result in results])
    task.evaluate(results)


def _create(task: Task, api: Api, targets: t.Sequence[Resolved], batch: Batch) -> list[Creation]:
    if task.module.check_mode:
        return predict(api, targets, batch)
    task.result["changed"] = True  # In case it is interrupted.
    return create(api, targets, batch, wait_limits(task.options) if task.options["wait_for_quota"] else None)


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
