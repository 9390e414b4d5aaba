# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List, get and create invalidations of both kinds of target, as a botocore client sees it."""

from __future__ import annotations

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
REUSED = "Your request contains a caller reference that was used for a previous invalidation batch for the same "
REUSED += "distribution."
Response = dict[str, Any]


class Target:
    """The three operations on one target of either kind."""

    def __init__(self, client: CloudFrontClient, target_id: str) -> None:
        self.id = target_id
        self._client: Any = client
        self._tenant = target_id.startswith("dt_")

    def list(self, **params: Any) -> Response:
        if self._tenant:
            response = self._client.list_invalidations_for_distribution_tenant(Id=self.id, **params)
        else:
            params |= {"MaxItems": str(params["MaxItems"])} if "MaxItems" in params else {}
            response = self._client.list_invalidations(DistributionId=self.id, **params)
        listed: Response = response["InvalidationList"]
        return listed

    def get(self, invalidation_id: str) -> Response:
        if self._tenant:
            response = self._client.get_invalidation_for_distribution_tenant(
                DistributionTenantId=self.id, Id=invalidation_id
            )
        else:
            response = self._client.get_invalidation(DistributionId=self.id, Id=invalidation_id)
        found: Response = response["Invalidation"]
        return found

    def create(self, *paths: str, reference: str = "deploy-1", quantity: int | None = None) -> Response:
        items = {"Items": [*paths]} if paths else {}
        batch: Any = {"Paths": {"Quantity": len(paths) if quantity is None else quantity, **items}}
        batch["CallerReference"] = reference
        if self._tenant:
            response = self._client.create_invalidation_for_distribution_tenant(Id=self.id, InvalidationBatch=batch)
        else:
            response = self._client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert response["Location"].endswith(f"/{self.id}/invalidation/{response['Invalidation']['Id']}")
        created: Response = response["Invalidation"]
        return created


@pytest.fixture(params=["distribution", "tenant"])
def target(request: pytest.FixtureRequest, cf: CloudFront, client: CloudFrontClient) -> Target:
    if request.param == "distribution":
        return Target(client, cf.add_distribution())
    return Target(client, cf.add_tenant(cf.add_distribution(tenant_only=True)))


def error(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    details = caught.value.response["Error"]
    return details["Code"], details["Message"]


def error_code(call: Callable[[], object]) -> str:
    return error(call)[0]


# Lists.


def test_empty_list_has_no_items(target: Target) -> None:
    assert target.list() == {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0}


def test_pages_are_newest_first_and_linked_by_the_last_id(cf: CloudFront, target: Target) -> None:
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
def test_max_items_is_1_to_100(target: Target, size: int) -> None:
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
def test_paging_returns_each_invalidation_once_in_order(ages: list[int], runs: list[int], size: int) -> None:
    cf = CloudFront()
    target = cf.add_distribution()
    expected: list[tuple[float, str]] = []
    newest = 10_000.0
    for count in runs:
        added = cf.add_invalidations(target, count, newest=newest)
        expected += [(newest - number * 60, added[number]) for number in range(count)]
        newest -= count * 60 + 1
    for age in ages:
        # At the same instant, the invalidation that was added last is the newest.
        expected.insert(0, (10_000.0 - age, cf.add_invalidations(target, newest=10_000.0 - age)[0]))
    expected.sort(key=lambda pair: -pair[0])

    listed: list[str] = []
    marker: str | None = ""
    while marker is not None:
        page = cf.handle("GET", f"/2020-05-31/distribution/{target}/invalidation", f"MaxItems={size}&Marker={marker}")
        tree = ElementTree.fromstring(page.body)
        listed += [element.text or "" for element in tree.iterfind("{*}Items/{*}InvalidationSummary/{*}Id")]
        marker = tree.findtext("{*}NextMarker")

    assert listed == [expected_id for dummy, expected_id in expected]


def test_runs_cannot_interleave(cf: CloudFront) -> None:
    target = cf.add_distribution()
    cf.add_invalidations(target, 3, age=0, every=60)
    with pytest.raises(ValueError, match="interleave"):
        cf.add_invalidations(target, 2, age=30, every=60)
    cf.add_invalidations(target, 2, age=61, every=10)


def test_a_million_invalidations_are_created_on_demand(cf: CloudFront) -> None:
    target = cf.add_distribution()
    ids = cf.add_invalidations(target, 1_000_000)
    assert not isinstance(ids, list | tuple)
    path = f"/2020-05-31/distribution/{target}/invalidation"
    assert ids[-1].encode() in cf.handle("GET", path, f"Marker={ids[-101]}").body
    assert cf.handle("GET", f"{path}/{ids[123_456]}").status == 200


# Fields.


def test_added_invalidations_keep_their_fields(cf: CloudFront, target: Target) -> None:
    ids = ["IB", "IA"]
    added = cf.add_invalidations(target.id, ids=ids, age=3600, every=0.25, paths=["/a&b", "#tag"], status="Unheard")
    assert (list(added), len(added), added[-1:][0]) == (ids, 2, "IA")
    first, second = target.get("IB"), target.get("IA")
    assert first["CreateTime"] == NOW - timedelta(hours=1)
    assert second["CreateTime"] == NOW - timedelta(hours=1, milliseconds=250)
    assert first["Status"] == "Unheard"
    assert first["InvalidationBatch"]["Paths"] == {"Quantity": 2, "Items": ["/a&b", "#tag"]}
    assert first["InvalidationBatch"]["CallerReference"] != second["InvalidationBatch"]["CallerReference"]


def test_invalidations_added_next_are_older(cf: CloudFront, target: Target) -> None:
    newer, older = cf.add_invalidations(target.id, 2, status="InProgress"), cf.add_invalidations(target.id, 2)
    assert [item["Id"] for item in target.list()["Items"]] == [*newer, *older]


def test_equal_times_keep_their_order(cf: CloudFront, target: Target) -> None:
    newer = cf.add_invalidations(target.id, 3, every=0)
    older = cf.add_invalidations(target.id, 3, every=0)
    newest = [target.create("/a", reference=str(number))["Id"] for number in range(2)]
    listed: list[str] = []
    page: Response = {"NextMarker": ""}
    while "NextMarker" in page:
        page = target.list(Marker=page["NextMarker"], MaxItems=2)
        listed += [item["Id"] for item in page["Items"]]
    assert listed == [*reversed(newest), *newer, *older]
    assert {item["CreateTime"] for item in target.list()["Items"]} == {NOW}


def test_add_zero_invalidations(cf: CloudFront, target: Target) -> None:
    assert not cf.add_invalidations(target.id, 0)
    assert target.list()["Quantity"] == 0


def test_invalid_invalidations_are_rejected(cf: CloudFront) -> None:
    target = cf.add_distribution()
    with pytest.raises(ValueError, match="1 IDs for 2"):
        cf.add_invalidations(target, 2, ids=["I1"])
    with pytest.raises(ValueError, match="reference"):
        cf.add_invalidations(target, 2, caller_reference="x")
    with pytest.raises(KeyError, match="EGONE"):
        cf.add_invalidations("EGONE")
    cf.add_invalidations(target, ids=["I1"])
    with pytest.raises(ValueError, match="I1 already exists"):
        cf.add_invalidations(target, ids=["I1"])


def test_seed_determines_all_ids() -> None:
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


def test_permanent_status(cf: CloudFront, target: Target) -> None:
    cf.add_invalidations(target.id, status="InProgress")
    cf.clock.advance(1e9)
    assert target.list()["Items"][0]["Status"] == "InProgress"


def test_in_progress_count_of_a_distribution(cf: CloudFront, client: CloudFrontClient) -> None:
    target = cf.add_distribution()
    cf.add_invalidations(target, 2, completes_after=20)
    cf.add_invalidations(target, 2)
    cf.add_invalidations(target, 1, completes_after_reads=1)
    cf.add_invalidations(target, 1, age=-60, status="InProgress")
    # The older of the first two is 60 seconds old.
    assert client.get_distribution(Id=target)["Distribution"]["InProgressInvalidationBatches"] == 3


def test_stale_in_progress_count(cf: CloudFront, client: CloudFrontClient) -> None:
    target = Target(client, cf.add_distribution())

    def count() -> int:
        return client.get_distribution(Id=target.id)["Distribution"]["InProgressInvalidationBatches"]

    target.create("/a")
    cf.in_progress_lag = 5
    assert count() == 0
    cf.clock.advance(5)
    assert count() == 1
    cf.clock.advance(9)
    assert (count(), target.list()["Items"][0]["Status"]) == (1, "Completed")
    cf.clock.advance(1)
    assert count() == 0
    cf.load({"in_progress_lag": 10})
    assert count() == 1


# Races.


def test_hook_before_an_operation(cf: CloudFront, target: Target) -> None:
    numbers: list[int] = []

    def create(number: int) -> None:
        numbers.append(number)
        if number == 2:
            cf.add_invalidations(target.id, ids=["INEW"], age=0)

    cf.before("ListInvalidations*", create)
    assert target.list()["Quantity"] == 0
    assert [item["Id"] for item in target.list()["Items"]] == ["INEW"]
    assert target.get("INEW")
    cf.limit_rate(1, burst=1)
    target.get("INEW")
    assert error_code(target.list) == "Throttling"
    cf.add_fault("error")
    assert error_code(target.list) == "ServiceUnavailable"
    assert numbers == [1, 2]  # not before an operation that is not performed
    cf.reset()
    assert error_code(target.list) in {"NoSuchDistribution", "EntityNotFound"}
    assert numbers == [1, 2]


# AWS's clock.


def test_clock_skew(target: Target, cf: CloudFront) -> None:
    cf.date_offset = 400
    created = target.create("/a")
    assert created["CreateTime"] == NOW + timedelta(seconds=400)
    cf.add_invalidations(target.id, ids=["IOLD"], age=600)
    assert target.get("IOLD")["CreateTime"] == NOW - timedelta(seconds=200)
    response = cf.handle("GET", "/2020-05-31/distribution")
    assert response.headers["Date"] == "Sat, 21 Nov 2026 04:06:40 GMT"
    assert cf.now() - cf.clock.now() == 400
    assert cf.requests[-1].at == cf.clock.now()
    cf.clock.advance(10)
    assert target.get(created["Id"])["Status"] == "Completed"


def test_no_date_header(cf: CloudFront, client: CloudFrontClient) -> None:
    headers = client.list_distributions()["ResponseMetadata"]["HTTPHeaders"]
    assert headers["date"] == "Sat, 21 Nov 2026 04:00:00 GMT"
    cf.load({"send_date": False})
    assert "date" not in client.list_distributions()["ResponseMetadata"]["HTTPHeaders"]


def test_reset_restores_the_settings() -> None:
    cf = CloudFront(date_offset=3, wildcard_domains=True)
    cf.load({"date_offset": 400, "wildcard_domains": False, "reused_reference": "refused", "in_progress_lag": 1})
    cf.reset()
    assert (cf.date_offset, cf.wildcard_domains, cf.reused_reference, cf.in_progress_lag) == (3, True, "documented", 0)


def test_unknown_key_in_a_world(cf: CloudFront) -> None:
    with pytest.raises(TypeError, match="Unknown keys of a world: fault, tenants"):
        cf.load({"fault": [], "tenants": []})


# Creating.


def test_created_invalidation_is_listed_first_and_completes(cf: CloudFront, target: Target) -> None:
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


def test_completion_of_created_invalidations_is_configurable(cf: CloudFront, target: Target) -> None:
    cf.load({"completes_after": None, "completes_after_reads": 1})
    created = target.create("/a")
    assert (created["Status"], target.get(created["Id"])["Status"]) == ("InProgress", "Completed")
    cf.load({"completes_after_reads": None})
    created = target.create("/a", reference="deploy-2")
    cf.clock.advance(1e9)
    assert target.get(created["Id"])["Status"] == "InProgress"


def test_documented_reuse_of_a_reference(cf: CloudFront, target: Target) -> None:
    cf.add_invalidations(target.id, ids=["IOLD"], paths=["/old"], caller_reference="deploy-0")
    created = target.create("/a", "/b")
    assert target.create("/b", "/a")["Id"] == created["Id"]
    assert target.create("/old", reference="deploy-0")["Id"] == "IOLD"
    assert error(lambda: target.create("/c")) == ("InvalidArgument", REUSED)
    assert target.list()["Quantity"] == 2


def test_refused_reuse_of_a_reference(cf: CloudFront, target: Target) -> None:
    cf.load({"reused_reference": "refused"})
    created = target.create("/a", "/b")
    assert error(lambda: target.create("/a", "/b")) == ("InvalidArgument", REUSED)
    assert error(lambda: target.create("/c")) == ("InvalidArgument", REUSED)
    assert [item["Id"] for item in target.list()["Items"]] == [created["Id"]]
    assert target.create("/a", "/b", reference="deploy-2")["Id"] != created["Id"]


def test_references_are_per_target(cf: CloudFront, client: CloudFrontClient) -> None:
    cf.load({"reused_reference": "refused"})
    ids = [Target(client, cf.add_distribution()).create("/a")["Id"] for dummy in range(2)]
    assert ids[0] != ids[1]


def test_invalid_reused_reference() -> None:
    with pytest.raises(ValueError, match="reused_reference"):
        CloudFront(reused_reference="ignored")


@pytest.mark.parametrize(
    ("paths", "quantity", "code"),
    [
        (["/a"], 2, "InconsistentQuantities"),
        ([], 0, "InvalidArgument"),
        (["a"], 1, "InvalidArgument"),
        (["/a"] * 3001, 3001, "BatchTooLarge"),
        (["/a*"] * 16, 16, "TooManyInvalidationsInProgress"),
        (["/a", ""], 2, "InvalidArgument"),
    ],
)
def test_rejected_batches(target: Target, paths: list[str], quantity: int, code: str) -> None:
    assert error_code(lambda: target.create(*paths, quantity=quantity)) == code
    assert target.list()["Quantity"] == 0


def test_quotas_count_paths_in_progress(cf: CloudFront, target: Target) -> None:
    target.create(*["/a"] * 2999, "#tag", reference="paths")
    assert error_code(lambda: target.create("/a")) == "TooManyInvalidationsInProgress"
    assert error_code(lambda: target.create("#tag")) == "TooManyInvalidationsInProgress"
    target.create(*["/*"] * 15, reference="wildcards")  # counted separately
    assert error_code(lambda: target.create("/b*")) == "TooManyInvalidationsInProgress"
    cf.clock.advance(10)
    target.create(*["/*"] * 15, *["/a"] * 3000)


@pytest.mark.parametrize(
    "path",
    ["/", "/*", "/a*", "/a%20b", "/%c3%A9?x=1&y=[2];~$-_.+!'(),:@=/", "/a#b", "#tag", "#tag/1", "/a//b"],
)
def test_accepted_paths(target: Target, path: str) -> None:
    assert target.create(path)["InvalidationBatch"]["Paths"]["Items"] == [path]


@pytest.mark.parametrize(
    "path",
    ["a", "*", "#", "#tag*", "#*", "/a*b", "/**", "/é", "/a%", "/a%2", "/a%zz", "/a\tb", "/\x7f"]
    + [f"/a{character}b" for character in ' <>"{}|\\^`'],
)
def test_rejected_paths(target: Target, path: str) -> None:
    message = "Your request contains one or more invalid invalidation paths."
    assert error(lambda: target.create("/ok", path)) == ("InvalidArgument", message)


# Targets.


@pytest.mark.parametrize(("id_", "code"), [("EGONE", "NoSuchDistribution"), ("dt_gone", "EntityNotFound")])
def test_unknown_targets(cf: CloudFront, client: CloudFrontClient, id_: str, code: str) -> None:
    target = Target(client, id_)
    assert error_code(target.list) == code
    assert error_code(lambda: target.get("I1")) == code
    assert error_code(lambda: target.create("/a")) == code


def test_empty_id_is_an_unknown_distribution(cf: CloudFront, client: CloudFrontClient) -> None:
    assert error_code(lambda: client.list_invalidations(DistributionId="")) == "NoSuchDistribution"


def test_multi_tenant_distribution_has_no_invalidations(cf: CloudFront, client: CloudFrontClient) -> None:
    target = Target(client, cf.add_distribution(tenant_only=True))
    assert error_code(target.list) == "NoSuchDistribution"
    assert error_code(lambda: target.get("I1")) == "NoSuchDistribution"
    assert error_code(lambda: target.create("/a")) == "NoSuchDistribution"
    config = client.get_distribution(Id=target.id)["Distribution"]["DistributionConfig"]
    assert config["ConnectionMode"] == "tenant-only"


def test_unknown_invalidation(cf: CloudFront, target: Target) -> None:
    elsewhere = cf.add_invalidations(cf.add_distribution())[0]
    assert error_code(lambda: target.get("nonsense")) == "NoSuchInvalidation"
    assert error_code(lambda: target.get(elsewhere)) == "NoSuchInvalidation"
