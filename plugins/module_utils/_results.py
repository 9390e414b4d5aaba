# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result for each target, and the module's summary of all of them."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._client import Json
from ._errors import CloudFrontError
from ._pager import IN_PROGRESS, Listing
from ._target import Resolved, Target


class TargetResult(t.NamedTuple):
    """What one target answered: a listing, an error, or both where the error cut the listing short."""

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
        return {
            **self.target.entry,
            **({"InvalidationList": self.listing.invalidation_list} if self.listing else {}),
            **({"Error": self.error.entry} if self.error else {}),
        }


def summary(results: t.Sequence[TargetResult], *, details: bool) -> Json:
    """The findings as a module returns them. A target that was asked for twice counts once.

    The paths count towards CloudFront's quotas. They are left out where some of them could not be read.
    """
    distinct = {result.target.key: result for result in results if isinstance(result.target, Target)}
    in_progress = [item for result in distinct.values() for item in result.in_progress]
    result: Json = {"targets": [result.entry for result in results], "in_progress": len(in_progress)}
    if details and all("InvalidationBatch" in item for item in in_progress):
        batches = [item["InvalidationBatch"] for item in in_progress]
        paths = [path for batch in batches for path in batch.get("Paths", {}).get("Items") or []]
        result["in_progress_paths"] = len(paths)
        result["in_progress_wildcards"] = sum(path.endswith("*") and not path.startswith("#") for path in paths)
    return result
