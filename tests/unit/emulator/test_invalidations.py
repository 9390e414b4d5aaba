# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List, get and create invalidations of both kinds of target with a botocore client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.emulator.support import (
    EACH_TRANSPORT,
    NOW,
    Response,
    Target,
    error,
    error_code,
)
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

REUSED = "Your request contains a caller reference that was used for a previous invalidation batch for the same "
REUSED += "distribution."


# Lists.


def test_empty_list_has_no_items(target: Target) -> None:
    assert target.list() == {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0}


@EACH_TRANSPORT
def test_pages_are_newest_first_and_linked_by_the_last_id(target: Target) -> None:
    ids = target.add(250, every=60)

    first = target.list()
    second = target.list(Marker=first["NextMarker"])
    third = target.list(Marker=second["NextMarker"], MaxItems=60)

    items = first.pop("Items") + second.pop("Items") + third.pop("Items")
    assert first == dict(Marker="", MaxItems=100, IsTruncated=True, Quantity=100, NextMarker=ids[99])
    assert second == dict(Marker=ids[99], MaxItems=100, IsTruncated=True, Quantity=100, NextMarker=ids[199])
    assert third == dict(Marker=ids[199], MaxItems=60, IsTruncated=False, Quantity=50)
    assert [item["Id"] for item in items] == ids
    assert [item["CreateTime"] for item in items] == [NOW - timedelta(minutes=number) for number in range(250)]
    assert {item["Status"] for item in items} == {"Completed"}


def test_parameters_of_a_list_are_checked(target: Target) -> None:
    target.add()
    (elsewhere,) = target.cf.add_invalidations(target.cf.add_distribution())
    for size in (0, -1, 101):
        assert error_code(target.list, MaxItems=size) == "InvalidArgument"
    for marker in ("nonsense", elsewhere):
        assert error_code(target.list, Marker=marker) == "InvalidArgument"


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


# Fields.


def test_added_invalidations_keep_their_fields(target: Target) -> None:
    added = target.add(ids=["IB", "IA"], age=3600, every=0.25, paths=["/a&b", "#tag"], status="Unheard")
    assert added == ["IB", "IA"]
    first, second = target.get("IB"), target.get("IA")
    assert first["CreateTime"] == NOW - timedelta(hours=1)
    assert second["CreateTime"] == NOW - timedelta(hours=1, milliseconds=250)
    assert first["Status"] == "Unheard"
    assert first["InvalidationBatch"]["Paths"] == {"Quantity": 2, "Items": ["/a&b", "#tag"]}
    assert first["InvalidationBatch"]["CallerReference"] != second["InvalidationBatch"]["CallerReference"]


def test_invalidations_added_next_are_older(target: Target) -> None:
    newer, older = target.add(2, status="InProgress"), target.add(2)
    assert target.ids() == [*newer, *older]


def test_equal_times_keep_their_order(target: Target) -> None:
    newer = target.add(3, every=0)
    older = target.add(3, every=0)
    newest = [target.create("/a", reference=str(number))["Id"] for number in range(2)]
    listed: list[str] = []
    page: Response = {"NextMarker": ""}
    while "NextMarker" in page:
        page = target.list(Marker=page["NextMarker"], MaxItems=2)
        listed += [item["Id"] for item in page["Items"]]
    assert listed == [*reversed(newest), *newer, *older]
    assert {item["CreateTime"] for item in target.list()["Items"]} == {NOW}


def test_invalid_invalidations_are_rejected(cf: CloudFront, target: Target) -> None:
    assert target.add(0) == []
    with pytest.raises(ValueError, match="1 IDs for 2"):
        target.add(2, ids=["I1"])
    with pytest.raises(ValueError, match="reference"):
        target.add(2, caller_reference="x")
    with pytest.raises(KeyError, match="EGONE"):
        cf.add_invalidations("EGONE")
    target.add(ids=["I1"])
    with pytest.raises(ValueError, match="I1 already exists"):
        target.add(ids=["I1"])
    assert target.ids() == ["I1"]


def test_ids_are_the_same_in_each_run() -> None:
    def ids() -> list[str]:
        cf = CloudFront()
        distribution = cf.add_distribution()
        return [distribution, cf.add_tenant(distribution), *cf.add_invalidations(distribution, 3)]

    assert ids() == ids()


# Status.


def test_completion_by_time(cf: CloudFront, target: Target) -> None:
    newer, older = target.add(2, every=5, completes_after=20)
    cf.clock.advance(15)
    assert [item["Status"] for item in target.list()["Items"]] == ["InProgress", "Completed"]
    assert (target.get(newer)["Status"], target.get(older)["Status"]) == ("InProgress", "Completed")
    cf.clock.sleep(5)
    assert target.get(newer)["Status"] == "Completed"


def test_completion_by_reads(target: Target) -> None:
    newer, older = target.add(2, completes_after_reads=2)
    assert [target.get(newer)["Status"] for dummy in range(3)] == ["InProgress", "InProgress", "Completed"]
    assert [item["Status"] for item in target.list()["Items"]] == ["Completed", "InProgress"]
    assert [target.get(older)["Status"] for dummy in range(2)] == ["InProgress", "Completed"]


def test_permanent_status(cf: CloudFront, target: Target) -> None:
    target.add(status="InProgress")
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
    target = Target(cf, client, cf.add_distribution())

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
            target.add(ids=["INEW"], age=0)

    cf.before("ListInvalidations*", create)
    assert target.ids() == []
    assert target.ids() == ["INEW"]
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


def test_clock_skew(cf: CloudFront, target: Target) -> None:
    cf.date_offset = 400
    created = target.create("/a")
    assert created["CreateTime"] == NOW + timedelta(seconds=400)
    target.add(ids=["IOLD"], age=600)
    assert target.get("IOLD")["CreateTime"] == NOW - timedelta(seconds=200)
    response = cf.handle("GET", "/2020-05-31/distribution")
    assert response.headers["Date"] == "Sat, 21 Nov 2026 04:06:40 GMT"
    assert cf.now() - cf.clock.now() == 400
    assert cf.requests[-1].at == cf.clock.now()
    cf.clock.advance(10)
    assert target.get(created["Id"])["Status"] == "Completed"


@EACH_TRANSPORT
def test_date_header_can_be_absent(cf: CloudFront, client: CloudFrontClient) -> None:
    headers = client.list_distributions()["ResponseMetadata"]["HTTPHeaders"]
    assert headers["date"] == "Sat, 21 Nov 2026 04:00:00 GMT"
    cf.load({"send_date": False})
    assert "date" not in client.list_distributions()["ResponseMetadata"]["HTTPHeaders"]


# Settings.


def test_reset_restores_the_settings() -> None:
    cf = CloudFront(date_offset=3, wildcard_domains=True)
    cf.load({"date_offset": 400, "wildcard_domains": False, "reused_reference": "refused", "in_progress_lag": 1})
    cf.reset()
    assert (cf.date_offset, cf.wildcard_domains, cf.reused_reference, cf.in_progress_lag) == (3, True, "documented", 0)


def test_unknown_settings_are_rejected(cf: CloudFront) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'fault'"):
        cf.load({"fault": [], "distributions": []})
    with pytest.raises(TypeError, match="unexpected keyword argument 'seed'"):
        CloudFront(seed=1)
    with pytest.raises(ValueError, match="reused_reference"):
        CloudFront(reused_reference="ignored")


# Creating.


@EACH_TRANSPORT
def test_created_invalidation_is_listed_first_and_completes(cf: CloudFront, target: Target) -> None:
    target.add(2)
    created = target.create("/a", "/b/*")
    assert created["Status"] == "InProgress"
    assert created["CreateTime"] == NOW
    assert created["InvalidationBatch"] == {
        "Paths": {"Quantity": 2, "Items": ["/a", "/b/*"]},
        "CallerReference": "deploy-1",
    }
    assert target.get(created["Id"]) == created
    assert target.ids()[0] == created["Id"]
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


def test_documented_reuse_of_a_reference(target: Target) -> None:
    target.add(ids=["IOLD"], paths=["/old"], caller_reference="deploy-0")
    created = target.create("/a", "/b")
    assert target.create("/b", "/a")["Id"] == created["Id"]
    assert target.create("/old", reference="deploy-0")["Id"] == "IOLD"
    assert error(target.create, "/c") == ("InvalidArgument", REUSED)
    assert target.list()["Quantity"] == 2


def test_refused_reuse_of_a_reference(cf: CloudFront, target: Target) -> None:
    cf.load({"reused_reference": "refused"})
    created = target.create("/a", "/b")
    assert error(target.create, "/a", "/b") == ("InvalidArgument", REUSED)
    assert error(target.create, "/c") == ("InvalidArgument", REUSED)
    assert target.ids() == [created["Id"]]
    assert target.create("/a", "/b", reference="deploy-2")["Id"] != created["Id"]
    other = Target(cf, target.client, cf.add_distribution())
    assert other.create("/a", "/b")["Id"] != created["Id"]  # References are per target.


@pytest.mark.parametrize(
    ("paths", "quantity", "code"),
    [
        (["/a"], 2, "InconsistentQuantities"),
        ([], 0, "InvalidArgument"),
        (["/a"] * 3001, 3001, "BatchTooLarge"),
        (["/a*"] * 16, 16, "TooManyInvalidationsInProgress"),
    ],
)
def test_rejected_batches(target: Target, paths: list[str], quantity: int, code: str) -> None:
    assert error_code(target.create, *paths, quantity=quantity) == code
    assert target.ids() == []


def test_quotas_count_paths_in_progress(cf: CloudFront, target: Target) -> None:
    target.create(*["/a"] * 2999, "#tag", reference="paths")
    assert error_code(target.create, "/a") == "TooManyInvalidationsInProgress"
    assert error_code(target.create, "#tag") == "TooManyInvalidationsInProgress"
    target.create(*["/*"] * 15, reference="wildcards")  # counted separately
    assert error_code(target.create, "/b*") == "TooManyInvalidationsInProgress"
    cf.clock.advance(10)
    target.create(*["/*"] * 15, *["/a"] * 3000)


def test_paths_are_validated_as_by_aws(target: Target) -> None:
    valid = ["/", "/*", "/a*", "/a%20b", "/%c3%A9?x=1&y=[2];~$-_.+!'(),:@=/", "/a#b", "#tag", "#tag/1", "/a//b"]
    invalid = ["", "a", "*", "#", "#tag*", "#*", "/a*b", "/**", "/é", "/a%", "/a%2", "/a%zz", "/a\tb", "/\x7f"]
    invalid += [f"/a{character}b" for character in ' <>"{}|\\^`']
    message = "Your request contains one or more invalid invalidation paths."
    for path in valid:
        assert target.create(path, reference=path)["InvalidationBatch"]["Paths"]["Items"] == [path]
    for path in invalid:
        assert (path, *error(target.create, "/ok", path)) == (path, "InvalidArgument", message)


# Targets.


@pytest.mark.parametrize(("id_", "code"), [("EGONE", "NoSuchDistribution"), ("dt_gone", "EntityNotFound")])
def test_unknown_targets(cf: CloudFront, client: CloudFrontClient, id_: str, code: str) -> None:
    target = Target(cf, client, id_)
    assert error_code(target.list) == code
    assert error_code(target.get, "I1") == code
    assert error_code(target.create, "/a") == code


@EACH_TRANSPORT
def test_empty_id_is_an_unknown_distribution(cf: CloudFront, client: CloudFrontClient) -> None:
    assert error_code(client.list_invalidations, DistributionId="") == "NoSuchDistribution"


def test_multi_tenant_distribution_has_no_invalidations(cf: CloudFront, client: CloudFrontClient) -> None:
    target = Target(cf, client, cf.add_distribution(tenant_only=True))
    assert error_code(target.list) == "NoSuchDistribution"
    assert error_code(target.get, "I1") == "NoSuchDistribution"
    assert error_code(target.create, "/a") == "NoSuchDistribution"
    config = client.get_distribution(Id=target.id)["Distribution"]["DistributionConfig"]
    assert config["ConnectionMode"] == "tenant-only"


def test_unknown_invalidation(cf: CloudFront, target: Target) -> None:
    (elsewhere,) = cf.add_invalidations(cf.add_distribution())
    assert error_code(target.get, "nonsense") == "NoSuchInvalidation"
    assert error_code(target.get, elsewhere) == "NoSuchInvalidation"
