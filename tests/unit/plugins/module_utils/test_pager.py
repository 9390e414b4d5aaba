# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import ATTEMPTS, Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import get, listing, pages
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, KINDS, Target
from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock, CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import (
    MISSING,
    NOW,
    Subject,
    api_of,
    subject_of,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def ids(invalidation_list: dict[str, t.Any]) -> list[str]:
    return [item["Id"] for item in invalidation_list["Items"]]


def ask(subject: Subject, **options: t.Any) -> dict[str, t.Any]:
    found = listing(subject.api, subject.target, subject.select(**options))
    assert found.error is None
    return found.invalidation_list


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_whole_history_in_the_fewest_calls(subject: Subject, count: int) -> None:
    added = list(subject.add(count)) if count else []
    invalidation_list = ask(subject)
    assert ids(invalidation_list) == added
    assert subject.list_calls == max(1, math.ceil(count / 100))
    assert {key: invalidation_list[key] for key in ("Marker", "MaxItems", "IsTruncated", "Quantity")} == {
        "Marker": "",
        "MaxItems": 100,
        "IsTruncated": False,
        "Quantity": count,
    }
    assert "NextMarker" not in invalidation_list


def test_items_are_in_the_shape_of_aws_with_text_for_timestamps(subject: Subject) -> None:
    subject.add(ids=["I2J0I21PCUYOIK"], newest="2026-11-21T03:59:01.413Z", status="InProgress")
    assert ask(subject)["Items"] == [
        {"Id": "I2J0I21PCUYOIK", "CreateTime": "2026-11-21T03:59:01.413000+00:00", "Status": "InProgress"}
    ]


def test_status_that_nobody_knows_is_passed_on(subject: Subject) -> None:
    subject.add(1, status="Cancelled")
    assert ask(subject)["Items"][0]["Status"] == "Cancelled"


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
def test_limit_asks_for_no_more_than_it_needs(subject: Subject, options: dict[str, int], sizes: list[int]) -> None:
    added = list(subject.add(300))
    invalidation_list = ask(subject, **options)
    assert ids(invalidation_list) == added[: options["max_items"]]
    assert [int(params["MaxItems"]) for params in subject.list_params] == sizes
    assert (invalidation_list["MaxItems"], invalidation_list["IsTruncated"]) == (options["max_items"], True)
    rest = ask(subject, marker=invalidation_list["NextMarker"])
    assert ids(rest) == added[options["max_items"] :]
    assert rest["Marker"] == invalidation_list["NextMarker"]


def test_limit_at_the_end_of_the_history_is_not_truncated(subject: Subject) -> None:
    subject.add(5)
    assert ask(subject, max_items=5)["IsTruncated"] is False


SETBACKS = {
    "Throttling": dict(does="throttle"),
    "ThrottlingException": dict(does="throttle", code="ThrottlingException"),
    "429": dict(does="throttle", code="TooManyRequests", status=429),
    "500": dict(does="error", status=500),
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
def test_one_page_is_tried_again_and_the_walk_goes_on_at_its_marker(
    subject: Subject, setback: dict[str, t.Any]
) -> None:
    added = list(subject.add(350))
    subject.cf.add_fault(**setback, at=(2, 3, 5))
    assert ids(ask(subject)) == added
    markers = [params.get("Marker", "") for params in subject.list_params]
    assert markers == ["", added[99], added[99], added[99], added[199], added[199], added[299]]
    assert subject.api.calls == {subject.kind.list_operation: 7}


@pytest.mark.parametrize("setback", SETBACKS.values(), ids=SETBACKS)
def test_what_does_not_pass_ends_in_one_sentence(subject: Subject, setback: dict[str, t.Any]) -> None:
    subject.add(1)
    subject.cf.add_fault(**setback)
    with pytest.raises(CloudFrontError) as caught:
        ask(subject)
    told = str(caught.value)
    assert subject.kind.list_operation in told
    assert subject.target.id in told
    assert f"Given up after {ATTEMPTS} attempts." in told
    assert subject.list_calls == ATTEMPTS


def test_what_was_read_is_not_lost_and_can_be_gone_on_from(subject: Subject) -> None:
    added = list(subject.add(250))
    subject.cf.add_fault("error", status=503, at=range(3, 50))
    found = listing(subject.api, subject.target, Selection())
    assert found.error is not None
    assert ids(found.invalidation_list) == added[:200]
    assert found.invalidation_list["IsTruncated"] is True
    subject.cf.clear_faults()
    assert ids(ask(subject, marker=found.invalidation_list["NextMarker"])) == added[200:]


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("truncated_without_marker", "IsTruncated without NextMarker"),
        ("marker_cycle", "circle"),
        ("ignore_marker", "began again"),
    ],
)
def test_list_that_cannot_be_followed_never_looks_whole(subject: Subject, does: str, told: str) -> None:
    subject.add(300)
    subject.cf.add_fault(does)
    with pytest.raises(CloudFrontError, match=told) as caught:
        found = listing(subject.api, subject.target, Selection())
        assert found.error
        assert found.invalidation_list["IsTruncated"] is True
        raise found.error
    assert caught.value.code == "BrokenPaging"
    assert subject.list_calls <= 4


def ever_new_markers(subject: Subject) -> list[str]:
    """Have every page name another next one; returns the names, which grow with the pages."""
    names: list[str] = []

    def name_another(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        names.append(f"new-{len(names)}")
        parsed["InvalidationList"].update(IsTruncated=True, NextMarker=names[-1])

    subject.cf.add_fault("ignore_marker")
    subject.client.meta.events.register("after-call.cloudfront", name_another)
    return names


def test_list_that_begins_again_under_new_markers_is_refused(subject: Subject) -> None:
    subject.add(300)
    names = ever_new_markers(subject)
    found = listing(subject.api, subject.target, Selection())
    assert found.error is not None
    assert "began again" in str(found.error)
    assert len(names) == 2


def test_pages_without_items_do_not_go_on_for_ever(subject: Subject) -> None:
    names = ever_new_markers(subject)
    found = listing(subject.api, subject.target, Selection())
    assert found.error is not None
    assert "empty pages" in str(found.error)
    assert len(names) < 50


def test_next_marker_beside_is_truncated_false_means_the_end_for_both_kinds(subject: Subject) -> None:
    subject.add(100)
    subject.cf.add_fault("marker_without_truncated")
    invalidation_list = ask(subject)
    assert invalidation_list["IsTruncated"] is False
    assert "NextMarker" not in invalidation_list
    assert subject.list_calls == 1


def test_server_that_sends_more_than_was_asked_for(subject: Subject) -> None:
    added = list(subject.add(150))
    subject.cf.add_fault("ignore_max_items")
    invalidation_list = ask(subject, max_items=5)
    assert ids(invalidation_list) == added[:5]
    assert ids(ask(subject, marker=invalidation_list["NextMarker"])) == added[5:]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (dict(does="access_denied"), DeniedError),
        (dict(does="error", status=400, code="InvalidArgument"), CloudFrontError),
        (dict(does="error", status=403, code="ExpiredToken"), CloudFrontError),
        (dict(does="error", status=404, body="html"), CloudFrontError),
    ],
)
def test_what_cannot_pass_is_not_tried_again(
    subject: Subject, fault: dict[str, t.Any], error: type[CloudFrontError]
) -> None:
    subject.cf.add_fault(**fault)
    with pytest.raises(error) as caught:
        ask(subject)
    assert caught.value.__class__ is error
    assert subject.list_calls == 1


def test_denied_call_names_the_permission(subject: Subject) -> None:
    subject.cf.add_fault("access_denied")
    with pytest.raises(DeniedError, match=f"allow the action cloudfront:{subject.kind.list_operation} "):
        ask(subject)


def test_missing_target_is_named_with_a_hint(subject: Subject) -> None:
    gone = subject.target._replace(id="gone")
    with pytest.raises(MissingError, match=f"There is no {subject.kind.label} {gone.id} in this account") as caught:
        listing(subject.api, gone, Selection())
    assert caught.value.code == MISSING[subject.kind]
    assert subject.list_calls == 1


def test_id_of_the_other_kind_is_seen_through(subject: Subject) -> None:
    other = next(kind for kind in KINDS if kind is not subject.kind)
    with pytest.raises(MissingError, match=f"This looks like the ID of a {other.label}"):
        listing(subject.api, subject.target._replace(id=other.example), Selection())


def test_multi_tenant_distribution_is_told_to_have_tenants(cf: CloudFront, api: Api) -> None:
    distribution = Target(DISTRIBUTION, cf.add_distribution(tenant_only=True), {})
    with pytest.raises(MissingError, match="invalidations belong to its tenants"):
        listing(api, distribution, Selection())


# What is selected.


def test_window_ends_the_walk_at_the_first_older_page(subject: Subject) -> None:
    added = list(subject.add(10_000, newest=NOW, every=60))
    assert ids(ask(subject, created_after="30m")) == added[:31]
    assert subject.list_calls == 1


def test_limit_of_what_is_in_progress_ends_the_walk(subject: Subject) -> None:
    busy = list(subject.add(4, status="InProgress"))
    subject.add(10_000)
    invalidation_list = ask(subject, status="InProgress", max_items=3)
    assert ids(invalidation_list) == busy[:3]
    assert invalidation_list["NextMarker"] == busy[2]
    assert subject.list_calls == 1


def test_limit_with_nothing_more_that_could_match_is_not_truncated(subject: Subject) -> None:
    busy = list(subject.add(3, newest=NOW, every=60, status="InProgress"))
    subject.add(10_000, every=60)
    invalidation_list = ask(subject, created_after="2m", max_items=3)
    assert ids(invalidation_list) == busy
    assert invalidation_list["IsTruncated"] is False


def test_page_that_is_not_newest_first_settles_nothing(subject: Subject) -> None:
    subject.add(150, newest=NOW, every=60)
    subject.cf.add_fault("unordered", seed=3)
    whole = ask(subject, created_after="1h")
    assert whole["Quantity"] == 61


def test_named_ids_on_the_newest_page_cost_one_call(subject: Subject) -> None:
    added = subject.add(10_000)
    assert ids(ask(subject, invalidation_ids=[added[70], added[3], added[70]])) == [added[3], added[70]]
    assert (subject.list_calls, subject.get_calls) == (1, 0)


def test_named_ids_that_are_deep_or_gone_cost_one_call_each(subject: Subject) -> None:
    added = subject.add(10_000)
    found = listing(
        subject.api, subject.target, subject.select(invalidation_ids=[added[9000], "IGONE", added[5], added[400]])
    )
    assert ids(found.invalidation_list) == [added[5], added[400], added[9000]]
    assert found.missing_ids == ("IGONE",)
    assert all("InvalidationBatch" not in item for item in found.invalidation_list["Items"])
    assert (subject.list_calls, subject.get_calls) == (1, 3)


def test_id_that_is_not_in_a_history_of_one_page_costs_no_call_of_its_own(subject: Subject) -> None:
    subject.add(10)
    assert listing(subject.api, subject.target, subject.select(invalidation_ids=["IGONE"])).missing_ids == ("IGONE",)
    assert (subject.list_calls, subject.get_calls) == (1, 0)


def test_named_ids_go_on_behind_a_marker_that_is_not_among_them(subject: Subject) -> None:
    added = subject.add(300)
    invalidation_list = ask(subject, invalidation_ids=[added[5], added[250]], marker=added[200])
    assert ids(invalidation_list) == [added[250]]
    with pytest.raises(MissingError, match="The marker IGONE"):
        ask(subject, invalidation_ids=[added[5]], marker="IGONE")


def test_no_named_ids_are_no_invalidations(subject: Subject) -> None:
    subject.add(3, status="InProgress")
    assert ask(subject, invalidation_ids=[])["Items"] == []
    assert not subject.api.calls


def test_named_ids_that_cannot_be_got_do_not_cost_those_that_were_listed(subject: Subject) -> None:
    added = subject.add(200)
    subject.cf.add_fault("access_denied", operation="Get*")
    found = listing(subject.api, subject.target, subject.select(invalidation_ids=[added[150], added[0]]))
    assert ids(found.invalidation_list) == [added[0]]
    assert isinstance(found.error, DeniedError)
    assert found.missing_ids == ()


def test_named_ids_of_which_none_exists_are_unseen(subject: Subject) -> None:
    found = listing(subject.api, subject.target, subject.select(invalidation_ids=["IGONE"], details=True))
    assert (found.invalidation_list["Items"], found.missing_ids, found.error) == ([], ("IGONE",), None)


def test_named_ids_of_which_none_can_be_got_are_an_error(subject: Subject) -> None:
    added = subject.add(1)
    subject.cf.add_fault("access_denied", operation="Get*")
    with pytest.raises(DeniedError):
        listing(subject.api, subject.target, subject.select(invalidation_ids=added, details=True))


def test_named_ids_that_do_not_exist_are_told_beside_one_that_cannot_be_got(subject: Subject) -> None:
    added = subject.add(200)
    subject.cf.add_fault("access_denied", operation="Get*", at=[2])
    api = api_of(subject.cf, concurrency=1)
    found = listing(api, subject.target, subject.select(invalidation_ids=[added[0], "IGONE", added[150]]))
    assert (ids(found.invalidation_list), found.missing_ids) == ([added[0]], ("IGONE",))
    assert isinstance(found.error, DeniedError)


def test_named_ids_of_the_markers_instant_are_not_lost(subject: Subject) -> None:
    added = subject.add(3, every=0)
    assert ids(ask(subject, invalidation_ids=[added[0], added[2]], marker=added[1])) == [added[0], added[2]]


def test_named_ids_go_on_behind_a_marker_that_is_among_them(subject: Subject) -> None:
    added = subject.add(10)
    invalidation_list = ask(subject, invalidation_ids=[added[1], added[4], added[7]], marker=added[4])
    assert ids(invalidation_list) == [added[7]]
    assert (subject.list_calls, subject.get_calls) == (1, 0)


def test_details_are_fetched_for_the_selected_only(subject: Subject) -> None:
    subject.add(2, status="InProgress", paths=["/index.html", "/css/*", "#tag"])
    subject.add(200)
    items = ask(subject, status="InProgress", max_items=2, details=True)["Items"]
    assert [item["InvalidationBatch"]["Paths"]["Items"] for item in items] == [["/index.html", "/css/*", "#tag"]] * 2
    assert (subject.list_calls, subject.get_calls) == (1, 2)
    assert get(subject.api, subject.target, items[0]["Id"]) == items[0]


def test_answer_without_a_batch_is_an_invalidation_too(subject: Subject) -> None:
    (identifier,) = subject.add(1)
    subject.client.meta.events.register(
        "after-call.cloudfront", lambda parsed, **dummy: parsed["Invalidation"].pop("InvalidationBatch")
    )
    item = get(subject.api, subject.target, identifier)
    assert item
    assert (item["Id"], set(item)) == (identifier, {"Id", "CreateTime", "Status"})


def test_details_of_named_ids_need_no_list(subject: Subject) -> None:
    added = subject.add(300)
    assert ask(subject, invalidation_ids=[added[0], added[299]], details=True)["Quantity"] == 2
    assert (subject.list_calls, subject.get_calls) == (0, 2)


def test_denied_details_do_not_cost_the_list(subject: Subject) -> None:
    added = list(subject.add(3))
    subject.cf.add_fault("access_denied", operation="Get*")
    found = listing(subject.api, subject.target, subject.select(details=True))
    assert ids(found.invalidation_list) == added
    assert isinstance(found.error, DeniedError)
    assert subject.kind.get_operation in str(found.error)


def all_pieces(subject: Subject, **options: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """What is found by going on from NextMarker with the same selection until nothing is left."""
    invalidation_list = ask(subject, **options)
    yield invalidation_list
    while invalidation_list["IsTruncated"]:
        invalidation_list = ask(subject, **options, marker=invalidation_list["NextMarker"])
        yield invalidation_list


def test_pieces_of_named_ids_are_together_all_of_them(subject: Subject) -> None:
    added = subject.add(300)
    named = [added[number] for number in (1, 4, 7, 70, 120, 200, 250)]
    pieces = [
        ids(invalidation_list) for invalidation_list in all_pieces(subject, invalidation_ids=named[::-1], max_items=3)
    ]
    assert pieces == [named[:3], named[3:6], named[6:]]


@pytest.mark.parametrize("options", [{}, {"status": "InProgress"}], ids=["limit", "limit within a page"])
def test_markers_need_not_be_ids(subject: Subject, options: dict[str, str]) -> None:
    added = list(subject.add(300, status="InProgress"))
    subject.add(200)
    subject.cf.add_fault("opaque_markers")
    pieces = list(all_pieces(subject, **options, max_items=70))
    assert [identifier for invalidation_list in pieces for identifier in ids(invalidation_list)][:300] == added


def test_what_was_read_is_not_lost_where_its_marker_cannot_be_asked_for(subject: Subject) -> None:
    added = list(subject.add(300, status="InProgress"))
    subject.cf.add_fault("opaque_markers")
    denied = subject.cf.add_fault("access_denied", at=[3])
    options: dict[str, t.Any] = dict(status="InProgress", max_items=170)
    found = listing(subject.api, subject.target, subject.select(**options))
    assert isinstance(found.error, DeniedError)
    assert ids(found.invalidation_list) == added[:170]
    subject.cf.faults.remove(denied)
    assert (
        ids(ask(subject, **options, marker=found.invalidation_list["NextMarker"])) == added[100:270]
    )  # Rather twice than lost.


def test_history_that_shrinks_while_its_marker_is_asked_for_does_not_look_whole(subject: Subject) -> None:
    added = subject.add(300, status="InProgress")
    subject.cf.add_fault("opaque_markers")

    def shrink(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        if subject.list_calls == 2:
            parsed["InvalidationList"]["IsTruncated"] = False
            del parsed["InvalidationList"]["NextMarker"]

    subject.client.meta.events.register("after-call.cloudfront", shrink)
    invalidation_list = ask(subject, status="InProgress", max_items=70)
    assert (invalidation_list["IsTruncated"], invalidation_list["NextMarker"]) == (True, added[69])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pieces_of_any_selection_are_together_what_a_naive_filter_finds(kind: t.Any, data: st.DataObject) -> None:
    """Going on from NextMarker with the same selection yields exactly the rest: nothing twice, nothing lost."""
    cf = CloudFront(clock=Clock(NOW))
    subject = subject_of(kind, cf)
    runs = data.draw(st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["InProgress", "Completed"])), max_size=5))
    history: list[dict[str, t.Any]] = []
    for count, status in runs:
        subject.add(count, status=status, every=60)
    for page in pages(subject.api, subject.target):
        history += page["Items"]
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
    expected = [item for item in history if (not wanted.ids or item["Id"] in wanted.ids) and wanted.matches(item)]
    pieces = list(all_pieces(subject, **options))
    for invalidation_list in pieces:
        assert invalidation_list["Quantity"] == len(invalidation_list["Items"]) <= (wanted.max_items or len(history))
        assert invalidation_list["IsTruncated"] == ("NextMarker" in invalidation_list)
    assert [item for invalidation_list in pieces for item in invalidation_list["Items"]] == expected
    assert all(int(params["MaxItems"]) <= 100 for params in subject.list_params)
