# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the checkout importable as a collection under plain pytest, and keep all tests away from AWS."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader

CHECKOUT = Path(__file__).parents[1]


def install_collection_loader() -> None:
    """Install this checkout as ``ansible_collections.edgeworks.cloudfront`` for the tests and their playbooks."""
    tree = CHECKOUT / ".cache" / "collections"
    link = tree / "ansible_collections" / "edgeworks" / "cloudfront"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(CHECKOUT)

    for name in [name for name in os.environ if name.startswith("ANSIBLE_")]:
        del os.environ[name]
    os.environ["ANSIBLE_CONFIG"] = str(CHECKOUT / "tests" / "ansible.cfg")
    # The default is in the home directory. If HOME is changed, Ansible and its modules use different ones.
    os.environ["ANSIBLE_ASYNC_DIR"] = str(CHECKOUT / ".cache" / "ansible" / "async")
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([str(tree)])


# Parse each of botocore's files once for all sessions. This saves a third of the unit tests' time.
JSONFileLoader.load_file = staticmethod(functools.cache(JSONFileLoader().load_file))  # type: ignore[method-assign]

# With this plugin, ansible-test loads the collection itself.
if "ansible_pytest_collections" not in sys.modules:
    install_collection_loader()


@pytest.fixture(autouse=True)
def no_real_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the caller's credentials, settings and proxies, and disable other sources of credentials."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-access-key-for-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-key-for-tests")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
