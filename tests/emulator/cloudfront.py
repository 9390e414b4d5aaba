# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service: a world, the operations on it, and a record of the requests. It performs no I/O."""

from __future__ import annotations

import random
import re
import threading
import uuid
from base64 import b32encode
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from fnmatch import fnmatchcase
from itertools import count
from typing import Any, TypeVar

from . import results, sts, wire
from .faults import Exchange, Fault, Stage
from .rate_limit import RateLimit
from .wire import Params, Response, Result, ServiceError, bad_marker
from .world import Clock, Distribution, History, Instant, Invalidation, Tenant, ascii_domain, epoch

_ACCOUNT = "123456789012"
_PAGE = 100
_MAX_PATHS = 3000
_MAX_WILDCARDS = 15
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LOWER = _UPPER.lower()
_CHARACTER = r'(?:[^\x00-\x20"%*<>\\^`{|}\x7f-\U0010ffff]|%[0-9A-Fa-f]{2})'
_PATH = re.compile(rf"/{_CHARACTER}*\*?|#{_CHARACTER}+")
_REUSED_REFERENCE = (
    "Your request contains a caller reference that was used for a previous invalidation batch "
    "for the same distribution."
)

Listed = TypeVar("Listed", Distribution, Tenant)
Operation = wire.Operation | sts.AssumeRole


@dataclass(frozen=True)
class Request:
    """A received request and the HTTP status of its response."""

    operation: str
    target: str
    params: Params
    at: float
    status: int


@dataclass(eq=False, repr=False)
class Settings:
    """The settings. The package's docstring describes them."""

    completes_after: float | None = 10.0
    completes_after_reads: int | None = None
    reused_reference: str = "documented"
    wildcard_domains: bool = False
    in_progress_lag: float = 0.0
    date_offset: float = 0.0
    send_date: bool = True

    def __post_init__(self) -> None:
        if self.reused_reference not in ("documented", "refused"):
            raise ValueError("reused_reference is either 'documented' or 'refused'")


class CloudFront(Settings):
    """An emulated CloudFront account. See the package's docstring. Safe to share between threads."""

    def __init__(self, *, clock: Clock | None = None, **settings: Any) -> None:
        self.clock = clock or Clock()
        self.calls: Counter[str] = Counter()
        self.throttled: Counter[str] = Counter()
        self.requests: deque[Request] = deque(maxlen=10_000)
        self._settings = settings
        self._in_flight = 0
        self._lock = threading.RLock()
        self._operations: dict[str, Callable[[Params], Result]] = {
            "ListInvalidations": lambda p: self._list(self._direct(p["DistributionId"]), p),
            "GetInvalidation": lambda p: self._get(self._direct(p["DistributionId"]), p),
            "CreateInvalidation": lambda p: self._create(self._direct(p["DistributionId"]), p),
            "ListInvalidationsForDistributionTenant": lambda p: self._list(self._tenant(p["Id"]), p),
            "GetInvalidationForDistributionTenant": lambda p: self._get(self._tenant(p["DistributionTenantId"]), p),
            "CreateInvalidationForDistributionTenant": lambda p: self._create(self._tenant(p["Id"]), p),
            "GetDistribution": self._get_distribution,
            "ListDistributions": self._list_distributions,
            "GetDistributionTenant": lambda p: _tenant_result(self._tenants_by_identifier.get(p["Identifier"])),
            "GetDistributionTenantByDomain": lambda p: _tenant_result(self._tenant_by_domain(p["Domain"])),
            "ListDistributionTenants": self._list_distribution_tenants,
            "AssumeRole": lambda p: sts.assume_role(p, self.now()),
        }
        self._routes: list[Operation] = [
            sts.AssumeRole() if name == "AssumeRole" else wire.operation(name) for name in self._operations
        ]
        self.reset()

    # The world.

    def reset(self) -> None:
        """Return to an empty world without faults or records. The clock keeps its time."""
        with self._lock:
            Settings.__init__(self, **self._settings)
            self.faults: list[Fault] = []
            self.rate_limits: list[RateLimit] = []
            self._hooks: list[tuple[str, Callable[[int], object], Iterator[int]]] = []
            self._chance = random.Random(0)
            self._distributions: dict[str, Distribution] = {}
            self._tenants: dict[str, Tenant] = {}
            self._tenants_by_identifier: dict[str, Tenant] = {}
            self._tenants_by_domain: dict[str, Tenant] = {}
            self._responses = 0
            self.reset_calls()

    def load(self, world: Mapping[str, Any]) -> None:
        """Add a document to the world."""
        settings = dict(world)
        distributions, faults, limits = (settings.pop(key, ()) for key in ("distributions", "faults", "rate_limits"))
        with self._lock:
            self._configure(settings)
            for entry in distributions:
                fields = dict(entry)
                tenants, runs = fields.pop("tenants", ()), fields.pop("invalidations", ())
                owners = [(self.add_distribution(**fields), runs)]
                for tenant in tenants:
                    fields = dict(tenant)
                    runs = fields.pop("invalidations", ())
                    owners.append((self.add_tenant(owners[0][0], **fields), runs))
                for owner, runs in owners:
                    for run in runs:
                        self.add_invalidations(owner, **run)
            for fault in faults:
                self.add_fault(**fault)
            for limit in limits:
                self.limit_rate(**limit)

    def _configure(self, settings: Mapping[str, Any]) -> None:
        current = {name: getattr(self, name) for name in Settings.__dataclass_fields__}
        Settings.__init__(self, **{**current, **settings})

    def now(self) -> float:
        """Return the time of AWS's clock; `clock` is the local one."""
        return self.clock.now() + self.date_offset

    def add_distribution(
        self,
        id: str | None = None,  # noqa: A002 - the key of a world's document
        *,
        aliases: Sequence[str] = (),
        tenant_only: bool = False,
        domain_name: str | None = None,
    ) -> str:
        with self._lock:
            distribution_id = id or "E" + self._text(_UPPER, 13)
            self._distributions[distribution_id] = Distribution(
                id=distribution_id,
                arn=f"arn:aws:cloudfront::{_ACCOUNT}:distribution/{distribution_id}",
                etag="E" + self._text(_UPPER, 13),
                domain_name=domain_name or f"d{self._text(_LOWER, 13)}.cloudfront.net",
                aliases=tuple(map(ascii_domain, aliases)),
                tenant_only=tenant_only,
                created=self.now(),
            )
            return distribution_id

    def add_tenant(
        self,
        distribution_id: str,
        *,
        id: str | None = None,  # noqa: A002 - the key of a world's document
        name: str | None = None,
        domains: Sequence[str] = (),
    ) -> str:
        with self._lock:
            tenant_id = id or "dt_" + self._text(_UPPER + _LOWER, 27)
            tenant = Tenant(
                id=tenant_id,
                arn=f"arn:aws:cloudfront::{_ACCOUNT}:distribution-tenant/{tenant_id}",
                etag="E" + self._text(_UPPER, 13),
                name=name or f"tenant-{len(self._tenants) + 1}",
                distribution_id=distribution_id,
                domains=tuple(map(ascii_domain, domains)),
                created=self.now(),
            )
            self._distributions[distribution_id].tenants[tenant_id] = tenant
            self._tenants[tenant_id] = tenant
            self._tenants_by_identifier.update(dict.fromkeys((tenant.id, tenant.name, tenant.arn), tenant))
            self._tenants_by_domain.update(dict.fromkeys(tenant.domains, tenant))
            return tenant_id

    def add_invalidations(
        self,
        target: str,
        count: int | None = None,
        *,
        ids: Sequence[str] = (),
        newest: Instant | None = None,
        age: float | None = None,
        every: float = 60.0,
        paths: Sequence[str] = ("/*",),
        caller_reference: str | None = None,
        status: str | None = None,
        completes_after: float | None = None,
        completes_after_reads: int | None = None,
    ) -> list[str]:
        """Add invalidations as the package's docstring describes, and return their IDs, newest first."""
        if count is None:
            count = len(ids) or 1
        if ids and len(ids) != count:
            raise ValueError(f"{len(ids)} IDs for {count} invalidations")
        if caller_reference is not None and count > 1:
            raise ValueError(f"One caller reference for {count} invalidations")
        if status is None and completes_after is None and completes_after_reads is None:
            status = "Completed"
        with self._lock:
            history = (self._distributions.get(target) or self._tenants[target]).history
            oldest = history.oldest if newest is None and age is None else None
            if oldest is not None:
                start = oldest - every
            else:
                start = self.now() - (age or 0.0) if newest is None else epoch(newest)
            added, shared_paths = [], tuple(paths)
            for number in range(count):
                invalidation_id = ids[number] if ids else self._invalidation_id()
                added.append(
                    Invalidation(
                        id=invalidation_id,
                        created=start - number * every,
                        paths=shared_paths,
                        caller_reference=caller_reference or f"batch-{invalidation_id}",
                        status=status,
                        completes_after=completes_after,
                        completes_after_reads=completes_after_reads,
                    )
                )
            history.add(added, as_oldest=oldest is not None)
            return [item.id for item in added]

    def _invalidation_id(self) -> str:
        return "I" + b32encode(self._chance.randbytes(15)).decode()

    def _text(self, alphabet: str, length: int) -> str:
        return "".join(self._chance.choices(alphabet, k=length))

    # Faults.

    def add_fault(self, does: str, **fields: Any) -> Fault:
        """Add a fault; the fields are those of `Fault`."""
        fault = Fault(does, **fields)
        fault.added = self.clock.now()
        with self._lock:
            self.faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        with self._lock:
            self.faults.clear()

    # Rate limits.

    def limit_rate(self, rate: float, burst: float, operation: str = "*", *, refused_costs: bool = False) -> RateLimit:
        """Add a rate limit; the arguments are those of `RateLimit`."""
        with self._lock:
            limit = RateLimit(self.clock.now, rate, burst, operation, refused_costs=refused_costs)
            self.rate_limits.append(limit)
            return limit

    def clear_rate_limits(self) -> None:
        with self._lock:
            self.rate_limits.clear()

    def _check_rate(self, operation: str) -> None:
        if operation == "AssumeRole":
            return
        limits = [limit for limit in self.rate_limits if limit.matches(operation)]
        refused = not all(limit.has_token() for limit in limits)
        for limit in limits:
            limit.charge(refused=refused)
        if refused:
            self.throttled[operation] += 1
            raise ServiceError("Throttling", "Rate exceeded", 400)

    # Hooks.

    def before(self, operation: str, hook: Callable[[int], object]) -> None:
        """Call `hook` just before each operation that matches the pattern is carried out.

        The hook receives the number of the operation, from 1, among those that match. It can change the world.
        """
        with self._lock:
            self._hooks.append((operation, hook, count(1)))

    def _call_hooks(self, operation: str) -> None:
        for pattern, hook, numbers in list(self._hooks):
            if fnmatchcase(operation, pattern):
                hook(next(numbers))

    # Observation.

    def reset_calls(self) -> None:
        with self._lock:
            self.calls.clear()
            self.throttled.clear()
            self.requests.clear()
            self.peak = 0

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Count a request as in flight. Transports use it from arrival until the response is sent."""
        with self._lock:
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    # Requests.

    def handle(self, method: str, path: str, query: str = "", body: bytes = b"") -> Response:
        """Respond to one request; `path` is still URL-encoded, `query` has no question mark."""
        with self._lock:
            self._responses += 1
            request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, str(self._responses)))
            route = self._route(method, path)
            if route:
                response = self._respond(*route, query, body, request_id)
            else:
                failure = ServiceError("UnknownOperation", f"Unknown operation: {method} {path}", 404)
                response = wire.render_error(failure, request_id, wire.namespace())
            response.headers["x-amzn-RequestId"] = request_id
            if self.send_date:
                response.headers["Date"] = formatdate(self.now(), usegmt=True)
            return response

    def _route(self, method: str, path: str) -> tuple[Operation, list[str]] | None:
        for operation in self._routes:
            labels = operation.match(method, path)
            if labels is not None:
                return operation, labels
        return None

    def _respond(self, operation: Operation, labels: list[str], query: str, body: bytes, request_id: str) -> Response:
        target = labels[0] if labels else ""
        now = self.clock.now()
        faults = [fault for fault in self.faults if fault.picks(operation.name, target, now)]
        exchange = Exchange(operation.name, target, request_id, operation.namespace)
        requested: Params = {}
        try:
            requested = operation.parse(labels, query, body)
            exchange.params = dict(requested)
            for fault in faults:
                fault.apply(Stage.REQUEST, exchange)
            if exchange.response is None:
                self._check_rate(operation.name)
                self._call_hooks(operation.name)
                exchange.result = self._operations[operation.name](exchange.params)
                for fault in faults:
                    fault.apply(Stage.RESULT, exchange)
                exchange.response = operation.render(exchange.result)
        except ServiceError as e:
            exchange.fail(e)
        assert exchange.response
        for fault in faults:
            fault.apply(Stage.RESPONSE, exchange)
        response = exchange.response
        self.calls[operation.name] += 1
        self.requests.append(Request(operation.name, target, requested, now, response.status))
        return response

    # Operations on the invalidations of a target of either kind.

    def _list(self, target: Distribution | Tenant, params: Params) -> Result:
        marker, size = params.get("Marker", ""), _page_size(params)
        found = target.history.page(marker, size + 1)
        if found is None:
            raise bad_marker(marker)
        items = [self._summary(item) for item in found[:size]]
        return {"InvalidationList": results.listing(marker, size, items, len(found) > size)}

    def _get(self, target: Distribution | Tenant, params: Params) -> Result:
        found = target.history.find(params["Id"])
        if found is None:
            raise ServiceError("NoSuchInvalidation", "The specified invalidation does not exist.")
        return {"Invalidation": self._details(found)}

    def _create(self, target: Distribution | Tenant, params: Params) -> Result:
        batch, history = params["InvalidationBatch"], target.history
        paths, reference = batch["Paths"].get("Items", []), batch["CallerReference"]
        _check_paths(paths, batch["Paths"]["Quantity"])
        created = history.with_reference(reference)
        if created is None:
            created = self._add_batch(history, paths, reference)
        elif self.reused_reference == "refused" or sorted(created.paths) != sorted(paths):
            raise ServiceError("InvalidArgument", _REUSED_REFERENCE)
        kind = "distribution" if isinstance(target, Distribution) else "distribution-tenant"
        location = f"https://cloudfront.amazonaws.com/2020-05-31/{kind}/{target.id}/invalidation/{created.id}"
        return {"Location": location, "Invalidation": self._details(created)}

    def _add_batch(self, history: History, paths: list[str], reference: str) -> Invalidation:
        now = self.now()
        _check_quotas([*paths, *(path for item in history.in_progress(now) for path in item.paths)])
        created = Invalidation(
            id=self._invalidation_id(),
            created=now,
            paths=tuple(paths),
            caller_reference=reference,
            completes_after=self.completes_after,
            completes_after_reads=self.completes_after_reads,
        )
        history.add([created])
        return created

    def _summary(self, item: Invalidation) -> Result:
        return {"Id": item.id, "CreateTime": item.created, "Status": item.read(self.now())}

    def _details(self, item: Invalidation) -> Result:
        batch = {"Paths": results.quantity(item.paths), "CallerReference": item.caller_reference}
        return {**self._summary(item), "InvalidationBatch": batch}

    # Operations on distributions and tenants.

    def _distribution(self, distribution_id: str) -> Distribution:
        if distribution_id not in self._distributions:
            raise _no_such_distribution()
        return self._distributions[distribution_id]

    def _direct(self, distribution_id: str) -> Distribution:
        """Return a distribution that has its own invalidations; those of a multi-tenant one belong to its tenants."""
        distribution = self._distribution(distribution_id)
        if distribution.tenant_only:
            raise _no_such_distribution()
        return distribution

    def _tenant(self, tenant_id: str) -> Tenant:
        if tenant_id not in self._tenants:
            raise _entity_not_found()
        return self._tenants[tenant_id]

    def _tenant_by_domain(self, domain: str) -> Tenant | None:
        found = self._tenants_by_domain.get(domain)
        if found is None and self.wildcard_domains:
            found = self._tenants_by_domain.get("*." + domain.partition(".")[2])
        return found

    def _get_distribution(self, params: Params) -> Result:
        distribution = self._distribution(params["Id"])
        lag = self.in_progress_lag
        as_of = self.now() - lag
        batches = sum(not lag or item.created <= as_of for item in distribution.history.in_progress(as_of))
        return {"ETag": distribution.etag, "Distribution": results.distribution_details(distribution, batches)}

    def _list_distributions(self, params: Params) -> Result:
        page, truncated = _page(list(self._distributions.values()), params)
        items = [results.distribution_summary(distribution) for distribution in page]
        return {"DistributionList": results.listing(params.get("Marker", ""), _page_size(params), items, truncated)}

    def _list_distribution_tenants(self, params: Params) -> Result:
        distribution_id = params.get("AssociationFilter", {}).get("DistributionId")
        if distribution_id is not None and distribution_id not in self._distributions:
            raise _entity_not_found()
        tenants = self._tenants if distribution_id is None else self._distributions[distribution_id].tenants
        page, truncated = _page(list(tenants.values()), params)
        result: Result = {"DistributionTenantList": [results.tenant_summary(tenant) for tenant in page]} if page else {}
        return {**result, "NextMarker": page[-1].id} if truncated else result


def _no_such_distribution() -> ServiceError:
    return ServiceError("NoSuchDistribution", "The specified distribution does not exist.")


def _entity_not_found() -> ServiceError:
    return ServiceError("EntityNotFound", "The specified entity does not exist.")


def _tenant_result(tenant: Tenant | None) -> Result:
    if tenant is None:
        raise _entity_not_found()
    return {"ETag": tenant.etag, "DistributionTenant": results.tenant_details(tenant)}


def _page_size(params: Params) -> int:
    # In the model it is a string for distributions and an integer for tenants.
    requested = str(params.get("MaxItems", _PAGE))
    if not (requested.isdecimal() and 1 <= int(requested) <= _PAGE):
        raise ServiceError("InvalidArgument", f"MaxItems must be a number from 1 to {_PAGE}: {requested}")
    return int(requested)


def _page(items: list[Listed], params: Params) -> tuple[list[Listed], bool]:
    """Return the page after the marker, and whether there is another."""
    marker, size = params.get("Marker", ""), _page_size(params)
    start = 0
    if marker:
        start = next((number for number, item in enumerate(items, 1) if item.id == marker), 0)
        if not start:
            raise bad_marker(marker)
    return items[start : start + size], len(items) > start + size


def _check_paths(paths: list[str], quantity: int) -> None:
    if quantity != len(paths):
        raise ServiceError("InconsistentQuantities", "The value of Quantity and the number of Items do not match.")
    if not paths or not all(map(_PATH.fullmatch, paths)):
        raise ServiceError("InvalidArgument", "Your request contains one or more invalid invalidation paths.")
    if len(paths) - _wildcards(paths) > _MAX_PATHS:
        raise ServiceError("BatchTooLarge", f"An invalidation batch may have at most {_MAX_PATHS} paths.")


def _check_quotas(paths: list[str]) -> None:
    """Check the paths in progress together with the new ones. Wildcards and other paths are counted separately."""
    too_many = "Processing your request will cause you to exceed the maximum number of in-progress"
    wildcards = _wildcards(paths)
    if wildcards > _MAX_WILDCARDS:
        raise ServiceError("TooManyInvalidationsInProgress", f"{too_many} wildcard invalidations.")
    if len(paths) - wildcards > _MAX_PATHS:
        raise ServiceError("TooManyInvalidationsInProgress", f"{too_many} invalidations.")


def _wildcards(paths: list[str]) -> int:
    return sum(path.endswith("*") for path in paths)
