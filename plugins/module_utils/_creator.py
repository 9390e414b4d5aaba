# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A NEW invalidation for each target, under a caller reference by which it is created once only."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from ._api import Api
from ._client import Json
from ._errors import BadOptionError, CloudFrontError
from ._lister import for_each_target
from ._pager import Listing, as_item, has_invalidation
from ._results import TargetResult
from ._target import Resolved, Target, Unresolved

SLACK = timedelta(seconds=2)  # AWS tells its own time in whole seconds.


class Creation(t.NamedTuple):
    """What creating did for one target."""

    target: Resolved
    invalidation: Json | None = None  # Id, CreateTime, Status and InvalidationBatch, as AWS answers.
    changed: bool = False
    error: CloudFrontError | None = None

    @property
    def entry(self) -> Json:
        return {
            **self.target.entry,
            **({"Invalidation": self.invalidation} if self.invalidation else {}),
            **({"Error": self.error.entry} if self.error else {}),
        }

    @property
    def result(self) -> TargetResult:
        """What to wait for."""
        items = [self.invalidation] if self.invalidation else []
        return TargetResult(self.target, Listing({"Items": items, "Quantity": len(items)}, markers={}), self.error)


def batch(paths: t.Sequence[str], caller_reference: str) -> Json:
    """AWS's InvalidationBatch. Raises BadOptionError for paths that are none."""
    unique = list(dict.fromkeys(path.strip() for path in paths))
    bad = [path for path in unique if not path.startswith(("/", "#"))]
    if bad or not unique:
        what = ", ".join(map(repr, bad)) or "none is given"
        raise BadOptionError(f"paths must each begin with / or, for a cache tag, with #: {what}.")
    return {"Paths": {"Quantity": len(unique), "Items": unique}, "CallerReference": caller_reference}


def create(api: Api, targets: t.Sequence[Resolved], invalidation_batch: Json) -> list[Creation]:
    """Create it for each target (CreateInvalidation, CreateInvalidationForDistributionTenant), in their order.

    A request that is sent again, by us or by a later run with the same caller reference, creates nothing more. A target
    that was asked for twice gets one invalidation.
    """

    def one(target: Target) -> Creation:
        began = api.clock.monotonic()
        try:
            response = api.call(
                target.kind.create_operation,
                str(target),
                has_invalidation,
                **{target.kind.list_parameter: target.id, "InvalidationBatch": invalidation_batch},
            )
        except CloudFrontError as error:
            return Creation(target, error=target.explain(error))
        invalidation = as_item(response["Invalidation"])
        return Creation(target, invalidation, changed=_is_new(invalidation, response, api.clock.monotonic() - began))

    created = for_each_target(api, targets, one)
    return [
        Creation(target, error=target.error)
        if isinstance(target, Unresolved)
        else created[target.key]._replace(target=target)
        for target in targets
    ]


def predict(targets: t.Sequence[Resolved]) -> list[Creation]:
    """What creating would do, as far as it can be told without doing it."""
    return [
        Creation(target, error=target.error) if isinstance(target, Unresolved) else Creation(target, changed=True)
        for target in targets
    ]


def _is_new(invalidation: Json, response: Json, seconds: float) -> bool:
    """Whether it was created within the seconds that we took, and not by an earlier run.

    AWS answers alike either way, so only the age of the invalidation tells, by AWS's own clock.
    """
    date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        age = parsedate_to_datetime(date) - datetime.fromisoformat(invalidation["CreateTime"])
    except (TypeError, ValueError):  # There is none, or something between has put in one of its own.
        return True
    return age <= timedelta(seconds=seconds) + SLACK
