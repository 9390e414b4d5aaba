# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe the two kinds of target, and parse IDs and ARNs."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.arn import parse_aws_arn

from ._client import Json
from ._domains import to_ascii
from ._errors import BadOptionError, CloudFrontError, MissingError


class Kind(t.NamedTuple):
    """The differences between the kinds of target."""

    label: str  # In messages.
    option: str  # The option that specifies one by its ID.
    list_operation: str
    create_operation: str
    list_parameter: str  # The parameter for the ID in list_operation and create_operation.
    max_items: t.Callable[[int], t.Any]  # Converts to the type of MaxItems in list_operation.
    get_operation: str
    count_operation: str | None  # Returns InProgressInvalidationBatches.
    get_parameter: str  # The parameter for the ID in get_operation, and its key in results.
    arn_type: str
    ids: t.Pattern[str]  # The form of an ID in the option targets.
    example: str
    hint: str  # Advice if the target does not exist.


DISTRIBUTION = Kind(
    label="distribution",
    option="distribution_id",
    list_operation="ListInvalidations",
    create_operation="CreateInvalidation",
    list_parameter="DistributionId",
    max_items=str,
    get_operation="GetInvalidation",
    count_operation="GetDistribution",
    get_parameter="DistributionId",
    arn_type="distribution",
    ids=re.compile(r"E[A-Z0-9]{12,14}"),
    example="E1PA6795UKMFR9",
    hint=(
        "Check the ID, and that the credentials are those of its account. For a multi-tenant distribution, use "
        "all_tenants or distribution_tenant_id, because its invalidations belong to its tenants."
    ),
)
TENANT = Kind(
    label="distribution tenant",
    option="distribution_tenant_id",
    list_operation="ListInvalidationsForDistributionTenant",
    create_operation="CreateInvalidationForDistributionTenant",
    list_parameter="Id",
    max_items=int,
    get_operation="GetInvalidationForDistributionTenant",
    count_operation=None,
    get_parameter="DistributionTenantId",
    arn_type="distribution-tenant",
    ids=re.compile(r"dt_[A-Za-z0-9_-]+"),  # A tenant's name cannot contain an underscore.
    example="dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB",
    hint="Check the ID, and that the credentials are those of its account.",
)
KINDS = (DISTRIBUTION, TENANT)


class Target(t.NamedTuple):
    """A distribution or a distribution tenant."""

    kind: Kind
    id: str
    attributes: Json  # Target, as specified, and what a lookup has found: Name and Domains, or DomainName and Aliases.

    @property
    def entry(self) -> Json:
        """The beginning of the target's result: the ID, named as in the AWS request, and the attributes."""
        return {**self.attributes, self.kind.get_parameter: self.id}

    def __str__(self) -> str:
        return f"{self.kind.label} {self.id}"

    @property
    def key(self) -> tuple[str, str]:
        """The kind and ID, which are the same however the target was specified."""
        return self.kind.get_parameter, self.id

    def explain(self, error: CloudFrontError) -> CloudFrontError:
        """Return the error, with advice if it reports that this target does not exist."""
        if not isinstance(error, MissingError) or error.code == "NoSuchInvalidation":
            return error
        looks_like = next((kind for kind in KINDS if kind is not self.kind and kind.ids.fullmatch(self.id)), None)
        hint = self.kind.hint
        if looks_like:
            hint = f"This looks like the ID of a {looks_like.label}: specify it as {looks_like.option}."
        return MissingError(f"There is no {self} in this account ({error.code}). {hint}", error.code)


class Unresolved(t.NamedTuple):
    """A name or domain that could not be resolved to a target, or a target whose tenants could not be listed."""

    entry: Json
    error: CloudFrontError


Resolved = t.Union[Target, Unresolved]


def by_id(kind: Kind, identifier: str) -> Target:
    """Return the target of this kind with this ID. Raises BadOptionError if the ID cannot be part of a URL path."""
    identifier = identifier.strip()
    if not is_path_segment(identifier):
        raise BadOptionError(f"{identifier!r} is not the ID of a {kind.label}: specify one such as {kind.example}.")
    return Target(kind, identifier, {})


def by_text(text: str) -> Target | None:
    """Return the target that an ID or ARN specifies, or None for a name or domain. Raises BadOptionError."""
    stripped = text.strip() if isinstance(text, str) else ""
    if stripped.startswith("arn:"):
        return _by_arn(stripped)._replace(attributes={"Target": text})
    if not is_path_segment(stripped):
        raise BadOptionError(f"{text!r} is not a target: specify an ID, an ARN, a domain or a tenant's name.")
    if "." in text and not to_ascii(text).isascii():
        raise BadOptionError(f"{text!r} is not a valid domain: specify it in punycode, such as xn--bcher-kva.example.")
    return next((Target(kind, stripped, {"Target": text}) for kind in KINDS if kind.ids.fullmatch(stripped)), None)


def _by_arn(text: str) -> Target:
    arn = parse_aws_arn(text) or {}
    for kind in KINDS:
        if arn.get("service") == "cloudfront" and arn.get("resource_type") == kind.arn_type:
            return by_id(kind, arn["resource_id"])
    forms = " or ".join(f"arn:aws:cloudfront::ACCOUNT:{kind.arn_type}/ID" for kind in KINDS)
    raise BadOptionError(f"{text} is not the ARN of a CloudFront target: specify {forms}.")


def is_path_segment(text: str) -> bool:
    """Whether the text can be a segment of a URL path. Dots alone would lead to another path."""
    return bool(text.strip(".")) and not re.search(r"[\s/?#]", text)
