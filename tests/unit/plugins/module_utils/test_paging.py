# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from itertools import chain
from types import SimpleNamespace

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._paging import MAX_EMPTY_PAGES, paginate
from hypothesis import given
from hypothesis import strategies as st

Page = dict[str, t.Any]


def page(ids: str, following: str | None = None, **members: t.Any) -> Page:
    """Return a page with one item for each letter. It is truncated if another page follows."""
    more = {} if following is None else {"NextMarker": following}
    return {
        "Items": [{"Id": letter} for letter in ids],
        "IsTruncated": following is not None,
        **more,
        **members,
    }


def chained(*contents: str) -> list[Page]:
    """Return pages with these items, each of which leads to the next."""
    last = len(contents) - 1
    return [page(ids, None if number == last else f"page-{number + 1}") for number, ids in enumerate(contents)]


def paging_by(respond: t.Callable[[str], Page], **options: t.Any) -> t.Iterator[Page]:
    """Page through a list with these responses to markers. Pages echo the marker unless they have their own."""

    def call(operation: str, subject: str, is_complete: t.Callable[[Page], bool], parameters: Page) -> Page:
        marker = parameters.get("Marker", "")
        while True:
            response = {"List": {"Marker": marker, **respond(marker)}}
            if is_complete(response):
                return response

    api = t.cast(Api, SimpleNamespace(call=call))
    return paginate(api, "ListThings", "something", lambda response: response["List"], size=lambda: 100, **options)


def paging(pages: t.Iterable[Page], **options: t.Any) -> t.Iterator[Page]:
    """Page through a list whose responses are these pages."""
    responses = iter(pages)
    return paging_by(lambda marker: next(responses), **options)


def ids(pages: t.Iterable[Page]) -> str:
    return "".join(item["Id"] for page in pages for item in page["Items"])


def test_pages_to_the_end() -> None:
    assert ids(paging(chained("AB", "CD", "E"))) == "ABCDE"


def test_page_has_items_and_the_marker_requested() -> None:
    first, second = paging([page("A", "x"), {"IsTruncated": False}])
    assert (first["Marker"], second) == ("", {"Marker": "x", "IsTruncated": False, "Items": []})


def test_page_is_requested_when_it_is_needed() -> None:
    responses = iter(chained("A", "B", "C"))
    assert ids([next(paging(responses))]) == "A"
    assert ids(responses) == "BC"


@pytest.mark.parametrize("before", ["", "A"])
def test_empty_pages_up_to_a_limit(before: str) -> None:
    empty = [""] * (MAX_EMPTY_PAGES - 1)
    assert ids(paging(chained(before, *empty[1:], "B", *empty, "C"))) == before + "BC"
    with pytest.raises(CloudFrontError, match="returned 20 empty pages in a row; the remaining pages cannot be read"):
        list(paging(chained("A", *empty, "", "B")))


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ({"IsTruncated": True}, "returned IsTruncated without NextMarker"),
        ({"IsTruncated": True, "NextMarker": ""}, "returned IsTruncated without NextMarker"),
        ({"IsTruncated": True, "NextMarker": "page-1"}, "returned NextMarker page-1 a second time"),
    ],
)
@pytest.mark.parametrize(("items", "next_marker"), [("CD", "D"), ("", "page-1")])
def test_page_with_an_unusable_marker_keeps_its_items(last: Page, message: str, items: str, next_marker: str) -> None:
    pages = paging([page("AB", "page-1"), page(items, **last)])
    first, second = next(pages), next(pages)
    assert ids([first, second]) == "AB" + items
    assert (second["IsTruncated"], second["NextMarker"]) == (True, next_marker)
    with pytest.raises(CloudFrontError, match=f"ListThings on something {message}") as caught:
        next(pages)
    assert caught.value.code == "BrokenPaging"


def test_page_that_starts_like_an_earlier_one_is_not_returned() -> None:
    pages = paging(chained("AB", "CD", "AE"))
    assert ids([next(pages), next(pages)]) == "ABCD"
    with pytest.raises(CloudFrontError, match="started again at A"):
        next(pages)


@pytest.mark.parametrize(("echo", "shown"), [("other", "'other'"), ("", "''"), (None, "''")])
def test_page_with_another_marker_is_not_returned(echo: str | None, shown: str) -> None:
    pages = paging([page("AB", "page-1"), page("CD", Marker=echo)])
    assert ids([next(pages)]) == "AB"
    with pytest.raises(CloudFrontError, match=f"returned Marker {shown} instead of 'page-1'"):
        next(pages)


def test_first_page_with_a_marker_is_not_returned() -> None:
    with pytest.raises(CloudFrontError, match="returned Marker 'other' instead of ''"):
        next(paging([page("AB", Marker="other")]))


def test_list_that_never_echoes_its_marker() -> None:
    pages = [{**page, "Marker": None} for page in chained("AB", "CD")]
    assert ids(paging(pages, echoes_marker=False)) == "ABCD"


@pytest.mark.parametrize(
    "incomplete",
    [{}, {"IsTruncated": None}, {"IsTruncated": "false"}, {"IsTruncated": False, "Items": [{"Id": "A"}, {}]}],
)
def test_incomplete_page_is_requested_again(incomplete: Page) -> None:
    assert ids(paging(chain([incomplete], chained("AB")))) == "AB"


def test_items_need_all_members() -> None:
    whole = page("A", Items=[{"Id": "A", "Status": "Completed", "Other": 1}])
    assert ids(paging([page("A"), whole], members=frozenset(("Id", "Status")))) == "A"


MARKERS = st.sampled_from(["", "a", "b", "c", "d", "e", "f"])
RANDOM_PAGES = st.builds(
    lambda ids, following, is_truncated: {**page(ids, following), "IsTruncated": is_truncated},
    ids=st.lists(st.sampled_from("ABCDEFGHIJKL"), max_size=3, unique=True).map("".join),
    following=st.one_of(st.none(), MARKERS),
    is_truncated=st.sampled_from([True, True, True, False]),
)


@given(by_marker=st.dictionaries(MARKERS, RANDOM_PAGES, min_size=7, max_size=7))
def test_any_chain_of_pages_is_complete_or_an_error(by_marker: dict[str, Page]) -> None:
    requested: list[str] = []

    def respond(marker: str) -> Page:
        requested.append(marker)
        return by_marker[marker]

    try:
        found = ids(paging_by(respond))
    except CloudFrontError as error:
        assert error.code == "BrokenPaging"
    else:
        following = by_marker[""]
        expected = ids([following])
        while following["IsTruncated"]:
            following = by_marker[following["NextMarker"]]
            expected += ids([following])
        assert found == expected
    assert len(requested) <= len(by_marker)
