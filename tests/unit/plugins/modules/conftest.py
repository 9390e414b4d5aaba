# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules are run in process, against an emulated CloudFront over HTTP."""

from __future__ import annotations

import contextlib
import json
import signal
import typing as t
from types import ModuleType

import pytest
from ansible.module_utils import basic
from ansible_collections.edgeworks.cloudfront.plugins.module_utils import _module
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve


@pytest.fixture(autouse=True)
def endpoint(cf: CloudFront, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[None]:
    with serve(cf) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield


@pytest.fixture(autouse=True)
def _signal_handlers() -> t.Iterator[None]:
    """Restore the signal handlers, which a module replaces until its process ends."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def run_module(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., dict[str, t.Any]]:
    """Run a module as Ansible does, and read what it prints."""

    def run(module: ModuleType, **options: t.Any) -> dict[str, t.Any]:
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
        with monkeypatch.context() as patched, contextlib.suppress(SystemExit):
            patched.setattr(basic, "_ANSIBLE_ARGS", arguments)
            patched.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # Since ansible-core 2.19.
            module.main()
        printed: dict[str, t.Any] = json.loads(capfd.readouterr().out)
        return printed

    return run


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    warnings: list[str] = []
    monkeypatch.setattr(_module, "warn", warnings.append)
    return warnings
