# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: invalidations
version_added: 0.1.0
short_description: Look up CloudFront invalidations
description:
  - Returns the invalidations of one or more CloudFront distributions and distribution tenants, in the structure of
    AWS's response. Requests only the pages that the result requires.
options:
  _terms:
    description:
      - Distributions and distribution tenants in any combination. Specify each by its ID, its ARN or a domain, or a
        tenant by its name.
      - IDs and ARNs require no additional requests. Names and domains are looked up.
      - A domain matches a tenant's domain, or an alias or the domain name of a distribution. An exact match takes
        precedence over a wildcard, and a longer wildcard over a shorter one. Internationalized domains such as
        V(bücher.example) are compared in punycode.
      - V(E) followed by 12 to 14 upper-case letters and digits is the ID of a distribution. Text that begins with
        V(dt_) is the ID of a tenant. To specify a tenant whose name has the form of an ID, use its ARN.
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
notes:
  - Lookups in the same process with the same connection options, for example in a template, share a client.
  - An unknown option is an error.
author:
  - Contributors to the edgeworks.cloudfront project (@edgeworks)
seealso:
  - module: edgeworks.cloudfront.invalidation_info
    description: List invalidations in a task, with identical results, or wait for them to complete.
  - module: edgeworks.cloudfront.invalidation
    description: Create invalidations, and optionally wait for them.
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

- name: List the invalidations of the last hour, for a distribution and a domain
  ansible.builtin.debug:
    msg: "{{ item.Target }}: {{ item.InvalidationList.Quantity }}"
  loop: >-
    {{ query('edgeworks.cloudfront.invalidations', 'E1PA6795UKMFR9', 'www.example.com', created_after='1h') }}

- name: Write a report with the last status of each tenant of a multi-tenant distribution
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
    - The result of each target, in the order specified, as in C(targets) of
      M(edgeworks.cloudfront.invalidation_info).
    - C(DistributionId) or C(DistributionTenantId) is the ID of the target.
    - C(Target) is the target as it was specified. The tenants that O(all_tenants) lists do not have it.
    - A target that was looked up by a name or a domain also has C(Name) and C(Domains) of the tenant, or C(DomainName)
      and C(Aliases) of the distribution. The tenants that O(all_tenants) lists have C(Name) and C(Domains), too.
    - C(InvalidationList) has the structure of AWS's response. C(Items) is empty if no invalidation matches.
    - With O(details), C(InProgressPaths) and C(InProgressWildcards) show the use of CloudFront's quotas.
    - If the target failed and O(on_missing) or O(on_denied) is V(warn) or V(skip), C(Error) contains C(Code) and
      C(Message).
  type: list
  elements: dict
  sample:
    - Target: E1PA6795UKMFR9
      DistributionId: E1PA6795UKMFR9
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
    def run(  # type: ignore[override]  # Ansible passes only these.
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
        """Raise an error for an unknown option, which Ansible would silently ignore."""
        known = {
            name
            for option, definition in self.option_definitions.items()
            for name in (option, *definition.get("aliases", ()))
        }
        unknown = sorted(set(options) - known)
        if unknown:
            raise AnsibleLookupError(
                f"Unsupported options for the invalidations lookup: {', '.join(unknown)}. "
                f"Supported options: {', '.join(sorted(known - {'_terms'}))}."
            )

    def _shared_client(self, options: dict[str, t.Any]) -> BaseClient:
        """Return a client for these connection options, which earlier lookups of this process may have created.

        Forked processes create their own, because processes cannot share a connection.
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
