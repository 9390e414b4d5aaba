# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the selected invalidations of many targets concurrently."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._errors import BadOptionError, CloudFrontError, MissingError
from ._named import list_named
from ._pager import Listing, get_each, list_pages, not_found
from ._results import TargetResult
from ._selection import Selection
from ._target import Resolved, Target, Unresolved

Out = t.TypeVar("Out")


def for_each_target(
    api: Api, targets: t.Sequence[Resolved], function: t.Callable[[Target], Out], activity: str
) -> dict[tuple[str, str], Out]:
    """Call a function once for each distinct target, and return the results by the keys of the targets.

    C(activity) describes the completed targets in progress lines, such as C(targets listed).
    """

    def call(target: Target) -> Out:
        returned = function(target)
        api.progress.advance()
        return returned

    unique = {target.key: target for target in targets if isinstance(target, Target)}
    api.progress.begin(len(unique), activity)
    return dict(zip(unique, api.map(call, list(unique.values()))))


def in_order(
    targets: t.Sequence[Resolved], results: t.Mapping[tuple[str, str], Out], result_type: t.Callable[..., Out]
) -> list[Out]:
    """Return the results of the targets in their order, with the error of each target that could not be resolved.

    C(results) are by the keys of the targets, and of the C(result_type), which has C(target) and C(error).
    """
    return [
        result_type(target, error=target.error)
        if isinstance(target, Unresolved)
        else t.cast(t.Any, results[target.key])._replace(target=target)
        for target in targets
    ]


def list_all(api: Api, targets: t.Sequence[Resolved], selection: Selection) -> list[TargetResult]:
    """List the selected invalidations of each target, and return a result or error for each, in their order.

    A target that is specified twice is listed once. Raises BadOptionError for a marker with several targets.
    """

    def list_one(target: Target) -> TargetResult:
        try:
            listed = listing(api, target, selection)
        except CloudFrontError as error:
            return TargetResult(target, error=error)
        if listed.missing_ids and not listed.error:
            missing = MissingError(not_found(listed.missing_ids, target), "NoSuchInvalidation")
            return TargetResult(target, listed, missing)
        return TargetResult(target, listed, listed.error)

    if selection.marker and len({target.key for target in targets if isinstance(target, Target)}) > 1:
        raise BadOptionError("marker cannot be used with several targets. Use a separate task for each target.")
    found = for_each_target(api, targets, list_one, "targets listed")
    return in_order(targets, found, TargetResult)


def listing(api: Api, target: Target, selection: Selection) -> Listing:
    """List the selected invalidations of a target.

    Raises CloudFrontError if nothing could be listed. A later error is in the Listing.
    """
    if selection.ids is not None:
        found = list_named(api, target, selection)
    else:
        found = list_pages(api, target, selection)
        if selection.details and not found.error:
            found = _with_details(api, target, found)
    return found._replace(details=selection.details)


def _with_details(api: Api, target: Target, listed: Listing) -> Listing:
    items = listed.invalidation_list["Items"]
    got, error = get_each(api, target, [item["Id"] for item in items])
    # An invalidation that is no longer in the history is returned as it was listed.
    items = [{**item, **(got.get(item["Id"]) or {})} for item in items]
    return listed._replace(invalidation_list={**listed.invalidation_list, "Items": items}, error=error)
