# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Page through one of CloudFront's lists to its end, or raise an error. Never return an incomplete list silently."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._api import Api
from ._client import Json
from ._errors import CloudFrontError

MAX_PAGE = 100  # The most that CloudFront lists in one response.
MAX_EMPTY_PAGES = 20


def paginate(
    api: Api,
    operation: str,
    subject: str,
    unpack: t.Callable[[Json], t.Any],
    *,
    marker: str = "",
    size: t.Callable[[], t.Any],
    members: frozenset[str] = frozenset(("Id",)),
    echoes_marker: bool = True,
    **parameters: t.Any,
) -> t.Iterator[Json]:
    """Yield the pages of a list, each in AWS's structure with C(Items), C(IsTruncated) and the requested C(Marker).

    C(unpack) returns the structure in a response, C(size) returns MaxItems for the next page, and C(members) are those
    that each item must have. A page is requested when the caller needs it. Raises CloudFrontError if the next page
    cannot be read. The last page before it has the ID of its last item as C(NextMarker).
    """

    def is_complete(response: Json) -> bool:
        page = unpack(response)
        return (
            isinstance(page, dict)
            and isinstance(page.get("IsTruncated"), bool)
            and all(map(members.issubset, page.get("Items") or ()))
        )

    def broken(how: str) -> CloudFrontError:
        message = f"{operation} on {subject} {how}; the remaining pages cannot be read. Run the task again later."
        return CloudFrontError(message, "BrokenPaging")

    trail = _Trail(marker)
    while True:
        requested = {"Marker": marker} if marker else {}
        page: Json = unpack(api.call(operation, subject, is_complete, {**parameters, **requested, "MaxItems": size()}))
        items = page.get("Items") or []
        echo = page.get("Marker") or ""
        if echoes_marker and echo != marker:
            raise broken(f"returned Marker {echo!r} instead of {marker!r}")
        if trail.has_seen(items):
            raise broken(f"started again at {items[0]['Id']}")
        page = {**page, "Items": items, "Marker": marker}
        dead_end = trail.follow(page)
        if dead_end:
            page["NextMarker"] = items[-1]["Id"] if items else marker
        yield page
        if dead_end:
            raise broken(dead_end)
        if not page["IsTruncated"]:
            return
        marker = page["NextMarker"]


class _Trail:
    """Detects pages that repeat, or that do not lead to the end of the list."""

    def __init__(self, marker: str) -> None:
        self._markers = {marker}
        self._first_ids: set[str] = set()
        self._empty_pages = 0

    def has_seen(self, items: t.Sequence[Json]) -> bool:
        """Whether an earlier page started with the same item."""
        if not items:
            return False
        seen = items[0]["Id"] in self._first_ids
        self._first_ids.add(items[0]["Id"])
        return seen

    def follow(self, page: Json) -> str | None:
        """Return why the page after this one cannot be read, or None if it can."""
        self._empty_pages = 0 if page["Items"] else self._empty_pages + 1
        if not page["IsTruncated"]:
            return None
        following = page.get("NextMarker")
        if not following:
            return "returned IsTruncated without NextMarker"
        if following in self._markers:
            return f"returned NextMarker {following} a second time"
        self._markers.add(following)
        if self._empty_pages >= MAX_EMPTY_PAGES:
            return f"returned {MAX_EMPTY_PAGES} empty pages in a row"
        return None
