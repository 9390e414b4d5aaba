# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the paths of an invalidation batch against CloudFront's quotas and rules."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote

from ._errors import BadOptionError

MAX_WILDCARDS = 15  # In progress at the same time, for each distribution. The two quotas are separate.
MAX_OTHERS = 3000
MAX_SHOWN = 5  # Paths in a message.

# Non-ASCII characters, whitespace, control characters, and the characters that RFC 1738 calls unsafe.
_UNSAFE = re.compile(r'[^\x21-\x7e]|["#<>\[\\\]^`{|}~]')
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_A_TAG = re.compile(r"[^\x21-\x7e]|,")


class PathCount(t.NamedTuple):
    """The number of paths that count towards each quota."""

    wildcards: int
    others: int  # Including cache tags.


def count_paths(paths: t.Iterable[str]) -> PathCount:
    is_wildcard = [path.endswith("*") and not _is_tag(path) for path in paths]
    return PathCount(sum(is_wildcard), len(is_wildcard) - sum(is_wildcard))


def check(paths: t.Sequence[str]) -> list[str]:
    """Return the paths without duplicates. Raises BadOptionError for a batch that CloudFront cannot accept."""
    unique = list(dict.fromkeys(paths))
    if not unique:
        raise BadOptionError("paths is empty: specify at least one path or cache tag.")
    invalid = [repr(path) for path in unique if not path.startswith(("/", "#"))]
    if invalid:
        raise BadOptionError(
            f"paths contains values that begin neither with / nor with # (a cache tag): {_abbreviate(invalid)}."
        )
    count = count_paths(unique)
    for number, quota, what in (
        (count.wildcards, MAX_WILDCARDS, "paths with a wildcard"),
        (count.others, MAX_OTHERS, "paths without a wildcard"),
    ):
        if number > quota:
            raise BadOptionError(
                f"paths contains {number} {what}, which exceeds CloudFront's quota of {quota} by {number - quota}. "
                "Use fewer paths, or split them into several tasks that wait."
            )
    return unique


def suspicious(paths: t.Iterable[str]) -> str:
    """Return the paths that CloudFront may have rejected, each with a suggested replacement, or an empty string."""
    advised = [f"{path!r} ({advice})" for path in paths for advice in [_advice(path)] if advice]
    return _abbreviate(advised)


def difference(requested: t.Sequence[str], existing: t.Sequence[str], existing_name: str) -> str:
    """Return the paths that only one of two batches has, or an empty string."""
    common = set(map(_key, requested)) & set(map(_key, existing))
    sides = ("this task", requested), (existing_name, existing)
    only = [(name, [path for path in paths if _key(path) not in common]) for name, paths in sides]
    return "; ".join(f"only in {name}: {_abbreviate(paths)}" for name, paths in only if paths)


def _is_tag(path: str) -> bool:
    return path.startswith("#")


def _key(path: str) -> str:
    """Return what equal paths have in common. The case of a cache tag does not matter."""
    return path.lower() if _is_tag(path) else path


def _advice(path: str) -> str:
    if _is_tag(path):
        return _advice_for_tag(path)
    reasons = []
    form = path.rstrip()
    if form != path:
        reasons.append("trailing whitespace")
    if re.search(r"%2a$", form, re.IGNORECASE):
        reasons.append("%2A is a literal asterisk, not a wildcard")
        form = f"{form[:-3]}*"
    if "*" in form[:-1]:
        reasons.append("the wildcard * must be the last character")
        form = form[: form.index("*") + 1]
    if _BARE_PERCENT.search(form):
        reasons.append("% must be followed by two hex digits")
        form = _BARE_PERCENT.sub("%25", form)
    if _UNSAFE.search(form):
        reasons.append("unsafe characters must be URL-encoded")
        # quote() never encodes ~.
        form = _UNSAFE.sub(lambda match: "%7E" if match[0] == "~" else quote(match[0], safe=""), form)
    return f"{', '.join(reasons)}: use {form!r}" if reasons else ""


def _advice_for_tag(tag: str) -> str:
    if tag.endswith("*"):
        return "a cache tag cannot have a wildcard: list each tag"
    if _NOT_IN_A_TAG.search(tag):
        return "a cache tag consists of visible ASCII characters without commas"
    return ""


def _abbreviate(items: t.Sequence[str]) -> str:
    more = len(items) - MAX_SHOWN
    return ", ".join(items[:MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
