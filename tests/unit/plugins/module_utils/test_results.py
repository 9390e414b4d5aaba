# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError, DeniedError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import TargetResult, count_in_progress
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import Unresolved
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, api_of


def result_of(subject: Subject, **options: object) -> TargetResult:
    (result,) = list_all(subject.api, [subject.target], subject.select(**options))
    return result


def test_entry_with_details_has_the_quota_usage(subject: Subject) -> None:
    """A path that ends with * is a wildcard. A cache tag is a path, whatever it ends with."""
    subject.add(2, status="InProgress", paths=["/a", "/b*", "/c*", "/d", "#tag", "#tags*"])
    subject.add(1, paths=["/old*"])
    entry = result_of(subject, details=True).entry
    assert (entry["InProgressPaths"], entry["InProgressWildcards"]) == (8, 4)


def test_entry_with_details_and_nothing_in_progress(subject: Subject) -> None:
    subject.add(1)
    entry = result_of(subject, details=True).entry
    assert (entry["InProgressPaths"], entry["InProgressWildcards"]) == (0, 0)


def test_quotas_are_omitted_if_a_batch_could_not_be_read(subject: Subject) -> None:
    subject.add(2, status="InProgress", paths=["/a", "/b*"])
    subject.cf.add_fault("access_denied", operation="Get*", at=[2])
    subject.api = api_of(subject.cf, subject.client, concurrency=1)
    result = result_of(subject, details=True)
    assert isinstance(result.error, DeniedError)
    assert ["InvalidationBatch" in item for item in result.items] == [True, False]
    assert set(result.entry) == {subject.kind.get_parameter, "InvalidationList", "Error"}


@pytest.mark.parametrize("batch", [{}, {"Paths": {}}, {"Paths": {"Quantity": 0}}])
def test_batch_without_paths(subject: Subject, batch: dict[str, object]) -> None:
    subject.add(1, status="InProgress")
    result = result_of(subject, details=True)
    result.items[0]["InvalidationBatch"] = batch
    assert result.entry["InProgressPaths"] == 0


def test_entry_of_an_unresolved_target() -> None:
    unresolved = Unresolved({"Target": "www.example.com"}, CloudFrontError("There is none.", "NoSuchTarget"))
    entry = TargetResult(unresolved, error=unresolved.error).entry
    assert entry == {"Target": "www.example.com", "Error": {"Code": "NoSuchTarget", "Message": "There is none."}}
    assert unresolved.entry == {"Target": "www.example.com"}


def test_target_that_is_specified_twice_is_counted_once(subject: Subject) -> None:
    subject.add(2, status="InProgress")
    subject.add(1)
    results = list_all(subject.api, [subject.target, subject.target], subject.select())
    assert count_in_progress(results) == 2
