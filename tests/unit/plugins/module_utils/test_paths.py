# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import BadOptionError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._paths import (
    MAX_OTHERS,
    MAX_WILDCARDS,
    check,
    count_paths,
    difference,
    suspicious,
)

WILDCARDS = [f"/{number}/*" for number in range(MAX_WILDCARDS)]
OTHERS = [f"/{number}" for number in range(MAX_OTHERS)]


def test_wildcards_are_counted_separately() -> None:
    assert count_paths(["/*", "/a*", "/b", "/*/c", "#tag", "#tag*"]) == (2, 4)


def test_check_removes_duplicates_only() -> None:
    assert check(["/b", "/a ", "/b", "#tag", "/a"]) == ["/b", "/a ", "#tag", "/a"]


FORM = "paths contains values that begin neither with / nor with # (a cache tag):"
QUOTA = "which exceeds CloudFront's quota of"
ADVICE = "Use fewer paths, or split them into several tasks that wait."


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["/a", "index.html", ""], f"{FORM} 'index.html', ''."),
        (["a", "a"], f"{FORM} 'a'."),
        ([" /a"], f"{FORM} ' /a'."),
        ([], "paths is empty: specify at least one path or cache tag."),
        ([*WILDCARDS, "/x/*", "/y/*"], f"paths contains 17 paths with a wildcard, {QUOTA} 15 by 2. {ADVICE}"),
        ([*OTHERS, "#tag"], f"paths contains 3001 paths without a wildcard, {QUOTA} 3000 by 1. {ADVICE}"),
    ],
)
def test_check_refuses_invalid_paths(paths: list[str], message: str) -> None:
    with pytest.raises(BadOptionError) as caught:
        check(paths)
    assert str(caught.value) == message


def test_check_accepts_full_quotas() -> None:
    assert len(check([*WILDCARDS, *OTHERS])) == MAX_WILDCARDS + MAX_OTHERS


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/a b", "unsafe characters must be URL-encoded: use '/a%20b'"),
        ("/é", "unsafe characters must be URL-encoded: use '/%C3%A9'"),
        ("/a~[1].js#top", "unsafe characters must be URL-encoded: use '/a%7E%5B1%5D.js%23top'"),
        ("/a ", "trailing whitespace: use '/a'"),
        ("/img/*/a.png", "the wildcard * must be the last character: use '/img/*'"),
        ("/img/**", "the wildcard * must be the last character: use '/img/*'"),
        ("/img/%2A", "%2A is a literal asterisk, not a wildcard: use '/img/*'"),
        ("/100%", "% must be followed by two hex digits: use '/100%25'"),
        ("/%2x", "% must be followed by two hex digits: use '/%252x'"),
        (
            "/5% é/*",
            "% must be followed by two hex digits, unsafe characters must be URL-encoded: use '/5%25%20%C3%A9/*'",
        ),
        ("#brand:*", "a cache tag cannot have a wildcard: list each tag"),
        ("#a,b", "a cache tag consists of visible ASCII characters without commas"),
        ("#a b", "a cache tag consists of visible ASCII characters without commas"),
    ],
)
def test_suspicious_path_is_listed_with_a_replacement(path: str, advice: str) -> None:
    assert suspicious(["/fine", path]) == f"{path!r} ({advice})"


def test_safe_paths_are_not_suspicious() -> None:
    assert suspicious(["/*", "/a*", "/a-b_c.d/e?f=g&h=%20+;,:@$!'()", "/%2A.txt", "#brand:acme", "#~{x}"]) == ""


def test_suspicious_paths_are_abbreviated() -> None:
    assert suspicious([f"/{number} " for number in range(7)]).endswith("use '/4') and 2 more")


def test_difference_names_paths_of_one_batch_only() -> None:
    assert difference(["/a", "/b"], ["/b", "/a"], "I1") == ""
    assert difference(["/a", "/b"], ["/b", "/c"], "I1") == "only in this task: /a; only in I1: /c"
    assert difference(["/a"], ["/a", *OTHERS], "I1") == "only in I1: /0, /1, /2, /3, /4 and 2995 more"


def test_case_matters_in_paths_and_not_in_cache_tags() -> None:
    assert difference(["#Brand", "/A"], ["#brand", "/A"], "I1") == ""
    assert difference(["#Brand", "/A"], ["#brand", "/a"], "I1") == "only in this task: /A; only in I1: /a"
