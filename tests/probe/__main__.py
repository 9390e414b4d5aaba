# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show what the probe will do and what it costs, ask for confirmation, and print the report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore
from botocore.config import Config

from ..emulator import Clock
from .questions import DISTRIBUTION, PATHS, TENANT, Target, most_requests, overlap, probe, tenant_only_list
from .recorder import PAUSE, Recorder


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev probe",
        description="Test undocumented behaviour of CloudFront invalidations. "
        "Credentials come from the same sources as for boto3.",
    )
    parser.add_argument("--distribution-id", metavar="ID", required=True, help="the ID of one of your distributions")
    parser.add_argument("--tenant-id", metavar="ID", help="the ID of one of your distribution tenants")
    parser.add_argument("--tenant-only-distribution-id", metavar="ID", help="the ID of a multi-tenant distribution")
    parser.add_argument("--expired-marker", metavar="ID", help="the ID of an invalidation that is no longer listed")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    return parser.parse_args(arguments)


def plan(options: argparse.Namespace) -> str:
    """State what will be sent and what it costs."""
    targets = {DISTRIBUTION: options.distribution_id, TENANT: options.tenant_id}
    lines = [f"This sends requests to CloudFront, one at a time, at least {PAUSE:g} seconds apart, without retries:"]
    for kind, target in targets.items():
        if target:
            lines.append(f"- {kind.label} {target}: at most {most_requests(kind)} requests.")
            lines.append(f"  They create at most 2 invalidations, of one path each ({' and '.join(PATHS)}).")
    if options.tenant_only_distribution_id:
        lines.append(f"- Distribution {options.tenant_only_distribution_id}: 1 request, which lists its invalidations.")
    lines.append("The first 1,000 paths a month are free. After that, each path costs USD 0.005.")
    actions = ["GetDistribution", *(["GetDistributionTenant"] if options.tenant_id else []), "GetInvalidation"]
    for kind, target in targets.items():
        actions += [f"ListInvalidations{kind.suffix}", f"CreateInvalidation{kind.suffix}"] if target else []
    lines.append(f"Permissions needed: {', '.join(f'cloudfront:{action}' for action in actions)}.")
    return "\n".join(lines)


def sections(options: argparse.Namespace, client: Any, time: Clock) -> Iterator[str]:
    """Run the probe, and yield the parts of the report as they become known."""
    moment = datetime.fromtimestamp(time.now(), UTC)
    yield f"# CloudFront probe report\n\n{moment:%Y-%m-%d}, botocore {botocore.__version__}, {client.meta.partition}\n"
    reference = f"edgeworks-cloudfront-probe-{moment:%Y%m%dT%H%M%S}"
    recorder = Recorder(client, time)
    for kind, target_id in ((DISTRIBUTION, options.distribution_id), (TENANT, options.tenant_id)):
        if target_id:
            target = Target(recorder, time, kind, target_id, f"{reference}-{kind.label.lower().replace(' ', '-')}")
            yield f"## {kind.label}\n"
            yield from (answer.markdown() for answer in probe(target, options.expired_marker))
            if kind is TENANT:
                yield overlap(target).markdown()
    if options.tenant_only_distribution_id:
        yield "## Tenant-only distribution\n"
        yield tenant_only_list(recorder, options.tenant_only_distribution_id).markdown()


def confirmed() -> bool:
    if not sys.stdin.isatty():
        return False
    print("Continue? [y/N] ", end="", file=sys.stderr, flush=True)  # Standard output is the report.
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def main(arguments: Sequence[str] | None = None, client: Any = None, time: Clock | None = None) -> int:
    options = parse(arguments)
    print(plan(options), file=sys.stderr)
    if not options.yes and not confirmed():
        print("Nothing was sent. Confirm the prompt, or specify --yes.", file=sys.stderr)
        return 2
    session = boto3.Session()
    client = client or session.client(
        "cloudfront",
        region_name=session.region_name or "us-east-1",  # Any region of the partition: CloudFront is global.
        config=Config(retries={"total_max_attempts": 1}, read_timeout=30),
    )
    for section in sections(options, client, time or Clock()):
        print(section, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
