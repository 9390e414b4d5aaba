# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    CloudFrontError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import (
    DISTRIBUTION,
    KINDS,
    TENANT,
    Kind,
    Target,
    by_id,
    by_text,
)

EACH_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)


@pytest.mark.parametrize(
    ("text", "kind", "identifier"),
    [
        ("E1PA6795UKMF7", DISTRIBUTION, "E1PA6795UKMF7"),
        (" E1PA6795UKMFR9 ", DISTRIBUTION, "E1PA6795UKMFR9"),
        ("EDFDVBD6EXAMPLE", DISTRIBUTION, "EDFDVBD6EXAMPLE"),
        ("dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB", TENANT, "dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB"),
        ("arn:aws:cloudfront::123456789012:distribution/E1PA6795UKMFR9", DISTRIBUTION, "E1PA6795UKMFR9"),
        ("arn:aws-cn:cloudfront::123456789012:distribution/E1PA6795UKMFR9", DISTRIBUTION, "E1PA6795UKMFR9"),
        ("arn:aws:cloudfront::123456789012:distribution/AMOTOIDENTIFIER", DISTRIBUTION, "AMOTOIDENTIFIER"),
        ("arn:aws:cloudfront::123456789012:distribution-tenant/dt_2wjD", TENANT, "dt_2wjD"),
    ],
)
def test_id_or_arn_determines_the_kind(text: str, kind: Kind, identifier: str) -> None:
    target = by_text(text)
    assert target == Target(kind, identifier, {"Target": text})
    assert target.entry == {"Target": text, kind.get_parameter: identifier}


@pytest.mark.parametrize(
    "text",
    [
        *("ENTERPRISE", "123456789012", "EXAMPLE-SHOP1", "e1pa6795ukmfr9", "E1PA6795UKMF", "EDFDVBD6EXAMPLES"),
        *("A1PA6795UKMFR9", "shop-1", "www.example.com", "bücher.example", "*.example.com", "dt.example.com"),
    ],
)
def test_anything_else_is_a_name_or_a_domain(text: str) -> None:
    assert by_text(text) is None


NOT_A_TARGET = "is not a target: specify an ID, an ARN, a domain or a tenant's name"
NOT_OUR_ARN = "is not the ARN of a CloudFront target: specify arn:aws:cloudfront::.*/ID"
NOT_A_DOMAIN = "is not a valid domain: specify it in punycode"
FUNCTION = "arn:aws:cloudfront::123456789012:function/f"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, NOT_A_TARGET) for text in ("", "  ", ".", "..", "https://www.example.com/", "www example com")),
        *((text, NOT_A_TARGET) for text in ("a?b", "a#b", None, 42)),
        *((text, NOT_OUR_ARN) for text in ("arn:aws:s3:::bucket", "arn:aws:s3:::distribution/E1", "arn:x", FUNCTION)),
        *((text, NOT_A_DOMAIN) for text in ("straße.example", "bücher..example")),
    ],
)
def test_text_that_cannot_be_a_target_is_refused(text: t.Any, reason: str) -> None:
    with pytest.raises(BadOptionError, match=f"^'?{re.escape(str(text))}'? {reason}"):
        by_text(text)


@pytest.mark.parametrize("identifier", ["", " ", "..", "E1/../E2", "arn:aws:cloudfront::1:distribution/E1", "E1?x"])
@EACH_KIND
def test_explicit_id_must_be_an_id(kind: Kind, identifier: str) -> None:
    with pytest.raises(BadOptionError, match=f"is not the ID of a {kind.label}: specify one such as {kind.example}"):
        by_id(kind, identifier)
    if identifier.strip():
        with pytest.raises(BadOptionError):
            by_text(f"arn:aws:cloudfront::123456789012:{kind.arn_type}/{identifier}")


@pytest.mark.parametrize("identifier", ["E1PA6795UKMFR9", "AMOTOIDENTIFIER", "dt_1", "Z"])
@EACH_KIND
def test_explicit_id_may_have_any_form(kind: Kind, identifier: str) -> None:
    assert by_id(kind, f" {identifier} ") == Target(kind, identifier, {})


@EACH_KIND
def test_missing_target_is_explained(kind: Kind) -> None:
    missing = MissingError("ListInvalidations found nothing.", "EntityNotFound")
    explained = by_id(kind, kind.example).explain(missing)
    assert str(explained) == f"There is no {kind.label} {kind.example} in this account (EntityNotFound). {kind.hint}"


@EACH_KIND
def test_id_of_the_other_kind_is_recognized(kind: Kind) -> None:
    other = KINDS[kind is DISTRIBUTION]
    explained = by_id(kind, other.example).explain(MissingError("Nothing.", "EntityNotFound"))
    assert f"This looks like the ID of a {other.label}: specify it as {other.option}." in str(explained)


@pytest.mark.parametrize(
    "error", [CloudFrontError("Denied.", "AccessDenied"), MissingError("No invalidation.", "NoSuchInvalidation")]
)
def test_other_errors_are_not_about_the_target(error: CloudFrontError) -> None:
    assert by_id(DISTRIBUTION, "E1PA6795UKMFR9").explain(error) is error
