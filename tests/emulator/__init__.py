# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulated CloudFront that simulates paging, ageing, throttling and failures.

Requests and responses follow botocore's service model. Build a world, send requests to it, check what it received::

    cf = CloudFront(clock=Clock("2026-11-21T04:00:00Z"))     # a frozen clock; real time by default
    site = cf.add_distribution(aliases=["www.example.com"])  # IDs are generated unless given, the same in each run
    shared = cf.add_distribution(tenant_only=True)
    tenant = cf.add_tenant(shared, name="acme", domains=["acme.example.com"])
    ids = cf.add_invalidations(site, 250, every=60)          # newest first
    cf.add_invalidations(tenant, ids=["IABC"], completes_after=20, paths=["/a", "/b*"])
    cf.add_fault("throttle", operation="List*", every=3)
    limit = cf.limit_rate(0.5, burst=5, operation="Create*")
    cf.before("GetDistribution", lambda number: cf.add_invalidations(site, age=0))

    attach(client, cf)                                       # a botocore client, in process
    with serve(cf) as url: ...                               # or over HTTP, on 127.0.0.1 and a free port

    cf.calls["ListInvalidations"], cf.throttled.total(), cf.requests[-1].params, cf.peak
    cf.reset_calls(); cf.clear_faults(); cf.clear_rate_limits(); cf.clock.advance(30); cf.reset()

Invalidations
    `add_invalidations` creates `count` invalidations: the first at `newest` (seconds since 1970, datetime or ISO 8601)
    or `age` seconds ago, each of the others `every` seconds before the previous one. Without either, the first is
    created now or, if the target has invalidations, `every` seconds before its oldest. With the same CreateTime, those
    of one call keep their order. They are `Completed`; or have the given `status` permanently; or are `InProgress`
    until `completes_after` seconds of age or until `completes_after_reads` responses have returned InProgress.

Settings
    Arguments of `CloudFront`, attributes of it, and keys of a world. `reset` restores the arguments.

    completes_after     (10) seconds until an invalidation that was created over the API completes
    completes_after_reads   (None) or after this many responses with InProgress
    reused_reference    ("documented") the response to a caller reference that was used before: the existing
                        invalidation for the same paths, a refusal for others. "refused": a refusal for any, as users
                        have reported. The refusal is 400 InvalidArgument in either case
    wildcard_domains    (False) whether GetDistributionTenantByDomain matches a.example.com to a tenant's *.example.com
    in_progress_lag     (0) how old InProgressInvalidationBatches of GetDistribution is, in seconds
    date_offset         (0) how many seconds AWS's clock, `cf.now()`, is ahead of the local one, `cf.clock`. It gives
                        the Date header, CreateTime and `age`; rate limits, faults and `cf.requests` use the local clock
    send_date           (True) whether responses have a Date header

Creation
    For each target, 3,000 paths and 15 wildcard paths can be in progress. The two are counted separately; a tag
    (`#tag`) is a path. Invalid paths are rejected as AWS rejects them: characters that must be URL-encoded, a % without
    two hexadecimal digits, a * before the end, a tag with a wildcard, no leading / or #.

Faults
    `Fault` documents the conditions; each effect in faults.py documents its fields:

    in place of a response   error, throttle, access_denied, foreign (short: empty, html), reset
    during the response      cut, latency
    in the request           ignore_marker, ignore_max_items, marker_expired
    in a list's page         truncated_without_marker, marker_without_truncated, marker_not_echoed, no_is_truncated,
                             marker_cycle, unordered, opaque_markers

    cf.add_fault("reset", until=12, performed=False)         # an outage: for 12 s, nothing reaches CloudFront
    cf.add_fault("error", operation="Create*", until=45)     # 503 for 45 s
    cf.add_fault("reset", operation="Create*", first=1)      # the invalidation is created, its response is lost
    cf.add_fault("error", operation="Create*", first=1, performed=True)  # the same, but the response is a 503
    cf.add_fault("foreign", body="html", operation="ListDistributionTenants", at=[2])

Rate limits
    `limit_rate(rate, burst, operation="*", refused_costs=False)` adds a token bucket that all matching requests share:
    `rate` tokens per second, up to `burst`. A request that finds no token gets 400 Throttling; it is counted in `calls`
    and `throttled`, and not carried out. With `refused_costs`, it costs a token too. To change a limit later, set
    `limit.rate` or another setting, for example `limit.share_taken`, the share (0 to 1) of the rate that another client
    takes; the tokens in the bucket are kept. A request that fails because of a fault, before its operation is carried
    out, costs no token.

Races
    `before(operation, hook)` calls `hook` just before each matching operation is carried out, with the number of the
    operation, from 1. Requests that are throttled, or fail because of a fault, do not count.

Credentials
    `POST /` with `Action=AssumeRole`, which a client sends when AWS_ENDPOINT_URL applies to all services, returns
    temporary credentials. It is counted as `AssumeRole`; faults apply to it, rate limits do not.

A world can be loaded from one document, in JSON or Python. Each key is an argument of the corresponding method::

    cf.load({
        "distributions": [
            {"id": "E1PA6795UKMFR9", "aliases": ["www.example.com"], "invalidations": [{"count": 250, "age": 60}]},
            {"tenant_only": True, "tenants": [{"name": "acme", "domains": ["acme.example.com"], "invalidations": []}]},
        ],
        "faults": [{"does": "latency", "seconds": 0.05}],
        "rate_limits": [{"rate": 0.5, "burst": 5, "operation": "Create*"}],
        "reused_reference": "refused",
    })

`python -m tests.emulator` serves it to other processes (see its --help), which control it under `/_emulator/`:

    POST world           add a document as above to the world
    POST reset           return to an empty world
    GET requests         {"calls": {operation: count}, "throttled": {operation: count},
                         "requests": [{operation, target, params, at, status}]}; status 0 if no response was made
"""

from __future__ import annotations

from .cloudfront import CloudFront
from .faults import Fault
from .inprocess import attach
from .rate_limit import RateLimit
from .server import serve
from .world import Clock

__all__ = ["Clock", "CloudFront", "Fault", "RateLimit", "attach", "serve"]
