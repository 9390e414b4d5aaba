# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Connection options that amazon.aws has for modules, but not for lookups.
    PLUGINS = r"""
options:
  aws_ca_bundle:
    description:
      - The path of a CA bundle, used to validate the certificates of the AWS endpoints and of the proxy.
    type: path
    env:
      - name: AWS_CA_BUNDLE
  validate_certs:
    description:
      - Whether to validate TLS certificates. Rather than setting this to V(false), specify O(aws_ca_bundle).
    type: bool
    default: true
  aws_config:
    description:
      - Settings of C(botocore.config.Config), such as C(connect_timeout), C(proxies) or C(retries).
    type: dict
"""

    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.9
  - boto3 >= 1.38.4
  - botocore >= 1.38.4
notes:
  - CloudFront is a global service, so O(region) is not required. For AWS in China, set it to V(cn-north-1) or
    V(cn-northwest-1), which selects the endpoint there. The collection has not been tested with AWS in China.
  - Transient errors are retried for up to 120 seconds, with growing delays. Requests that AWS throttles are sent at the
    rate that it accepts, and are retried as long as other requests of the task succeed.
  - To limit the number of attempts as well, set C(max_attempts) or C(total_max_attempts) in C(retries) of
    O(aws_config). They have the same meaning as in botocore. Other settings for retries, such as the environment
    variable E(AWS_MAX_ATTEMPTS), are ignored.
  - The connect timeout is 10 seconds and the read timeout 30 seconds, unless O(aws_config) sets C(connect_timeout) or
    C(read_timeout).
"""
