# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: invalidations
version_added: 0.1.0
short_description: Look up the invalidations of CloudFront distributions and distribution tenants
description:
  - Returns the invalidations of CloudFront distributions and of tenants of multi-tenant distributions, in the shape of
    AWS's response.
  - Requests no more pages than the result needs.
  - Lookups of one task with the same connection options, for example in a template, share a client.
options:
  _terms:
    description:
      - Any mix of distributions and distribution tenants, each by its ID, its ARN, a domain, or, for a
        tenant, its name.
      - IDs and ARNs cost no additional requests; names and domains have to be looked up.
      - A domain matches a tenant or an alias of a distribution. An exact match takes precedence over a wildcard, and
        a longer wildcard over a shorter one. Internationalized domains such as V(bücher.example) are compared in
        punycode.
      - An C(E) with 12 to 14 upper-case letters and digits is the ID of a distribution, and a text that begins with
        C(dt_) is the ID of a tenant. For a tenant whose name has that form, use
        an ARN.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - edgeworks.cloudfront.selection
  - edgeworks.cloudfront.lister
  - edgeworks.cloudfront.policy
  - edgeworks.cloudfront.client
  - edgeworks.cloudfront.client.plugins
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
author:
  - Contributors to the edgeworks.cloudfront project (@edgeworks)
seealso:
  - module: edgeworks.cloudfront.invalidation_info
    description: The same results in a task, which can also wait.
"""

EXAMPLES = r"""
- name: Show when a distribution was last invalidated
  ansible.builtin.debug:
    msg: "{{ site.InvalidationList.Items[0].CreateTime | default('never') }}"
  vars:
    site: "{{ lookup('edgeworks.cloudfront.invalidations', 'E1PA6795UKMFR9', max_items=1) }}"

- name: Show the status of one invalidation of a distribution tenant
  ansible.builtin.debug:
    msg: "{{ found.InvalidationList.Items[0].Status }}"
  vars:
    tenant: dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB
    found: "{{ lookup('edgeworks.cloudfront.invalidations', tenant, invalidation_ids=['I2J0I21PCUYOIK']) }}"

- name: Loop over several targets
  ansible.builtin.debug:
    msg: "{{ item.Target | default(item.DistributionId) }}: {{ item.InvalidationList.Quantity }}"
  loop: >-
    {{ query('edgeworks.cloudfront.invalidations', 'E1PA6795UKMFR9', 'www.example.com', created_after='1h') }}

- name: Write a report about all tenants of a multi-tenant distribution
  ansible.builtin.copy:
    dest: "{{ report }}"
    content: |
      {% for tenant in query('edgeworks.cloudfront.invalidations', 'E2QWRUHAPOMQZL', all_tenants=true, max_items=1) %}
      {{ tenant.Name }}: {{ tenant.InvalidationList.Items | map(attribute='Status') | first | default('none yet') }}
      {% endfor %}
    mode: "0644"
"""

RETURN = r"""
_raw:
  description:
    - The result of each target, in the order of the terms, as the module M(edgeworks.cloudfront.invalidation_info)
      returns it in C(targets).
    - C(DistributionId) or C(DistributionTenantId) is its identity. A target that was looked up by a name or a domain
      also has C(Target), which is that name or domain; and C(Name) and C(Domains) of a tenant, or C(DomainName) and
      C(Aliases) of a distribution.
    - C(InvalidationList) has the shape of AWS's response, with C(Items) even if there are none.
    - With O(details), C(InProgressPaths) and C(InProgressWildcards) are what its invalidations in progress use of
      CloudFront's quotas.
    - If a target failed and O(on_missing) or O(on_denied) ignores that, C(Error) has the C(Code) and the C(Message).
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
"""

import os
import typing as t

from ansible.errors import AnsibleLookupError
from ansible_collections.amazon.aws.plugins.plugin_utils.lookup import AWSLookupBase
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._client import DEFAULT_REGION, attempts, connection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._policy import evaluate
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection

if t.TYPE_CHECKING:
    from botocore.client import BaseClient

CONNECTION = (
    *("access_key", "secret_key", "session_token", "profile", "region", "endpoint_url"),
    *("aws_ca_bundle", "validate_certs", "aws_config", "concurrency"),
)
_clients: dict[t.Hashable, BaseClient] = {}


class LookupModule(AWSLookupBase):
    def run(  # type: ignore[override]  # Ansible passes no more than these.
        self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[dict[str, t.Any]]:
        kwargs.pop("wantlist", None)  # Ansible-core 2.18 passes it for with_ loops.
        self._refuse_unknown(kwargs)
        super().run(terms, variables, **kwargs)
        options = {**self.get_options(), "targets": self._flatten(terms)}
        try:
            api = Api(
                self._shared_client(options),
                concurrency=options["concurrency"],
                attempts=attempts(options["aws_config"]),
            )
            wanted = selection(options)
            results = list_all(api, requested_targets(api, options), wanted)
        except CloudFrontError as error:
            raise AnsibleLookupError(str(error)) from error
        outcome = evaluate(results, on_missing=options["on_missing"], on_denied=options["on_denied"])
        for warning in outcome.warnings:
            self.warn(warning)
        if outcome.failure:
            raise AnsibleLookupError(outcome.failure)
        return [result.entry for result in results]

    def _refuse_unknown(self, options: dict[str, t.Any]) -> None:
        """Ansible silently ignores an unknown option."""
        known = {
            name
            for option, definition in self.option_definitions.items()
            for name in (option, *definition.get("aliases", ()))
        }
        unknown = sorted(set(options) - known)
        if unknown:
            raise AnsibleLookupError(
                f"Unknown options of the invalidations lookup: {', '.join(unknown)}. "
                f"The options are {', '.join(sorted(known - {'_terms'}))}."
            )

    def _shared_client(self, options: dict[str, t.Any]) -> BaseClient:
        """The client for these connection options, shared with earlier lookups of this process.

        Forked processes have clients of their own: two processes cannot share a connection.
        """
        environment = sorted(item for item in os.environ.items() if item[0].startswith("AWS_"))
        key = repr((os.getpid(), environment, [options.get(name) for name in CONNECTION]))
        if key not in _clients:
            _clients[key] = self.client(
                "cloudfront",
                region=self.region or DEFAULT_REGION,
                **connection(options["aws_config"], options["concurrency"]),
            )
        return _clients[key]
