# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listing, getting and creating invalidations, of both kinds of target, as a botocore client sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
Answer = dict[str, Any]


class Target:
    """The three operations on one target, whichever kind it is."""

    def __init__(self, client: CloudFrontClient, target_id: str) -> None:
        self.id = target_id
        self._client: Any = client
        self._tenant = target_id.startswith("dt_")

    def list(self, **params: Any) -> Answer:
        if self._tenant:
            answer = self._client.list_invalidations_for_distribution_tenant(Id=self.id, **params)
        else:
            params |= {"MaxItems": str(params["MaxItems"])} if "MaxItems" in params else {}
            answer = self._client.list_invalidations(DistributionId=self.id, **params)
        listed: Answer = answer["InvalidationList"]
        return listed

    def get(self, invalidation_id: str) -> Answer:
        if self._tenant:
            answer = self._client.get_invalidation_for_distribution_tenant(
                DistributionTenantId=self.id, Id=invalidation_id
            )
        else:
            answer = self._client.get_invalidation(DistributionId=self.id, Id=invalidation_id)
        found: Answer = answer["Invalidation"]
        return found

    def create(self, *paths: str, reference: str = "deploy-1", quantity: int | None = None) -> Answer:
        items = {"Items": [*paths]} if paths else {}
        batch: Any = {"Paths": {"Quantity": len(paths) if quantity is None else quantity, **items}}
        batch["CallerReference"] = reference
        if self._tenant:
            answer = self._client.create_invalidation_for_distribution_tenant(Id=self.id, InvalidationBatch=batch)
        else:
            answer = self._client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert answer["Location"].endswith(f"/{self.id}/invalidation/{answer['Invalidation']['Id']}")
        created: Answer = answer["Invalidation"]
        return created


@pytest.fixture(params=["distribution", "tenant"])
def target(request: pytest.FixtureRequest, cf: CloudFront, client: CloudFrontClient) -> Target:
    if request.param == "distribution":
        return Target(client, cf.add_distribution())
    return Target(client, cf.add_tenant(cf.add_distribution(tenant_only=True)))


def error_code(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


# Lists.


def test_no_invalidations_are_no_items(target: Target) -> None:
    assert target.list() == {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0}


def test_pages_are_newest_first_and_chained_by_the_last_id(cf: CloudFront, target: Target) -> None:
    ids = cf.add_invalidations(target.id, 250, every=60)

    first = target.list()
    second = target.list(Marker=first["NextMarker"])
    third = target.list(Marker=second["NextMarker"], MaxItems=60)

    items = first.pop("Items") + second.pop("Items") + third.pop("Items")
    assert first == dict(Marker="", MaxItems=100, IsTruncated=True, Quantity=100, NextMarker=ids[99])
    assert second == dict(Marker=ids[99], MaxItems=100, IsTruncated=True, Quantity=100, NextMarker=ids[199])
    assert third == dict(Marker=ids[199], MaxItems=60, IsTruncated=False, Quantity=50)
    assert [item["Id"] for item in items] == list(ids)
    assert [item["CreateTime"] for item in items] == [NOW - timedelta(minutes=number) for number in range(250)]
    assert {item["Status"] for item in items} == {"Completed"}


@pytest.mark.parametrize("size", [0, -1, 101])
def test_a_page_has_one_to_a_hundred_items(target: Target, size: int) -> None:
    assert error_code(lambda: target.list(MaxItems=size)) == "InvalidArgument"


@pytest.mark.parametrize("marker", ["nonsense", "IAAAAAAAAAAAAAAAAAAAAAAAA", "I" + "é" * 24])
def test_a_marker_must_be_an_id_of_the_target(cf: CloudFront, target: Target, marker: str) -> None:
    elsewhere = cf.add_distribution()
    cf.add_invalidations(target.id)
    assert error_code(lambda: target.list(Marker=marker)) == "InvalidArgument"
    assert error_code(lambda: target.list(Marker=cf.add_invalidations(elsewhere)[0])) == "InvalidArgument"


@settings(database=None, deadline=None)
@given(
    ages=st.lists(st.integers(0, 50), max_size=40),
    runs=st.lists(st.integers(1, 12), max_size=4),
    size=st.integers(1, 15),
)
def test_a_walk_yields_every_invalidation_once_in_order(ages: list[int], runs: list[int], size: int) -> None:
    cf = CloudFront()
    target = cf.add_distribution()
    expected: list[tuple[float, str]] = []
    newest = 10_000.0
    for count in runs:
        added = cf.add_invalidations(target, count, newest=newest)
        expected += [(newest - number * 60, added[number]) for number in range(count)]
        newest -= count * 60 + 1
    for age in ages:
        # What is added at the same instant later counts as newer, hence goes in front.
        expected.insert(0, (10_000.0 - age, cf.add_invalidations(target, newest=10_000.0 - age)[0]))
    expected.sort(key=lambda pair: -pair[0])

    walked: list[str] = []
    marker: str | None = ""
    while marker is not None:
        page = cf.handle("GET", f"/2020-05-31/distribution/{target}/invalidation", f"MaxItems={size}&Marker={marker}")
        tree = ElementTree.fromstring(page.body)
        walked += [element.text or "" for element in tree.iterfind("{*}Items/{*}InvalidationSummary/{*}Id")]
        marker = tree.findtext("{*}NextMarker")

    assert walked == [expected_id for dummy, expected_id in expected]


def test_runs_may_not_interleave(cf: CloudFront) -> None:
    target = cf.add_distribution()
    cf.add_invalidations(target, 3, age=0, every=60)
    with pytest.raises(ValueError, match="interleave"):
        cf.add_invalidations(target, 2, age=30, every=60)
    cf.add_invalidations(target, 2, age=61, every=10)


def test_a_million_invalidations_cost_no_more_than_a_page(cf: CloudFront) -> None:
    target = cf.add_distribution()
    started = time.perf_counter()
    ids = cf.add_invalidations(target, 1_000_000)
    path = f"/2020-05-31/distribution/{target}/invalidation"
    assert ids[-1].encode() in cf.handle("GET", path, f"Marker={ids[-101]}").body
    assert cf.handle("GET", f"{path}/{ids[123_456]}").status == 200
    assert time.perf_counter() - started < 0.5


# What they consist of.


def test_invalidations_as_they_were_added(cf: CloudFront, target: Target) -> None:
    ids = ["IB", "IA"]
    added = cf.add_invalidations(target.id, ids=ids, age=3600, every=0.25, paths=["/a&b", "#tag"], status="Unheard")
    assert (list(added), len(added), added[-1:][0]) == (ids, 2, "IA")
    first, second = target.get("IB"), target.get("IA")
    assert first["CreateTime"] == NOW - timedelta(hours=1)
    assert second["CreateTime"] == NOW - timedelta(hours=1, milliseconds=250)
    assert first["Status"] == "Unheard"
    assert first["InvalidationBatch"]["Paths"] == {"Quantity": 2, "Items": ["/a&b", "#tag"]}
    assert first["InvalidationBatch"]["CallerReference"] != second["InvalidationBatch"]["CallerReference"]


def test_what_is_added_next_is_older(cf: CloudFront, target: Target) -> None:
    newer, older = cf.add_invalidations(target.id, 2, status="InProgress"), cf.add_invalidations(target.id, 2)
    assert [item["Id"] for item in target.list()["Items"]] == [*newer, *older]


def test_none_at_all_may_be_added(cf: CloudFront, target: Target) -> None:
    assert not cf.add_invalidations(target.id, 0)
    assert target.list()["Quantity"] == 0


def test_what_cannot_be_is_refused(cf: CloudFront) -> None:
    target = cf.add_distribution()
    with pytest.raises(ValueError, match="1 Ids for 2"):
        cf.add_invalidations(target, 2, ids=["I1"])
    with pytest.raises(ValueError, match="reference"):
        cf.add_invalidations(target, 2, caller_reference="x")
    with pytest.raises(KeyError, match="EGONE"):
        cf.add_invalidations("EGONE")
    cf.add_invalidations(target, ids=["I1"])
    with pytest.raises(ValueError, match="I1 already"):
        cf.add_invalidations(target, ids=["I1"])


def test_the_seed_decides_all_ids() -> None:
    def ids(seed: int) -> list[str]:
        cf = CloudFront(seed=seed)
        distribution = cf.add_distribution()
        return [distribution, cf.add_tenant(distribution), *cf.add_invalidations(distribution, 3)]

    assert ids(1) == ids(1)
    assert not set(ids(1)) & set(ids(2))


# Status.


def test_completion_by_time(cf: CloudFront, target: Target) -> None:
    newer, older = cf.add_invalidations(target.id, 2, every=5, completes_after=20)
    cf.clock.advance(15)
    assert [item["Status"] for item in target.list()["Items"]] == ["InProgress", "Completed"]
    assert (target.get(newer)["Status"], target.get(older)["Status"]) == ("InProgress", "Completed")
    cf.clock.sleep(5)
    assert target.get(newer)["Status"] == "Completed"


def test_completion_by_reads(cf: CloudFront, target: Target) -> None:
    newer, older = cf.add_invalidations(target.id, 2, completes_after_reads=2)
    assert [target.get(newer)["Status"] for dummy in range(3)] == ["InProgress", "InProgress", "Completed"]
    assert [item["Status"] for item in target.list()["Items"]] == ["Completed", "InProgress"]
    assert [target.get(older)["Status"] for dummy in range(2)] == ["InProgress", "Completed"]


def test_status_in_progress_for_ever(cf: CloudFront, target: Target) -> None:
    cf.add_invalidations(target.id, status="InProgress")
    cf.clock.advance(1e9)
    assert target.list()["Items"][0]["Status"] == "InProgress"


def test_batches_in_progress_of_a_distribution(cf: CloudFront, client: CloudFrontClient) -> None:
    target = cf.add_distribution()
    cf.add_invalidations(target, 2, completes_after=20)
    cf.add_invalidations(target, 2)
    cf.add_invalidations(target, 1, completes_after_reads=1)
    # The older of the first two is 60 seconds old.
    assert client.get_distribution(Id=target)["Distribution"]["InProgressInvalidationBatches"] == 2


# Creating.


def test_what_is_created_is_listed_first_and_completes(cf: CloudFront, target: Target) -> None:
    cf.add_invalidations(target.id, 2)
    created = target.create("/a", "/b/*")
    assert created["Status"] == "InProgress"
    assert created["CreateTime"] == NOW
    assert created["InvalidationBatch"] == {
        "Paths": {"Quantity": 2, "Items": ["/a", "/b/*"]},
        "CallerReference": "deploy-1",
    }
    assert target.get(created["Id"]) == created
    assert target.list()["Items"][0]["Id"] == created["Id"]
    cf.clock.advance(10)
    assert target.get(created["Id"])["Status"] == "Completed"


def test_how_what_is_created_completes_can_be_said(cf: CloudFront, target: Target) -> None:
    cf.load({"completes_after": None, "completes_after_reads": 1})
    created = target.create("/a")
    assert (created["Status"], target.get(created["Id"])["Status"]) == ("InProgress", "Completed")
    cf.load({"completes_after_reads": None})
    created = target.create("/a", reference="deploy-2")
    cf.clock.advance(1e9)
    assert target.get(created["Id"])["Status"] == "InProgress"


def test_the_same_reference_creates_once(cf: CloudFront, target: Target) -> None:
    cf.add_invalidations(target.id, ids=["IOLD"], paths=["/old"], caller_reference="deploy-0")
    created = target.create("/a", "/b")
    assert target.create("/b", "/a")["Id"] == created["Id"]
    assert target.create("/old", reference="deploy-0")["Id"] == "IOLD"
    assert error_code(lambda: target.create("/c")) == "InvalidationBatchAlreadyExists"
    assert target.list()["Quantity"] == 2


@pytest.mark.parametrize(
    ("paths", "quantity", "code"),
    [
        (["/a"], 2, "InconsistentQuantities"),
        ([], 0, "InvalidArgument"),
        (["a"], 1, "InvalidArgument"),
        (["/a"] * 3001, 3001, "BatchTooLarge"),
        (["/a*"] * 16, 16, "TooManyInvalidationsInProgress"),
    ],
)
def test_batches_that_are_refused(target: Target, paths: list[str], quantity: int, code: str) -> None:
    assert error_code(lambda: target.create(*paths, quantity=quantity)) == code
    assert target.list()["Quantity"] == 0


def test_quotas_count_what_is_in_progress(cf: CloudFront, target: Target) -> None:
    target.create(*["/*"] * 15, *["/a"] * 2985, reference="all")
    assert error_code(lambda: target.create("/a")) == "TooManyInvalidationsInProgress"
    cf.clock.advance(10)
    target.create("/a")


# Who has invalidations.


@pytest.mark.parametrize(("id_", "code"), [("EGONE", "NoSuchDistribution"), ("dt_gone", "EntityNotFound")])
def test_unknown_targets(cf: CloudFront, client: CloudFrontClient, id_: str, code: str) -> None:
    target = Target(client, id_)
    assert error_code(target.list) == code
    assert error_code(lambda: target.get("I1")) == code
    assert error_code(lambda: target.create("/a")) == code


def test_an_empty_id_is_a_distribution_that_does_not_exist(cf: CloudFront, client: CloudFrontClient) -> None:
    assert error_code(lambda: client.list_invalidations(DistributionId="")) == "NoSuchDistribution"


def test_a_multi_tenant_distribution_has_none_of_its_own(cf: CloudFront, client: CloudFrontClient) -> None:
    target = Target(client, cf.add_distribution(tenant_only=True))
    assert error_code(target.list) == "NoSuchDistribution"
    assert error_code(lambda: target.get("I1")) == "NoSuchDistribution"
    assert error_code(lambda: target.create("/a")) == "NoSuchDistribution"
    config = client.get_distribution(Id=target.id)["Distribution"]["DistributionConfig"]
    assert config["ConnectionMode"] == "tenant-only"


def test_an_unknown_invalidation(cf: CloudFront, target: Target) -> None:
    elsewhere = cf.add_invalidations(cf.add_distribution())[0]
    assert error_code(lambda: target.get("nonsense")) == "NoSuchInvalidation"
    assert error_code(lambda: target.get(elsewhere)) == "NoSuchInvalidation"
