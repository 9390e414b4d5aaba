# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the invalidations of one target that are specified by their IDs, without reading its history."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._client import Json
from ._errors import CloudFrontError, DeniedError, MissingError
from ._pager import Listing, explain_marker, get, get_each, invalidation_list, not_found, pages
from ._selection import Selection
from ._target import Target


def list_named(api: Api, target: Target, selection: Selection) -> Listing:
    """List the named invalidations that the other options select, newest first.

    Raises CloudFrontError if nothing could be listed. A later error is in the Listing.
    """
    found = _Named(selection.ids or ())
    error = _find(api, target, selection, found) if found.remaining else None
    newest_first = sorted(found.items.values(), key=lambda item: (item["CreateTime"], item["Id"]), reverse=True)
    if selection.marker:
        newest_first = _after_marker(api, target, selection.marker, newest_first)
    matches = selection.filter(api.task_start).select(newest_first)
    taken = matches[: selection.max_items]
    next_marker = taken[-1]["Id"] if len(matches) > len(taken) else None
    if found.remaining:  # They may be newer than those found. Continuing must repeat these rather than skip any.
        next_marker = selection.marker
    return Listing(invalidation_list(selection, taken, next_marker), found.markers, tuple(found.missing_ids), error)


class _Named:
    """The named invalidations that have been found, and the IDs that remain."""

    def __init__(self, ids: t.Sequence[str]) -> None:
        self.remaining = list(ids)
        self.missing_ids: list[str] = []
        self.items: dict[str, Json] = {}
        self.markers: dict[str, str] = {}

    def add_page(self, page: Json) -> None:
        wanted = set(self.remaining)
        listed = {item["Id"]: item for item in page["Items"] if item["Id"] in wanted}
        self.markers.update(dict.fromkeys(listed, page["Marker"]))
        self._add(listed)
        if not page["IsTruncated"]:
            self._add(dict.fromkeys(self.remaining))

    def add_each(self, got: t.Mapping[str, Json | None], *, details: bool) -> None:
        if details:
            self._add(got)
        else:
            self._add({identifier: item and _without_batch(item) for identifier, item in got.items()})

    def _add(self, found: t.Mapping[str, Json | None]) -> None:
        """Add what was found for each ID: an invalidation, or None if it does not exist."""
        self.items.update((identifier, item) for identifier, item in found.items() if item)
        self.missing_ids += [identifier for identifier in self.remaining if found.get(identifier, True) is None]
        self.remaining = [identifier for identifier in self.remaining if identifier not in found]


def _find(api: Api, target: Target, selection: Selection, found: _Named) -> CloudFrontError | None:
    """Find the named invalidations: first on the newest page, if there are several, and then one by one.

    If the permission for single invalidations is denied, search the rest of the list. Returns the error that ended the
    search early, if any, or raises it if nothing was found.
    """
    listed = pages(api, target, size=lambda: selection.page_size)
    try:
        if len(found.remaining) > 1 and not selection.details:
            found.add_page(next(listed))
        got, error = get_each(api, target, found.remaining)
        found.add_each(got, details=selection.details)
        if isinstance(error, DeniedError) and not selection.details:
            while found.remaining:
                found.add_page(next(listed))
        elif error:
            raise error
    except CloudFrontError as failure:
        if not found.items:
            raise
        return failure
    return None


def _without_batch(item: Json) -> Json:
    return {member: value for member, value in item.items() if member != "InvalidationBatch"}


def _after_marker(api: Api, target: Target, marker: str, newest_first: list[Json]) -> list[Json]:
    """Return the named invalidations that come after the one whose ID is the marker."""
    for index, item in enumerate(newest_first):
        if item["Id"] == marker:
            return newest_first[index + 1 :]
    named = get(api, target, marker)
    if named is None:
        raise explain_marker(MissingError(not_found([marker], target), "NoSuchInvalidation"), marker)
    # The order of invalidations with the same CreateTime is unknown: repeat an item rather than skip one.
    return [item for item in newest_first if item["CreateTime"] <= named["CreateTime"]]
