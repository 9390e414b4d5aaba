# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolve names and domains, and all tenants of a distribution, to targets."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._client import Json
from ._domains import to_ascii
from ._errors import BadOptionError, CloudFrontError, MissingError
from ._paging import MAX_PAGE, paginate
from ._search import Search
from ._target import DISTRIBUTION, KINDS, TENANT, Resolved, Target, Unresolved, by_id, by_text


def requested_targets(api: Api, options: t.Mapping[str, t.Any]) -> list[Resolved]:
    """Return the targets that the options specify, in their order. Raises BadOptionError.

    The options are distribution_id, distribution_tenant_id or targets, and all_tenants.
    """
    targets: list[Resolved] = [
        by_id(kind, options[kind.option]) for kind in KINDS if options.get(kind.option) is not None
    ]
    if not targets and options["targets"] is None:  # Ansible accepts null for a required option.
        names = ", ".join(kind.option for kind in KINDS)
        raise BadOptionError(f"No target is specified: {names} and targets have no value. Set one of them.")
    targets = targets or resolve(api, options["targets"])
    if not options.get("all_tenants"):
        return targets
    return [tenant for tenants in api.map(lambda target: _tenants(api, target), targets) for tenant in tenants]


def _tenants(api: Api, target: Resolved) -> t.Sequence[Resolved]:
    if isinstance(target, Unresolved):
        return [target]
    try:
        return tenants_of(api, target)
    except CloudFrontError as error:
        return [Unresolved(target.entry, error)]


def tenants_of(api: Api, distribution: Target) -> list[Target]:
    """Return all tenants of a multi-tenant distribution (ListDistributionTenants). Raises CloudFrontError."""
    if distribution.kind is not DISTRIBUTION:
        raise BadOptionError(f"all_tenants requires a multi-tenant distribution, and {distribution} is not one.")
    pages = paginate(
        api,
        "ListDistributionTenants",
        f"the tenants of {distribution}",
        _tenant_page,
        size=lambda: MAX_PAGE,
        echoes_marker=False,
        AssociationFilter={"DistributionId": distribution.id},
    )
    try:
        return [_tenant_target(item) for page in pages for item in page["Items"]]
    except CloudFrontError as error:
        raise distribution.explain(error) from error


def _tenant_page(response: Json) -> Json:
    """Convert a response to the structure of CloudFront's other lists: it lacks IsTruncated, and the list if empty."""
    following = response.get("NextMarker")
    items = response.get("DistributionTenantList") or []
    return {"Items": items, "IsTruncated": bool(following), "NextMarker": following}


def resolve(api: Api, requested: t.Sequence[str | int]) -> list[Resolved]:
    """Resolve IDs, ARNs, tenant names and domains to targets, in the order specified. Raises BadOptionError.

    An ID or an ARN requires no request, and a tenant's name one. Domains share one listing of the distributions, which
    ends when every domain is found. The others are then looked up among the tenants, one by one. A single domain is
    looked up among the tenants first: one more request for an alias, and no listing for a tenant.
    """
    # An unquoted name of digits is a number in YAML.
    texts = [
        str(text) if isinstance(text, int) and not isinstance(text, bool) else t.cast(str, text) for text in requested
    ]
    known = {text: by_text(text) for text in texts}
    searches = {text: Search(text) for text, target in known.items() if not target}
    _find_domains(api, [search for search in searches.values() if search.is_domain])
    _look_up_names(api, [search for search in searches.values() if search.may_be_tenants_name])
    return [known[text] or searches[text].result() for text in texts]


def _find_domains(api: Api, searches: t.Sequence[Search]) -> None:
    lookups = [_list_distributions, _look_up_domains] if len(searches) > 1 else [_look_up_domains, _list_distributions]
    for look_up in (*lookups, _look_up_wildcards):
        unmatched = [search for search in searches if not search.has_exact_match]
        if unmatched:
            look_up(api, unmatched)


def _list_distributions(api: Api, searches: t.Sequence[Search]) -> None:
    """List the account's distributions until every search has an exact match (ListDistributions)."""
    operation, by_name = "ListDistributions", _by_name(searches)
    pages = paginate(api, operation, "this account", lambda a: a.get("DistributionList"), size=lambda: str(MAX_PAGE))
    failure = None
    try:
        for page in pages:
            for item in page["Items"]:
                _match_distribution(item, by_name)
            if all(search.has_exact_match for search in searches):
                break
    except CloudFrontError as error:
        failure = error
    for search in searches:
        search.note(operation, failure)


def _by_name(searches: t.Sequence[Search]) -> dict[str, list[Search]]:
    """Index the searches by their names, because an account can have thousands of aliases."""
    by_name: dict[str, list[Search]] = {}
    for search in searches:
        for name in search.names:
            by_name.setdefault(name, []).append(search)
    return by_name


def _match_distribution(item: Json, by_name: t.Mapping[str, t.Sequence[Search]]) -> None:
    aliases = item.get("Aliases", {}).get("Items") or []
    names = {to_ascii(name) for name in (*aliases, item.get("DomainName", ""))}
    for search in {search for name in names for search in by_name.get(name, ())}:
        attributes = {"Target": search.text, "DomainName": item.get("DomainName"), "Aliases": aliases}
        search.add(Target(DISTRIBUTION, item["Id"], attributes), names)


def _look_up_domains(api: Api, searches: t.Sequence[Search]) -> None:
    domains = [(search, search.domain) for search in searches if search.may_be_tenants_domain]
    _look_up_tenants(api, "GetDistributionTenantByDomain", "Domain", domains)


def _look_up_wildcards(api: Api, searches: t.Sequence[Search]) -> None:
    """Look up wildcards of tenants separately, because AWS may not find them by a domain that they match."""
    wildcards = [(search, wildcard) for search in searches for wildcard in search.closer_wildcards]
    _look_up_tenants(api, "GetDistributionTenantByDomain", "Domain", wildcards)


def _look_up_names(api: Api, searches: t.Sequence[Search]) -> None:
    names = [(search, search.text.strip()) for search in searches]
    _look_up_tenants(api, "GetDistributionTenant", "Identifier", names)


def _look_up_tenants(api: Api, operation: str, parameter: str, wanted: t.Sequence[tuple[Search, str]]) -> None:
    """Look up each distinct name once, and add the results to the searches."""
    names = list(dict.fromkeys(name for dummy, name in wanted))
    found = dict(zip(names, api.map(lambda name: _tenant(api, operation, parameter, name), names)))
    for search, name in wanted:
        tenant = found[name]
        if isinstance(tenant, CloudFrontError):
            search.note(operation, tenant)
            continue
        search.note(operation)
        if tenant:
            target = _tenant_target(tenant, Target=search.text)
            # AWS may have matched a wildcard. If no domain matches, the name itself was found.
            if not search.add(target, [domain["Domain"] for domain in tenant.get("Domains", ())]):
                search.add(target, [name])


def _tenant(api: Api, operation: str, parameter: str, name: str) -> Json | CloudFrontError | None:
    """Return the tenant that the operation finds, its error, or None."""
    try:
        response = api.call(operation, name, lambda a: "Id" in a.get("DistributionTenant", {}), {parameter: name})
    except CloudFrontError as error:
        # AWS may not accept a wildcard.
        is_refused = error.code == "InvalidArgument" and name.startswith("*.")
        return None if is_refused or isinstance(error, MissingError) else error
    tenant: Json = response["DistributionTenant"]
    return tenant


def _tenant_target(tenant: Json, **attributes: str) -> Target:
    shown: Json = {key: tenant[key] for key in ("Name", "Domains") if key in tenant}
    return Target(TENANT, tenant["Id"], {**attributes, **shown})
