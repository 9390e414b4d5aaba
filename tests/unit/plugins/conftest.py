# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide an emulated CloudFront and a target of either kind. Most tests run once for each kind."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import NOW, Subject, api_of, subject_of


@pytest.fixture
def cf() -> CloudFront:
    return CloudFront(clock=SimulatedClock(NOW))


@pytest.fixture
def api(cf: CloudFront) -> Api:
    return api_of(cf)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.label.replace(" ", "-"))
def subject(request: pytest.FixtureRequest, cf: CloudFront) -> Subject:
    return subject_of(request.param, cf)


@pytest.fixture
def endpoint(cf: CloudFront, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[None]:
    """Serve CloudFront over HTTP to clients that the plugins create."""
    with serve(cf) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield
