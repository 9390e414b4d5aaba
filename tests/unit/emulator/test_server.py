# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: connections, concurrent requests, the control interface, the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

Control = Callable[..., Any]


@pytest.fixture
def control(cf: CloudFront, url: str) -> Control:
    def control(method: str, resource: str, sent: object = None, status: int = 200) -> Any:
        return _request(url, method, f"/_emulator/{resource}", sent, status)

    return control


def _request(url: str, method: str, path: str, sent: object = None, status: int = 200) -> Any:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request(method, path, None if sent is None else json.dumps(sent))
    response = connection.getresponse()
    assert response.status == status
    document = json.loads(response.read())
    connection.close()
    return document


def test_control_interface(cf: CloudFront, control: Control, clients: dict[str, CloudFrontClient]) -> None:
    client = clients["over HTTP"]
    world = {
        "distributions": [
            {"id": "E1", "aliases": ["www.example.com"], "invalidations": [{"count": 2}, {"ids": ["IOLDEST"]}]},
            {
                "tenant_only": True,
                "tenants": [{"id": "dt_1", "invalidations": [{"completes_after": 20}]}, {"name": "empty"}],
            },
        ],
        "faults": [{"does": "throttle", "operation": "GetDistribution"}],
    }

    loaded = control("POST", "world", world)
    assert loaded["distributions"][0] == "E1"
    assert (len(loaded["distributions"]), loaded["tenants"][0], len(loaded["tenants"])) == (2, "dt_1", 2)
    assert client.list_invalidations(DistributionId="E1")["InvalidationList"]["Items"][2]["Id"] == "IOLDEST"
    with pytest.raises(client.exceptions.ClientError, match="Throttling"):
        client.get_distribution(Id="E1")
    control("DELETE", "faults")
    client.get_distribution(Id="E1")

    tenant = {"Id": "dt_1", "MaxItems": 1}
    assert control("POST", "clock", {"advance": 20}) == {"now": cf.clock.now()}
    listed = client.list_invalidations_for_distribution_tenant(**tenant)["InvalidationList"]  # type: ignore[arg-type]
    assert listed["Items"][0]["Status"] == "Completed"
    control("POST", "faults", {"does": "empty"})
    control("POST", "faults", [{"does": "latency", "seconds": 0.001}])
    assert len(cf.faults) == 2

    calls = {"ListInvalidations": 1, "GetDistribution": 2, "ListInvalidationsForDistributionTenant": 1}
    assert control("GET", "calls") == {"calls": calls, "total": 4, "throttled": {}, "peak": 1}
    assert control("GET", "requests")["requests"][-1] == {
        "operation": "ListInvalidationsForDistributionTenant",
        "target": "dt_1",
        "params": tenant,
        "at": cf.clock.now(),
        "status": 200,
    }
    control("DELETE", "calls")
    assert control("GET", "calls") == {"calls": {}, "total": 0, "throttled": {}, "peak": 0}
    cf.limit_rate(1, 1, operation="Create*")
    control("POST", "reset")
    assert (cf.faults, client.list_distributions()["DistributionList"]["Quantity"]) == ([], 0)
    assert not cf.rate_limits


def test_control_interface_rate_limits(cf: CloudFront, control: Control, clients: dict[str, CloudFrontClient]) -> None:
    client = clients["over HTTP"]
    control("POST", "world", {"rate_limits": [{"rate": 1, "burst": 1, "operation": "ListDistributions"}]})
    client.list_distributions()
    with pytest.raises(client.exceptions.ClientError, match="Rate exceeded"):
        client.list_distributions()
    control("POST", "rate_limits", [{"rate": 5, "burst": 5, "operation": "Get*"}, {"rate": 2, "burst": 2}])
    control("POST", "rate_limits", {"rate": 3, "burst": 3, "share_taken": 0.5, "refused_costs": True})
    assert [(limit.operation, limit.rate) for limit in cf.rate_limits] == [
        ("ListDistributions", 1),
        ("Get*", 5),
        ("*", 3),
    ]
    assert control("GET", "calls")["throttled"] == {"ListDistributions": 1}
    control("DELETE", "rate_limits")
    client.list_distributions()


@pytest.mark.parametrize(
    ("method", "resource", "sent", "status"),
    [
        ("GET", "nothing", None, 404),
        ("POST", "faults", {"does": "explode"}, 400),
        ("POST", "faults", {"does": "empty", "surprise": 1}, 400),
        ("POST", "world", {"distributions": [{"name": "x"}]}, 400),
        ("POST", "world", {"fault": []}, 400),
        ("POST", "world", {"reused_reference": "ignored"}, 400),
        ("POST", "rate_limits", {"rate": 1}, 400),
        ("POST", "clock", {}, 400),
    ],
)
def test_control_interface_reports_errors(
    control: Control, method: str, resource: str, sent: object, status: int
) -> None:
    assert control(method, resource, sent, status)["error"]


def test_latency_does_not_delay_other_requests(cf: CloudFront) -> None:
    slow, quick = cf.add_distribution(), cf.add_distribution()
    cf.add_fault("latency", seconds=3600, target=slow)

    def send(url: str, target: str) -> int:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request("GET", f"/2020-05-31/distribution/{target}/invalidation")
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        with serve(cf) as url:  # Whose end is the end of the slow requests.
            slow_ones = [pool.submit(send, url, slow) for dummy in range(8)]
            while cf.peak < 8:
                time.sleep(0.001)
            assert send(url, quick) == 200
            assert not any(each.done() for each in slow_ones)
        assert {type(each.exception()) for each in slow_ones} == {RemoteDisconnected}
    assert cf.peak == 9


def test_pipelined_requests_get_responses_in_order(cf: CloudFront, url: str) -> None:
    cf.add_distribution("E1")
    cf.add_fault("latency", seconds=0.01, first=1)
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.connect()
    requests = [f"GET /2020-05-31/distribution/{target} HTTP/1.1\r\n\r\n" for target in ("E1", "E2")]
    connection.sock.sendall("".join(requests).encode())
    received = b""
    while b"</ErrorResponse>" not in received:
        received += connection.sock.recv(65536)
    connection.close()
    assert received.index(b"HTTP/1.1 200 OK") < received.index(b"HTTP/1.1 404 Not Found")


def test_server_closes_open_connections_on_exit() -> None:
    with serve(CloudFront()) as url:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
        connection.request("GET", "/_emulator/calls")
        connection.getresponse().read()
    assert connection.sock.recv(1) == b""
    connection.close()


def test_port_in_use_is_an_error(url: str) -> None:
    with pytest.raises(OSError, match="in use"), serve(CloudFront(), urlsplit(url).port or 0):
        pass


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_command(tmp_path: Path, name: signal.Signals) -> None:
    world, port_file = tmp_path / "world.json", tmp_path / "port"
    world.write_text('{"distributions": [{"id": "E1", "invalidations": [{"count": 3}]}]}')
    command = [sys.executable, "-m", "tests.emulator", "--world", str(world), "--port-file", str(port_file)]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[3], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url == f"http://127.0.0.1:{port_file.read_text()}"
        assert _request(url, "GET", "/_emulator/calls")["total"] == 0
        process.send_signal(name)
        assert (process.wait(5), process.stdout.read()) == (0, "")
    assert not port_file.exists()
