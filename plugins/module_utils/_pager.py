# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ONE target's invalidations: page after page, of either kind, in the shape of AWS's own answer."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._client import Json, as_text
from ._errors import CloudFrontError, MissingError
from ._paging import MAX_PAGE, paginate
from ._selection import Selection
from ._target import Target

IN_PROGRESS = "InProgress"
MEMBERS = ("Id", "CreateTime", "Status")  # What AWS tells of every invalidation.


class Listing(t.NamedTuple):
    """What a target was found to have."""

    invalidation_list: Json  # AWS's InvalidationList.
    markers: dict[str, str]  # The marker of the page on which an invalidation was listed, by Id.
    missing_ids: tuple[str, ...] = ()  # Ids that were named and do not exist.
    error: CloudFrontError | None = None  # Why it is not all that was asked for.


def pages(
    api: Api, target: Target, *, marker: str = "", size: t.Callable[[], int] = lambda: MAX_PAGE
) -> t.Iterator[Json]:
    """The pages of ListInvalidations or ListInvalidationsForDistributionTenant, from C(marker) on.

    Each is AWS's InvalidationList with C(Items) always there and C(CreateTime) as text. Raises CloudFrontError.
    """
    listed = paginate(
        api,
        target.kind.list_operation,
        str(target),
        lambda response: response.get("InvalidationList"),
        marker=marker,
        size=lambda: target.kind.max_items(size()),
        members=MEMBERS,
        **{target.kind.list_parameter: target.id},
    )
    try:
        for page in listed:
            yield {**page, "Items": [as_item(item) for item in page["Items"]]}
    except CloudFrontError as error:
        raise target.explain(error) from error


def get(api: Api, target: Target, identifier: str) -> Json | None:
    """One invalidation as GetInvalidation or GetInvalidationForDistributionTenant answers it.

    That is Id, CreateTime, Status and InvalidationBatch; None where there is no such one. Raises CloudFrontError.
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


def listing(api: Api, target: Target, selection: Selection) -> Listing:
    """The selected invalidations of a target, for no more pages than it takes to tell them.

    Raises CloudFrontError where nothing could be learned; an error that came later is in the Listing, beside what was.
    """
    if selection.ids is not None:
        return _named(api, target, selection)
    found = _paginated(api, target, selection)
    if not selection.details or found.error:
        return found
    items = found.invalidation_list["Items"]
    got, error = _get_each(api, target, [item["Id"] for item in items])
    # One that left the history since it was listed keeps what the list told of it.
    found.invalidation_list["Items"] = [{**item, **(got.get(item["Id"]) or {})} for item in items]
    return found._replace(error=error)


def _get_each(
    api: Api, target: Target, identifiers: t.Sequence[str]
) -> tuple[dict[str, Json | None], CloudFrontError | None]:
    """What C(get) gives for each until one fails, by Id; and why that one did."""
    got: dict[str, Json | None] = {}

    def add(identifier: str) -> None:
        got[identifier] = get(api, target, identifier)

    try:
        api.map(add, identifiers)
    except CloudFrontError as error:
        return got, error
    return got, None


def _paginated(api: Api, target: Target, selection: Selection) -> Listing:
    taken: list[Json] = []
    markers: dict[str, str] = {}
    more: str | None = None
    cut: tuple[str, int, str] | None = None
    opaque = False
    paginate = pages(api, target, marker=selection.marker, size=lambda: selection.size(len(taken)))
    try:
        for page in paginate:
            items, more = page["Items"], page.get("NextMarker") if page["IsTruncated"] else None
            opaque = opaque or bool(more and items and more != items[-1]["Id"])
            matches = [index for index, item in enumerate(items) if selection.matches(item)]
            room = len(matches) if selection.max_items is None else selection.max_items - len(taken)
            taken.extend(items[index] for index in matches[:room])
            markers.update((items[index]["Id"], page["Marker"]) for index in matches[:room])
            if len(matches) > room:
                last = matches[room - 1]
                cut = page["Marker"], last, items[last]["Id"]
                break
            if selection.is_exhausted(items):
                more = None
                break
            if len(taken) == selection.max_items:
                break
    except CloudFrontError as error:
        if more is None:
            raise
        return Listing(_invalidation_list(selection, taken, more), markers, error=error)
    if cut:
        marker, index, more = cut
        if opaque:
            try:
                more = _marker_after(api, target, marker, index)
            except CloudFrontError as error:
                # Who goes on at the page that was cut gets some of it twice, and loses nothing.
                return Listing(_invalidation_list(selection, taken, marker), markers, error=error)
    return Listing(_invalidation_list(selection, taken, more), markers)


def _marker_after(api: Api, target: Target, marker: str, index: int) -> str:
    """The marker behind an item within a page, from CloudFront itself, where its markers are not the Ids of items."""
    page = next(pages(api, target, marker=marker, size=lambda: index + 1))
    return t.cast(str, page.get("NextMarker") or page["Items"][-1]["Id"])


def _named(api: Api, target: Target, selection: Selection) -> Listing:
    """The named invalidations: those of the newest page from the list, the others one by one."""
    named = selection.ids or ()
    found: dict[str, Json] = {}
    markers: dict[str, str] = {}
    got: dict[str, Json | None] = {}
    error: CloudFrontError | None = None
    whole = False
    if named and not selection.details:
        page = next(pages(api, target, size=lambda: selection.page_size))
        found = {item["Id"]: item for item in page["Items"] if item["Id"] in named}
        markers = dict.fromkeys(found, "")
        whole = not page["IsTruncated"]
    rest = [identifier for identifier in named if identifier not in found]
    if rest and not whole:
        got, error = _get_each(api, target, rest)
        found.update((item["Id"], item) for item in got.values() if item)
        if error and not found:
            raise error
    if not selection.details:
        for item in found.values():
            item.pop("InvalidationBatch", None)
    # What an error kept from being asked for may exist.
    missing_ids = tuple(
        identifier for identifier in rest if identifier not in found and (identifier in got or not error)
    )

    newest_first = sorted(found.values(), key=lambda item: t.cast(str, item["CreateTime"]), reverse=True)
    if selection.marker:
        newest_first = _after_marker(api, target, selection.marker, newest_first)
    matches = [item for item in newest_first if selection.matches(item)]
    taken = matches[: selection.max_items]
    more = taken[-1]["Id"] if len(matches) > len(taken) else None
    return Listing(_invalidation_list(selection, taken, more), markers, missing_ids, error)


def _after_marker(api: Api, target: Target, marker: str, newest_first: list[Json]) -> list[Json]:
    """Those of the named invalidations that come after the one that the marker names."""
    for index, item in enumerate(newest_first):
        if item["Id"] == marker:
            return newest_first[index + 1 :]
    named = get(api, target, marker)
    if named is None:
        message = f"The marker {marker} is no invalidation of {target} (any more): start again without it."
        raise MissingError(message, "NoSuchInvalidation")
    # Of those of the same instant nobody knows the order: rather one twice than one lost.
    return [item for item in newest_first if item["CreateTime"] <= named["CreateTime"]]


def _invalidation_list(selection: Selection, items: list[Json], more: str | None) -> Json:
    return {
        "Marker": selection.marker,
        "MaxItems": selection.max_items or MAX_PAGE,
        "IsTruncated": more is not None,
        **({} if more is None else {"NextMarker": more}),
        "Quantity": len(items),
        "Items": items,
    }


def has_invalidation(response: Json) -> bool:
    """Whether that is a whole answer to getting or creating an invalidation."""
    return set(response.get("Invalidation", {})).issuperset(MEMBERS)


def as_item(item: Json) -> Json:
    """An invalidation as AWS answers it, with C(CreateTime) as text."""
    return {**item, "CreateTime": as_text(item["CreateTime"])}
