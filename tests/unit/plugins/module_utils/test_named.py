# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
    TransientError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import listing
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import Listing
from ansible_collections.edgeworks.cloudfront.tests.unit.support import MISSING, Subject, api_of


def find(subject: Subject, *identifiers: str, **options: t.Any) -> Listing:
    return listing(subject.api, subject.target, subject.select(invalidation_ids=identifiers, **options))


def ids(found: Listing) -> list[str]:
    return [item["Id"] for item in found.invalidation_list["Items"]]


@pytest.mark.parametrize("position", [0, 9_999])
def test_single_id_costs_one_request_however_old_it_is(subject: Subject, position: int) -> None:
    added = subject.add(10_000)
    found = find(subject, added[position])
    assert ids(found) == [added[position]]
    assert set(found.invalidation_list["Items"][0]) == {"Id", "CreateTime", "Status"}
    assert subject.cf.calls == {subject.kind.get_operation: 1}


def test_single_id_that_does_not_exist_costs_one_request(subject: Subject) -> None:
    subject.add(300)
    found = find(subject, "IGONE")
    assert (ids(found), found.missing_ids, found.error) == ([], ("IGONE",), None)
    assert subject.cf.calls == {subject.kind.get_operation: 1}


def test_several_ids_on_the_newest_page_cost_one_request(subject: Subject) -> None:
    added = subject.add(10_000)
    assert ids(find(subject, added[70], added[3], added[70])) == [added[3], added[70]]
    assert subject.cf.calls == {subject.kind.list_operation: 1}


def test_several_ids_that_are_older_cost_one_request_each(subject: Subject) -> None:
    added = subject.add(10_000)
    found = find(subject, added[9000], "IGONE", added[5], added[400])
    assert ids(found) == [added[5], added[400], added[9000]]
    assert found.missing_ids == ("IGONE",)
    assert all("InvalidationBatch" not in item for item in found.invalidation_list["Items"])
    assert (subject.list_calls, subject.get_calls) == (1, 3)


def test_missing_ids_are_in_the_order_requested(subject: Subject) -> None:
    subject.add(150)
    gone = [f"IGONE{number % 7}{number}" for number in range(20)]
    assert find(subject, *gone).missing_ids == tuple(gone)


def test_several_ids_of_a_history_of_one_page_cost_one_request(subject: Subject) -> None:
    added = subject.add(10)
    assert find(subject, "IGONE", added[3]).missing_ids == ("IGONE",)
    assert subject.cf.calls == {subject.kind.list_operation: 1}


def test_no_ids_are_an_empty_list(subject: Subject) -> None:
    subject.add(3, status="InProgress")
    assert ids(find(subject)) == []
    assert not subject.api.calls


@pytest.mark.parametrize("others", [0, 1])
def test_list_is_searched_if_get_is_denied(subject: Subject, others: int) -> None:
    added = subject.add(1_000)
    subject.cf.add_fault("access_denied", operation="Get*")
    named = [*added[:others], added[350]]
    found = find(subject, *named)
    assert (ids(found), found.missing_ids, found.error) == (named, (), None)
    assert (subject.list_calls, subject.get_calls) == (4, 1)


@pytest.mark.parametrize("others", [0, 1])
def test_id_that_is_not_in_the_complete_list_is_missing(subject: Subject, others: int) -> None:
    added = list(subject.add(250))
    subject.cf.add_fault("access_denied", operation="Get*")
    found = find(subject, "IGONE", *added[:others])
    assert (ids(found), found.missing_ids, found.error) == (added[:others], ("IGONE",), None)
    assert subject.list_calls == 3


def test_one_denied_id_does_not_affect_the_others(subject: Subject) -> None:
    added = subject.add(400)
    subject.cf.add_fault("access_denied", operation="Get*", at=[2])
    subject.api = api_of(subject.cf, subject.client, concurrency=1)
    found = find(subject, added[0], "IGONE", added[150], added[350])
    assert (ids(found), found.missing_ids, found.error) == ([added[0], added[150], added[350]], ("IGONE",), None)


def test_id_without_any_permission_is_denied(subject: Subject) -> None:
    (identifier,) = subject.add(1)
    subject.cf.add_fault("access_denied")
    with pytest.raises(DeniedError):
        find(subject, identifier)


def test_details_cannot_be_found_in_the_list(subject: Subject) -> None:
    added = subject.add(1)
    subject.cf.add_fault("access_denied", operation="Get*")
    with pytest.raises(DeniedError, match=subject.kind.get_operation):
        find(subject, *added, details=True)
    assert subject.list_calls == 0


def test_failure_keeps_the_items_found(subject: Subject) -> None:
    added = subject.add(200)
    subject.cf.add_fault("error", operation="Get*", status=503)
    found = find(subject, added[0], added[150])
    assert (ids(found), found.missing_ids) == ([added[0]], ())
    assert isinstance(found.error, TransientError)


@pytest.mark.parametrize("max_items", [None, 1])
def test_incomplete_list_is_truncated_and_can_be_repeated(subject: Subject, max_items: int | None) -> None:
    added = subject.add(250)
    denied = [
        subject.cf.add_fault("access_denied", operation="Get*"),
        subject.cf.add_fault("access_denied", operation="List*", at=[2]),
    ]
    named = [added[0], added[1], added[200]]
    found = find(subject, *named, max_items=max_items)
    assert isinstance(found.error, DeniedError)
    assert (ids(found), found.missing_ids) == (named[:max_items][:2], ())
    assert (found.invalidation_list["IsTruncated"], found.invalidation_list["NextMarker"]) == (True, "")
    for fault in denied:
        subject.cf.faults.remove(fault)
    assert ids(find(subject, *named, marker="")) == named


def test_details_of_named_ids_need_no_list(subject: Subject) -> None:
    added = subject.add(300)
    found = find(subject, added[0], added[299], details=True)
    assert [item["InvalidationBatch"]["Paths"]["Items"] for item in found.invalidation_list["Items"]] == [["/*"]] * 2
    assert (subject.list_calls, subject.get_calls) == (0, 2)


def test_rest_of_the_selection_applies(subject: Subject) -> None:
    busy = subject.add(1, status="InProgress")
    done = subject.add(3, every=60)
    assert ids(find(subject, *busy, *done, status="Completed", created_after="2m")) == list(done[:2])


def test_missing_target_is_named(subject: Subject) -> None:
    subject.target = subject.target._replace(id="gone")
    with pytest.raises(MissingError, match=f"There is no {subject.kind.label} gone ") as caught:
        find(subject, "I1")
    assert caught.value.code == MISSING[subject.kind]


@pytest.mark.parametrize("max_items", [1, 3])
def test_continuing_at_equal_create_times_returns_each_item_once(subject: Subject, max_items: int) -> None:
    added = subject.add(150, every=0)
    named = [added[number] for number in (149, 3, 0, 120, 7, 70, 101)]
    whole = ids(find(subject, *named))
    assert whole == sorted(named, reverse=True)
    assert ids(find(subject, *named[::-1])) == whole
    found = find(subject, *named, max_items=max_items)
    together = ids(found)
    while found.invalidation_list["IsTruncated"]:
        found = find(subject, *named, max_items=max_items, marker=found.invalidation_list["NextMarker"])
        together += ids(found)
    assert together == whole


def test_marker_that_is_not_a_named_id(subject: Subject) -> None:
    added = subject.add(300)
    assert ids(find(subject, added[5], added[250], marker=added[200])) == [added[250]]


def test_marker_that_is_not_a_named_id_skips_no_equal_create_time(subject: Subject) -> None:
    added = subject.add(3, every=0)
    assert set(ids(find(subject, added[0], added[2], marker=added[1]))) == {added[0], added[2]}


def test_marker_that_does_not_exist_is_named_as_the_cause(subject: Subject) -> None:
    added = subject.add(1)
    with pytest.raises(
        CloudFrontError, match=r"The likely cause is the marker IGONE: .* again without marker"
    ) as caught:
        find(subject, *added, marker="IGONE")
    assert not isinstance(caught.value, MissingError)
