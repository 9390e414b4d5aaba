# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs plays with the real ``ansible-playbook``, for a user with credentials in a file, on an emulated CloudFront."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, serve

VARIABLES = {"report": "report.txt"}
AWS_CONFIG = """
[default]
region = eu-central-1
aws_access_key_id = an-access-key-for-tests
aws_secret_access_key = a-secret-key-for-tests
[profile deploy]
aws_access_key_id = another-access-key-for-tests
aws_secret_access_key = another-secret-key-for-tests
"""

Play = dict[str, Any]


def play_of(*tasks: dict[str, Any]) -> Play:
    return {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}


def run(cf: CloudFront, plays: list[Play], folder: Path) -> str:
    """Returns what is printed. The files of the plays are in the folder, or will be."""
    (folder / "playbook.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
    (folder / "aws_config").write_text(AWS_CONFIG)
    environment = {name: value for name, value in os.environ.items() if not re.match(r"AWS_|.*_(?i:proxy)$", name)}
    with serve(cf) as url:
        playbook = subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), "playbook.yml", "-e", json.dumps(VARIABLES)],
            cwd=folder,
            env={
                **environment,
                "AWS_CONFIG_FILE": str(folder / "aws_config"),
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ENDPOINT_URL": url,
                "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",  # as it is by default
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    assert playbook.returncode == 0, playbook.stdout
    return playbook.stdout
