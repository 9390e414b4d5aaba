# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a contender once, and measure the cost of the run."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .commands import CHECKOUT, COLLECTIONS, HERE, PROGRAMS, Command
from .worlds import World


@dataclass(frozen=True)
class Traffic:
    """The requests that the emulator received during a run."""

    calls: Counter[str] = field(default_factory=Counter)  # by operation
    throttled: int = 0
    first_pages: int = 0  # requests that got the first page of a list
    seconds: float = 0.0  # from the first to the last request
    succeeded: int = 0  # targets with a request that succeeded
    most: int = 0  # requests for the same target, at most

    @classmethod
    def of(
        cls, calls: Mapping[str, int], throttled: Mapping[str, int], requests: Sequence[Mapping[str, Any]]
    ) -> Traffic:
        """Evaluate the emulator's record, which is in order of arrival."""
        successful = [request for request in requests if 200 <= request["status"] < 300]
        lists = [request for request in successful if request["operation"].startswith("ListInvalidations")]
        return cls(
            calls=Counter(calls),
            throttled=sum(throttled.values()),
            first_pages=sum(not request["params"].get("Marker") for request in lists),
            seconds=requests[-1]["at"] - requests[0]["at"] if requests else 0.0,
            succeeded=len({request["target"] for request in successful}),
            most=max(Counter(request["target"] for request in requests).values(), default=0),
        )

    @property
    def requests(self) -> int:
        return self.calls.total()

    @property
    def per_success(self) -> float:
        """Requests per target that succeeded."""
        return self.requests / self.succeeded


@dataclass(frozen=True)
class Run:
    """One run, including all the processes that it started."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # MB, peak resident set size of the largest of its processes
    traffic: Traffic
    output: str  # a digest of what it printed


class Emulator:
    """The emulated CloudFront, which runs in a separate process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"))

    def load(self, world: World) -> None:
        """Replace the world, and forget earlier requests."""
        self._request("POST", "reset")
        self._request("POST", "world", world)

    def traffic(self) -> Traffic:
        return Traffic.of(**self._request("GET", "requests"))

    def _request(self, method: str, what: str, sent: World | None = None) -> Any:
        self._connection.request(method, f"/_emulator/{what}", json.dumps(sent or {}))
        response = self._connection.getresponse()
        body = response.read().decode()
        if response.status != http.client.OK:
            raise RuntimeError(f"The emulator rejected {method} {what}: {body}")
        return json.loads(body)


@contextmanager
def emulator() -> Iterator[Emulator]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.emulator"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Emulator(process.stdout.readline().strip())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def environment(url: str) -> dict[str, str]:
    """The caller's environment without its settings for AWS, Ansible, Python and proxies."""
    foreign = ("AWS_", "ANSIBLE_", "PYTHON")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(COLLECTIONS),
        "ANSIBLE_CONFIG": str(CHECKOUT / "tests" / "ansible.cfg"),
        "ANSIBLE_LIBRARY": str(HERE / "modules"),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "an-access-key-for-tests",
        "AWS_SECRET_ACCESS_KEY": "a-secret-key-for-tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def run(command: Command, world: World, cloudfront: Emulator, folder: Path, *, may_lose_targets: bool = False) -> Run:
    """Run a command once on a fresh world. Raises RuntimeError if it fails (may_lose_targets: for all targets)."""
    cloudfront.load(world)
    argv = command.argv(folder)
    printed = folder / "output"
    # The peak of a forked process includes that of its parent, so this process must stay small.
    with printed.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            argv, env=environment(cloudfront.url), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        dummy, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    text, traffic = printed.read_bytes(), cloudfront.traffic()
    if not traffic.succeeded if may_lose_targets else process.returncode:
        raise RuntimeError(f"{' '.join(argv)[:300]}\nexited with {process.returncode}:\n{text.decode()[-2000:]}")
    return Run(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss / 1024,
        traffic=traffic,
        output=hashlib.sha256(text).hexdigest(),
    )
