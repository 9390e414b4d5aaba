# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the invalidations of one target of either kind, page by page, in the structure of AWS's response."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime

from ._api import Api
from ._client import Json, as_text
from ._errors import CloudFrontError, TaskError
from ._paging import MAX_PAGE, paginate
from ._selection import Filter, Selection
from ._target import Target

IN_PROGRESS = "InProgress"
MEMBERS = frozenset(("Id", "CreateTime", "Status"))  # Every invalidation has these.


class Listing(t.NamedTuple):
    """The selected invalidations of a target."""

    invalidation_list: Json  # AWS's InvalidationList.
    markers: dict[str, str]  # For each ID in progress, the marker of the page that listed it.
    missing_ids: tuple[str, ...] = ()  # IDs that were named and do not exist.
    error: CloudFrontError | None = None  # Why the listing is incomplete.
    details: bool = False  # Whether InvalidationBatch was requested.


def pages(
    api: Api, target: Target, *, marker: str = "", size: t.Callable[[], int] = lambda: MAX_PAGE
) -> t.Iterator[Json]:
    """Yield the pages of ListInvalidations or ListInvalidationsForDistributionTenant after C(marker).

    Each is AWS's InvalidationList. C(Items) is always present, and C(CreateTime) is text. Raises CloudFrontError.
    """
    parameters: Json = {target.kind.list_parameter: target.id}
    listed = paginate(
        api,
        target.kind.list_operation,
        str(target),
        lambda response: response.get("InvalidationList"),
        marker=marker,
        size=lambda: target.kind.max_items(size()),
        members=MEMBERS,
        **parameters,
    )
    try:
        for page in listed:
            if page["Items"] and not isinstance(page["Items"][0]["CreateTime"], str):
                page["Items"] = [as_item(item) for item in page["Items"]]
            yield page
    except CloudFrontError as error:
        raise target.explain(error) from error


def get(api: Api, target: Target, identifier: str) -> Json | None:
    """Return one invalidation with its InvalidationBatch, or None if it does not exist. Raises CloudFrontError.

    Calls GetInvalidation or GetInvalidationForDistributionTenant.
    """
    try:
        response = api.call(
            target.kind.get_operation,
            f"{identifier} of {target}",
            has_invalidation,
            {target.kind.get_parameter: target.id, "Id": identifier},
        )
    except CloudFrontError as error:
        if error.code == "NoSuchInvalidation":
            return None
        raise target.explain(error) from error
    return as_item(response["Invalidation"])


def get_each(
    api: Api, target: Target, identifiers: t.Sequence[str]
) -> tuple[dict[str, Json | None], CloudFrontError | None]:
    """Call C(get) for each ID until one fails, and return the results by ID, with the error of that one."""
    got: dict[str, Json | None] = {}

    def add(identifier: str) -> None:
        got[identifier] = get(api, target, identifier)

    try:
        api.map(add, identifiers)
    except CloudFrontError as error:
        return got, error
    return got, None


def list_pages(api: Api, target: Target, selection: Selection) -> Listing:
    """List the selected invalidations of a target, with no more pages than necessary.

    Raises CloudFrontError if nothing could be listed. A later error is in the Listing.
    """
    found = _Found(selection, api.task_start)
    listed = pages(api, target, marker=selection.marker, size=lambda: selection.size(len(found.items)))
    try:
        first = next(listed)
        found.add(first)
        if not found.is_complete and (selection.status == IN_PROGRESS or selection.is_unlimited_wait):
            in_progress = _count_in_progress(api, target)
            if in_progress is not None:
                first, seen = _with_statuses_read_again(api, target, selection, first)
                found = _Found(selection, api.task_start)
                found.add(first)
                listed = _until_found(in_progress - seen, listed, first)
        while not found.is_complete:
            page = next(listed, None)
            if page:
                found.add(page)
            else:
                found.skip_completed()
        found.refine_marker(api, target)
    except CloudFrontError as error:
        if not found.items and not found.next_marker:
            raise explain_marker(error, selection.marker) from error
        return found.listing(error)
    return found.listing()


class _Found:
    """The selected items of the pages so far, and the marker to continue from."""

    def __init__(self, selection: Selection, start: t.Callable[[], datetime]) -> None:
        self.items: list[Json] = []
        self.next_marker: str | None = None
        self.is_complete = False
        self._selection = selection
        self._start = start
        self._filter: Filter | None = None
        self._markers: dict[str, str] = {}
        self._has_opaque_markers = False
        self._cut: tuple[str, int] | None = None  # If a page exceeds max_items: its marker, and how many fit.

    def add(self, page: Json) -> None:
        """Add the selected items of a page."""
        # The start of the task by AWS's clock is not known before the first response.
        self._filter = self._filter or self._selection.filter(self._start)
        limit = self._selection.max_items
        matches = self._filter.select(page["Items"])
        taken = matches if limit is None else matches[: limit - len(self.items)]
        self.items += taken
        self._markers.update((item["Id"], page["Marker"]) for item in taken if item["Status"] == IN_PROGRESS)
        if len(taken) < len(matches):
            self._continue_within(page, taken[-1])
        elif self._filter.is_exhausted(page["Items"]):
            self.next_marker = None
        else:
            self._continue_after(page)
        self.is_complete = self.next_marker is None or len(self.items) == limit

    def skip_completed(self) -> None:
        """End the listing, because the remaining pages have only completed invalidations."""
        if self._selection.status:
            self.next_marker = None
        self.is_complete = True

    def refine_marker(self, api: Api, target: Target) -> None:
        """If the last page exceeds max_items and markers are not IDs, request the marker of the last item that fits.

        If the response does not have exactly that many items and a next page, the marker of the page is kept.
        """
        if self._cut:
            marker, fitting = self._cut
            page = next(pages(api, target, marker=marker, size=lambda: fitting))
            if len(page["Items"]) == fitting and page["IsTruncated"]:
                self.next_marker = page["NextMarker"]

    def listing(self, error: CloudFrontError | None = None) -> Listing:
        return Listing(invalidation_list(self._selection, self.items, self.next_marker), self._markers, error=error)

    def _continue_after(self, page: Json) -> None:
        self.next_marker = page["NextMarker"] if page["IsTruncated"] else None
        self._note_opaque_marker(page)

    def _continue_within(self, page: Json, last: Json) -> None:
        """Continue after the last item that fits."""
        self._note_opaque_marker(page)
        if self._has_opaque_markers:
            # Until the exact marker is known, continue from this page: that repeats items, but skips none.
            self.next_marker = page["Marker"]
            self._cut = page["Marker"], page["Items"].index(last) + 1
        else:
            self.next_marker = last["Id"]

    def _note_opaque_marker(self, page: Json) -> None:
        """Note whether the marker differs from the ID of the last item on the page."""
        if page["IsTruncated"] and page["Items"] and page["NextMarker"] != page["Items"][-1]["Id"]:
            self._has_opaque_markers = True


# GetDistribution returns the number of invalidations in progress, with one request however long the history is. A
# listing that does not need completed invalidations can end when it has found as many. Why it misses none:
#
# - A status changes only once, from InProgress to Completed.
# - So an invalidation that was created before the count, and is in progress when its page is read after the count, is
#   one of those counted. When as many of these are found as were counted, all other invalidations are completed.
# - Page 1 is read before the count. What it shows was created before, and everything on later pages is older. If it
#   shows anything in progress, it is read again after the count, and any new items are ignored.
# - If a counted invalidation is not found (it has completed, or new ones have moved it to another page), the listing
#   only becomes longer, up to the whole history. The same applies if the count is lower than the number found, because
#   it must be out of date.
#
# This assumes that the count includes what page 1 has shown. CloudFront does not document how current it is.


def _count_in_progress(api: Api, target: Target) -> int | None:
    """Return InProgressInvalidationBatches of a distribution, or None if it cannot be read."""
    operation = target.kind.count_operation
    if operation is None:
        return None
    try:
        response = api.call(
            operation, str(target), lambda response: "Distribution" in response, {"Id": target.id}, once=True
        )
    except TaskError:
        raise
    except CloudFrontError:
        return None
    return t.cast("int | None", response["Distribution"].get("InProgressInvalidationBatches"))


def _with_statuses_read_again(api: Api, target: Target, selection: Selection, page: Json) -> tuple[Json, int]:
    """Read page 1 again, and return it with the current statuses, and how many of its items are in progress."""
    if all(item["Status"] != IN_PROGRESS for item in page["Items"]):
        return page, 0
    again = next(pages(api, target, marker=selection.marker, size=lambda: selection.page_size))
    statuses = {item["Id"]: item["Status"] for item in again["Items"]}
    items = [{**item, "Status": statuses.get(item["Id"], item["Status"])} for item in page["Items"]]
    return {**page, "Items": items}, sum(statuses.get(item["Id"]) == IN_PROGRESS for item in items)


def _until_found(left: int, listed: t.Iterator[Json], first: Json) -> t.Iterator[Json]:
    """Yield the pages after page 1, until they have shown the number in progress that C(left) specifies."""
    newest = max((item["CreateTime"] for item in first["Items"]), default="")  # Items that are newer were not counted.
    while left and (page := next(listed, None)):
        yield page
        left -= sum(item["Status"] == IN_PROGRESS and item["CreateTime"] <= newest for item in page["Items"])


def invalidation_list(selection: Selection, items: list[Json], next_marker: str | None) -> Json:
    """Return AWS's InvalidationList with these items."""
    return {
        "Marker": selection.marker,
        "MaxItems": selection.max_items or MAX_PAGE,
        "IsTruncated": next_marker is not None,
        **({} if next_marker is None else {"NextMarker": next_marker}),
        "Quantity": len(items),
        "Items": items,
    }


def not_found(identifiers: t.Sequence[str], target: Target) -> str:
    noun, pronoun = ("Invalidation", "it") if len(identifiers) == 1 else ("Invalidations", "they")
    return f"{noun} {', '.join(identifiers)} not found for {target}; {pronoun} may no longer be in the history."


def explain_marker(error: CloudFrontError, marker: str) -> CloudFrontError:
    """Return the error, with advice if the user's marker is the likely cause."""
    if not marker or error.code not in ("InvalidArgument", "NoSuchInvalidation"):
        return error
    return CloudFrontError(
        f"{error} The likely cause is the marker {marker}: it may have expired, or belong to another target. "
        "Run the task again without marker.",
        error.code,
    )


def has_invalidation(response: Json) -> bool:
    """Whether a response to getting or creating an invalidation is complete."""
    return MEMBERS.issubset(response.get("Invalidation", {}))


def as_item(item: Json) -> Json:
    """Return an invalidation with C(CreateTime) as text."""
    return {**item, "CreateTime": as_text(item["CreateTime"])}
