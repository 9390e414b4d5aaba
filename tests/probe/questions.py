# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the questions, the requests for each, and how the responses are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ..emulator import Clock
from .recorder import PAUSE, Exchange, Recorder

NEVER_LISTED = "IDFDVBD632BHDS5"  # The example in AWS's documentation.
PATHS = ("/edgeworks-cloudfront-probe-1", "/edgeworks-cloudfront-probe-2")
POLLS = 12
POLLING_INTERVAL = 5.0


@dataclass(frozen=True)
class Kind:
    label: str
    suffix: str  # of its operations
    list_parameter: str  # also for creating
    get_parameter: str
    max_items: Callable[[int], Any]


DISTRIBUTION = Kind("Distribution", "", "DistributionId", "DistributionId", str)
TENANT = Kind("Distribution tenant", "ForDistributionTenant", "Id", "DistributionTenantId", int)


@dataclass(frozen=True)
class Answer:
    question: str
    line: str
    evidence: list[Exchange]

    def markdown(self) -> str:
        exchanges = "\n".join(exchange.markdown() for exchange in self.evidence)
        details = f"\n<details><summary>Evidence</summary>\n\n{exchanges}\n</details>\n" if exchanges else ""
        return f"**{self.question}:** {self.line}\n{details}"


def refusal(exchange: Exchange) -> str:
    return f"{exchange.status or 'No response'}: {exchange.error}"


class Target:
    """A distribution or tenant with the requests that the questions need."""

    def __init__(self, recorder: Recorder, time: Clock, kind: Kind, target_id: str, reference: str) -> None:
        self.recorder, self.time, self.kind, self.id, self.reference = recorder, time, kind, target_id, reference

    def list(self, **parameters: Any) -> Exchange:
        return self.recorder.send(
            f"ListInvalidations{self.kind.suffix}", **{self.kind.list_parameter: self.id}, **parameters
        )

    def create(self, path: str) -> Exchange:
        batch = {"Paths": {"Quantity": 1, "Items": [path]}, "CallerReference": self.reference}
        target = {self.kind.list_parameter: self.id}
        return self.recorder.send(f"CreateInvalidation{self.kind.suffix}", **target, InvalidationBatch=batch)

    def get(self, invalidation_id: str) -> Exchange:
        return self.recorder.send(
            f"GetInvalidation{self.kind.suffix}", **{self.kind.get_parameter: self.id}, Id=invalidation_id
        )

    def in_progress(self) -> Exchange:
        return self.recorder.send("GetDistribution", Id=self.id)


def probe(target: Target, expired_marker: str | None) -> Iterator[Answer]:
    """Answer all questions about a target. This creates at most two invalidations."""
    first = target.list(MaxItems=target.kind.max_items(100))
    yield max_items(target, first)
    yield marker(target, first, expired_marker)
    counted = target.kind is DISTRIBUTION
    before = target.in_progress() if counted else None
    created = target.create(PATHS[0])
    if created.error:
        yield Answer("Sending an identical batch again", f"Not answered: {refusal(created)}", [created])
        return
    after = target.in_progress() if counted else None
    again = target.create(PATHS[0])
    yield Answer("Sending an identical batch again", sent_again(created, again), [created, again])
    if created_once(created, again):
        other = target.create(PATHS[1])
        yield Answer("The same caller reference with another path", sent_again(created, other), [other])
    else:
        yield Answer(
            "The same caller reference with another path",
            "Not sent: there may be two invalidations already.",
            [],
        )
    yield Answer("The Date header compared with CreateTime", date_and_create_time(created), [created])
    if before and after:
        yield freshness(target, before, after, created)


def max_items(target: Target, first: Exchange) -> Answer:
    more = target.list(MaxItems=target.kind.max_items(1000))
    if more.error:
        line = f"MaxItems=1000 is rejected with {refusal(more)}"
    else:
        listed, count = more.parsed["InvalidationList"], len(more.invalidations)
        echoed = f"MaxItems={listed['MaxItems']}, IsTruncated={listed['IsTruncated']}"
        line = f"MaxItems=1000 returns {count} items, {echoed}."
        if count <= 100 and not listed["IsTruncated"]:
            line += " The history is too short for a conclusion."
    return Answer("MaxItems over 100", line, [first, more])


def marker(target: Target, first: Exchange, expired: str | None) -> Answer:
    following = target.list(Marker=expired or NEVER_LISTED, MaxItems=target.kind.max_items(100))
    kind = "an expired marker" if expired else "a marker that was never listed"
    if following.error:
        line = f"A list after {kind} is rejected with {refusal(following)}"
    else:
        ids = [item["Id"] for item in following.invalidations]
        whole = first.error is None and ids == [item["Id"] for item in first.invalidations]
        what = "no items" if not ids else "the first page again" if whole else f"{len(ids)} other items"
        line = f"A list after {kind} returns {what}."
    return Answer("An expired marker", line, [following])


def invalidation_of(exchange: Exchange) -> str:
    return str(exchange.parsed["Invalidation"]["Id"])


def created_once(created: Exchange, again: Exchange) -> bool:
    """Return whether the second request certainly created nothing. Without a clear response, it may have."""
    if again.error:
        return again.status in range(400, 500)
    return invalidation_of(again) == invalidation_of(created)


def sent_again(created: Exchange, again: Exchange) -> str:
    if again.error:
        return f"It is rejected with {refusal(again)}"
    if invalidation_of(again) == invalidation_of(created):
        return f"It returns the existing invalidation, with status {again.status}."
    return f"It creates another invalidation, with status {again.status}."


def date_and_create_time(created: Exchange) -> str:
    if "Date" not in created.headers:
        return "The response has no Date header."
    late = parsedate_to_datetime(created.headers["Date"]) - created.parsed["Invalidation"]["CreateTime"]
    return f"Date (whole seconds) minus CreateTime is {late.total_seconds():.3f} s."


def batches(exchange: Exchange) -> int | None:
    return None if exchange.error else exchange.parsed["Distribution"]["InProgressInvalidationBatches"]


def freshness(target: Target, before: Exchange, after: Exchange, created: Exchange) -> Answer:
    """Compare the count with GetInvalidation until both report completion."""
    evidence = [before, after]
    base, counts = batches(before) or 0, {after.at: batches(after) or 0}
    completed = settled = None
    for poll in range(POLLS):
        if poll:
            target.time.sleep(POLLING_INTERVAL - PAUSE)
        status, count = target.get(invalidation_of(created)), target.in_progress()
        evidence += [status, count]
        counts[count.at] = batches(count) or 0
        if completed is None and not status.error and status.parsed["Invalidation"]["Status"] == "Completed":
            completed = status.at
        if settled is None and not count.error and counts[count.at] <= base:
            settled = count.at
        if completed is not None and settled is not None:
            break
    grown = next((at for at, number in counts.items() if number > base), None)
    moments = {"higher count": grown, "status Completed": completed, "original count": settled}
    seen = [f"{what} {'never' if at is None else f'after {at - created.at:.0f} s'}" for what, at in moments.items()]
    line = f"{base} before the creation. First observed: {', '.join(seen)}."
    return Answer("Freshness of InProgressInvalidationBatches", line, evidence)


def tenant_only_list(recorder: Recorder, distribution_id: str) -> Answer:
    listed = recorder.send("ListInvalidations", DistributionId=distribution_id)
    line = refusal(listed) if listed.error else f"200, with {len(listed.invalidations)} items"
    return Answer("The list of a tenant-only distribution", f"{line}.".replace("..", "."), [listed])


def overlap(tenant: Target) -> Answer:
    """Look for the tenant's invalidations in the list of its distribution."""
    question = "Overlap of the lists of a tenant and its distribution"
    described = tenant.recorder.send("GetDistributionTenant", Identifier=tenant.id)
    if described.error:
        return Answer(question, f"Not answered: {refusal(described)}", [described])
    own = tenant.list()
    parent = tenant.recorder.send(
        "ListInvalidations", DistributionId=described.parsed["DistributionTenant"]["DistributionId"]
    )
    evidence = [described, own, parent]
    failed = next((exchange for exchange in (own, parent) if exchange.error), None)
    if failed is parent and own.error is None:
        return Answer(question, f"The distribution has no list: {refusal(parent)}", evidence)
    if failed:
        return Answer(question, f"Not answered: {refusal(failed)}", evidence)
    shared = {item["Id"] for item in own.invalidations} & {item["Id"] for item in parent.invalidations}
    some = f"{len(shared)} of the tenant's newest {len(own.invalidations)} invalidations"
    line = f"{some} are in the distribution's list."
    return Answer(question, line, evidence)


def most_requests(kind: Kind) -> int:
    """Return the maximum number of requests for a target."""
    lists_and_creations = 3 + 3
    return lists_and_creations + (2 + 2 * POLLS if kind is DISTRIBUTION else 3)
