# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the server: connections, concurrent requests, the control interface and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from threading import Semaphore
from typing import Any
from urllib.parse import urlsplit

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve


def connect(url: str) -> HTTPConnection:
    return HTTPConnection(urlsplit(url).netloc, timeout=60)


def control(url: str, method: str, resource: str, sent: object = None, status: int = 200) -> Any:
    connection = connect(url)
    connection.request(method, f"/_emulator/{resource}", None if sent is None else json.dumps(sent))
    response = connection.getresponse()
    assert response.status == status
    document = json.loads(response.read())
    connection.close()
    return document


def test_control_interface(cf: CloudFront, url: str, clients: dict[tuple[str, str], Any]) -> None:
    client = clients["cloudfront", "over HTTP"]
    world = {
        "distributions": [
            {"id": "E1", "aliases": ["www.example.com"], "invalidations": [{"count": 2}, {"ids": ["IOLDEST"]}]},
            {
                "tenant_only": True,
                "tenants": [{"id": "dt_1", "invalidations": [{"completes_after": 20}]}, {"name": "empty"}],
            },
        ],
        "faults": [{"does": "throttle", "operation": "GetDistribution"}],
        "rate_limits": [{"rate": 1, "burst": 1, "operation": "ListDistributions", "refused_costs": True}],
        "date_offset": 20,
    }

    assert control(url, "POST", "world", world) == {}
    assert client.list_invalidations(DistributionId="E1")["InvalidationList"]["Items"][2]["Id"] == "IOLDEST"
    with pytest.raises(client.exceptions.ClientError, match="Throttling"):
        client.get_distribution(Id="E1")
    assert len(client.list_distributions()["DistributionList"]["Items"]) == 2
    with pytest.raises(client.exceptions.ClientError, match="Rate exceeded"):
        client.list_distributions()
    assert len(client.list_distribution_tenants()["DistributionTenantList"]) == 2
    listed = client.list_invalidations_for_distribution_tenant(Id="dt_1", MaxItems=1)["InvalidationList"]
    assert listed["Items"][0]["Status"] == "InProgress"

    recorded = control(url, "GET", "requests")
    assert recorded["calls"] == cf.calls
    assert cf.calls.total() == 6
    assert recorded["throttled"] == {"ListDistributions": 1}
    assert recorded["requests"][-1] == {
        "operation": "ListInvalidationsForDistributionTenant",
        "target": "dt_1",
        "params": {"Id": "dt_1", "MaxItems": 1},
        "at": cf.clock.now(),
        "status": 200,
    }

    control(url, "POST", "reset")
    assert control(url, "GET", "requests") == {"calls": {}, "throttled": {}, "requests": []}
    assert (cf.faults, cf.rate_limits, cf.date_offset) == ([], [], 0)
    assert client.list_distributions()["DistributionList"]["Quantity"] == 0


@pytest.mark.parametrize(
    ("method", "resource", "sent", "status"),
    [
        ("GET", "nothing", None, 404),
        ("GET", "world", None, 404),
        ("POST", "world", {"faults": [{"does": "explode"}]}, 400),
        ("POST", "world", {"faults": [{"does": "empty", "surprise": 1}]}, 400),
        ("POST", "world", {"distributions": [{"name": "x"}]}, 400),
        ("POST", "world", {"rate_limits": [{"rate": 1}]}, 400),
        ("POST", "world", {"fault": []}, 400),
        ("POST", "world", {"reused_reference": "ignored"}, 400),
    ],
)
def test_control_interface_reports_errors(
    cf: CloudFront, url: str, method: str, resource: str, sent: object, status: int
) -> None:
    assert control(url, method, resource, sent, status)["error"]


def test_latency_does_not_delay_other_requests(cf: CloudFront) -> None:
    slow, quick = cf.add_distribution(), cf.add_distribution()
    cf.add_fault("latency", seconds=3600, target=slow)
    received = Semaphore(0)
    cf.before("ListInvalidations", lambda dummy: received.release())

    def send(url: str, target: str) -> int:
        connection = connect(url)
        connection.request("GET", f"/2020-05-31/distribution/{target}/invalidation")
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        with serve(cf) as url:  # Exiting ends the slow requests.
            slow_ones = [pool.submit(send, url, slow) for dummy in range(8)]
            assert all(received.acquire(timeout=60) for dummy in slow_ones)
            assert send(url, quick) == 200
            assert not any(each.done() for each in slow_ones)
        assert {type(each.exception()) for each in slow_ones} == {RemoteDisconnected}
    assert cf.peak == 9


def test_server_closes_open_connections_on_exit() -> None:
    with serve(CloudFront()) as url:
        connection = connect(url)
        connection.request("GET", "/_emulator/requests")
        connection.getresponse().read()
    assert connection.sock.recv(1) == b""
    connection.close()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_command(tmp_path: Path, name: signal.Signals) -> None:
    world = tmp_path / "world.json"
    world.write_text('{"distributions": [{"id": "E1", "invalidations": [{"count": 3}]}]}')
    command = [sys.executable, "-m", "tests.emulator", "--world", str(world)]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[3], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        connection = connect(url)
        connection.request("GET", "/2020-05-31/distribution/E1/invalidation")
        assert b"<Quantity>3</Quantity>" in connection.getresponse().read()
        connection.close()
        process.send_signal(name)
        assert (process.wait(60), process.stdout.read()) == (0, "")
