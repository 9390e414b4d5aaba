# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CloudFront that pages, ages, throttles and breaks, serialised by botocore's own service model.

Build a world, let something talk to it, look at what was asked::

    cf = CloudFront(clock=Clock("2026-11-21T04:00:00Z"))     # a frozen clock; without it, real time
    site = cf.add_distribution(aliases=["www.example.com"])  # all Ids are generated from `seed` unless given
    shared = cf.add_distribution(tenant_only=True)
    tenant = cf.add_tenant(shared, name="acme", domains=["acme.example.com"])
    ids = cf.add_invalidations(site, 250, every=60)          # newest first, costs no memory even for a million
    cf.add_invalidations(tenant, ids=["IABC"], completes_after=20, paths=["/a", "/b*"])
    cf.add_fault("throttle", operation="List*", every=3)
    limit = cf.limit_rate(0.5, burst=5, operation="Create*")

    attach(client, cf)                                       # a botocore client, in process
    with serve(cf) as url: ...                               # or over HTTP, on 127.0.0.1 and a free port

    cf.calls["ListInvalidations"], cf.throttled.total(), cf.requests[-1].params, cf.peak
    cf.reset_calls(); cf.clear_faults(); cf.clear_rate_limits(); cf.clock.advance(30); cf.reset()

`add_invalidations` puts its `count` invalidations at `newest` (seconds since 1970, datetime or ISO 8601) or `age`
seconds ago, and then one `every` seconds further back. Without both they start now, or, where the target has some
already, right behind its oldest. They are `Completed`, or have the `status` given for ever, or are `InProgress` until
`completes_after` seconds of age or until `completes_after_reads` answers have said InProgress. What CreateInvalidation
makes completes by the `completes_after` (10) and `completes_after_reads` of `CloudFront(...)`, or of a document.

`limit_rate(rate, burst, operation="*", share_taken=0.0, refused_costs=False)` adds a token bucket that all matching
requests share: `rate` tokens per second, up to `burst`. A request that finds no token gets 400 Throttling, is counted
in `calls` and in `throttled`, and is not carried out. With `refused_costs`, it costs a token too. Another client takes
`share_taken` (0 to 1) of the rate. To change a limit later, set `limit.rate` or another setting, or call `limit_rate`
again with the same `operation`; the tokens in the bucket are kept.

The same from one document, in JSON or Python; every key is an argument of the method that it stands for::

    cf.load({
        "distributions": [
            {"id": "E1PA6795UKMFR9", "aliases": ["www.example.com"], "invalidations": [{"count": 250, "age": 60}]},
            {"tenant_only": True, "tenants": [{"name": "acme", "domains": ["acme.example.com"], "invalidations": []}]},
        ],
        "faults": [{"does": "latency", "seconds": 0.05}],
        "rate_limits": [{"rate": 0.5, "burst": 5, "operation": "Create*"}],
    })                                                       # -> {"distributions": [Ids], "tenants": [Ids]}

`python -m tests.emulator` serves it to other processes (see its --help), which drive it under `/_emulator/`:

    GET calls          {"calls": {operation: count}, "total": count, "throttled": {operation: count},
                       "peak": most requests in flight at once}
    DELETE calls       forget calls, throttled, requests and peak
    GET requests       {"requests": [{operation, target, params, at, status}]}
    POST world         a document as above, added to the world; answers its Ids
    POST faults        one fault or a list of them; `Fault` says what there is
    DELETE faults
    POST rate_limits   one rate limit or a list of them, as `limit_rate` takes them
    DELETE rate_limits
    POST clock         {"advance": seconds}; answers {"now": seconds since 1970}
    POST reset         back to an empty world
"""

from __future__ import annotations

from .cloudfront import CloudFront
from .faults import Fault
from .inprocess import attach
from .rate_limit import RateLimit
from .server import serve
from .world import Clock

__all__ = ["Clock", "CloudFront", "Fault", "RateLimit", "attach", "serve"]
