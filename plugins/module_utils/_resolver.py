# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolve names, domains and all tenants of a distribution to targets."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._client import Json
from ._errors import BadOptionError, CloudFrontError, MissingError
from ._paging import MAX_PAGE, paginate
from ._target import DISTRIBUTION, KINDS, TENANT, Resolved, Target, Unresolved, by_id, by_text


def requested_targets(api: Api, options: t.Mapping[str, t.Any]) -> list[Resolved]:
    """The targets that a module's options ask for: distribution_id, distribution_tenant_id or targets, and all_tenants.

    Raises CloudFrontError for what can be no target.
    """
    explicit = [by_id(kind, options[kind.option]) for kind in KINDS if options.get(kind.option) is not None]
    if not explicit and options["targets"] is None:  # To Ansible, an option that is null is given.
        names = ", ".join(kind.option for kind in KINDS)
        raise BadOptionError(f"Nothing is asked for: {names} and targets have no value.")
    resolved: t.Sequence[Resolved] = explicit or resolve(api, options["targets"])
    if not options.get("all_tenants"):
        return list(resolved)

    def tenants(target: Resolved) -> t.Sequence[Resolved]:
        if isinstance(target, Unresolved):
            return [target]
        try:
            if target.kind is not DISTRIBUTION:
                raise BadOptionError(f"all_tenants asks for a multi-tenant distribution, and {target} is none.")
            return tenants_of(api, target)
        except CloudFrontError as error:
            return [Unresolved(target.entry, error)]

    return [tenant for several in api.map(tenants, resolved) for tenant in several]


def resolve(api: Api, requested: t.Sequence[str]) -> list[Resolved]:
    """The targets that IDs, ARNs, tenant names and domains stand for, in the order asked.

    An ID or ARN costs nothing and a tenant's name one GetDistributionTenant. A domain costs one
    GetDistributionTenantByDomain; those that are no tenant's then share one walk over ListDistributions, which ends
    when all are found. What cannot be told is C(Unresolved). Raises BadOptionError for what can be no target.
    """
    found: dict[str, Resolved] = {}
    for text in requested:
        target = by_text(text)
        if target:
            found[text] = target

    def rest(wanted: t.Callable[[str], bool] = lambda text: True) -> list[str]:
        return [text for text in dict.fromkeys(requested) if text not in found and wanted(text)]

    def add_tenants(find: t.Callable[[Api, str], Resolved | None], texts: t.Sequence[str]) -> None:
        responses = api.map(lambda text: find(api, text), texts)
        found.update((text, response) for text, response in zip(texts, responses) if response)

    add_tenants(_tenant_by_name, rest(lambda text: not _is_domain(text)))
    add_tenants(_tenant_by_domain, rest(lambda text: _is_domain(text) and not _is_own_domain(text)))
    domains = rest(_is_domain)
    if domains:
        found.update(_distributions(api, domains))
    # A tenant's name may have dots too. It is asked for last, because hardly any is not among the tenant's domains.
    add_tenants(_tenant_by_name, rest(lambda text: _is_domain(text) and not _is_own_domain(text)))
    found.update((text, Unresolved({"Target": text}, _not_found(text))) for text in rest())
    return [found[text] for text in requested]


def tenants_of(api: Api, distribution: Target) -> list[Target]:
    """All tenants of a multi-tenant distribution, in AWS's order (ListDistributionTenants). Raises CloudFrontError."""
    pages = paginate(
        api,
        "ListDistributionTenants",
        f"the tenants of {distribution}",
        _tenant_page,
        size=lambda: MAX_PAGE,
        AssociationFilter={"DistributionId": distribution.id},
    )
    try:
        return [_as_target(item) for page in pages for item in page["Items"]]
    except CloudFrontError as error:
        raise distribution.explain(error) from error


def _tenant_page(response: Json) -> Json | None:
    """The tenants in the form of CloudFront's other lists. This one has no IsTruncated, and nothing at all where it is
    empty, so only its being XML tells it from a page that somebody else sent.
    """
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if "DistributionTenantList" not in response and "xml" not in headers.get("content-type", ""):
        return None
    more = response.get("NextMarker")
    return {"Items": response.get("DistributionTenantList") or [], "IsTruncated": bool(more), "NextMarker": more}


def _as_target(tenant: Json, **attributes: t.Any) -> Target:
    told: Json = {key: tenant[key] for key in ("Name", "Domains") if key in tenant}
    return Target(TENANT, tenant["Id"], {**attributes, **told})


def _domain(text: str) -> str:
    return text.strip().rstrip(".").lower()


def _is_domain(text: str) -> bool:
    return "." in _domain(text)


def _is_own_domain(text: str) -> bool:
    """Whether it is the domain name that CloudFront gave a distribution: no tenant has such a one."""
    return _domain(text).endswith(".cloudfront.net")


def _tenant_by_name(api: Api, text: str) -> Resolved | None:
    return _tenant(api, text, "GetDistributionTenant", Identifier=text.strip())


def _tenant_by_domain(api: Api, text: str) -> Resolved | None:
    return _tenant(api, text, "GetDistributionTenantByDomain", Domain=_domain(text))


def _tenant(api: Api, text: str, operation: str, **parameters: str) -> Resolved | None:
    """The tenant that the operation knows by that text, if any."""
    try:
        response = api.call(operation, text, lambda a: "Id" in a.get("DistributionTenant", {}), **parameters)
    except CloudFrontError as error:
        if isinstance(error, MissingError) or error.code == "404":  # Not every endpoint knows what a tenant is.
            return None
        return Unresolved({"Target": text}, error)
    return _as_target(response["DistributionTenant"], Target=text)


def _distributions(api: Api, domains: t.Sequence[str]) -> dict[str, Resolved]:
    """The distributions that have these domains for an alias or their own, from one walk over ListDistributions."""
    exact: dict[str, list[Json]] = {text: [] for text in domains}
    wildcard: dict[str, dict[str, list[Json]]] = {text: {} for text in domains}
    try:
        for page in paginate(
            api, "ListDistributions", "this account", lambda a: a.get("DistributionList"), size=lambda: str(MAX_PAGE)
        ):
            for item in page["Items"]:
                aliases = [_domain(alias) for alias in _aliases(item)]
                names = [*aliases, _domain(item.get("DomainName", ""))]
                for text in domains:
                    if _domain(text) in names:
                        exact[text].append(item)
                        continue
                    for alias in aliases:
                        if alias.startswith("*.") and _domain(text).endswith(alias[1:]):
                            wildcard[text].setdefault(alias, []).append(item)
            if all(exact.values()):
                break
    except CloudFrontError as error:
        return {text: Unresolved({"Target": text}, error) for text in domains}

    told: dict[str, Resolved] = {}
    for text in domains:
        # As in DNS: the name itself goes before a wildcard, and the closest wildcard before a wider one.
        matches = exact[text] or wildcard[text].get(max(wildcard[text], key=len, default=""), [])
        if len(matches) == 1:
            [item] = matches
            attributes = {"Target": text, "DomainName": item.get("DomainName"), "Aliases": _aliases(item)}
            told[text] = Target(DISTRIBUTION, item["Id"], attributes)
        elif matches:
            ids = ", ".join(item["Id"] for item in matches)
            message = f"{text} is a domain of several distributions ({ids}): ask for one of them by its ID."
            told[text] = Unresolved({"Target": text}, CloudFrontError(message, "AmbiguousTarget"))
    return told


def _aliases(distribution: Json) -> list[str]:
    return distribution.get("Aliases", {}).get("Items") or []


def _not_found(text: str) -> CloudFrontError:
    tried = []
    if _is_domain(text):
        if not _is_own_domain(text):
            tried.append("a tenant's domain (GetDistributionTenantByDomain)")
        tried.append("a distribution's alias or domain name (ListDistributions)")
    if not _is_own_domain(text):
        tried.append("a tenant's name (GetDistributionTenant)")
    message = f"Nothing in this account answers to {text}. Tried as {', as '.join(tried)}."
    return MissingError(message, "NoSuchTarget")
