# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a user whose credentials are in a configuration file."""

from __future__ import annotations

from pathlib import Path

AWS_CONFIG = """
[default]
region = eu-central-1
aws_access_key_id = an-access-key-for-tests
aws_secret_access_key = a-secret-key-for-tests
[profile deploy]
aws_access_key_id = another-access-key-for-tests
aws_secret_access_key = another-secret-key-for-tests
[profile staging]
aws_access_key_id = a-third-access-key-for-tests
aws_secret_access_key = a-third-secret-key-for-tests
"""


def environment(folder: Path) -> dict[str, str | None]:
    path = folder / "aws_config"
    path.write_text(AWS_CONFIG)
    return {
        "AWS_CONFIG_FILE": str(path),
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",  # As it is by default.
    }
