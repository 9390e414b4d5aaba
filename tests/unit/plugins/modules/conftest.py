# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules in process, against an emulated CloudFront over HTTP, in simulated time.

A test file names its module in C(MODULE).
"""

from __future__ import annotations

import contextlib
import json
import signal
import typing as t
from functools import partial

import pytest
from ansible.module_utils import basic
from ansible_collections.edgeworks.cloudfront.plugins.module_utils import _module
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import EmulatedTime, Subject

Run = t.Callable[..., dict[str, t.Any]]


@pytest.fixture(autouse=True)
def _signal_handlers() -> t.Iterator[None]:
    """Restore the signal handlers, which a module replaces until its process ends."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background processes ignore it.
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def run(
    request: pytest.FixtureRequest,
    cf: CloudFront,
    endpoint: None,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Run the module as Ansible does, and return what it prints."""
    monkeypatch.setattr(_module, "Clock", lambda: EmulatedTime(cf.clock))

    def run(**options: t.Any) -> dict[str, t.Any]:
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
        with monkeypatch.context() as patched, contextlib.suppress(SystemExit):
            patched.setattr(basic, "_ANSIBLE_ARGS", arguments)
            patched.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # Since ansible-core 2.19.
            request.module.MODULE.main()
        printed: dict[str, t.Any] = json.loads(capfd.readouterr().out)
        return printed

    return run


@pytest.fixture
def run_on_subject(run: Run, subject: Subject) -> Run:
    """Run the module on the subject, which is specified by its ID."""
    return partial(run, **{subject.kind.option: subject.target.id})


@pytest.fixture
def warned(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings of the module. How Ansible returns them depends on its version."""
    warnings: list[str] = []
    for module in (_module, request.module.MODULE):
        monkeypatch.setattr(module, "warn", warnings.append, raising=False)
    return warnings
