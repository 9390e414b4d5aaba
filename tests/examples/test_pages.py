# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the pages with the code, with the tests and with each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.edgeworks.cloudfront.plugins.module_utils import (
    _api,
    _client,
    _creator,
    _module,
    _pace,
    _paths,
    _waiter,
)
from ansible_collections.edgeworks.cloudfront.tests.examples.pages import (
    GUIDES,
    MARKDOWN,
    PLUGINS,
    README,
    TOP,
    blocks,
    strings,
)
from botocore.session import get_session

ALL_PAGES = [*MARKDOWN, *GUIDES]
TROUBLESHOOTING = TOP / "docs/docsite/rst/troubleshooting.rst"
SOURCES = [source for source in (TOP / "plugins").rglob("*.py") if source.parent.name != "doc_fragments"]
PLAYBOOK = yaml.safe_load((TOP / "playbooks/wait.yml").read_text())
TEXTS = {string for source in SOURCES for string in strings(source)} | {
    task["ansible.builtin.assert"]["fail_msg"] for play in PLAYBOOK for task in play["tasks"][:1]
}
LABEL = "ansible_collections.edgeworks.cloudfront."
GALAXY = yaml.safe_load((TOP / "galaxy.yml").read_text())
REPOSITORY = GALAXY["repository"]
FRACTIONS = {0.25: "quarter", 0.5: "half"}
EXTERNAL_TEXTS = [  # Texts of AWS, botocore and OpenSSL in the example messages.
    "The specified invalidation does not exist",
    "The marker is not valid",
    "is not authorized to perform",
    "on resource: ",
    "because no identity-based policy allows the",
    "The security token included in the request is expired",
    "Processing your request will cause you to exceed the maximum number of in-progress wildcard invalidations",
    "CloudFront encountered an internal error. Please try again",
    "Your request contains one or more invalid invalidation paths",
    "Your request contains a caller reference that was used for a previous invalidation batch",
    "for the same distribution",
    "Could not connect to the endpoint URL",
    "SSL validation failed for",
    "certificate verify failed: unable to get local issuer certificate",
    "The difference between the request time and the current time is too large",
    "Parameter validation failed: Invalid type for parameter",
    "Got unexpected keyword argument",
]
ONLY_FOR_ALL_RESOURCES = {"cloudfront:ListDistributions", "cloudfront:ListDistributionTenants"}


def literals(text: str) -> list[str]:
    return [" ".join(literal.split()) for literal in re.findall(r"``(.+?)``", text, re.DOTALL)]


def test_example_messages_contain_only_texts_of_the_plugins() -> None:
    examples = [block.text.strip() for block in blocks(TROUBLESHOOTING) if block.language == "text"]
    assert len(examples) > 30
    known = sorted((text.strip() for text in (*TEXTS, *EXTERNAL_TEXTS)), key=len, reverse=True)
    for example in examples:
        assert "\n" not in example, example
        rest = example
        for text in known:
            if " " in text:
                rest = rest.replace(text, "|")
        words = re.sub(r"\b((on|of) distribution|invalidations? of)\b", "|", rest).split()
        unknown = [pair for pair in pairwise(words) if re.fullmatch(r"[a-z']+ [a-z']+[.:,]?", " ".join(pair))]
        assert not unknown, f"{TROUBLESHOOTING} contains text that no plugin has: {unknown} in {example!r}"


def test_every_message_is_explained() -> None:
    shown = [line for guide in GUIDES for block in blocks(guide) for line in block.text.splitlines()]
    explained = [*literals(TROUBLESHOOTING.read_text()), *shown]
    messages = [text.strip(" .:,") for text in TEXTS if len(re.findall(r"[a-z]+", text)) > 2 and " " in text]
    assert len(messages) > 30
    lacking = [message for message in messages if not any(message in literal for literal in explained)]
    assert not lacking, f"{TROUBLESHOOTING} does not explain {lacking}"


def actions(policy: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the actions that a policy allows, each with its resource."""
    for statement in policy["Statement"]:
        allowed = statement["Action"]
        for action in [allowed] if isinstance(allowed, str) else allowed:
            yield action, statement["Resource"]


def test_policies_allow_exactly_the_operations_called() -> None:
    documents = [json.loads(block.text) for guide in GUIDES for block in blocks(guide) if block.language == "json"]
    allowed = [pair for document in documents if "Statement" in document for pair in actions(document)]
    operations = get_session().get_service_model("cloudfront").operation_names
    called = {f"cloudfront:{text}" for text in TEXTS if text in operations}
    assert {action for action, resource in allowed} == called
    for action, resource in allowed:
        kind = "distribution-tenant" if "Tenant" in action else "distribution"
        expected = "*" if action in ONLY_FOR_ALL_RESOURCES else f"arn:aws:cloudfront::123456789012:{kind}/"
        assert resource.startswith(expected)


def broken_links(page: Path) -> Iterator[str]:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, *anchor = re.sub(rf"^{REPOSITORY}/(blob|tree)/main", str(TOP), target).split("#")
        if not path.startswith("https:"):
            found = page.parent / path if path else page
            if not found.exists() or (anchor and anchor[0] not in anchors(found)):
                yield target
    labels = {label for guide in GUIDES for label in re.findall(r"^\.\. _(.+):$", guide.read_text(), re.MULTILINE)}
    yield from set(re.findall(r":ref:`(?:[^`<]+<)?([^`>]+)>?`", text)) - labels
    for name, kind in re.findall(r":ansplugin:`edgeworks\.cloudfront\.(\w+)#(\w+)`", text):
        if not any(plugin.stem == name and plugin.parent.name.startswith(kind) for plugin in PLUGINS):
            yield name


def test_links_are_valid() -> None:
    assert not {page.name: broken for page in ALL_PAGES if (broken := [*broken_links(page)])}
    assert re.findall(r"\]\((?!https:|#)([^)]+)\)", README.read_text()) == []  # Galaxy shows the README, too.


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub generates for the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_guide_is_linked() -> None:
    names = {guide.stem for guide in GUIDES}
    sections = yaml.safe_load((TOP / "docs/docsite/extra-docs.yml").read_text())["sections"]
    assert {name for section in sections for name in section["toctree"]} == names
    assert set(re.findall(rf"\({REPOSITORY}/blob/main/docs/docsite/rst/(\w+)\.rst\)", README.read_text())) == names
    for guide in GUIDES:
        assert guide.read_text().startswith(f".. _{LABEL}docsite.{guide.stem}:\n")


def test_dev_commands_exist() -> None:
    commands = set(re.findall(r"^run_(\w+)\(\)", (TOP / "dev").read_text(), re.MULTILINE))
    for page in ALL_PAGES:
        assert set(re.findall(r"\./dev (\w+)", page.read_text())) <= commands, page


def test_variables_of_the_wait_playbook_are_documented() -> None:
    playbook = (TOP / "playbooks/wait.yml").read_text()
    used = re.findall(r"\{\{ (\w+) \| default\((?:omit if .* else )?'?(\w+)'?\) \}\}", playbook)
    defaults = {
        name: str(_module.ARGUMENTS.get(name, {}).get("default", "")).lower() if default == "omit" else default
        for name, default in used
    }
    page = (TOP / "docs/docsite/rst/wait_playbook.rst").read_text()
    rows = re.findall(r"^    \* - ``(\w+)``\n      - (.+(?:\n {8}.+)*)", page, re.MULTILINE)
    documented = {name: "".join(re.findall(r"Default: ``(\w+)``\.$", meaning)) for name, meaning in rows}
    assert documented == {**defaults, "validate_certs": "true"}  # amazon.aws documents the connection options.


def test_claims_cite_existing_tests() -> None:
    named = re.findall(r"\[test_\w+\]\((tests/[\w/]+\.py)\): `(\w+)`", (TOP / "CONTRIBUTING.md").read_text())
    assert len(named) > 10
    for path, test in named:
        assert f"def {test}(" in (TOP / path).read_text(), test


def test_matrix_matches_dev() -> None:
    rows = re.findall(r"^\| (2\.\d+) \| ([\d., ]+) \| ([\d.]+) \| (\S+) \|$", README.read_text(), re.MULTILINE)
    run = re.findall(r'^ +"(2\.\d+) ([\d. ]+)"$', (TOP / "dev").read_text(), re.MULTILINE)
    assert [(row[0], row[1].split(", ")) for row in rows] == [(core, pythons.split()) for core, pythons in run]

    running = ".".join(version("ansible-core").split(".")[:2])
    amazon_aws, boto3 = next((row[2], row[3]) for row in rows if row[0] == running)
    found = find_spec("ansible_collections.amazon.aws")
    assert found
    assert found.submodule_search_locations
    manifest = json.loads((Path(found.submodule_search_locations[0]) / "MANIFEST.json").read_text())
    assert manifest["collection_info"]["version"].startswith(f"{amazon_aws}.")
    assert boto3 in ("newest", version("boto3"))


NUMBERS = {
    "invalidating": [
        f"{_creator.FIRST_INTERVAL:g} seconds, and then at growing intervals of at most {_creator.MAX_INTERVAL:g} ",
    ],
    "waiting": [
        f"are {_waiter.FIRST_INTERVAL:g} seconds at first",
        f"each is a {FRACTIONS[_waiter.GROWTH]} of the time waited so far",
    ],
    "connection": [
        f"retried for up to {_api.RETRY_WINDOW:g} seconds",
        f"at most {_api.FIRST_DELAY:g} seconds at first, and doubles up to {_api.MAX_DELAY:g} seconds",
        f"accepted no request for {_api.RETRY_WINDOW:g} seconds",
        f"as many as ``concurrency``, but at least {_api.MIN_TOLERANCE}",
        f"interval between probes grows to {_pace.MAX_PROBE_INTERVAL:g} seconds",
        f"nothing responds for {_api.RETRY_WINDOW:g} seconds",
        f"as many as fit into {_api.RETRY_WINDOW:g} seconds",
        f"connect timeout is {_client.CONNECT_TIMEOUT} seconds; the read timeout is {_client.READ_TIMEOUT} seconds",
        f"requests in flight, {_module.ARGUMENTS['concurrency']['default']} by default",
    ],
    "permissions": [f"{_paths.MAX_WILDCARDS} paths with a wildcard - {_paths.MAX_OTHERS:,} other paths"],
    "recipes": [f"{_paths.MAX_WILDCARDS} paths with a wildcard and {_paths.MAX_OTHERS:,} other paths"],
}


@pytest.mark.parametrize("guide", NUMBERS)
def test_numbers_match_the_code(guide: str) -> None:
    text = " ".join((TOP / f"docs/docsite/rst/{guide}.rst").read_text().split())
    assert [statement for statement in NUMBERS[guide] if statement not in text] == []


def test_documentation_url_is_the_site() -> None:
    found = re.fullmatch(r"https://github\.com/([\w-]+)/([\w-]+)", REPOSITORY)
    assert found
    owner, repository = found.groups()
    assert GALAXY["documentation"] == f"https://{owner}.github.io/{repository}/"
    workflow = yaml.safe_load((TOP / ".github/workflows/pages.yml").read_text())
    assert workflow["jobs"]["deploy"]["if"] == f"github.repository == '{owner}/{repository}'"


def test_requirements_file_names_this_collection() -> None:
    (shown,) = [yaml.safe_load(block.text) for block in blocks(README) if block.text.startswith("collections:")]
    assert shown["collections"][0]["name"] == f"{GALAXY['namespace']}.{GALAXY['name']}"
