# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
    TaskError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import listing
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import get, pages
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import (
    DISTRIBUTION,
    KINDS,
    TENANT,
    Kind,
    Target,
)
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import (
    MISSING,
    NOW,
    Subject,
    api_of,
    subject_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def ids(invalidation_list: dict[str, t.Any]) -> list[str]:
    return [item["Id"] for item in invalidation_list["Items"]]


def list_of(subject: Subject, **options: t.Any) -> dict[str, t.Any]:
    found = listing(subject.api, subject.target, subject.select(**options))
    assert found.error is None
    return found.invalidation_list


@pytest.mark.parametrize("count", [0, 100, 101, 250])
def test_whole_history_costs_one_request_per_page(subject: Subject, count: int) -> None:
    added = list(subject.add(count)) if count else []
    invalidation_list = list_of(subject)
    assert ids(invalidation_list) == added
    assert subject.list_calls == max(1, math.ceil(count / 100))
    assert {key: invalidation_list[key] for key in ("Marker", "MaxItems", "IsTruncated", "Quantity")} == {
        "Marker": "",
        "MaxItems": 100,
        "IsTruncated": False,
        "Quantity": count,
    }
    assert "NextMarker" not in invalidation_list


@pytest.mark.parametrize("status", ["InProgress", "Cancelled"])
def test_items_are_in_the_shape_of_aws_with_text_for_timestamps(subject: Subject, status: str) -> None:
    subject.add(ids=["I2J0I21PCUYOIK"], newest="2026-11-21T03:59:01.413Z", status=status)
    assert list_of(subject)["Items"] == [
        {"Id": "I2J0I21PCUYOIK", "CreateTime": "2026-11-21T03:59:01.413000+00:00", "Status": status}
    ]


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({"max_items": 1}, [1]),
        ({"max_items": 5}, [5]),
        ({"max_items": 100}, [100]),
        ({"max_items": 150}, [100, 50]),
        ({"max_items": 5, "page_size": 2}, [2, 2, 1]),
        ({"max_items": 250, "page_size": 1000}, [100, 100, 50]),
    ],
)
def test_limit_requests_no_more_than_necessary(subject: Subject, options: dict[str, int], sizes: list[int]) -> None:
    added = list(subject.add(300))
    invalidation_list = list_of(subject, **options)
    assert ids(invalidation_list) == added[: options["max_items"]]
    assert [int(params["MaxItems"]) for params in subject.list_params] == sizes
    assert (invalidation_list["MaxItems"], invalidation_list["IsTruncated"]) == (options["max_items"], True)
    rest = list_of(subject, marker=invalidation_list["NextMarker"])
    assert ids(rest) == added[options["max_items"] :]
    assert rest["Marker"] == invalidation_list["NextMarker"]


def test_limit_at_the_end_of_the_history_is_not_truncated(subject: Subject) -> None:
    subject.add(5)
    assert list_of(subject, max_items=5)["IsTruncated"] is False


SETBACKS: dict[str, dict[str, t.Any]] = {
    "Throttling": dict(does="throttle"),
    "429": dict(does="throttle", code="TooManyRequests", status=429),
    "503": dict(does="error", status=503),
    "502 of a proxy": dict(does="error", status=502, body="html"),
    "503 without a body": dict(does="error", status=503, body="none"),
    "reset": dict(does="reset"),
    "cut": dict(does="cut"),
    "200 without a body": dict(does="empty"),
    "200 of a proxy": dict(does="html"),
    "no IsTruncated": dict(does="no_is_truncated"),
}


@pytest.mark.parametrize("setback", SETBACKS.values(), ids=SETBACKS)
def test_one_page_is_retried_and_the_listing_continues_at_its_marker(
    subject: Subject, setback: dict[str, t.Any]
) -> None:
    added = list(subject.add(350))
    subject.cf.add_fault(**setback, at=(2, 3, 5))
    assert ids(list_of(subject)) == added
    markers = [params.get("Marker", "") for params in subject.list_params]
    assert markers == ["", added[99], added[99], added[99], added[199], added[199], added[299]]
    assert subject.api.calls == {subject.kind.list_operation: 7}


@pytest.mark.parametrize("setback", ["Throttling", "503", "reset", "200 of a proxy"])
def test_persistent_failure_is_one_clear_error(subject: Subject, setback: str) -> None:
    subject.add(1)
    subject.cf.add_fault(**SETBACKS[setback])
    with pytest.raises(CloudFrontError) as caught:
        list_of(subject)
    message = str(caught.value)
    assert subject.kind.list_operation in message
    assert subject.target.id in message
    assert f"Gave up after {subject.list_calls} attempts in " in message


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (dict(does="error", status=503, at=range(3, 500)), "ServiceUnavailable"),
        (dict(does="truncated_without_marker", at=[2]), "BrokenPaging"),
    ],
)
def test_failed_listing_keeps_its_items_and_can_be_continued(
    subject: Subject, fault: dict[str, t.Any], code: str
) -> None:
    added = list(subject.add(250))
    subject.cf.add_fault(**fault)
    found = listing(subject.api, subject.target, Selection())
    assert found.error is not None
    assert found.error.code == code
    assert ids(found.invalidation_list) == added[:200]
    assert (found.invalidation_list["IsTruncated"], found.invalidation_list["NextMarker"]) == (True, added[199])
    subject.cf.clear_faults()
    subject.api = api_of(subject.cf, subject.client)  # The error ended the task of the other Api.
    assert ids(list_of(subject, marker=found.invalidation_list["NextMarker"])) == added[200:]


@pytest.mark.parametrize(
    ("does", "message"),
    [
        ("truncated_without_marker", "IsTruncated without NextMarker"),
        ("marker_cycle", "a second time"),
        ("marker_not_echoed", "returned Marker"),
        ("ignore_marker", "returned Marker"),
    ],
)
def test_broken_paging_never_looks_complete(subject: Subject, does: str, message: str) -> None:
    subject.add(300)
    subject.cf.add_fault(does)
    with pytest.raises(CloudFrontError, match=message) as caught:
        found = listing(subject.api, subject.target, Selection())
        assert found.error
        assert found.invalidation_list["IsTruncated"] is True
        raise found.error
    assert caught.value.code == "BrokenPaging"
    assert subject.list_calls <= 4


@pytest.mark.parametrize(
    ("options", "count", "last"),
    [
        ({"max_items": 60}, 60, 59),
        ({"max_items": 100}, 100, 99),
        ({"status": "InProgress", "max_items": 2}, 2, 99),
        ({"created_after": "1m"}, 2, None),
    ],
)
def test_truncated_page_without_a_marker_may_satisfy_the_selection(
    subject: Subject, options: dict[str, t.Any], count: int, last: int | None
) -> None:
    added = [*subject.add(2, status="InProgress"), *subject.add(298)]
    subject.cf.add_fault("truncated_without_marker")
    invalidation_list = list_of(subject, **options)
    assert ids(invalidation_list) == added[:count]
    assert invalidation_list["IsTruncated"] is (last is not None)
    assert invalidation_list.get("NextMarker") == (None if last is None else added[last])


def test_rejected_marker_is_named_as_the_likely_cause(subject: Subject) -> None:
    subject.add(2)
    with pytest.raises(
        CloudFrontError, match=r"The likely cause is the marker INEVER.* again without marker"
    ) as caught:
        list_of(subject, marker="INEVER")
    assert caught.value.code == "InvalidArgument"


def test_rejected_request_without_a_marker_has_no_advice_about_it(subject: Subject) -> None:
    subject.cf.add_fault("error", status=400, code="InvalidArgument")
    with pytest.raises(CloudFrontError) as caught:
        list_of(subject)
    assert "marker" not in str(caught.value)


def test_next_marker_without_is_truncated_is_ignored(subject: Subject) -> None:
    subject.add(100)
    subject.cf.add_fault("marker_without_truncated")
    invalidation_list = list_of(subject)
    assert invalidation_list["IsTruncated"] is False
    assert "NextMarker" not in invalidation_list
    assert subject.list_calls == 1


def test_server_that_returns_more_than_requested(subject: Subject) -> None:
    added = list(subject.add(150))
    subject.cf.add_fault("ignore_max_items")
    invalidation_list = list_of(subject, max_items=5)
    assert ids(invalidation_list) == added[:5]
    assert ids(list_of(subject, marker=invalidation_list["NextMarker"])) == added[5:]


def test_missing_target_is_named_with_a_hint(subject: Subject) -> None:
    gone = subject.target._replace(id="gone")
    with pytest.raises(MissingError, match=f"There is no {subject.kind.label} {gone.id} in this account") as caught:
        listing(subject.api, gone, Selection())
    assert caught.value.code == MISSING[subject.kind]
    assert subject.list_calls == 1


def test_multi_tenant_distribution_has_a_hint_to_its_tenants(cf: CloudFront, api: Api) -> None:
    distribution = Target(DISTRIBUTION, cf.add_distribution(tenant_only=True), {})
    with pytest.raises(MissingError, match="invalidations belong to its tenants"):
        listing(api, distribution, Selection())


# Selection.


def test_window_ends_the_listing_at_the_first_older_page(subject: Subject) -> None:
    added = list(subject.add(10_000, newest=NOW, every=60))
    assert ids(list_of(subject, created_after="30m")) == added[:31]
    assert subject.list_calls == 1


def test_limit_of_invalidations_in_progress_ends_the_listing(subject: Subject) -> None:
    busy = list(subject.add(4, status="InProgress"))
    subject.add(10_000)
    invalidation_list = list_of(subject, status="InProgress", max_items=3)
    assert ids(invalidation_list) == busy[:3]
    assert invalidation_list["NextMarker"] == busy[2]
    assert subject.list_calls == 1


def test_limit_without_further_matches_is_not_truncated(subject: Subject) -> None:
    busy = list(subject.add(3, newest=NOW, every=60, status="InProgress"))
    subject.add(10_000, every=60)
    invalidation_list = list_of(subject, created_after="2m", max_items=3)
    assert ids(invalidation_list) == busy
    assert invalidation_list["IsTruncated"] is False


def test_page_that_is_not_newest_first_does_not_end_the_listing(subject: Subject) -> None:
    subject.add(150, newest=NOW, every=60)
    subject.cf.add_fault("unordered", seed=3)
    whole = list_of(subject, created_after="1h")
    assert whole["Quantity"] == 61


def test_details_are_fetched_only_for_selected_items(subject: Subject) -> None:
    subject.add(2, status="InProgress", paths=["/index.html", "/css/*", "#tag"])
    subject.add(200)
    items = list_of(subject, status="InProgress", max_items=2, details=True)["Items"]
    assert [item["InvalidationBatch"]["Paths"]["Items"] for item in items] == [["/index.html", "/css/*", "#tag"]] * 2
    assert (subject.list_calls, subject.get_calls) == (1, 2)
    assert get(subject.api, subject.target, items[0]["Id"]) == items[0]


def test_invalidation_without_a_batch(subject: Subject) -> None:
    (identifier,) = subject.add(1)
    subject.client.meta.events.register(
        "after-call.cloudfront", lambda parsed, **dummy: parsed["Invalidation"].pop("InvalidationBatch")
    )
    item = get(subject.api, subject.target, identifier)
    assert item
    assert (item["Id"], set(item)) == (identifier, {"Id", "CreateTime", "Status"})


def test_denied_details_keep_the_list(subject: Subject) -> None:
    added = list(subject.add(3))
    subject.cf.add_fault("access_denied", operation="Get*")
    found = listing(subject.api, subject.target, subject.select(details=True))
    assert ids(found.invalidation_list) == added
    assert isinstance(found.error, DeniedError)
    assert subject.kind.get_operation in str(found.error)


# Invalidations in progress in a history with several pages.


def in_progress(invalidation_list: dict[str, t.Any]) -> list[str]:
    return [item["Id"] for item in invalidation_list["Items"] if item["Status"] == "InProgress"]


def add_runs(subject: Subject, *runs: tuple[int, str]) -> list[str]:
    """Add runs of invalidations by number and status, newest first, and return the IDs of those in progress."""
    added = [(status, subject.add(count, status=status)) for count, status in runs]
    return [identifier for status, run in added if status == "InProgress" for identifier in run]


@pytest.fixture
def site(cf: CloudFront) -> Subject:
    return subject_of(DISTRIBUTION, cf)


@pytest.mark.parametrize("options", [{"status": "InProgress"}, {"wait": True}], ids=["status", "wait"])
@pytest.mark.parametrize(
    ("runs", "requests", "read"),
    [
        ([(1_000, "Completed")], 2, 100),
        ([(2, "InProgress"), (998, "Completed")], 3, 100),
        ([(349, "Completed"), (1, "InProgress"), (650, "Completed")], 5, 400),
        ([(2, "InProgress"), (347, "Completed"), (1, "InProgress"), (650, "Completed")], 6, 400),
        ([(150, "InProgress"), (850, "Completed")], 4, 200),
        ([(999, "Completed"), (1, "InProgress")], 11, 1_000),
        ([(100, "InProgress")], 1, 100),
    ],
)
def test_listing_ends_when_everything_in_progress_is_found(
    site: Subject, options: dict[str, t.Any], runs: list[tuple[int, str]], requests: int, read: int
) -> None:
    busy = add_runs(site, *runs)
    history = sum(count for count, dummy in runs)
    invalidation_list = list_of(site, **options)
    assert in_progress(invalidation_list) == busy
    assert site.cf.calls.total() == requests
    if "wait" in options:
        assert invalidation_list["Quantity"] == read
        assert invalidation_list["IsTruncated"] is (read < history)
    else:
        assert invalidation_list["Quantity"] == len(busy)
        assert invalidation_list["IsTruncated"] is False


def test_wait_can_be_continued_after_the_last_one_in_progress(site: Subject) -> None:
    added = [*site.add(2, status="InProgress"), *site.add(298)]
    invalidation_list = list_of(site, wait=True)
    assert ids(list_of(site, wait=True, marker=invalidation_list["NextMarker"])) == added[100:]


def test_tenant_has_no_count(cf: CloudFront) -> None:
    tenant = subject_of(TENANT, cf)
    busy = add_runs(tenant, (2, "InProgress"), (998, "Completed"))
    invalidation_list = list_of(tenant, status="InProgress")
    assert ids(invalidation_list) == busy
    assert invalidation_list["IsTruncated"] is False
    assert cf.calls == {TENANT.list_operation: 10}


@pytest.mark.parametrize("fault", [dict(does="access_denied"), dict(does="error", status=503)])
def test_whole_history_is_listed_without_a_count(site: Subject, fault: dict[str, t.Any]) -> None:
    busy = add_runs(site, (1, "InProgress"), (498, "Completed"), (1, "InProgress"))
    site.cf.add_fault(**fault, operation="GetDistribution")
    invalidation_list = list_of(site, status="InProgress")
    assert ids(invalidation_list) == busy
    assert invalidation_list["IsTruncated"] is False
    assert (site.list_calls, site.cf.calls["GetDistribution"]) == (5, 1)


def test_count_that_ends_the_task_ends_the_listing(site: Subject) -> None:
    added = list(site.add(500, status="InProgress"))
    site.cf.add_fault("error", operation="GetDistribution", status=403, code="ExpiredToken")
    found = listing(site.api, site.target, site.select(status="InProgress"))
    assert isinstance(found.error, TaskError)
    assert ids(found.invalidation_list) == added[:100]


def test_whole_history_is_listed_if_the_response_has_no_count(site: Subject) -> None:
    site.add(500)

    def remove_count(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        parsed.get("Distribution", {}).pop("InProgressInvalidationBatches", None)

    site.client.meta.events.register("after-call.cloudfront", remove_count)
    assert list_of(site, status="InProgress")["Items"] == []
    assert (site.list_calls, site.cf.calls["GetDistribution"]) == (5, 1)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"status": "Completed"},
        {"wait": True, "max_items": 150},
        {"status": "InProgress", "created_after": "10m"},
        {"status": "InProgress", "max_items": 1},
    ],
)
def test_count_is_not_read_if_it_cannot_matter(site: Subject, options: dict[str, t.Any]) -> None:
    add_runs(site, (1, "InProgress"), (199, "Completed"))
    list_of(site, **options)
    assert site.cf.calls["GetDistribution"] == 0


def test_limit_applies_to_counted_invalidations(site: Subject) -> None:
    busy = add_runs(site, (150, "InProgress"), (500, "Completed"))
    pieces = list(all_pieces(site, status="InProgress", max_items=120))
    assert [ids(invalidation_list) for invalidation_list in pieces] == [busy[:120], busy[120:]]


def test_window_applies_to_counted_invalidations(site: Subject) -> None:
    busy = list(site.add(150, newest=NOW, every=60, status="InProgress"))
    site.add(500)
    assert ids(list_of(site, status="InProgress", created_after="110m")) == busy[:111]
    assert site.cf.calls.total() == 4


@pytest.mark.parametrize(
    ("operation", "number", "created", "list_calls"),
    [
        ("GetDistribution", 1, 1, 11),  # It is counted, but not found: the listing becomes longer.
        ("List*", 2, 1, 5),  # It is not mistaken for one that was counted.
        ("List*", 2, 100, 11),  # They take the place of page 1 before its statuses are read again.
    ],
)
def test_invalidations_created_after_the_first_page_are_ignored(
    site: Subject, operation: str, number: int, created: int, list_calls: int
) -> None:
    busy = add_runs(site, (1, "InProgress"), (348, "Completed"), (1, "InProgress"), (650, "Completed"))
    site.cf.before(operation, lambda seen: seen == number and site.add(created, age=0, every=0, status="InProgress"))
    assert ids(list_of(site, status="InProgress")) == busy
    assert site.list_calls == list_calls


@pytest.mark.parametrize(("operation", "number"), [("GetDistribution", 1), ("List*", 2)])
def test_completion_between_the_two_reads_is_detected(site: Subject, operation: str, number: int) -> None:
    busy = list(site.add(2, age=0, every=10, completes_after=15))
    site.add(498)
    site.cf.before(operation, lambda seen: site.cf.clock.advance(10 if seen == number else 0))
    assert in_progress(list_of(site, wait=True)) == busy[:1]
    assert ids(list_of(site, status="InProgress")) == busy[:1]


def test_everything_completed_before_the_count(site: Subject) -> None:
    site.add(2, age=0, completes_after=5)
    site.add(498)
    site.cf.before("GetDistribution", lambda dummy: site.cf.clock.advance(10))
    assert list_of(site, status="InProgress")["Items"] == []
    assert site.cf.calls.total() == 3


def test_count_that_is_too_low_is_not_trusted(site: Subject) -> None:
    busy = [
        *site.add(2, age=0, every=1, status="InProgress"),
        *(site.add(400, age=600), site.add(1, status="InProgress"))[1],
    ]
    site.cf.in_progress_lag = 60
    assert ids(list_of(site, status="InProgress")) == busy


def test_count_that_is_too_high_makes_the_listing_longer(site: Subject) -> None:
    site.add(500, age=70, every=0, completes_after=65)
    site.cf.in_progress_lag = 60
    assert list_of(site, status="InProgress")["Items"] == []
    assert site.list_calls == 5


def test_list_in_another_order_is_read_to_its_end(site: Subject) -> None:
    """Oldest first, an invalidation that is created after the count is listed last."""
    busy = list(site.add(2, status="InProgress"))
    site.add(298)

    def reverse(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        if "InvalidationList" in parsed:
            parsed["InvalidationList"]["Items"].reverse()

    site.client.meta.events.register("after-call.cloudfront", reverse)
    assert sorted(ids(list_of(site, status="InProgress"))) == sorted(busy)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_changes_during_the_listing_hide_nothing_in_progress(data: st.DataObject) -> None:
    """Before each request, invalidations may complete and others may be created."""
    cf = CloudFront(clock=SimulatedClock(NOW))
    site = subject_of(DISTRIBUTION, cf)
    completes_after = st.sampled_from([0, 20, 60, 100, 10**6])
    for count, seconds in data.draw(st.lists(st.tuples(st.integers(1, 12), completes_after), max_size=6)):
        site.add(count, every=3, completes_after=seconds)
    existing = [item["Id"] for page in pages(site.api, site.target) for item in page["Items"]]

    listing_is_done = False

    def change(dummy: int) -> None:
        if listing_is_done:
            return
        cf.clock.advance(data.draw(st.sampled_from([0, 1, 30]), label="seconds"))
        for dummy in range(data.draw(st.sampled_from([0, 0, 1, 8]), label="created")):
            site.add(1, age=0, completes_after=data.draw(completes_after))

    cf.before("*", change)
    page_size = data.draw(st.integers(2, 20), label="page_size")
    options: dict[str, t.Any] = data.draw(st.sampled_from([{"status": "InProgress"}, {"wait": True}]), label="options")
    found = in_progress(list_of(site, **options, page_size=page_size))
    listing_is_done = True
    left = [item for page in pages(site.api, site.target) for item in page["Items"] if item["Status"] == "InProgress"]
    assert {item["Id"] for item in left} & set(existing) <= set(found)


# Continuing a limited list.


def all_pieces(subject: Subject, **options: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Yield the lists returned by continuing from NextMarker with the same selection until the end."""
    invalidation_list = list_of(subject, **options)
    yield invalidation_list
    while invalidation_list["IsTruncated"]:
        invalidation_list = list_of(subject, **options, marker=invalidation_list["NextMarker"])
        yield invalidation_list


@pytest.mark.parametrize("options", [{}, {"status": "InProgress"}], ids=["limit", "limit within a page"])
def test_markers_need_not_be_ids(subject: Subject, options: dict[str, str]) -> None:
    added = list(subject.add(300, status="InProgress"))
    subject.add(200)
    subject.cf.add_fault("opaque_markers")
    pieces = list(all_pieces(subject, **options, max_items=70))
    assert [identifier for invalidation_list in pieces for identifier in ids(invalidation_list)][:300] == added


def test_items_are_kept_if_their_exact_marker_cannot_be_read(subject: Subject) -> None:
    added = list(subject.add(300, status="InProgress"))
    subject.cf.add_fault("opaque_markers")
    denied = subject.cf.add_fault("access_denied", at=[3])
    options: dict[str, t.Any] = dict(created_before="2027-01-01", max_items=170)
    found = listing(subject.api, subject.target, subject.select(**options))
    assert isinstance(found.error, DeniedError)
    assert ids(found.invalidation_list) == added[:170]
    subject.cf.faults.remove(denied)
    rest = list_of(subject, **options, marker=found.invalidation_list["NextMarker"])
    assert ids(rest) == added[100:270]  # It repeats items, but skips none.


def _lose_all(page: dict[str, t.Any]) -> None:
    page.update(IsTruncated=False, Items=[])


def _end(page: dict[str, t.Any]) -> None:
    page["IsTruncated"] = False
    del page["NextMarker"]


def _exceed(page: dict[str, t.Any]) -> None:
    page["Items"] += [{"Id": "I1", "CreateTime": "2026-11-20T00:00:00+00:00", "Status": "InProgress"}]


@pytest.mark.parametrize("change", [_lose_all, _end, _exceed])
def test_exact_marker_is_used_only_if_it_belongs_to_the_last_item(
    subject: Subject, change: t.Callable[[dict[str, t.Any]], None]
) -> None:
    added = list(subject.add(300, status="InProgress"))
    subject.cf.add_fault("opaque_markers")

    def change_page(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        if int(subject.list_params[-1]["MaxItems"]) == 70:
            change(parsed["InvalidationList"])

    options: dict[str, t.Any] = dict(created_before="2027-01-01", max_items=170)
    subject.client.meta.events.register("after-call.cloudfront", change_page)
    invalidation_list = list_of(subject, **options)
    assert ids(invalidation_list) == added[:170]
    rest = list_of(subject, **options, marker=invalidation_list["NextMarker"])
    assert ids(rest)[:70] == added[100:170]  # It repeats items, but skips none.


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_continuing_returns_each_item_once(kind: Kind, data: st.DataObject) -> None:
    """Continuing from NextMarker with the same selection returns the rest: no item is repeated or skipped."""
    cf = CloudFront(clock=SimulatedClock(NOW))
    subject = subject_of(kind, cf)
    run = st.tuples(st.integers(1, 40), st.sampled_from(["InProgress", "Completed"]), st.sampled_from([0, 60]))
    for count, status, every in data.draw(st.lists(run, max_size=5)):
        subject.add(count, status=status, every=every)
    history = [item for page in pages(subject.api, subject.target) for item in page["Items"]]
    some = (
        st.lists(st.sampled_from([item["Id"] for item in history]), min_size=1, max_size=12) if history else st.none()
    )
    options: dict[str, t.Any] = {
        "status": data.draw(st.sampled_from([None, "InProgress", "Completed"]), label="status"),
        "created_after": data.draw(st.one_of(st.none(), st.integers(0, 150).map("{}m".format)), label="after"),
        "created_before": data.draw(st.one_of(st.none(), st.integers(0, 150).map("{}m".format)), label="before"),
        "page_size": data.draw(st.integers(5, 120), label="page_size"),
        "max_items": data.draw(st.one_of(st.none(), st.integers(1, 130)), label="max_items"),
        "invalidation_ids": data.draw(st.one_of(st.none(), some), label="ids"),
    }
    wanted = subject.select(**options)
    expected = wanted.filter(subject.api.now).select(history)
    if wanted.ids:
        named = [item for item in expected if item["Id"] in wanted.ids]
        expected = sorted(named, key=lambda item: (item["CreateTime"], item["Id"]), reverse=True)
    pieces = list(all_pieces(subject, **options))
    for invalidation_list in pieces:
        assert invalidation_list["Quantity"] == len(invalidation_list["Items"]) <= (wanted.max_items or len(history))
        assert invalidation_list["IsTruncated"] == ("NextMarker" in invalidation_list)
    assert [item for invalidation_list in pieces for item in invalidation_list["Items"]] == expected
    assert all(int(params["MaxItems"]) <= 100 for params in subject.list_params)
