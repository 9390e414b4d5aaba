# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Target, by_id
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, api_of, target_of


def add_targets(cf: CloudFront, count: int) -> list[Target]:
    """Add targets, alternating between both kinds. Target n has n % 7 + 1 invalidations."""
    targets = []
    for number in range(count):
        kind = KINDS[number % 2]
        identifier = target_of(cf, kind)
        cf.add_invalidations(identifier, number % 7 + 1)
        targets.append(by_id(kind, identifier))
    return targets


def test_failed_target_does_not_affect_the_others(cf: CloudFront, api: Api) -> None:
    targets = add_targets(cf, 50)
    targets[7] = by_id(KINDS[0], "E0000000000000")
    cf.add_fault("access_denied", target=targets[20].id)
    cf.add_fault("throttle", target=targets[30].id, every=2)
    results = list_all(api, targets, Selection())
    assert [result.target for result in results] == targets
    assert [number for number, result in enumerate(results) if result.error] == [7, 20]
    assert all(len(result.items) == number % 7 + 1 for number, result in enumerate(results) if not result.error)
    assert cf.peak <= 8


def test_long_listing_reports_its_progress(cf: CloudFront, api: Api) -> None:
    lines: list[str] = []
    api.progress.report = lines.append
    cf.add_fault("latency", seconds=0.05)
    cf.limit_rate(1, 1)
    list_all(api, add_targets(cf, 40), Selection())
    assert 3 <= len(lines) < 6
    line = re.compile(r"[1-9]\d* of 40 targets listed, throttled by AWS, about \d+ s left")
    assert all(line.fullmatch(reported) for reported in lines)


def test_target_that_is_specified_twice_is_listed_once(cf: CloudFront, api: Api) -> None:
    identifier = cf.add_distribution(aliases=["www.example.com"])
    results = list_all(api, requested_targets(api, {"targets": [identifier, "www.example.com"]}), Selection())
    assert [result.entry["Target"] for result in results] == [identifier, "www.example.com"]
    assert cf.calls["ListInvalidations"] == 1


def test_marker_is_refused_only_with_several_targets(subject: Subject) -> None:
    added = subject.add(3)
    wanted = Selection(marker=added[0])
    with pytest.raises(BadOptionError, match="marker cannot be used with several targets"):
        list_all(subject.api, [subject.target, *add_targets(subject.cf, 1)], wanted)
    assert not subject.cf.calls
    for result in list_all(subject.api, [subject.target, subject.target], wanted):
        assert [item["Id"] for item in result.items] == list(added[1:])


def test_limit_of_requests_in_flight(cf: CloudFront) -> None:
    list_all(api_of(cf, concurrency=2), add_targets(cf, 20), Selection(details=True))
    assert cf.peak <= 2


def test_missing_id_does_not_affect_the_others(subject: Subject) -> None:
    added = subject.add(3)
    (result,) = list_all(subject.api, [subject.target], subject.select(invalidation_ids=[added[1], "IGONE"]))
    assert isinstance(result.error, MissingError)
    assert f"Invalidation IGONE not found for {subject.target}; it may no longer be in the history." == str(
        result.error
    )
    assert [item["Id"] for item in result.items] == [added[1]]
    assert result.error.code == "NoSuchInvalidation"


def test_several_missing_ids_are_listed_in_one_message(subject: Subject) -> None:
    (result,) = list_all(subject.api, [subject.target], subject.select(invalidation_ids=["IGONE", "ILOST"]))
    assert str(result.error) == (
        f"Invalidations IGONE, ILOST not found for {subject.target}; they may no longer be in the history."
    )


@pytest.mark.parametrize("offset", [-400, 400])
@pytest.mark.parametrize("option", ["created_after", "created_before"])
def test_age_is_relative_to_the_clock_of_aws(subject: Subject, offset: float, option: str) -> None:
    subject.cf.date_offset = offset
    new, old = subject.add(1, age=0), subject.add(1, age=360)
    for identifiers in (None, [*new, *old]):
        wanted = subject.select(invalidation_ids=identifiers, **{option: "5m"})
        (result,) = list_all(api_of(subject.cf, subject.client), [subject.target], wanted)
        assert [item["Id"] for item in result.items] == list(new if option == "created_after" else old)


def test_age_is_relative_to_the_local_clock_without_a_date_header(subject: Subject) -> None:
    subject.cf.date_offset, subject.cf.send_date = 400, False
    subject.add(1, age=0)
    local = subject.add(2, newest=subject.api.clock.now(), every=360)
    (result,) = list_all(subject.api, [subject.target], subject.select(created_after="5m", created_before="0s"))
    assert result.items == []
    (result,) = list_all(subject.api, [subject.target], subject.select(created_before="5m"))
    assert [item["Id"] for item in result.items] == [local[1]]


def test_age_is_relative_to_the_start_of_the_task(cf: CloudFront) -> None:
    """Listing many targets takes time; the window is the same for all of them."""
    targets = add_targets(cf, 20)
    for target in targets:
        cf.add_invalidations(target.id, age=290)
    cf.date_offset = 400
    for target in targets:
        cf.add_invalidations(target.id, age=290)
    cf.add_fault("latency", seconds=30)
    api = api_of(cf, concurrency=1)
    api.clock.sleep(100)  # Resolving the targets takes time, too.
    results = list_all(api, targets, Selection(after=timedelta(minutes=5)))
    assert [len(result.items) for result in results] == [1] * len(targets)
