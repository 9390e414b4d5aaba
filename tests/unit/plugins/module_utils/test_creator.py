# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._creator import batch, create
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import BadOptionError, MissingError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import resolve
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject

RELEASE = batch(["/*"], "release-42")


@pytest.mark.parametrize(
    ("paths", "told"), [([], "none is given"), (["/a", "index.html", ""], "'index.html', ''"), (["a", "a"], "'a'")]
)
def test_paths_that_are_none_are_named(paths: list[str], told: str) -> None:
    with pytest.raises(BadOptionError, match=rf"^paths must each begin with / or, for a cache tag, with #: {told}\.$"):
        batch(paths, "release-42")


def test_name_that_nothing_bears_costs_the_others_nothing(cf: CloudFront, api: Api) -> None:
    identifier = cf.add_distribution()
    missing, created = create(api, resolve(api, ["www.example.com", identifier]), RELEASE)
    assert isinstance(missing.error, MissingError)
    assert (missing.changed, missing.invalidation) == (False, None)
    assert created.entry["DistributionId"] == identifier
    assert created.changed


@pytest.mark.parametrize(("seconds", "changed"), [(2, True), (3, False)])
def test_one_that_is_older_than_the_request_was_there_before(subject: Subject, seconds: int, changed: bool) -> None:
    create(subject.api, [subject.target], RELEASE)
    subject.cf.clock.advance(seconds)
    (creation,) = create(subject.api, [subject.target], RELEASE)
    assert creation.changed is changed


def test_target_that_was_asked_for_twice_gets_one(subject: Subject) -> None:
    known_by_name = subject.target._replace(attributes={"Target": "www.example.com"})
    first, second = create(subject.api, [subject.target, known_by_name], RELEASE)
    assert subject.api.calls == {subject.kind.create_operation: 1}
    assert (first.invalidation, second.entry["Target"]) == (second.invalidation, "www.example.com")


@pytest.mark.parametrize("date", [None, "once upon a time", "Sat, 21 Nov 2026 04:00:00 -0000"])
def test_where_aws_does_not_tell_its_time_it_counts_as_new(subject: Subject, date: str | None) -> None:
    def redate(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        parsed["ResponseMetadata"]["HTTPHeaders"]["date"] = date

    subject.client.meta.events.register("after-call.cloudfront", redate)
    create(subject.api, [subject.target], RELEASE)
    subject.cf.clock.advance(60)
    (creation,) = create(subject.api, [subject.target], RELEASE)
    assert creation.changed
