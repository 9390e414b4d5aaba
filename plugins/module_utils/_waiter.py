# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UNTIL they are Completed: a set that is fixed at the first look, the fewest calls, and steps that fit CloudFront."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import random
import typing as t
from datetime import datetime

from ._api import Api, Facts
from ._errors import CloudFrontError, TransientError, at_least
from ._pager import IN_PROGRESS, Listing, get, pages
from ._survey import Finding
from ._target import Target

# CloudFront tells of a completion within 25 s nearly always, and seldom within a few. With these steps the mean lag is
# 2 s for 4.5 looks, where tests/benchmark/ compares other waits: botocore's lags 11 s behind.
FIRST_STEP = 4.0  # Seconds.
GROWTH = 0.25  # A later step is that part of the time waited so far, so the lag stays in proportion to the wait.
SIGN_OF_LIFE = 60.0  # Seconds between two lines, at most.


class Patience(t.NamedTuple):
    """How long to wait, and the longest step between two looks, in seconds."""

    timeout: float
    delay: float


def patience(options: t.Mapping[str, t.Any]) -> Patience:
    """The Patience that a module's options say. Raises CloudFrontError for what they may not say."""
    at_least(0, options, "wait_timeout")
    at_least(1, options, "wait_delay")
    return Patience(options["wait_timeout"], options["wait_delay"])


class Pending(t.NamedTuple):
    """An invalidation that was awaited and is not known to be completed."""

    target: Target
    id: str
    created: str | None  # None where it was named, and not seen yet.
    trouble: CloudFrontError | None  # Why the last look at it failed, if it did.

    @property
    def lost(self) -> bool:
        """Whether no further look can help."""
        return bool(self.trouble) and not isinstance(self.trouble, TransientError)

    def facts(self, now: datetime) -> Facts:
        told: Facts = {self.target.kind.identity: self.target.id, "Id": self.id}
        if self.created:
            age = (now - datetime.fromisoformat(self.created)).total_seconds()
            told.update(CreateTime=self.created, Age=max(0, int(age)))
        return told


class _Watch:
    """The awaited invalidations of one target."""

    def __init__(self, api: Api, target: Target, listing: Listing, details: bool) -> None:
        self.target = target
        self.listing = listing
        self.error: CloudFrontError | None = None
        self._api = api
        self._items: dict[str, Facts] = {item["Id"]: item for item in listing.facts["Items"]}
        self._unseen = set(listing.unseen)
        # By Id, the marker of the page that lists it: one list call then covers a hundred, however deep they lie.
        # None: it has to be got by itself. What is not seen yet will be on the first page, should its Paths not matter.
        self._markers: dict[str, str | None] = {
            item["Id"]: listing.markers.get(item["Id"])
            for item in listing.facts["Items"]
            if item["Status"] == IN_PROGRESS
        }
        self._markers.update(dict.fromkeys(listing.unseen, None if details else ""))

    @property
    def pending(self) -> list[Pending]:
        return [
            Pending(self.target, identifier, self._items.get(identifier, {}).get("CreateTime"), self.error)
            for identifier in self._markers
        ]

    def look(self) -> None:
        """One look at all that is awaited."""
        try:
            self._look()
        except CloudFrontError as error:
            self.error = error
        else:
            self.error = None

    def _look(self) -> None:
        todo = dict(self._markers)
        singly: list[str] = []
        while todo:
            identifier, marker = next(iter(todo.items()))
            if marker is None:
                singly.append(identifier)
                del todo[identifier]
                continue
            page = next(pages(self._api, self.target, marker=marker))
            for item in page["Items"]:
                if item["Id"] in todo:
                    del todo[item["Id"]]
                    self._tell(item, marker)
            if identifier in self._unseen:
                todo.pop(identifier, None)
            elif identifier in todo:
                # Newer ones have pushed it off its page: it is on the next one, or hard to find.
                further = page["IsTruncated"] and marker == self._markers[identifier]
                todo[identifier] = page["NextMarker"] if further else None
        for item in self._api.map(lambda identifier: get(self._api, self.target, identifier), singly):
            if item:
                self._tell(item, None)

    def _tell(self, item: Facts, marker: str | None) -> None:
        identifier = item["Id"]
        facts = self.listing.facts
        if identifier in self._items:
            self._items[identifier]["Status"] = item["Status"]
        else:
            self._unseen.discard(identifier)
            self._items[identifier] = item
            facts["Items"] = sorted([*facts["Items"], item], key=lambda one: str(one["CreateTime"]), reverse=True)
            facts["Quantity"] = len(facts["Items"])
        if item["Status"] == IN_PROGRESS:
            self._markers[identifier] = marker
        else:
            del self._markers[identifier]


def wait(
    api: Api,
    findings: t.Sequence[Finding],
    patience: Patience,
    *,
    details: bool,
    tell: t.Callable[[str], None] = lambda line: None,
) -> tuple[list[Finding], list[Pending]]:
    """Wait until what the findings show in progress is Completed.

    C(details) is as in the selection that found them; C(tell) gets a line at the beginning, whenever something has
    changed, and as a sign of life. Returns the findings as last seen, and what is not known to be completed: nothing,
    unless the time ran out, or an error that will not pass ended the watch on a target.
    """
    began = api.clock.monotonic()
    deadline = began + patience.timeout
    watches: dict[tuple[str, str], _Watch] = {}
    for finding in findings:
        if isinstance(finding.target, Target) and finding.listing and finding.target.key not in watches:
            watches[finding.target.key] = _Watch(api, finding.target, finding.listing, details)

    def pending() -> list[Pending]:
        return [one for watch in watches.values() for one in watch.pending]

    left = total = len(pending())
    told = began
    if total:
        targets = sum(bool(watch.pending) for watch in watches.values())
        what = f"{_count(total, 'invalidation')} of {_count(targets, 'target')}"
        tell(f"Waiting for {what}, {patience.timeout:g} s at most")
    api.deadline = deadline
    try:
        while True:
            awaited = [watch for watch in watches.values() if any(not one.lost for one in watch.pending)]
            now = api.clock.monotonic()
            if not awaited or now >= deadline:
                break
            step = min(patience.delay, max(FIRST_STEP, (now - began) * GROWTH)) * random.uniform(0.9, 1.0)
            api.clock.sleep(min(step, deadline - now))
            api.map(_Watch.look, awaited)
            before, left = left, len(pending())
            now = api.clock.monotonic()
            if left != before or now - told >= SIGN_OF_LIFE:
                told = now
                tell(f"{total - left} of {_count(total, 'invalidation')} completed after {now - began:.0f} s")
    finally:
        api.deadline = None

    def last_seen(finding: Finding) -> Finding:
        watch = watches.get(finding.target.key) if isinstance(finding.target, Target) else None
        if watch is None:
            return finding
        # An Id that was named and not seen is awaited, so it is no error of the target.
        error = None if finding.error and finding.error.code == "NoSuchInvalidation" else finding.error
        return finding._replace(error=error or next((one.trouble for one in watch.pending if one.lost), None))

    return [last_seen(finding) for finding in findings], pending()


def still_pending(pending: t.Sequence[Pending], patience: Patience, now: datetime) -> str:
    """The sentence for a wait whose time ran out: which are awaited still, of which targets, and how old they are."""

    def told(one: Pending) -> str:
        age = one.facts(now).get("Age")
        return f"{one.id} of {one.target} ({'never seen' if age is None else f'{age} s old'})"

    message = f"After {patience.timeout:g} s, {_count(len(pending), 'invalidation')} had not completed: "
    message += ", ".join(told(one) for one in pending[:10])
    if len(pending) > 10:
        message += f" and {len(pending) - 10} more"
    trouble = next((f" The last look failed: {one.trouble}" for one in pending if one.trouble), "")
    return f"{message}. Give wait_timeout more seconds, or ask again later.{trouble}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
