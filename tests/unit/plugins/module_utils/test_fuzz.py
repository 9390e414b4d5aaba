# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that no response and no option causes a traceback or an endless listing."""

from __future__ import annotations

import typing as t
from functools import cache

from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import listing
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._paging import MAX_EMPTY_PAGES
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection, selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Kind
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import NOW, Subject, api_of, subject_of
from hypothesis import given, settings
from hypothesis import strategies as st

WHOLE = (
    b"<InvalidationList><Marker></Marker><Quantity>1</Quantity><IsTruncated>true</IsTruncated><NextMarker>a</NextMarker>"
    b"<Items><InvalidationSummary><Id>I1</Id><CreateTime>2026-11-21T03:59:01Z</CreateTime><Status>Completed</Status>"
    b"</InvalidationSummary></Items></InvalidationList>"
)


@cache
def target_with_client(kind: Kind) -> Subject:
    """A target for all examples, because creating a client takes longer than an example."""
    subject = subject_of(kind, CloudFront(clock=SimulatedClock(NOW)))
    subject.add(ids=["I1", "I2"], newest=NOW)
    return subject


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    status=st.sampled_from([200, 200, 200, 201, 204, 301, 400, 403, 404, 413, 418, 429, 500, 502, 503]),
    content_type=st.sampled_from(["text/xml", "text/html", "application/json", ""]),
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
def test_any_response_is_a_list_or_a_clear_error(kind: Kind, status: int, content_type: str, body: bytes) -> None:
    subject = target_with_client(kind)
    subject.cf.reset_calls()

    def replace(response_dict: dict[str, t.Any], **dummy: t.Any) -> None:
        response_dict.update(status_code=status, headers={"content-type": content_type}, body=body)

    subject.client.meta.events.register_first("before-parse.cloudfront", replace)
    try:
        found = listing(api_of(subject.cf, subject.client, attempts=2), subject.target, Selection())
    except CloudFrontError as error:
        assert "\n" not in str(error)
        assert subject.target.id in str(error)
    else:
        assert isinstance(found.invalidation_list["IsTruncated"], bool)
    finally:
        subject.client.meta.events.unregister("before-parse.cloudfront", replace)
    assert subject.cf.calls.total() <= 2 * MAX_EMPTY_PAGES


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


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(KINDS), options=OPTIONS)
def test_any_options_are_a_selection_or_a_clear_error(kind: Kind, options: dict[str, t.Any]) -> None:
    subject = target_with_client(kind)
    subject.cf.reset_calls()
    try:
        found = listing(api_of(subject.cf, subject.client), subject.target, selection(options))
    except CloudFrontError as error:
        assert str(error).endswith(".")
    else:
        assert {item["Id"] for item in found.invalidation_list["Items"]} <= {"I1", "I2"}
    assert subject.cf.calls.total() <= 8
