# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Page through one of CloudFront's lists to its end, or raise an error: never a short list that looks complete."""

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
    members: tuple[str, ...] = ("Id",),
    **parameters: t.Any,
) -> t.Iterator[Json]:
    """The pages of a list, each as AWS's list structure with C(Items) and C(IsTruncated) always there.

    C(unpack) takes the structure out of an answer, C(size) gives MaxItems for the next page, C(members) are what
    each item must have. A page is asked for when it is wanted. Raises CloudFrontError for an answer by which the
    list cannot be followed to its end.
    """

    def is_whole(response: Json) -> bool:
        page = unpack(response)
        return (
            isinstance(page, dict)
            and isinstance(page.get("IsTruncated"), bool)
            and all(member in item for item in page.get("Items") or [] for member in members)
        )

    def broken(how: str) -> CloudFrontError:
        message = f"{operation} on {subject} {how}, so the rest of the list is out of reach. Run it again later."
        return CloudFrontError(message, "BrokenPaging")

    markers, heads, empty = {marker}, set(), 0
    while True:
        requested = {"Marker": marker} if marker else {}
        page: Json = unpack(api.call(operation, subject, is_whole, **parameters, **requested, MaxItems=size()))
        items = page.get("Items") or []
        if items:
            if items[0]["Id"] in heads:
                raise broken(f"began again at {items[0]['Id']}")
            heads.add(items[0]["Id"])
        empty = 0 if items else empty + 1
        following = page.get("NextMarker")
        if page["IsTruncated"]:
            if not following:
                raise broken("says that it has more, but not where (IsTruncated without NextMarker)")
            if following in markers:
                raise broken(f"leads in a circle (NextMarker {following} a second time)")
            if empty >= MAX_EMPTY_PAGES:
                raise broken(f"sent {empty} empty pages in a row")
        yield {**page, "Items": items, "Marker": marker}
        if not page["IsTruncated"]:
            return
        marker = t.cast(str, following)
        markers.add(marker)
