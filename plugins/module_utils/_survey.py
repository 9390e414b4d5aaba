# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MANY targets at once: each gets its listing or its error, none costs another its result, and the order is kept."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api, Facts
from ._errors import BadOptionError, CloudFrontError, DeniedError, MissingError
from ._pager import IN_PROGRESS, Listing, listing
from ._selection import Selection
from ._target import DISTRIBUTION, KINDS, Resolved, Target, Unresolved, by_id, resolve, tenants_of

Out = t.TypeVar("Out")


class Finding(t.NamedTuple):
    """What one target answered: a listing, an error, or both where the error cut the listing short."""

    target: Resolved
    listing: Listing | None = None
    error: CloudFrontError | None = None

    @property
    def items(self) -> list[Facts]:
        return self.listing.facts["Items"] if self.listing else []

    @property
    def in_progress(self) -> list[Facts]:
        return [item for item in self.items if item["Status"] == IN_PROGRESS]

    @property
    def entry(self) -> Facts:
        return {
            **self.target.entry,
            **({"InvalidationList": self.listing.facts} if self.listing else {}),
            **({"Error": self.error.facts} if self.error else {}),
        }


def asked(api: Api, options: t.Mapping[str, t.Any]) -> list[Resolved]:
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


def of_each(api: Api, targets: t.Sequence[Resolved], function: t.Callable[[Target], Out]) -> dict[tuple[str, str], Out]:
    """C(function) of every target by its key, once for a target that was asked for twice."""
    unique = {target.key: target for target in targets if isinstance(target, Target)}
    return dict(zip(unique, api.map(function, list(unique.values()))))


def survey(api: Api, targets: t.Sequence[Resolved], selection: Selection) -> list[Finding]:
    """The finding of each target, in their order. A target that was asked for twice is listed once.

    Raises BadOptionError for a marker with several targets.
    """

    def look(target: Target) -> Finding:
        try:
            listed = listing(api, target, selection)
        except CloudFrontError as error:
            return Finding(target, error=error)
        if listed.unseen and not listed.error:
            named = ", ".join(listed.unseen)
            message = f"There is no invalidation {named} of {target} (any more): CloudFront forgets them after a while."
            return Finding(target, listed, MissingError(message, "NoSuchInvalidation"))
        return Finding(target, listed, listed.error)

    if selection.marker and len({target.key for target in targets if isinstance(target, Target)}) > 1:
        raise BadOptionError("marker is a place in the list of one target, and several were asked for.")
    found = of_each(api, targets, look)
    return [
        Finding(target, error=target.error)
        if isinstance(target, Unresolved)
        else found[target.key]._replace(target=target)
        for target in targets
    ]


class Verdict(t.NamedTuple):
    """What the findings mean for the task."""

    failure: str | None
    warnings: list[str]


def judge(findings: t.Sequence[Finding], *, on_missing: str, on_denied: str) -> Verdict:
    """Whether the task fails and of what it warns. What is neither missing nor denied always fails it."""
    failures: list[str] = []
    warnings: list[str] = []
    for error in [finding.error for finding in findings if finding.error]:
        policy = "error"
        if isinstance(error, MissingError):
            policy = on_missing
        elif isinstance(error, DeniedError):
            policy = on_denied
        if policy == "error":
            failures.append(str(error))
        elif policy == "warn":
            warnings.append(str(error))
    if len(findings) < 2 or not failures:
        return Verdict(failures[0] if failures else None, warnings)
    told = list(dict.fromkeys(failures))
    message = f"{len(failures)} of {len(findings)} targets failed: {' '.join(told[:3])}"
    if len(told) > 3:
        message += f" And {len(told) - 3} more."
    return Verdict(message, warnings)


def summary(findings: t.Sequence[Finding], *, details: bool) -> Facts:
    """The findings as a module returns them. A target that was asked for twice counts once.

    The paths count towards CloudFront's quotas. They are left out where some of them could not be read.
    """
    distinct = {finding.target.key: finding for finding in findings if isinstance(finding.target, Target)}
    in_progress = [item for finding in distinct.values() for item in finding.in_progress]
    result: Facts = {"targets": [finding.entry for finding in findings], "in_progress": len(in_progress)}
    if details and all("InvalidationBatch" in item for item in in_progress):
        batches = [item["InvalidationBatch"] for item in in_progress]
        paths = [path for batch in batches for path in batch.get("Paths", {}).get("Items") or []]
        result["in_progress_paths"] = len(paths)
        result["in_progress_wildcards"] = sum(path.endswith("*") and not path.startswith("#") for path in paths)
    return result
