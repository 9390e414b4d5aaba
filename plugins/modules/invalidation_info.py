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
options:
  distribution_id:
    description:
      - The ID of a distribution.
    type: str
  distribution_tenant_id:
    description:
      - The ID of a tenant of a multi-tenant distribution.
    type: str
    aliases:
      - tenant_id
  targets:
    description:
      - Any mix of distributions and distribution tenants, each by its ID, its ARN, a domain, or, for a
        tenant, its name.
      - IDs and ARNs cost no request of their own; names and domains have to be looked up.
      - A domain is first looked for among tenants, then among the aliases of distributions, wildcards
        included.
    type: list
    elements: str
extends_documentation_fragment:
  - edgeworks.cloudfront.selection
  - edgeworks.cloudfront.survey
  - edgeworks.cloudfront.waiter
  - edgeworks.cloudfront.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
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
  description: How many of the returned invalidations are in progress.
  returned: always, once the targets are known
  type: int
  sample: 1
in_progress_paths:
  description: How many paths the returned invalidations have in progress. A distribution may have 3,000.
  returned: when O(details) is true
  type: int
  sample: 2
in_progress_wildcards:
  description: How many of the paths in progress end with a wildcard. A distribution may have 15.
  returned: when O(details) is true
  type: int
  sample: 1
pending:
  description:
    - What was waited for and is not completed, with the target, C(Id), C(CreateTime), and C(Age) in seconds.
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

import typing as t

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import DEFAULT_REGION, Api, attempts, connection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._survey import asked, judge, summary, survey
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._waiter import patience, still_pending, wait

ARGUMENTS: dict[str, dict[str, t.Any]] = dict(
    distribution_id=dict(type="str"),
    distribution_tenant_id=dict(type="str", aliases=["tenant_id"]),
    targets=dict(type="list", elements="str"),
    invalidation_ids=dict(type="list", elements="str"),
    status=dict(type="str", choices=["InProgress", "Completed"]),
    created_after=dict(type="str"),
    created_before=dict(type="str"),
    max_items=dict(type="int"),
    marker=dict(type="str", default=""),
    page_size=dict(type="int", default=100),
    details=dict(type="bool", default=False),
    all_tenants=dict(type="bool", default=False),
    concurrency=dict(type="int", default=8),
    on_missing=dict(type="str", choices=["error", "warn", "skip"], default="error"),
    on_denied=dict(type="str", choices=["error", "warn", "skip"], default="error"),
    wait=dict(type="bool", default=False),
    wait_timeout=dict(type="int", default=600),
    wait_delay=dict(type="int", default=15),
    on_timeout=dict(type="str", choices=["fail", "warn"], default="fail"),
)
TARGETS = ("distribution_id", "distribution_tenant_id", "targets")


def ask(module: AnsibleAWSModule, api: Api, result: dict[str, t.Any]) -> str | None:
    """Put the facts into C(result); return what the task fails with, if it does. Raises CloudFrontError."""
    options = module.params
    wanted, limits = selection(options, api.clock.now()), patience(options)
    findings = survey(api, asked(api, options), wanted)
    failures = []
    if options["wait"]:
        findings, pending = wait(api, findings, limits, details=wanted.details)
        now = api.clock.now()
        result["pending"] = [one.facts(now) for one in pending]
        if pending:
            message = still_pending(pending, limits, now)
            if options["on_timeout"] == "fail":
                failures.append(message)
            else:
                warn(message)
    result.update(summary(findings, details=wanted.details))
    if len(findings) == 1 and not options["all_tenants"] and findings[0].listing:
        result["InvalidationList"] = findings[0].listing.facts
    verdict = judge(findings, on_missing=options["on_missing"], on_denied=options["on_denied"])
    for warning in verdict.warnings:
        warn(warning)
    return " ".join([*([verdict.failure] if verdict.failure else []), *failures]) or None


def main() -> None:
    module = AnsibleAWSModule(
        argument_spec=ARGUMENTS,
        mutually_exclusive=[TARGETS],
        required_one_of=[TARGETS],
        supports_check_mode=True,
    )
    result: dict[str, t.Any] = {}
    api = None
    try:
        config = module.params["aws_config"]
        client = module.client(
            "cloudfront",
            region=module.region or DEFAULT_REGION,
            **connection(config, module.params["concurrency"]),
        )
        api = Api(client, concurrency=module.params["concurrency"], attempts=attempts(config))
        failure = ask(module, api, result)
    except CloudFrontError as error:
        failure = str(error)
    except KeyboardInterrupt:
        failure = "Interrupted."
    if api:
        result["api_calls"] = dict(api.calls)
    if failure:
        module.fail_json(msg=failure, **result)
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
