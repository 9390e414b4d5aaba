# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run of a contender cost."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .commands import CHECKOUT, COLLECTIONS, HERE, PROGRAMS, Command
from .worlds import World


@dataclass(frozen=True)
class Run:
    """One run, with all the processes that it started."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # MB, resident, of the largest of its processes at its peak
    calls: Counter[str]  # requests by operation
    first_pages: int  # how many of the requests got the first page of a list
    output: str  # a digest of what it printed

    @property
    def requests(self) -> int:
        return self.calls.total()


class Emulator:
    """The emulated CloudFront, in a process of its own, as the other processes reach it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"))

    def load(self, world: World) -> None:
        """Begin anew with this world."""
        self._ask("POST", "reset")
        self._ask("POST", "world", world)

    def calls(self) -> Counter[str]:
        return Counter(self._ask("GET", "calls")["calls"])

    def first_pages(self) -> int:
        requests = self._ask("GET", "requests")["requests"]
        lists = (request for request in requests if request["operation"].startswith("ListInvalidations"))
        return sum(request["status"] == 200 and not request["params"].get("Marker") for request in lists)

    def _ask(self, method: str, what: str, sent: World | None = None) -> Any:
        self._connection.request(method, f"/_emulator/{what}", json.dumps(sent or {}))
        answer = self._connection.getresponse()
        body = answer.read().decode()
        if answer.status != http.client.OK:
            raise RuntimeError(f"The emulator refused {method} {what}: {body}")
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
    """The caller's, without the caller's own AWS, Ansible, Python and proxies."""
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


def run(command: Command, world: World, cloudfront: Emulator, folder: Path) -> Run:
    """One run of a command on a fresh world. Raises RuntimeError where it fails."""
    cloudfront.load(world)
    argv = command.argv(folder)
    printed = folder / "output"
    # A process's peak begins with that of the process it was forked from: this one has to stay small.
    with printed.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            argv, env=environment(cloudfront.url), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        dummy, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    said = printed.read_bytes()
    if process.returncode:
        raise RuntimeError(f"{' '.join(argv)[:300]}\nended with {process.returncode}:\n{said.decode()[-2000:]}")
    return Run(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss / 1024,
        calls=cloudfront.calls(),
        first_pages=cloudfront.first_pages(),
        output=hashlib.sha256(said).hexdigest(),
    )
