# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the invalidations of distributions or distribution tenants with the collection's pager, without Ansible.

pager_list.py CONCURRENCY ID...      prints the same as boto3_list.py history ID...
"""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import pages
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, TENANT, by_id
from botocore.config import Config

concurrency, identifiers = int(sys.argv[1]), sys.argv[2:]
api = Api(boto3.client("cloudfront", config=Config(max_pool_connections=concurrency)), concurrency=concurrency)


def history(identifier: str) -> list[dict[str, Any]]:
    target = by_id(TENANT if identifier.startswith("dt_") else DISTRIBUTION, identifier)
    return [item for page in pages(api, target) for item in page["Items"]]


print(json.dumps([item for items in api.map(history, identifiers) for item in items]))
