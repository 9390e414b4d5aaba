# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create an invalidation for each target, once per caller reference."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import random
import re
import typing as t
from datetime import datetime, timedelta

from ._api import RETRY_WINDOW, Api
from ._client import Json
from ._errors import CloudFrontError, DeniedError, ExpiredError, TransientError
from ._limits import MIN_MARGIN, WaitLimits
from ._lister import for_each_target, in_order
from ._pager import Listing, as_item, get, has_invalidation, pages
from ._paths import difference, suspicious
from ._progress import count
from ._results import TargetResult
from ._target import Resolved, Target

OVER_QUOTA = "TooManyInvalidationsInProgress"
# Seconds. Quota usually becomes free within 25, and each attempt counts towards the low rate of creations.
FIRST_INTERVAL, MAX_INTERVAL, INTERVAL_GROWTH = 5.0, 20.0, 1.5
SLACK = timedelta(seconds=2)  # The Date header has whole seconds.


class Batch(t.NamedTuple):
    """The paths to invalidate, with the caller reference."""

    paths: t.Sequence[str]
    reference: str
    is_generated: bool  # By this task, so that no other task uses it.

    @property
    def parameter(self) -> Json:
        """AWS's InvalidationBatch."""
        paths = list(self.paths)
        return {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": self.reference}


class Creation(t.NamedTuple):
    """The outcome for one target."""

    target: Resolved
    invalidation: Json | None = None  # As AWS returns it: Id, CreateTime, Status and InvalidationBatch.
    changed: bool = False
    error: CloudFrontError | None = None

    @property
    def result(self) -> TargetResult:
        """The outcome as a listing, in the form that the waiter expects."""
        items = [self.invalidation] if self.invalidation else []
        return TargetResult(self.target, Listing({"Items": items, "Quantity": len(items)}, markers={}), self.error)

    @property
    def is_over_quota(self) -> bool:
        return self.error is not None and self.error.code == OVER_QUOTA


def entry_of(result: TargetResult) -> Json:
    """Return the entry of a target in the module's result."""
    return {
        **result.target.entry,
        **({"Invalidation": result.items[0]} if result.items else {}),
        **({"Error": result.error.entry} if result.error else {}),
    }


def create(
    api: Api,
    targets: t.Sequence[Resolved],
    batch: Batch,
    wait_for_quota: WaitLimits | None = None,
    keep: t.Callable[[list[Creation]], None] = lambda creations: None,
) -> list[Creation]:
    """Create an invalidation for each target, and return the outcomes in the order of the targets.

    Neither a retry nor a later task with the same caller reference creates a second invalidation. A target that is
    specified twice gets one. If the quota of a target is used up, it is retried after all others, until the timeout of
    C(wait_for_quota). If the task is interrupted, C(keep) is called with the outcomes so far. Calls CreateInvalidation
    and CreateInvalidationForDistributionTenant.
    """
    creators = {target.key: _Creator(api, target, batch) for target in targets if isinstance(target, Target)}

    def outcomes() -> list[Creation]:
        return in_order(targets, {key: creator.creation for key, creator in creators.items()}, Creation)

    api.progress.begin(len(creators), "invalidations created")
    try:
        api.map(_Creator.attempt, list(creators.values()))
        if wait_for_quota:
            _wait_for_quota(api, list(creators.values()), wait_for_quota.timeout)
    except KeyboardInterrupt:
        keep(outcomes())
        raise
    return outcomes()


def predict(api: Api, targets: t.Sequence[Resolved], batch: Batch) -> list[Creation]:
    """Predict the outcomes of C(create), with read requests only."""

    def predict_one(target: Target) -> Creation:
        found = None
        try:
            if batch.is_generated:
                next(pages(api, target, size=lambda: 1))  # Raises MissingError if the target does not exist.
            else:
                found = _find(api, target, batch.reference)
        except DeniedError:
            return Creation(target, changed=True)  # Creating requires another permission, which may be granted.
        except CloudFrontError as error:
            return Creation(target, error=error)
        conflict = _conflict(target, batch, found, "InvalidArgument") if found else None
        return Creation(target, error=conflict) if conflict else Creation(target, found, changed=not found)

    return in_order(targets, for_each_target(api, targets, predict_one, "targets checked"), Creation)


def _wait_for_quota(api: Api, creators: t.Sequence[_Creator], timeout: float) -> None:
    """Retry the targets whose quota is used up, at growing intervals, until none is left or the task times out."""
    blocked = [creator for creator in creators if creator.creation.is_over_quota]
    began = now = api.clock.monotonic()
    deadline = api.started + timeout
    last = deadline - MIN_MARGIN  # When the last attempts start.
    interval = FIRST_INTERVAL
    if blocked and now < last:
        what = f"{count(len(blocked), 'target')} with too many invalidations in progress"
        api.progress.report(f"Waiting for quota: {what}, {timeout:g} s at most")
    with api.polling(deadline):
        while blocked and now < last:
            api.clock.sleep(min(last - now, interval * random.uniform(0.9, 1.0)))
            interval = min(interval * INTERVAL_GROWTH, MAX_INTERVAL)
            api.map(_Creator.attempt, blocked)
            before, blocked = blocked, [creator for creator in blocked if creator.is_blocked]
            now = api.clock.monotonic()
            if len(blocked) < len(before):
                left = count(len(blocked), "target")
                api.progress.report(f"Waiting for quota: {left} left after {now - began:.0f} s")
    if now > began:
        reason = f"Waited {now - began:.0f} s for quota"
    elif len(creators) > 1:
        reason = "Creating for the other targets took up wait_timeout"
    else:
        reason = "There was no time for another attempt"
    for creation in [creator.creation for creator in blocked]:
        if creation.error and creation.is_over_quota:
            creation.error.message += f" {reason}. Increase wait_timeout, or run the task again later."


class _Creator:
    """Creates the invalidation of one target, in one or more attempts. C(creation) is the outcome of the last one."""

    def __init__(self, api: Api, target: Target, batch: Batch) -> None:
        self.creation = Creation(target)
        self._api = api
        self._target = target
        self._batch = batch
        self._began = api.clock.monotonic()
        self._may_exist = False  # Whether an attempt may have succeeded although its response was lost.
        self._failing_since: float | None = None  # When the first of consecutive transient errors occurred.

    @property
    def is_blocked(self) -> bool:
        """Whether another attempt may succeed."""
        if self._failing_since is not None:
            return self._api.clock.monotonic() - self._failing_since < RETRY_WINDOW
        return self.creation.is_over_quota

    def attempt(self) -> None:
        before = self.creation
        self.creation = self._create() or before
        if not isinstance(self.creation.error, TransientError):
            self._failing_since = None
        elif self._failing_since is None:
            self._failing_since = self._api.clock.monotonic()
        if self.creation.invalidation:
            self._api.progress.advance()

    def _create(self) -> Creation | None:
        """Send the request, and return the outcome, or None if it could not be sent before the task timed out."""
        kind = self._target.kind
        try:
            response = self._api.call(
                kind.create_operation,
                str(self._target),
                has_invalidation,
                self._note_lost_response,
                **{kind.list_parameter: self._target.id, "InvalidationBatch": self._batch.parameter},
            )
        except CloudFrontError as error:
            if isinstance(error, ExpiredError):
                return None
            if _is_reference_used(error):
                return self._existing(error)
            return Creation(self._target, changed=self._may_exist, error=self._explain(error))
        invalidation = as_item(response["Invalidation"])
        is_new = self._batch.is_generated or self._is_recent(invalidation)
        return Creation(self._target, invalidation, changed=is_new)

    def _note_lost_response(self) -> None:
        self._may_exist = True

    def _existing(self, rejection: CloudFrontError) -> Creation:
        """Return the invalidation that has the caller reference, after CloudFront refused to create another."""
        batch = self._batch
        found = None
        error_type: type[CloudFrontError] = CloudFrontError
        reason = f"It is not among the newest invalidations of {self._target} (100 at most)."
        try:
            found = _find(self._api, self._target, batch.reference)
        except CloudFrontError as error:
            error_type = TransientError if isinstance(error, TransientError) else CloudFrontError
            reason = f"Searching for it failed: {error}"
        if found is None:
            message = f"{rejection} The caller reference is {batch.reference}. {reason}"
            changed = batch.is_generated or self._may_exist
            return Creation(self._target, changed=changed, error=error_type(message, rejection.code))
        is_new = batch.is_generated or (self._may_exist and self._is_recent(found))
        # No other task uses a generated reference: if its paths differ, CloudFront has normalized them.
        conflict = None if batch.is_generated else _conflict(self._target, batch, found, rejection.code)
        if conflict:
            return Creation(self._target, changed=is_new, error=conflict)
        return Creation(self._target, found, is_new)

    def _is_recent(self, invalidation: Json) -> bool:
        """Whether the invalidation was created after the first attempt began, by AWS's clock."""
        elapsed = timedelta(seconds=self._api.clock.monotonic() - self._began)
        return datetime.fromisoformat(invalidation["CreateTime"]) >= self._api.now() - elapsed - SLACK

    def _explain(self, error: CloudFrontError) -> CloudFrontError:
        """Return the error with advice for the user."""
        error = self._target.explain(error)
        advice = ""
        paths = suspicious(self._batch.paths) if error.code == "InvalidArgument" else ""
        if paths:
            advice += f" CloudFront does not name the paths that it rejects. Check {paths}."
        if self._may_exist:
            advice += (
                " The invalidation may have been created. To avoid a duplicate, run the task again with "
                f"caller_reference {self._batch.reference}."
            )
        # Make a new error, because other targets may fail with the same object.
        return type(error)(f"{error}{advice}", error.code) if advice else error


def _is_reference_used(error: CloudFrontError) -> bool:
    """Whether the caller reference was used before: by the documented code, or by the message that users report."""
    if error.code == "InvalidationBatchAlreadyExists":
        return True
    return error.code == "InvalidArgument" and bool(
        re.search(r"caller ?reference\b.*\bused\b", error.message, re.IGNORECASE)
    )


def _find(api: Api, target: Target, reference: str) -> Json | None:
    """Return the invalidation with this caller reference, if it is on the newest page. Raises CloudFrontError."""
    for item in next(pages(api, target))["Items"]:
        found = get(api, target, item["Id"])
        if found and found.get("InvalidationBatch", {}).get("CallerReference") == reference:
            return found
    return None


def _conflict(target: Target, batch: Batch, found: Json, code: str) -> CloudFrontError | None:
    """Return an error if the invalidation with the same caller reference has different paths."""
    existing = found["InvalidationBatch"].get("Paths", {}).get("Items") or []
    differing = difference(batch.paths, existing, found["Id"])
    if not differing:
        return None
    return CloudFrontError(
        f"The caller reference {batch.reference} was used for invalidation {found['Id']} of {target}, created "
        f"{found['CreateTime']}, with different paths: {differing}. Use another caller_reference or the same paths.",
        code,
    )
