# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two kinds of target, and the targets that IDs and ARNs name."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.arn import parse_aws_arn

from ._client import Json
from ._domains import to_ascii
from ._errors import BadOptionError, CloudFrontError, MissingError


class Kind(t.NamedTuple):
    """All that differs between the kinds of target."""

    label: str  # In a sentence.
    option: str  # The option that specifies one by its ID.
    list_operation: str
    create_operation: str
    list_parameter: str  # For the ID, in list_operation and create_operation.
    max_items: t.Callable[[int], t.Any]  # The type of MaxItems in list_operation.
    get_operation: str
    count_operation: str | None  # Returns InProgressInvalidationBatches.
    get_parameter: str  # For the ID, in get_operation. Also its key in an entry.
    arn_type: str
    ids: t.Pattern[str]  # In targets, a text of this form is an ID.
    example: str
    hint: str  # What to do if there is no such target.


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
        "Check the ID and whether the credentials are of the account that has it; if it is a multi-tenant "
        "distribution, its invalidations belong to its tenants: use all_tenants or distribution_tenant_id."
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
    hint="Check the ID and whether the credentials are of the account that has it.",
)
KINDS = (DISTRIBUTION, TENANT)


class Target(t.NamedTuple):
    """A distribution or a distribution tenant."""

    kind: Kind
    id: str
    attributes: Json  # What the lookup returned in addition.

    @property
    def entry(self) -> Json:
        """The identity as it stands in the entry, in the terms of the AWS request."""
        return {**self.attributes, self.kind.get_parameter: self.id}

    def __str__(self) -> str:
        return f"{self.kind.label} {self.id}"

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same target, however it was specified."""
        return self.kind.get_parameter, self.id

    def explain(self, error: CloudFrontError) -> CloudFrontError:
        """The error, with advice if it reports that this target does not exist."""
        if not isinstance(error, MissingError) or error.code == "NoSuchInvalidation":
            return error
        looks_like = next((kind for kind in KINDS if kind is not self.kind and kind.ids.fullmatch(self.id)), None)
        hint = self.kind.hint
        if looks_like:
            hint = f"This looks like the ID of a {looks_like.label}: specify it as {looks_like.option}."
        return MissingError(f"There is no {self} in this account ({error.code}). {hint}", error.code)


class Unresolved(t.NamedTuple):
    """Something specified that could not be resolved to a target, with the reason."""

    entry: Json
    error: CloudFrontError


Resolved = t.Union[Target, Unresolved]


def by_id(kind: Kind, identifier: str) -> Target:
    """The target of this kind with this ID. Raises BadOptionError for an ID that would change a request's path."""
    identifier = identifier.strip()
    if not _is_path_segment(identifier):
        raise BadOptionError(f"{identifier!r} is not the ID of a {kind.label}: specify one such as {kind.example}.")
    return Target(kind, identifier, {})


def by_text(text: str) -> Target | None:
    """The target that an ID or an ARN names, or None for a name or a domain. Raises BadOptionError."""
    stripped = text.strip() if isinstance(text, str) else ""
    if stripped.startswith("arn:"):
        return _by_arn(stripped)
    if not _is_path_segment(stripped):
        raise BadOptionError(f"{text!r} is not a target: specify an ID, an ARN, a domain or a tenant's name.")
    if "." in text and not to_ascii(text).isascii():
        raise BadOptionError(f"{text!r} is not a valid domain: specify it in punycode, such as xn--bcher-kva.example.")
    return next((Target(kind, stripped, {}) for kind in KINDS if kind.ids.fullmatch(stripped)), None)


def _by_arn(text: str) -> Target:
    arn = parse_aws_arn(text) or {}
    for kind in KINDS:
        if arn.get("service") == "cloudfront" and arn.get("resource_type") == kind.arn_type:
            return by_id(kind, arn["resource_id"])
    forms = " or ".join(f"arn:aws:cloudfront::ACCOUNT:{kind.arn_type}/ID" for kind in KINDS)
    raise BadOptionError(f"{text} is not the ARN of a CloudFront target: specify {forms}.")


def _is_path_segment(text: str) -> bool:
    return bool(text.strip(".")) and not re.search(r"[\s/?#]", text)
