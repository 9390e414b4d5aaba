# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide which target a name or domain refers to, based on the results of lookups."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._domains import covering_names, to_ascii
from ._errors import CloudFrontError, DeniedError, MissingError
from ._target import Resolved, Target, Unresolved

LOOKUPS = {
    "GetDistributionTenantByDomain": "a tenant's domain",
    "ListDistributions": "a distribution's alias or domain name",
    "GetDistributionTenant": "a tenant's name",
}


class Search:
    """The search for one name or domain: its matches so far, and the errors of the lookups."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.domain = to_ascii(text)
        self.names = covering_names(self.domain)  # From the closest to the widest.
        self._matches: dict[str, dict[str, Target]] = {}  # By the name that matches, then by the target's ID.
        self._lookups: dict[str, CloudFrontError | None] = {}  # The lookups that were done, with their errors.

    @property
    def is_domain(self) -> bool:
        return "." in self.domain

    @property
    def may_be_tenants_domain(self) -> bool:
        """Whether it is a domain, but not one that CloudFront assigns to a distribution."""
        return self.is_domain and not self.domain.endswith((".cloudfront.net", ".cloudfront.cn"))

    @property
    def may_be_tenants_name(self) -> bool:
        """Whether to look it up as a tenant's name: it is not a domain, or a domain that matches nothing."""
        if not self.is_domain:
            return True
        has_result = self._matches or self._failure
        return self.may_be_tenants_domain and not has_result and self.text.isascii() and "*" not in self.text

    @property
    def has_exact_match(self) -> bool:
        """Whether the name itself matches, so that no other match can be closer."""
        return self.domain in self._matches

    @property
    def closer_wildcards(self) -> list[str]:
        """The wildcards that a tenant may have and that are closer than the matches so far."""
        if self._failure or self._lookups.get("GetDistributionTenantByDomain") or not self.may_be_tenants_domain:
            return []
        closest = next((number for number, name in enumerate(self.names) if name in self._matches), None)
        return [name for name in self.names[1:closest] if name.count(".") > 1]  # Not *.com.

    @property
    def _failure(self) -> CloudFrontError | None:
        """An error that may hide a match. DeniedError does not count, because the other lookups are used instead."""
        return next((error for error in self._errors if not isinstance(error, DeniedError)), None)

    @property
    def _errors(self) -> list[CloudFrontError]:
        return [error for error in self._lookups.values() if error]

    def add(self, target: Target, names: t.Iterable[str]) -> bool:
        """Add a target with these names if any of them matches, and return whether one does."""
        matching = {to_ascii(name) for name in names}.intersection(self.names)
        for name in matching:
            self._matches.setdefault(name, {})[target.id] = target
        return bool(matching)

    def note(self, operation: str, error: CloudFrontError | None = None) -> None:
        """Record that a lookup was done, with its error if it failed."""
        self._lookups[operation] = self._lookups.get(operation) or error

    def result(self) -> Resolved:
        """Return the closest match, or the reason why there is none."""
        if self._failure and not self.has_exact_match:
            return self._unresolved(self._failure)
        closest = next((self._matches[name] for name in self.names if name in self._matches), {})
        if len(closest) > 1:
            targets = ", ".join(map(str, closest.values()))
            message = f"{self.text} matches several targets: {targets}. Specify one of them by its ID."
            return self._unresolved(CloudFrontError(message, "AmbiguousTarget"))
        if not closest:
            return self._unresolved(next(iter(self._errors), self._not_found()))
        return next(iter(closest.values()))

    def _not_found(self) -> CloudFrontError:
        tried = ", as ".join(f"{LOOKUPS[operation]} ({operation})" for operation in self._lookups)
        message = f"No distribution or tenant in this account matches {self.text}. Tried as {tried}."
        return MissingError(f"{message} Check the spelling.", "NoSuchTarget")

    def _unresolved(self, error: CloudFrontError) -> Unresolved:
        return Unresolved({"Target": self.text}, error)
