# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A typical boto3 script that waits for invalidations: boto3_wait.py DISTRIBUTION_ID ID..."""

from __future__ import annotations

import sys

import boto3

waiter = boto3.client("cloudfront").get_waiter("invalidation_completed")
for invalidation in sys.argv[2:]:
    waiter.wait(DistributionId=sys.argv[1], Id=invalidation)
