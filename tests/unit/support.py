# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulated targets for the tests of the plugins, with a real botocore client that is attached in process."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime

from ansible_collections.edgeworks.cloudfront.plugins.module_utils import _client
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._clock import Clock
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, TENANT, Kind, Target
from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock as EmulatorClock
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, attach
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from boto3.session import Session
from botocore import xform_name

SESSION = Session()  # Reads the service model once for all tests.
MISSING = {DISTRIBUTION: "NoSuchDistribution", TENANT: "EntityNotFound"}
NOW = datetime(2026, 11, 21, 4, 0, 0, tzinfo=UTC)


class EmulatedTime(Clock):
    """The emulator's clock for the plugins, so that no test waits in real time."""

    def __init__(self, clock: EmulatorClock) -> None:
        assert isinstance(clock, SimulatedClock)
        self._clock = clock

    def monotonic(self) -> float:
        return self._clock.now()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)

    def condition(self) -> t.Any:
        return self._clock.condition()

    def start(self, function: t.Callable[[], None]) -> None:
        self._clock.start(function)


def client_of(cf: CloudFront, aws_config: t.Mapping[str, t.Any] | None = None, session: Session = SESSION) -> t.Any:
    config = _client.connection(aws_config, concurrency=8)["aws_config"]
    client = session.client("cloudfront", region_name="us-east-1", config=config)
    attach(client, cf)
    return client


def api_of(cf: CloudFront, client: t.Any = None, concurrency: int = 8, **options: t.Any) -> Api:
    return Api(client or client_of(cf), clock=EmulatedTime(cf.clock), concurrency=concurrency, **options)


@dataclass
class Subject:
    """A target in its own emulated CloudFront, with a client and an Api."""

    cf: CloudFront
    api: Api
    client: t.Any
    target: Target

    @property
    def kind(self) -> Kind:
        return self.target.kind

    @property
    def list_calls(self) -> int:
        return self.cf.calls[self.kind.list_operation]

    @property
    def get_calls(self) -> int:
        return self.cf.calls[self.kind.get_operation]

    @property
    def list_params(self) -> list[dict[str, t.Any]]:
        return [request.params for request in self.cf.requests if request.operation == self.kind.list_operation]

    def add(self, *args: t.Any, **kwargs: t.Any) -> t.Sequence[str]:
        return self.cf.add_invalidations(self.target.id, *args, **kwargs)

    def select(self, **options: t.Any) -> t.Any:
        return selection(options)


def subject_of(kind: Kind, cf: CloudFront) -> Subject:
    client = client_of(cf)
    return Subject(cf, api_of(cf, client), client, Target(kind, target_of(cf, kind), {}))


def target_of(cf: CloudFront, kind: Kind) -> str:
    distribution = cf.add_distribution(tenant_only=kind is TENANT)
    return distribution if kind is DISTRIBUTION else cf.add_tenant(distribution)


def invalidations_of(cf: CloudFront, kind: Kind, target: str) -> list[str]:
    """Return the IDs of the newest invalidations of a target, however they were created."""
    response = getattr(client_of(cf), xform_name(kind.list_operation))(**{kind.list_parameter: target})
    return [item["Id"] for item in response["InvalidationList"].get("Items", [])]
