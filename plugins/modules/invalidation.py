#!/usr/bin/python
# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: invalidation
version_added: 0.1.0
short_description: Invalidate what CloudFront distributions and distribution tenants have cached
description:
  - Creates an invalidation for a CloudFront distribution or for tenants of a multi-tenant distribution, and
    can wait until it is completed.
options:
  paths:
    description:
      - What to invalidate. Each is either a path, which begins with V(/) and may end with the wildcard V(*), or
        a cache tag, which begins with V(#).
      - Quote a cache tag, because for YAML an unquoted C(#) begins a comment.
    type: list
    elements: str
    required: true
  caller_reference:
    description:
      - A name for this invalidation. For each target, the same reference with the same O(paths) creates it once only,
        however often the task runs; the same reference with other O(paths) is an error.
      - By default it is new with each run.
    type: str
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
    details: Nothing is created, and each target that is known counts as changed.
  diff_mode:
    support: none
notes:
  - CloudFront bills paths that are invalidated beyond the first 1,000 of a month.
author:
  - Contributors to the edgeworks.cloudfront project (@edgeworks)
seealso:
  - module: edgeworks.cloudfront.invalidation_info
    description: Which invalidations there are.
"""

EXAMPLES = r"""
- name: Invalidate what a deploy has changed, and wait until it is done
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    paths:
      - /index.html
      - /css/*
    wait: true

- name: Invalidate once for each release, however often the play runs
  edgeworks.cloudfront.invalidation:
    distribution_id: E1PA6795UKMFR9
    caller_reference: release-42
    paths: ["/*"]

- name: Invalidate what has a cache tag
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
targets:
  description:
    - One entry a target, in the order asked, with its identity as M(edgeworks.cloudfront.invalidation_info) returns it.
    - C(Invalidation) is AWS's answer. Where a target failed, C(Error) has its C(Code) and C(Message).
  returned: always, once the targets are known
  type: list
  elements: dict
  sample:
    - DistributionId: E1PA6795UKMFR9
      Invalidation:
        Id: I2J0I21PCUYOIK
        CreateTime: '2026-11-21T03:59:01.413000+00:00'
        Status: InProgress
        InvalidationBatch:
          Paths:
            Quantity: 1
            Items: [/index.html]
          CallerReference: release-42
Invalidation:
  description: The invalidation, as in its entry of RV(targets).
  returned: when exactly one target was asked for, and not in check mode
  type: dict
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
      description: V(InProgress) or V(Completed).
      type: str
      returned: always
      sample: InProgress
    InvalidationBatch:
      description: Its C(Paths) and its C(CallerReference).
      type: dict
      returned: always
      sample:
        Paths:
          Quantity: 1
          Items: [/index.html]
        CallerReference: release-42
pending:
  description: What was waited for and is not completed. As M(edgeworks.cloudfront.invalidation_info) returns it.
  returned: when O(wait) is true
  type: list
  elements: dict
  sample: []
api_calls:
  description: What it cost, as the number of requests by AWS operation. Requests that had to be sent again count too.
  returned: always, once the targets are known
  type: dict
  sample:
    CreateInvalidation: 1
"""

import uuid

from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._creator import batch, create, predict
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._module import Task
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets


def execute(task: Task, api: Api) -> None:
    wanted = batch(task.options["paths"], task.options["caller_reference"] or str(uuid.uuid4()))
    targets = requested_targets(api, task.options)
    creations = predict(targets) if task.module.check_mode else create(api, targets, wanted)
    task.result["changed"] = any(creation.changed for creation in creations)
    task.result["targets"] = [creation.entry for creation in creations]
    results = task.wait(api, [creation.result for creation in creations], details=False)
    if task.has_single_target and creations[0].invalidation:
        task.result["Invalidation"] = creations[0].invalidation
    task.evaluate(results)


def main() -> None:
    Task(dict(paths=dict(type="list", elements="str", required=True), caller_reference=dict(type="str"))).run(execute)


if __name__ == "__main__":
    main()
