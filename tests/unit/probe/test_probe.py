# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import itertools
import re
import sys
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock, CloudFront, attach
from ansible_collections.edgeworks.cloudfront.tests.probe.__main__ import main
from ansible_collections.edgeworks.cloudfront.tests.probe.questions import DISTRIBUTION, most_requests
from ansible_collections.edgeworks.cloudfront.tests.probe.questions import TENANT as TENANT_KIND
from ansible_collections.edgeworks.cloudfront.tests.probe.recorder import PAUSE, redact
from botocore.config import Config

SITE, SHARED, TENANT = "E1PA6795UKMFR9", "E2QWRUHAPOMQZL", "dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB"
NOW = "2026-11-21T04:00:00.4Z"
Run = Callable[..., str]


@pytest.fixture
def cf() -> CloudFront:
    cf = CloudFront(clock=Clock(NOW))
    cf.add_distribution(SITE)
    cf.add_invalidations(SITE, 150)
    cf.add_distribution(SHARED, tenant_only=True)
    cf.add_tenant(SHARED, id=TENANT)
    return cf


@pytest.fixture
def client(cf: CloudFront) -> Any:
    client = boto3.client("cloudfront", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))
    attach(client, cf)
    return client


@pytest.fixture
def run(cf: CloudFront, client: Any, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> str:
        assert main(["--distribution-id", SITE, "--yes", *arguments], client, cf.clock) == 0
        return capsys.readouterr().out

    return run


def lines(report: str, section: str = "Distribution") -> dict[str, str]:
    """Return the answers of a section, by question."""
    text = report.split(f"## {section}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\*\*(.+):\*\* (.+)$", text, re.MULTILINE))


def test_each_question_is_answered_with_one_line(run: Run) -> None:
    report = run("--tenant-id", TENANT, "--tenant-only-distribution-id", SHARED)
    answers = lines(report)
    assert answers.pop("The same caller reference with another path").startswith("It is rejected with 4")
    assert answers == {
        "MaxItems over 100": "MaxItems=1000 is rejected with 400: InvalidArgument, MaxItems must be a number from 1 to "
        "100: 1000",
        "An expired marker": "A list after a marker that was never listed is rejected with 400: InvalidArgument, "
        "The marker is not valid: IDFDVBD632BHDS5",
        "Sending an identical batch again": "It returns the existing invalidation, with status 201.",
        "The Date header compared with CreateTime": "Date (whole seconds) minus CreateTime is -0.400 s.",
        "Freshness of InProgressInvalidationBatches": "0 before the creation. First observed: higher count after 2 s, "
        "status Completed after 15 s, original count after 10 s.",
    }
    tenant = lines(report, "Distribution tenant")
    assert "Freshness of InProgressInvalidationBatches" not in tenant
    assert tenant["MaxItems over 100"].startswith("MaxItems=1000 is rejected with 400: InvalidArgument")
    question = "Overlap of the lists of a tenant and its distribution"
    assert tenant[question].startswith("The distribution has no list: 404: NoSuchDistribution")
    assert lines(report, "Tenant-only distribution")["The list of a tenant-only distribution"].startswith("404: NoSuch")


def test_probe_sends_no_more_than_planned(cf: CloudFront, run: Run) -> None:
    run("--tenant-id", TENANT, "--tenant-only-distribution-id", SHARED)
    sent = list(cf.requests)
    assert {later.at - earlier.at >= PAUSE - 1e-6 for earlier, later in itertools.pairwise(sent)} == {True}
    batches = [request.params["InvalidationBatch"] for request in sent if request.operation.startswith("Create")]
    assert len(sent) <= most_requests(DISTRIBUTION) + most_requests(TENANT_KIND) + 1
    assert [batch["Paths"]["Quantity"] for batch in batches] == [1] * 6
    assert len({batch["CallerReference"] for batch in batches}) == 2


@pytest.mark.parametrize(
    ("terminal", "answer", "status", "created"), [(True, "n", 2, 0), (False, "y", 2, 0), (True, "y", 0, 3)]
)
def test_nothing_is_sent_without_confirmation(
    cf: CloudFront,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    terminal: bool,
    answer: str,
    status: int,
    created: int,
) -> None:
    stdin = io.StringIO(f"{answer}\n")
    monkeypatch.setattr(stdin, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["--distribution-id", SITE], client, cf.clock) == status
    assert cf.calls["CreateInvalidation"] == created
    assert bool(cf.calls) is bool(created)
    stated = capsys.readouterr().err
    assert "at most 2 invalidations, of one path each" in stated
    assert "USD 0.005" in stated


def test_no_third_invalidation_is_created_after_a_duplicate(cf: CloudFront, client: Any, run: Run) -> None:
    created = 0

    def rename(params: dict[str, Any], **dummy: object) -> None:
        nonlocal created
        created += 1
        params["body"] = params["body"].replace(b"</CallerReference>", f"-{created}</CallerReference>".encode())

    client.meta.events.register("before-call.cloudfront.CreateInvalidation", rename)
    answers = lines(run())
    assert answers["Sending an identical batch again"] == "It creates another invalidation, with status 201."
    assert answers["The same caller reference with another path"] == "Not sent: there may be two invalidations already."
    assert cf.calls["CreateInvalidation"] == 2


@pytest.mark.parametrize("fault", [{"does": "error", "status": 503}, {"does": "reset"}])
def test_no_third_invalidation_is_created_after_a_lost_response(
    cf: CloudFront, run: Run, fault: dict[str, Any]
) -> None:
    cf.add_fault(**fault, operation="CreateInvalidation", at=[2])
    assert lines(run())["The same caller reference with another path"].startswith("Not sent")
    assert cf.calls["CreateInvalidation"] == 2


def test_longer_pages_and_known_markers(cf: CloudFront, run: Run) -> None:
    cf.add_fault("ignore_max_items")
    cf.add_fault("ignore_marker")
    answers = lines(run())
    assert answers["MaxItems over 100"].startswith("MaxItems=1000 returns 100 items")
    assert answers["An expired marker"] == "A list after a marker that was never listed returns the first page again."


REFUSED = (
    "It is rejected with 400: InvalidArgument, Your request contains a caller reference that was used for a previous "
)
REFUSED += "invalidation batch for the same distribution."


@pytest.mark.parametrize(
    ("reused_reference", "answer"),
    [("documented", "It returns the existing invalidation, with status 201."), ("refused", REFUSED)],
)
def test_either_response_to_a_reused_caller_reference(
    cf: CloudFront, run: Run, reused_reference: str, answer: str
) -> None:
    cf.reused_reference = reused_reference
    report = run("--tenant-id", TENANT)
    for section in ("Distribution", "Distribution tenant"):
        answers = lines(report, section)
        assert answers["Sending an identical batch again"] == answer
        assert answers["The same caller reference with another path"] == REFUSED
    assert (cf.calls["CreateInvalidation"], cf.calls["CreateInvalidationForDistributionTenant"]) == (3, 3)


def test_failed_creation_ends_the_probe_of_the_target(cf: CloudFront, run: Run) -> None:
    cf.add_fault("access_denied", operation="Create*")
    answers = lines(run())
    assert answers["Sending an identical batch again"].startswith("Not answered: 403: AccessDenied")
    assert "The Date header compared with CreateTime" not in answers
    assert cf.calls["CreateInvalidation"] == 1


def test_evidence_has_the_response_and_no_secret(run: Run) -> None:
    report = run()
    assert f"POST /2020-05-31/distribution/{SITE}/invalidation" in report
    assert "\n201\nDate: Sat, 21 Nov 2026 04:00:" in report
    assert "<InvalidationList" in report
    assert "... <InProgressInvalidationBatches>1</InProgressInvalidationBatches> ..." in report
    assert "<DomainName>" not in report
    for secret in ("Authorization", "AWS4-HMAC-SHA256", "an-access-key", "123456789012"):
        assert secret not in report


def test_account_ids_users_and_roles_are_redacted() -> None:
    denied = "User: arn:aws:iam::123456789012:user/alice is not authorized on arn:aws:cloudfront::123456789012:x/E1"
    assert redact(denied) == "User: arn:REDACTED is not authorized on arn:aws:cloudfront::REDACTED:x/E1"
