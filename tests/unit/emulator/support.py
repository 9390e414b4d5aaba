# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulated targets of either kind, as a botocore client sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from botocore.exceptions import ClientError

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
EACH_TRANSPORT = pytest.mark.parametrize("transport", ["in process", "over HTTP"], indirect=True)
Response = dict[str, Any]


class Target:
    """A target with the three operations on its invalidations."""

    def __init__(self, cf: CloudFront, client: Any, target_id: str) -> None:
        self.cf = cf
        self.client = client
        self.id = target_id
        self._is_tenant = target_id.startswith("dt_")
        self._suffix = "_for_distribution_tenant" if self._is_tenant else ""
        self._parameter = "Id" if self._is_tenant else "DistributionId"

    def add(self, *args: Any, **fields: Any) -> Sequence[str]:
        return self.cf.add_invalidations(self.id, *args, **fields)

    def list(self, **params: Any) -> Response:
        if "MaxItems" in params and not self._is_tenant:
            params["MaxItems"] = str(params["MaxItems"])
        listed: Response = self._call("list_invalidations", **{self._parameter: self.id}, **params)["InvalidationList"]
        return listed

    def ids(self, **params: Any) -> Sequence[str]:
        return [item["Id"] for item in self.list(**params).get("Items", [])]

    def get(self, invalidation_id: str) -> Response:
        parameter = "DistributionTenantId" if self._is_tenant else "DistributionId"
        found: Response = self._call("get_invalidation", **{parameter: self.id}, Id=invalidation_id)["Invalidation"]
        return found

    def create(self, *paths: str, reference: str = "deploy-1", quantity: int | None = None) -> Response:
        items = {"Items": [*paths]} if paths else {}
        batch: Any = {"Paths": {"Quantity": len(paths) if quantity is None else quantity, **items}}
        batch["CallerReference"] = reference
        response = self._call("create_invalidation", **{self._parameter: self.id}, InvalidationBatch=batch)
        created: Response = response["Invalidation"]
        if created:  # No fault has replaced the response.
            assert response["ResponseMetadata"]["HTTPStatusCode"] == 201
            assert response["Location"].endswith(f"/{self.id}/invalidation/{created['Id']}")
        return created

    def _call(self, operation: str, **params: Any) -> Any:
        return getattr(self.client, operation + self._suffix)(**params)


def error(call: Callable[..., object], *args: Any, **params: Any) -> tuple[str, str]:
    """Return the code and the message of the error that a call raises."""
    with pytest.raises(ClientError) as caught:
        call(*args, **params)
    details = caught.value.response["Error"]
    return details["Code"], details["Message"]


def error_code(call: Callable[..., object], *args: Any, **params: Any) -> str:
    return error(call, *args, **params)[0]
