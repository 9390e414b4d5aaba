# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provide the code that the modules share: arguments, client, wait and error handling."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import signal
import threading
import typing as t

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ._api import Api
from ._client import DEFAULT_REGION, Json, attempts, connection
from ._clock import Clock
from ._errors import CloudFrontError
from ._limits import WaitLimits, wait_limits
from ._policy import evaluate
from ._progress import Progress, report_progress
from ._results import TargetResult
from ._waiter import timeout_message, wait

TARGETS = ("distribution_id", "distribution_tenant_id", "targets")
ARGUMENTS: Json = dict(
    distribution_id=dict(type="str"),
    distribution_tenant_id=dict(type="str", aliases=["tenant_id"]),
    targets=dict(type="list", elements="str"),
    all_tenants=dict(type="bool", default=False),
    concurrency=dict(type="int", default=16),
    on_missing=dict(type="str", choices=["error", "warn", "skip"], default="error"),
    on_denied=dict(type="str", choices=["error", "warn", "skip"], default="error"),
    wait=dict(type="bool", default=False),
    wait_timeout=dict(type="int", default=600),
    wait_delay=dict(type="int", default=15),
    on_timeout=dict(type="str", choices=["fail", "warn"], default="fail"),
)


class Task:
    """One run of a module, with its options and the result so far."""

    def __init__(self, arguments: Json) -> None:
        self.module = AnsibleAWSModule(
            argument_spec={**ARGUMENTS, **arguments},
            mutually_exclusive=[TARGETS],
            required_one_of=[TARGETS],
            supports_check_mode=True,
        )
        self.options: Json = self.module.params
        self.limits: WaitLimits
        self.result: Json = {"changed": False}
        # The results of the targets. That of a target specified as O(distribution_id) or O(distribution_tenant_id),
        # without O(all_tenants), is at the top level of the result. Others are in C(targets).
        self.entries: list[Json] | None = None
        self._failures: list[str] = []

    def run(self, execute: t.Callable[[Task, Api], None]) -> t.NoReturn:
        """Call C(execute), which sets the result, and return the result to Ansible, on failure too."""
        api = None
        try:
            _handle_signals(_interrupt)
            try:
                api = self._api()
                self.limits = wait_limits(self.options)
                execute(self, api)
            except CloudFrontError as error:
                self._failures.append(str(error))
            _handle_signals(signal.SIG_IGN)
        except KeyboardInterrupt:  # Further signals are already ignored.
            self._failures.append("Interrupted.")
        if api:
            self.result["api_calls"] = dict(api.calls)
        if self.entries is not None:
            single = self.options["targets"] is None and not self.options["all_tenants"]
            self.result.update(self.entries[0] if single else {"targets": self.entries})
        if self._failures:
            self.module.fail_json(msg=" ".join(self._failures), **self.result)
        self.module.exit_json(**self.result)

    def wait(self, api: Api, results: list[TargetResult]) -> list[TargetResult]:
        """Wait for the invalidations in the results if O(wait) is true, and return the results as of the last poll."""
        if not self.options["wait"]:
            return results
        skip_missing = self.options["on_missing"] == "skip"
        results, pending = wait(api, results, self.limits, skip_missing=skip_missing)
        now = api.now()
        self.result["pending"] = [one.entry(now) for one in pending]
        late = [one for one in pending if not one.unrecoverable]  # The errors of the others are in the results.
        if late:
            elapsed = api.clock.monotonic() - api.started  # Listing or creating may have taken longer than the timeout.
            message = timeout_message(late, max(self.limits.timeout, elapsed), now)
            if self.options["on_timeout"] == "fail":
                self._failures.append(message)
            else:
                warn(message)
        return results

    def evaluate(self, results: t.Sequence[TargetResult]) -> None:
        """Fail or warn as O(on_missing) and O(on_denied) specify."""
        outcome = evaluate(results, on_missing=self.options["on_missing"], on_denied=self.options["on_denied"])
        if outcome.failure:
            self._failures = [outcome.failure, *self._failures]
        for warning in outcome.warnings:
            warn(warning)

    def _api(self) -> Api:
        config, concurrency = self.options["aws_config"], self.options["concurrency"]
        extra = connection(config, concurrency)
        client = self.module.client("cloudfront", region=self.module.region or DEFAULT_REGION, **extra)
        clock = Clock()
        progress = Progress(clock, report_progress)
        return Api(client, concurrency=concurrency, attempts=attempts(config), clock=clock, progress=progress)


def _interrupt(*dummy: object) -> None:
    """Interrupt the task at the first signal, so that it returns its result. Later signals are ignored."""
    _handle_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


def _handle_signals(handler: t.Callable[..., None] | signal.Handlers) -> None:
    """Set the handler of SIGINT and SIGTERM, unless they are ignored."""
    if threading.current_thread() is not threading.main_thread():
        return  # Only the main thread can set handlers.
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
