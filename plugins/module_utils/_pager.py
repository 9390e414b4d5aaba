# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List one target's invalidations, either kind, page by page in the shape of AWS's response."""

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
MEMBERS = frozenset(("Id", "CreateTime", "Status"))  # Every invalidation has them.


class Listing(t.NamedTuple):
    """The selected invalidations of a target."""

    invalidation_list: Json  # AWS's InvalidationList.
    markers: dict[str, str]  # By ID, the marker of the page that listed an invalidation in progress.
    missing_ids: tuple[str, ...] = ()  # IDs that were named and do not exist.
    error: CloudFrontError | None = None  # Why the listing is incomplete.
    details: bool = False  # Whether InvalidationBatch was requested.


def pages(
    api: Api, target: Target, *, marker: str = "", size: t.Callable[[], int] = lambda: MAX_PAGE
) -> t.Iterator[Json]:
    """The pages of ListInvalidations or ListInvalidationsForDistributionTenant after C(marker).

    Each is AWS's InvalidationList with C(Items) always there and C(CreateTime) as text. Raises CloudFrontError.
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
    """One invalidation as GetInvalidation or GetInvalidationForDistributionTenant returns it.

    That is Id, CreateTime, Status and InvalidationBatch; None if there is no such invalidation. Raises CloudFrontError.
    """
    try:
        response = api.call(
            target.kind.get_operation,
            f"{identifier} of {target}",
            has_invalidation,
            **{target.kind.get_parameter: target.id, "Id": identifier},
        )
    except CloudFrontError as error:
        if error.code == "NoSuchInvalidation":
            return None
        raise target.explain(error) from error
    return as_item(response["Invalidation"])


def get_each(
    api: Api, target: Target, identifiers: t.Sequence[str]
) -> tuple[dict[str, Json | None], CloudFrontError | None]:
    """What C(get) returns for each ID, until one fails; and the error of that one."""
    got: dict[str, Json | None] = {}

    def add(identifier: str) -> None:
        got[identifier] = get(api, target, identifier)

    try:
        api.map(add, identifiers)
    except CloudFrontError as error:
        return got, error
    return got, None


def list_pages(api: Api, target: Target, selection: Selection, start: t.Callable[[], datetime]) -> Listing:
    """The selected invalidations of a target, in as few pages as it takes to find them.

    C(start) returns the start of the task. Raises CloudFrontError if nothing could be read. A later error is in the
    Listing.
    """
    found = _Found(selection, start)
    listed = pages(api, target, marker=selection.marker, size=lambda: selection.size(len(found.items)))
    try:
        first = next(listed)
        found.add(first)
        if not found.is_complete and (selection.status == IN_PROGRESS or selection.is_unlimited_wait):
            in_progress = _count_in_progress(api, target)
            if in_progress is not None:
                first, seen = _with_statuses_read_again(api, target, selection, first)
                found = _Found(selection, start)
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
    """The selected items of the pages so far, and where the rest begins."""

    def __init__(self, selection: Selection, start: t.Callable[[], datetime]) -> None:
        self.items: list[Json] = []
        self.next_marker: str | None = None
        self.is_complete = False
        self._selection = selection
        self._start = start
        self._filter: Filter | None = None
        self._markers: dict[str, str] = {}
        self._has_opaque_markers = False
        self._cut: tuple[str, int] | None = None  # The page that has more than fits: its marker, and how many fit.

    def add(self, page: Json) -> None:
        """Add the selected items of a page."""
        # The start of the task on AWS's clock is not known before the first response.
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
        """The pages that have not been read have nothing in progress: the rest matters only without a status."""
        if self._selection.status:
            self.next_marker = None
        self.is_complete = True

    def refine_marker(self, api: Api, target: Target) -> None:
        """If the last page has more than fits, and markers are not IDs, request the marker after what fits."""
        if self._cut:
            marker, fitting = self._cut
            page = next(pages(api, target, marker=marker, size=lambda: fitting))
            self.next_marker = page.get("NextMarker") or page["Items"][-1]["Id"]

    def listing(self, error: CloudFrontError | None = None) -> Listing:
        return Listing(invalidation_list(self._selection, self.items, self.next_marker), self._markers, error=error)

    def _continue_after(self, page: Json) -> None:
        self.next_marker = page["NextMarker"] if page["IsTruncated"] else None
        self._note_opaque_marker(page)

    def _continue_within(self, page: Json, last: Json) -> None:
        """Continue after the last item that fits."""
        self._note_opaque_marker(page)
        if self._has_opaque_markers:
            # Until the exact marker is known: a rest that starts with this page repeats items, but skips none.
            self.next_marker = page["Marker"]
            self._cut = page["Marker"], page["Items"].index(last) + 1
        else:
            self.next_marker = last["Id"]

    def _note_opaque_marker(self, page: Json) -> None:
        """Note whether markers are something else than the ID of a page's last item."""
        if page["IsTruncated"] and page["Items"] and page["NextMarker"] != page["Items"][-1]["Id"]:
            self._has_opaque_markers = True


# A distribution reports how many invalidations are in progress, for one request however long its history is. A listing
# that needs no completed ones can end when it has found as many. Why none is missed:
#
# - A status changes only once, from InProgress to Completed.
# - So an invalidation that was created before the count, and is in progress when its page is read after the count, is
#   one of those counted. If as many of these are found as were counted, all other invalidations are completed.
# - Page 1 is read before the count. What it shows was created earlier, and everything on later pages is older. If it
#   shows anything in progress, it is read again after the count; what is new on it then is ignored.
# - What was counted and is not found (it has completed, or new ones have moved it to another page) makes the listing
#   longer, up to the whole history. So does a count that is lower than what is found, which must be out of date.
#
# This relies on a count that includes what page 1 has shown before. CloudFront does not document how current it is.


def _count_in_progress(api: Api, target: Target) -> int | None:
    """InProgressInvalidationBatches of a distribution. None if there is no count, or no permission to read it."""
    operation = target.kind.count_operation
    if operation is None:
        return None
    try:
        response = api.call(operation, str(target), lambda response: "Distribution" in response, Id=target.id)
    except TaskError:
        raise
    except CloudFrontError:
        return None
    return t.cast("int | None", response["Distribution"].get("InProgressInvalidationBatches"))


def _with_statuses_read_again(api: Api, target: Target, selection: Selection, page: Json) -> tuple[Json, int]:
    """Page 1 with the statuses of a second read, and how many of its items that shows in progress."""
    if all(item["Status"] != IN_PROGRESS for item in page["Items"]):
        return page, 0
    again = next(pages(api, target, marker=selection.marker, size=lambda: selection.page_size))
    statuses = {item["Id"]: item["Status"] for item in again["Items"]}
    items = [{**item, "Status": statuses.get(item["Id"], item["Status"])} for item in page["Items"]]
    return {**page, "Items": items}, sum(statuses.get(item["Id"]) == IN_PROGRESS for item in items)


def _until_found(left: int, listed: t.Iterator[Json], first: Json) -> t.Iterator[Json]:
    """The pages after page 1, until they have shown as many in progress as are left to find."""
    newest = max((item["CreateTime"] for item in first["Items"]), default="")  # In case the order is not AWS's.
    while left:
        page = next(listed, None)
        if page is None:
            return
        yield page
        left -= sum(item["Status"] == IN_PROGRESS and item["CreateTime"] <= newest for item in page["Items"])


def invalidation_list(selection: Selection, items: list[Json], next_marker: str | None) -> Json:
    """AWS's InvalidationList with these items."""
    return {
        "Marker": selection.marker,
        "MaxItems": selection.max_items or MAX_PAGE,
        "IsTruncated": next_marker is not None,
        **({} if next_marker is None else {"NextMarker": next_marker}),
        "Quantity": len(items),
        "Items": items,
    }


def not_found(identifiers: str, target: Target) -> str:
    return f"Invalidation {identifiers} not found for {target}; it may no longer be in the history."


def explain_marker(error: CloudFrontError, marker: str) -> CloudFrontError:
    """C(error) or, if the user's marker is the likely cause, the same with advice."""
    if not marker or error.code not in ("InvalidArgument", "NoSuchInvalidation"):
        return error
    return CloudFrontError(
        f"{error} The likely cause is the marker {marker}: it may have expired, or belong to another target. "
        "Run the task again without it.",
        error.code,
    )


def has_invalidation(response: Json) -> bool:
    """Whether this is a complete response to getting or creating an invalidation."""
    return MEMBERS.issubset(response.get("Invalidation", {}))


def as_item(item: Json) -> Json:
    """An invalidation as AWS returns it, with C(CreateTime) as text."""
    return {**item, "CreateTime": as_text(item["CreateTime"])}
