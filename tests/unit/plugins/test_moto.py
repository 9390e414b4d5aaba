# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test with moto, which shares no code and no assumptions with our emulator.

Moto pages correctly. Unlike CloudFront, it lists the oldest invalidation first, its markers are not IDs on the page,
all invalidations are completed, and there are no tenants. Its distribution IDs differ in form, so the tests use ARNs.
"""

from __future__ import annotations

import typing as t

import pytest
from ansible.plugins.loader import lookup_loader
from boto3.session import Session

moto = pytest.importorskip("moto", reason="moto is not installed")


def make_history(client: t.Any, count: int) -> tuple[str, list[str]]:
    """Create a distribution with invalidations, and return its ARN and their IDs, oldest first."""
    cache = {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0}
    cache["ForwardedValues"] = {"QueryString": False, "Cookies": {"Forward": "none"}}
    origin = {"Id": "o", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    config = {"CallerReference": "c", "Comment": "", "Enabled": True, "DefaultCacheBehavior": cache}
    config["Origins"] = {"Quantity": 1, "Items": [origin]}
    distribution = client.create_distribution(DistributionConfig=config)["Distribution"]
    made = []
    for number in range(count):
        batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(number)}
        created = client.create_invalidation(DistributionId=distribution["Id"], InvalidationBatch=batch)
        made.append(created["Invalidation"]["Id"])
    return distribution["ARN"], made


@pytest.fixture
def client() -> t.Iterator[t.Any]:
    with moto.mock_aws():
        yield Session().client("cloudfront", region_name="us-east-1")


def look_up(*terms: str, **options: t.Any) -> t.Any:
    return lookup_loader.get("edgeworks.cloudfront.invalidations").run(list(terms), variables={}, **options)


@pytest.mark.parametrize("count", [0, 120])
def test_whole_history(client: t.Any, count: int) -> None:
    distribution, made = make_history(client, count)
    (entry,) = look_up(distribution)
    assert entry["DistributionId"] == distribution.rpartition("/")[2]
    assert [item["Id"] for item in entry["InvalidationList"]["Items"]] == made
    assert entry["InvalidationList"]["IsTruncated"] is False


def test_continuing_returns_each_item_once(client: t.Any) -> None:
    distribution, made = make_history(client, 12)
    found: list[str] = []
    marker = ""
    while True:
        invalidation_list = look_up(distribution, max_items=5, page_size=2, marker=marker)[0]["InvalidationList"]
        found += [item["Id"] for item in invalidation_list["Items"]]
        if not invalidation_list["IsTruncated"]:
            break
        marker = invalidation_list["NextMarker"]
    assert found == made


def test_window_does_not_require_newest_first(client: t.Any) -> None:
    distribution, made = make_history(client, 12)
    assert look_up(distribution, created_after="1h", page_size=5)[0]["InvalidationList"]["Quantity"] == len(made)


def test_details(client: t.Any) -> None:
    distribution, made = make_history(client, 3)
    invalidation_list = look_up(distribution, invalidation_ids=made[:1], details=True)[0]["InvalidationList"]
    assert [item["InvalidationBatch"]["Paths"]["Items"] for item in invalidation_list["Items"]] == [["/*"]]


def test_domain_name(client: t.Any) -> None:
    distribution, made = make_history(client, 1)
    (entry,) = look_up(client.get_distribution(Id=distribution.rpartition("/")[2])["Distribution"]["DomainName"])
    assert [item["Id"] for item in entry["InvalidationList"]["Items"]] == made
