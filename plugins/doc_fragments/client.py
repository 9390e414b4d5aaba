# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The connection options that amazon.aws gives its modules and not its lookups.
    PLUGINS = r"""
options:
  aws_ca_bundle:
    description:
      - The location of a CA bundle to use when validating SSL certificates.
    type: path
    env:
      - name: AWS_CA_BUNDLE
  validate_certs:
    description:
      - When set to V(false), SSL certificates will not be validated for communication with the AWS APIs.
    type: bool
    default: true
  aws_config:
    description:
      - A dictionary to modify the botocore configuration, such as C(connect_timeout), C(proxies) or
        C(retries).
    type: dict
"""

    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.9
  - boto3 >= 1.38.4
  - botocore >= 1.38.4
notes:
  - CloudFront is a global service, so no region has to be given.
  - Transient errors are retried for up to 120 seconds, with growing delays. Throttled requests are paced at the rate
    that AWS accepts, and are retried as long as other requests of the task succeed. C(aws_config.retries) with
    C(max_attempts) or C(total_max_attempts), as botocore defines them, limits the number of attempts instead.
  - The connect timeout is 10 seconds and the read timeout 30 seconds, unless C(aws_config) has other values for
    C(connect_timeout) and C(read_timeout).
"""
