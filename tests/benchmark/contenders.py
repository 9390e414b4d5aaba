# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the contenders: the tools, each used in its most efficient way, as functions of the size.

A play fails if its result is wrong, so that no contender is fast because it does less.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .commands import Command, Module, Play, Processes, Script, Shell, Task
from .worlds import EACH, IN_PROGRESS, PENDING, SITE, distribution, tenant

OURS = "edgeworks.cloudfront"
OURS_WIDE = "edgeworks.cloudfront, concurrency: 32"
OURS_ONCE = "edgeworks.cloudfront, 1 lookup"
MODULE = "module without Ansible"
PAGER = "pager in a script"
COMMUNITY = "community.aws"
CLI = "AWS CLI"
BOTO3 = "boto3 script"
BOTO3_PAGE = "boto3 script, 1 page"
BOTO3_THREADS = "boto3 script, 8 threads"
BOTO3_ADAPTIVE = "boto3 script, adaptive mode"
BOTO3_STANDARD = "boto3 script, standard mode"
REQUEST = "amazon.aws module with 1 request"
NOTHING = "empty module"

ALL_IN_PROGRESS = "r.cloudfront.invalidations | selectattr('Status', 'eq', 'InProgress') | length"


class Contender(NamedTuple):
    command: Callable[[int], Command]
    up_to: int | None = None  # the largest size that it is run with


# The collection.


def _ours(failed_when: str, **options: object) -> Play:
    return Play([{"edgeworks.cloudfront.invalidation_info": options, "register": "r", "failed_when": failed_when}])


def _our_listing(count: int, **options: object) -> Play:
    return _ours(f"r.InvalidationList.Quantity != {count}", distribution_id=SITE, **options)


def our_targets(**options: object) -> Contender:
    def play(count: int) -> Play:
        failed_when = f"r.targets | map(attribute='InvalidationList.Quantity') | sum != {EACH * count}"
        return _ours(failed_when, targets=[tenant(number) for number in range(count)], **options)

    return Contender(play)


our_history = Contender(_our_listing)
our_recent = Contender(lambda dummy: _our_listing(IN_PROGRESS, status="InProgress", created_after="1h"))
our_wait = Contender(lambda count: _our_listing(count, wait=True, created_after="1h"))
our_module = Contender(lambda dummy: Module("invalidation_info", {"distribution_id": SITE}))
our_pager = Contender(lambda dummy: Script("pager_list.py", ["1", SITE]))


def our_module_targets(concurrency: int, *, creates: bool = False) -> Contender:
    def module(count: int) -> Module:
        options = {"targets": [tenant(number) for number in range(count)], "concurrency": concurrency}
        return Module("invalidation", {**options, "paths": ["/*"]}) if creates else Module("invalidation_info", options)

    return Contender(module)


def our_pager_targets(concurrency: int) -> Contender:
    return Contender(lambda count: Script("pager_list.py", [str(concurrency), *map(tenant, range(count))]))


our_processes = Contender(
    lambda count: Processes(
        [Module("invalidation_info", {"distribution_tenant_id": tenant(number)}) for number in range(count)]
    )
)


# community.aws, whose module supports distributions only and always lists everything.


def _community(failed_when: str, distribution_id: str = SITE, **keywords: object) -> Task:
    options = {"distribution_id": distribution_id, "list_invalidations": True}
    module = "community.aws.cloudfront_distribution_info"
    return {module: options, "register": "r", "failed_when": failed_when, **keywords}


def _community_loop(count: int) -> Task:
    loop = [distribution(number) for number in range(count)]
    failed_when = f"r.cloudfront.invalidations | length != {EACH}"
    return _community(failed_when, "{{ item }}", loop=loop, loop_control={"label": ""})


def _community_template(count: int) -> Play:
    """It has no lookup, so a task reads what the template needs."""
    text = "{% for one in r.results %}{{ one.cloudfront.invalidations | length }} {% endfor %}"
    return Play([_community_loop(count), {"ansible.builtin.debug": {"msg": text}}])


def community_targets(up_to: int | None = None) -> Contender:
    return Contender(lambda count: Play([_community_loop(count)]), up_to)


def community_history(up_to: int | None = None) -> Contender:
    return Contender(lambda count: Play([_community(f"r.cloudfront.invalidations | length != {count}")]), up_to)


community_recent = Contender(lambda dummy: Play([_community(f"{ALL_IN_PROGRESS} != {IN_PROGRESS}")]))
community_wait = Contender(
    lambda dummy: Play([_community("false", until=f"{ALL_IN_PROGRESS} == 0", retries=60, delay=5)])
)
community_template = Contender(_community_template)


# The AWS CLI.

CLI_LIST = f"aws cloudfront list-invalidations --distribution-id {SITE}"
CLI_LIST_TENANT = "aws cloudfront list-invalidations-for-distribution-tenant --id"


def _cli_each(aws: str, arguments: str) -> Shell:
    return Shell(f"{arguments} | xargs -n 1 -P $(nproc) {aws}")


def cli_targets(up_to: int | None = None) -> Contender:
    return Contender(lambda count: _cli_each(CLI_LIST_TENANT, f"printf 'dt_%027d\\n' $(seq 0 {count - 1})"), up_to)


cli_history = Contender(lambda dummy: Shell(CLI_LIST))
cli_recent = Contender(lambda dummy: Shell(f"{CLI_LIST} --query \"InvalidationList.Items[?Status=='InProgress']\""))
cli_wait = Contender(
    lambda count: _cli_each(
        f"aws cloudfront wait invalidation-completed --distribution-id {SITE} --id",
        f"printf '%s\\n' {' '.join(PENDING[:count])}",
    )
)


# Scripts with boto3.


def boto3(way: str) -> Contender:
    return Contender(lambda dummy: Script("boto3_list.py", [way, SITE]))


def boto3_targets(way: str) -> Contender:
    return Contender(lambda count: Script("boto3_list.py", [way, *map(tenant, range(count))]))


def boto3_retry(mode: str, threads: int, *, creates: bool = False) -> Contender:
    arguments = [mode, str(threads), "create" if creates else "list"]
    return Contender(lambda count: Script("boto3_retry.py", [*arguments, *map(tenant, range(count))]))


def boto3_processes(mode: str) -> Contender:
    return Contender(
        lambda count: Processes(
            [Script("boto3_retry.py", [mode, "1", "list", tenant(number)]) for number in range(count)]
        )
    )


boto3_wait = Contender(lambda count: Script("boto3_wait.py", [SITE, *PENDING[:count]]))


# Templates.


def _template(lookup: str, count: int) -> Play:
    text = f"{{% for number in range({count}) %}}{{{{ {lookup} }}}} {{% endfor %}}"
    return Play([{"ansible.builtin.debug": {"msg": text}}])


OUR_LOOKUP = "lookup('edgeworks.cloudfront.invalidations', 'dt_%027d' % number).InvalidationList.Quantity"
CLI_LOOKUP = f"(lookup('pipe', '{CLI_LIST_TENANT} dt_%027d' % number) | from_json).InvalidationList['Items'] | length"

our_template = Contender(lambda count: _template(OUR_LOOKUP, count))
our_single_lookup = Contender(lambda dummy: _template(OUR_LOOKUP, 1))
cli_template = Contender(lambda count: _template(CLI_LOOKUP, count))


# Modules to compare with.

one_request = Contender(lambda dummy: Play([{"one_request": {"distribution_id": SITE}}]))
nothing = Contender(lambda dummy: Play([{"nothing": None}]))
