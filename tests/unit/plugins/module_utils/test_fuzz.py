# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a server sends: no traceback, no endless listing, no short list that looks complete."""

from __future__ import annotations

import json
import typing as t
from functools import cache
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._paging import MAX_EMPTY_PAGES
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection, selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Target
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import (
    NOW,
    Subject,
    api_of,
    client_of,
    listing,
    subject_of,
    target_of,
)
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from hypothesis import given, settings
from hypothesis import strategies as st

MANY_ATTEMPTS = 100  # More than one request has time for.
BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)


class Page(t.NamedTuple):
    ids: tuple[str, ...]
    truncated: bool | None
    following: str | None

    def xml(self, marker: str = "") -> bytes:
        items = "".join(
            f"<InvalidationSummary><Id>{identifier}</Id><CreateTime>2026-11-21T03:59:01Z</CreateTime>"
            "<Status>Completed</Status></InvalidationSummary>"
            for identifier in self.ids
        )
        parts = [
            f"<Marker>{escape(marker)}</Marker>",
            f"<Quantity>{len(self.ids)}</Quantity>",
            f"<Items>{items}</Items>" if items else "",
        ]
        if self.truncated is not None:
            parts.append(f"<IsTruncated>{json.dumps(self.truncated)}</IsTruncated>")
        if self.following is not None:
            parts.append(f"<NextMarker>{escape(self.following)}</NextMarker>")
        return f"<InvalidationList>{''.join(parts)}</InvalidationList>".encode()


class Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> t.Iterator[bytes]:
        yield self.body


@cache
def shared_client() -> t.Any:
    """One client for all examples: creating it takes longer than an example."""
    return client_of(CloudFront())


def responding(kind: t.Any, respond: t.Callable[[str], tuple[int, dict[str, str], bytes]]) -> tuple[Subject, list[str]]:
    """A target whose lists are what C(respond) returns for a marker, and the markers of the requests."""
    cf = CloudFront(clock=SimulatedClock(NOW))
    markers: list[str] = []

    def before_send(request: t.Any, **dummy: t.Any) -> t.Any:
        marker = parse_qs(urlsplit(request.url).query).get("Marker", [""])[0]
        markers.append(marker)
        status, headers, body = respond(marker)
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), Raw(body))

    client = shared_client()
    client.meta.events.unregister("before-send.cloudfront", unique_id="responding")
    client.meta.events.register_first("before-send.cloudfront", before_send, unique_id="responding")
    return Subject(cf, api_of(cf, client), client, Target(kind, target_of(cf, kind), {})), markers


MARKERS = st.sampled_from(["", "a", "b", "c", "d", "e", "<&>"])
PAGES = st.builds(
    Page,
    ids=st.lists(st.sampled_from([f"I{number}" for number in range(12)]), max_size=3, unique=True).map(tuple),
    truncated=st.sampled_from([True, True, True, False, None]),
    following=st.one_of(st.none(), MARKERS),
)


@BY_KIND
@settings(max_examples=50, deadline=None)
@given(chain=st.dictionaries(MARKERS, PAGES, min_size=7, max_size=7))
def test_random_chain_of_pages(kind: t.Any, chain: dict[str, Page]) -> None:
    subject, markers = responding(kind, lambda marker: (200, {}, chain[marker].xml(marker)))
    try:
        found = listing(subject.api, subject.target, Selection())
    except CloudFrontError:
        return
    finally:
        assert len(markers) <= len(chain) + MANY_ATTEMPTS + MAX_EMPTY_PAGES
    items = [item["Id"] for item in found.invalidation_list["Items"]]
    if found.error:
        assert found.invalidation_list["IsTruncated"] is True
        return
    expected: list[str] = []
    page = chain[""]
    while True:
        expected += page.ids
        if not page.truncated:
            break
        page = chain[str(page.following)]
    assert items == expected
    assert found.invalidation_list["IsTruncated"] is False


WHOLE = Page(("I1", "I2"), True, "a").xml()


@BY_KIND
@settings(max_examples=50, deadline=None)
@given(
    status=st.sampled_from([200, 200, 200, 201, 204, 301, 400, 403, 404, 413, 418, 429, 500, 502, 503]),
    kind_of_body=st.sampled_from(["text/xml", "text/html", "application/json", ""]),
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(str.encode),
        st.integers(0, len(WHOLE)).map(lambda length: WHOLE[:length]),
        st.tuples(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=5)).map(
            lambda cut: WHOLE[: cut[0]] + cut[2] + WHOLE[cut[1] :]
        ),
        st.just(b"<ErrorResponse><Error><Code></Code></Error></ErrorResponse>"),
        st.just(b"<ErrorResponse><Error/></ErrorResponse>"),
    ),
)
def test_random_body(kind: t.Any, status: int, kind_of_body: str, body: bytes) -> None:
    subject, markers = responding(kind, lambda marker: (status, {"Content-Type": kind_of_body}, body))
    try:
        found = listing(subject.api, subject.target, Selection())
    except CloudFrontError as error:
        assert "\n" not in str(error)
        assert subject.target.id in str(error)
    else:
        assert isinstance(found.invalidation_list["IsTruncated"], bool)
    assert len(markers) <= MANY_ATTEMPTS + MAX_EMPTY_PAGES


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "invalidation_ids": st.lists(
            st.one_of(st.text(max_size=5), st.sampled_from(["I1", "I2", "IGONE"])), max_size=4
        ),
        "status": st.sampled_from(["InProgress", "Completed"]),
        "created_after": st.one_of(
            st.text(max_size=12), st.from_regex(r"\A\d{1,4}[smhdw]\Z"), st.dates(), st.integers()
        ),
        "created_before": st.one_of(st.text(max_size=12), st.from_regex(r"\A\d{4}-\d\d-\d\d\Z"), st.datetimes()),
        "max_items": st.integers(-2, 300),
        "marker": st.sampled_from(["", "I1", "I2", "nonsense"]),
        "page_size": st.integers(-2, 2000),
        "details": st.booleans(),
    },
)


@BY_KIND
@settings(max_examples=30, deadline=None)
@given(options=OPTIONS)
def test_random_options(kind: t.Any, options: dict[str, t.Any]) -> None:
    subject = subject_of(kind, CloudFront(clock=SimulatedClock(NOW)))
    subject.add(ids=["I1", "I2"], newest=NOW)
    try:
        found = listing(subject.api, subject.target, selection(options))
    except CloudFrontError as error:
        assert str(error).endswith(".")
    else:
        assert {item["Id"] for item in found.invalidation_list["Items"]} <= {"I1", "I2"}
    assert sum(subject.cf.calls.values()) <= 8
