# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MANY targets at once: each gets its listing or its error, none costs another its result, and the order is kept."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._errors import BadOptionError, CloudFrontError, MissingError
from ._pager import listing
from ._results import TargetResult
from ._selection import Selection
from ._target import Resolved, Target, Unresolved

Out = t.TypeVar("Out")


def for_each_target(
    api: Api, targets: t.Sequence[Resolved], function: t.Callable[[Target], Out]
) -> dict[tuple[str, str], Out]:
    """C(function) of every target by its key, once for a target that was asked for twice."""
    unique = {target.key: target for target in targets if isinstance(target, Target)}
    return dict(zip(unique, api.map(function, list(unique.values()))))


def list_all(api: Api, targets: t.Sequence[Resolved], selection: Selection) -> list[TargetResult]:
    """The finding of each target, in their order. A target that was asked for twice is listed once.

    Raises BadOptionError for a marker with several targets.
    """

    def poll(target: Target) -> TargetResult:
        try:
            listed = listing(api, target, selection)
        except CloudFrontError as error:
            return TargetResult(target, error=error)
        if listed.missing_ids and not listed.error:
            named = ", ".join(listed.missing_ids)
            message = f"There is no invalidation {named} of {target} (any more): CloudFront forgets them after a while."
            return TargetResult(target, listed, MissingError(message, "NoSuchInvalidation"))
        return TargetResult(target, listed, listed.error)

    if selection.marker and len({target.key for target in targets if isinstance(target, Target)}) > 1:
        raise BadOptionError("marker is a place in the list of one target, and several were asked for.")
    found = for_each_target(api, targets, poll)
    return [
        TargetResult(target, error=target.error)
        if isinstance(target, Unresolved)
        else found[target.key]._replace(target=target)
        for target in targets
    ]
