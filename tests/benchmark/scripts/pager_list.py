# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's pager without Ansible, to be compared with `boto3_list.py history`: pager_list.py ID"""

from __future__ import annotations

import json
import sys

import boto3
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import pages
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, by_id

api = Api(boto3.client("cloudfront"), concurrency=1)
answer = [item for page in pages(api, by_id(DISTRIBUTION, sys.argv[1])) for item in page["Items"]]
print(json.dumps(answer))
