# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the result of each target, including its use of CloudFront's quotas."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._client import Json
from ._errors import CloudFrontError
from ._pager import IN_PROGRESS, Listing
from ._paths import count_paths
from ._target import Resolved, Target


class TargetResult(t.NamedTuple):
    """The result of one target: a listing, an error, or both if the error interrupted the listing."""

    target: Resolved
    listing: Listing | None = None
    error: CloudFrontError | None = None

    @property
    def items(self) -> list[Json]:
        return self.listing.invalidation_list["Items"] if self.listing else []

    @property
    def in_progress(self) -> list[Json]:
        return [item for item in self.items if item["Status"] == IN_PROGRESS]

    @property
    def entry(self) -> Json:
        entry = {**self.target.entry}
        if self.listing:
            entry["InvalidationList"] = self.listing.invalidation_list
            if self.listing.details:
                entry.update(_quotas(self.in_progress))
        if self.error:
            entry["Error"] = self.error.entry
        return entry


def count_in_progress(results: t.Sequence[TargetResult]) -> int:
    """Return the number of invalidations in progress. A target that is specified twice counts once."""
    distinct = {result.target.key: result for result in results if isinstance(result.target, Target)}
    return sum(len(result.in_progress) for result in distinct.values())


def _quotas(in_progress: t.Sequence[Json]) -> Json:
    """Return the use of the target's quotas, or nothing if the paths of an invalidation could not be read."""
    if not all("InvalidationBatch" in item for item in in_progress):
        return {}
    paths = [path for item in in_progress for path in item["InvalidationBatch"].get("Paths", {}).get("Items") or []]
    count = count_paths(paths)
    return {"InProgressPaths": count.others, "InProgressWildcards": count.wildcards}
