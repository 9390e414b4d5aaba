# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WHAT is asked: the two kinds of target, and how a target is found by its ID, ARN, name, domain or distribution."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.arn import parse_aws_arn

from ._client import Json
from ._errors import BadOptionError, CloudFrontError, MissingError


class Kind(t.NamedTuple):
    """All that differs between the kinds of target."""

    label: str  # In a sentence.
    option: str  # The option that asks for one by its ID.
    get_parameter: str  # The key of its Id in an entry: GetInvalidation's parameter.
    list_operation: str
    get_operation: str
    create_operation: str
    list_parameter: str  # Its Id's when listing and creating.
    max_items: t.Callable[[int], t.Any]  # The type that the list operation wants.
    arn_type: str
    ids: t.Pattern[str]
    example: str
    hint: str  # What to try where there is no such target.


DISTRIBUTION = Kind(
    label="distribution",
    option="distribution_id",
    get_parameter="DistributionId",
    list_operation="ListInvalidations",
    get_operation="GetInvalidation",
    create_operation="CreateInvalidation",
    list_parameter="DistributionId",
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
    get_parameter="DistributionTenantId",
    list_operation="ListInvalidationsForDistributionTenant",
    get_operation="GetInvalidationForDistributionTenant",
    create_operation="CreateInvalidationForDistributionTenant",
    list_parameter="Id",
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
    attributes: Json  # What finding it told of it.

    @property
    def entry(self) -> Json:
        """The identity as it stands in the entry, in the AWS request's own words."""
        return {**self.attributes, self.kind.get_parameter: self.id}

    def __str__(self) -> str:
        return f"{self.kind.label} {self.id}"

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for the same target, however it was asked for."""
        return self.kind.get_parameter, self.id

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

    entry: Json
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
