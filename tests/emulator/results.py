# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the results of operations, as the service model defines them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .wire import Result
from .world import Distribution, Tenant


def listing(marker: str, size: int, items: list[Result], truncated: bool) -> Result:
    """Return one page of a list; ListDistributionTenants has another format."""
    page: Result = {"Marker": marker, "MaxItems": size, "IsTruncated": truncated, **quantity(items)}
    if truncated:
        page["NextMarker"] = items[-1]["Id"]
    return page


def quantity(items: Iterable[Any] = ()) -> Result:
    """Return a list with its Quantity. Items is absent if there are none."""
    items = list(items)
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


def distribution_summary(distribution: Distribution) -> Result:
    return {**_identity(distribution), "ETag": distribution.etag, **_settings(distribution)}


def distribution_details(distribution: Distribution, batches_in_progress: int) -> Result:
    return {
        **_identity(distribution),
        "InProgressInvalidationBatches": batches_in_progress,
        "ActiveTrustedSigners": {"Enabled": False, **quantity()},
        "ActiveTrustedKeyGroups": {"Enabled": False, **quantity()},
        "DistributionConfig": {
            "CallerReference": f"create-{distribution.id}",
            "DefaultRootObject": "index.html",
            "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
            **_settings(distribution),
        },
    }


def _identity(distribution: Distribution) -> Result:
    return {
        "Id": distribution.id,
        "ARN": distribution.arn,
        "Status": "Deployed",
        "LastModifiedTime": distribution.created,
        "DomainName": distribution.domain_name,
    }


def _settings(distribution: Distribution) -> Result:
    """Return the members that a distribution's summary and configuration have in common."""
    origin = {"Id": "origin", "DomainName": "origin.example.com", "OriginPath": "", "CustomHeaders": quantity()}
    return {
        "Aliases": quantity(distribution.aliases),
        "Origins": quantity([origin]),
        "OriginGroups": quantity(),
        "DefaultCacheBehavior": {"TargetOriginId": "origin", "ViewerProtocolPolicy": "redirect-to-https"},
        "CacheBehaviors": quantity(),
        "CustomErrorResponses": quantity(),
        "Comment": "",
        "PriceClass": "PriceClass_All",
        "Enabled": True,
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", **quantity()}},
        "WebACLId": "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": True,
        "Staging": False,
        "ConnectionMode": "tenant-only" if distribution.tenant_only else "direct",
    }


def tenant_details(tenant: Tenant) -> Result:
    return {
        "Id": tenant.id,
        "DistributionId": tenant.distribution_id,
        "Name": tenant.name,
        "Arn": tenant.arn,
        "Domains": [{"Domain": domain, "Status": "active"} for domain in tenant.domains],
        "ConnectionGroupId": "cg_2yHsDkcPKeUlVkk9aEgLVCBjtGN",
        "CreatedTime": tenant.created,
        "LastModifiedTime": tenant.created,
        "Enabled": True,
        "Status": "Deployed",
    }


def tenant_summary(tenant: Tenant) -> Result:
    return {**tenant_details(tenant), "ETag": tenant.etag}
