# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare domains, including internationalized ones and wildcards."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import re

# IDNA 2003 (Python's codec) and IDNA 2008 (today's DNS) convert these to different domains.
_AMBIGUOUS = re.compile("[\u00df\u03c2\u1e9e\u200c\u200d]")


def to_ascii(domain: str) -> str:
    """Return the domain in lower case and punycode, without a trailing dot.

    If its punycode form is ambiguous or not defined, non-ASCII characters remain.
    """
    domain = domain.strip()
    if not domain.isascii() and not _AMBIGUOUS.search(domain):
        with contextlib.suppress(UnicodeError):
            domain = domain.encode("idna").decode()
    return domain.rstrip(".").lower()


def covering_names(domain: str) -> list[str]:
    """Return the domain itself and the wildcards that match it, from the longest to the shortest."""
    labels = domain.split(".")
    wildcards = ["*." + ".".join(labels[start:]) for start in range(1, len(labels))]
    return list(dict.fromkeys([domain, *wildcards]))
