# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._domains import covering_names, to_ascii


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("www.example.com", "www.example.com"),
        (" WWW.Example.COM. ", "www.example.com"),
        ("*.example.com", "*.example.com"),
        ("_x.example.com", "_x.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.Example.", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("Mu\u0308nchen.example", "xn--mnchen-3ya.example"),
        ("bücher\u3002example\u3002", "xn--bcher-kva.example"),
        ("XN--bcher-kva.example", "xn--bcher-kva.example"),
        ("ΣΑΣ.example", "xn--mxa9ab.example"),
    ],
)
def test_domains_are_compared_in_lower_case_and_punycode(domain: str, expected: str) -> None:
    assert to_ascii(domain) == expected
    assert to_ascii(expected) == expected


@pytest.mark.parametrize(
    "domain",
    ["bücher..example", f"{'ü' * 64}.example", "straße.example", "STRAẞE.example", "σας.example", "ü\u200dx.de"],
)
def test_domain_without_an_unambiguous_punycode_form_is_not_ascii(domain: str) -> None:
    assert not to_ascii(domain).isascii()


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("a.b.example.com", ["a.b.example.com", "*.b.example.com", "*.example.com", "*.com"]),
        ("*.example.com", ["*.example.com", "*.com"]),
        ("acme", ["acme"]),
        ("", [""]),
    ],
)
def test_closest_name_comes_first(domain: str, names: list[str]) -> None:
    assert covering_names(domain) == names
