# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WHAT is asked: the two kinds of target, and how a target is found by its ID, ARN, name, domain or distribution."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.arn import parse_aws_arn

from ._api import MAX_PAGE, Api, Facts
from ._errors import BadOptionError, CloudFrontError, MissingError


class Kind(t.NamedTuple):
    """All that differs between the kinds of target."""

    label: str  # In a sentence.
    option: str  # The option that asks for one by its ID.
    identity: str  # The key of its Id in an entry: GetInvalidation's parameter.
    list_operation: str
    get_operation: str
    create_operation: str
    parameter: str  # Its Id's when listing and creating.
    max_items: t.Callable[[int], t.Any]  # The type that the list operation wants.
    arn_type: str
    ids: t.Pattern[str]
    example: str
    hint: str  # What to try where there is no such target.


DISTRIBUTION = Kind(
    label="distribution",
    option="distribution_id",
    identity="DistributionId",
    list_operation="ListInvalidations",
    get_operation="GetInvalidation",
    create_operation="CreateInvalidation",
    parameter="DistributionId",
    max_items=str,
    arn_type="distribution",
    ids=re.compile(r"E[A-Z0-9]{7,}|[A-Z0-9]{12,16}"),  # An E and 12 to 14 more, today.
    example="E1PA6795UKMFR9",
    hint=(
        "Check the ID and whether the credentials are of the account that has it; if it is a multi-tenant "
        "distribution, invalidations belong to its tenants: ask for them (all_tenants, or distribution_tenant_id)."
    ),
)
TENANT = Kind(
    label="distribution tenant",
    option="distribution_tenant_id",
    identity="DistributionTenantId",
    list_operation="ListInvalidationsForDistributionTenant",
    get_operation="GetInvalidationForDistributionTenant",
    create_operation="CreateInvalidationForDistributionTenant",
    parameter="Id",
    max_items=int,
    arn_type="distribution-tenant",
    ids=re.compile(r"dt_[A-Za-z0-9_-]+"),
    example="dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB",
    hint="Check the ID and whether the credentials are of the account that has it.",
)
KINDS = (DISTRIBUTION, TENANT)


class Target(t.NamedTuple):
    """A distribution or a distribution tenant."""

    kind: Kind
    id: str
    facts: Facts  # What finding it told of it.

    @property
    def entry(self) -> Facts:
        """The identity as it stands in the entry, in the AWS request's own words."""
        return {**self.facts, self.kind.identity: self.id}

    def __str__(self) -> str:
        return f"{self.kind.label} {self.id}"

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for the same target, however it was asked for."""
        return self.kind.identity, self.id

    def explain(self, error: CloudFrontError) -> CloudFrontError:
        """C(error) or, where it says that this target does not exist, the same with the advice that fits."""
        if not isinstance(error, MissingError) or error.code == "NoSuchInvalidation":
            return error
        looks_like = next((kind for kind in KINDS if kind is not self.kind and kind.ids.fullmatch(self.id)), None)
        hint = self.kind.hint
        if looks_like:
            hint = f"This looks like the ID of a {looks_like.label}: give it as {looks_like.option}."
        return MissingError(f"There is no {self} in this account ({error.code}). {hint}", error.code)


class Unresolved(t.NamedTuple):
    """What was asked for and could not be turned into a target, with the reason."""

    entry: Facts
    error: CloudFrontError


Resolved = t.Union[Target, Unresolved]


def by_id(kind: Kind, identifier: str) -> Target:
    """The target of that very kind. Raises CloudFrontError for an ID that would make a request of another meaning."""
    identifier = identifier.strip()
    if not identifier or re.search(r"[\s/?#]", identifier):
        raise BadOptionError(f"{identifier!r} is not the ID of a {kind.label}: give one such as {kind.example}.")
    return Target(kind, identifier, {})


def by_text(text: str) -> Target | None:
    """The target that an ID or ARN tells without a call, or None for a name or a domain. Raises CloudFrontError."""
    if not isinstance(text, str) or not text.strip():
        raise BadOptionError(f"{text!r} is no target: give an ID, an ARN, a domain or a tenant's name.")
    text = text.strip()
    if text.startswith("arn:"):
        arn = parse_aws_arn(text) or {}
        for kind in KINDS:
            if arn.get("service") == "cloudfront" and arn.get("resource_type") == kind.arn_type:
                return by_id(kind, arn["resource_id"])
        forms = " or ".join(f"arn:aws:cloudfront::ACCOUNT:{kind.arn_type}/ID" for kind in KINDS)
        raise BadOptionError(f"{text} is not the ARN of a CloudFront target: {forms} is.")
    if re.search(r"[\s/?#]", text):
        raise BadOptionError(f"{text!r} is no target: give an ID, an ARN, a domain or a tenant's name.")
    return next((Target(kind, text, {}) for kind in KINDS if kind.ids.fullmatch(text)), None)


def resolve(api: Api, asked: t.Sequence[str]) -> list[Resolved]:
    """The targets that IDs, ARNs, tenant names and domains stand for, in the order asked.

    An ID or ARN costs nothing and a tenant's name one GetDistributionTenant. A domain costs one
    GetDistributionTenantByDomain; those that are no tenant's then share one walk over ListDistributions, which ends
    when all are found. What cannot be told is C(Unresolved). Raises BadOptionError for what can be no target.
    """
    found: dict[str, Resolved] = {}
    for text in asked:
        target = by_text(text)
        if target:
            found[text] = target

    def rest(wanted: t.Callable[[str], bool] = lambda text: True) -> list[str]:
        return [text for text in dict.fromkeys(asked) if text not in found and wanted(text)]

    def add_tenants(find: t.Callable[[Api, str], Resolved | None], texts: t.Sequence[str]) -> None:
        answers = api.map(lambda text: find(api, text), texts)
        found.update((text, answer) for text, answer in zip(texts, answers) if answer)

    add_tenants(_tenant_by_name, rest(lambda text: not _is_domain(text)))
    add_tenants(_tenant_by_domain, rest(lambda text: _is_domain(text) and not _is_own_domain(text)))
    domains = rest(_is_domain)
    if domains:
        found.update(_distributions(api, domains))
    # A tenant's name may have dots too. It is asked for last, because hardly any is not among the tenant's domains.
    add_tenants(_tenant_by_name, rest(lambda text: _is_domain(text) and not _is_own_domain(text)))
    found.update((text, Unresolved({"Target": text}, _nothing(text))) for text in rest())
    return [found[text] for text in asked]


def tenants_of(api: Api, distribution: Target) -> list[Target]:
    """All tenants of a multi-tenant distribution, in AWS's order (ListDistributionTenants). Raises CloudFrontError."""
    pages = api.walk(
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


def _tenant_page(answer: Facts) -> Facts | None:
    """The tenants in the form of CloudFront's other lists. This one has no IsTruncated, and nothing at all where it is
    empty, so only its being XML tells it from a page that somebody else sent.
    """
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if "DistributionTenantList" not in answer and "xml" not in headers.get("content-type", ""):
        return None
    more = answer.get("NextMarker")
    return {"Items": answer.get("DistributionTenantList") or [], "IsTruncated": bool(more), "NextMarker": more}


def _as_target(tenant: Facts, **facts: t.Any) -> Target:
    told: Facts = {key: tenant[key] for key in ("Name", "Domains") if key in tenant}
    return Target(TENANT, tenant["Id"], {**facts, **told})


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
        answer = api.call(operation, text, lambda a: "Id" in a.get("DistributionTenant", {}), **parameters)
    except CloudFrontError as error:
        if isinstance(error, MissingError) or error.code == "404":  # Not every endpoint knows what a tenant is.
            return None
        return Unresolved({"Target": text}, error)
    return _as_target(answer["DistributionTenant"], Target=text)


def _distributions(api: Api, domains: t.Sequence[str]) -> dict[str, Resolved]:
    """The distributions that have these domains for an alias or their own, from one walk over ListDistributions."""
    exact: dict[str, list[Facts]] = {text: [] for text in domains}
    wildcard: dict[str, dict[str, list[Facts]]] = {text: {} for text in domains}
    try:
        for page in api.walk(
            "ListDistributions", "this account", lambda a: a.get("DistributionList"), size=lambda: str(MAX_PAGE)
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
            facts = {"Target": text, "DomainName": item.get("DomainName"), "Aliases": _aliases(item)}
            told[text] = Target(DISTRIBUTION, item["Id"], facts)
        elif matches:
            ids = ", ".join(item["Id"] for item in matches)
            message = f"{text} is a domain of several distributions ({ids}): ask for one of them by its ID."
            told[text] = Unresolved({"Target": text}, CloudFrontError(message, "AmbiguousTarget"))
    return told


def _aliases(distribution: Facts) -> list[str]:
    return distribution.get("Aliases", {}).get("Items") or []


def _nothing(text: str) -> CloudFrontError:
    tried = []
    if _is_domain(text):
        if not _is_own_domain(text):
            tried.append("a tenant's domain (GetDistributionTenantByDomain)")
        tried.append("a distribution's alias or domain name (ListDistributions)")
    if not _is_own_domain(text):
        tried.append("a tenant's name (GetDistributionTenant)")
    message = f"Nothing in this account answers to {text}. Tried as {', as '.join(tried)}."
    return MissingError(message, "NoSuchTarget")
