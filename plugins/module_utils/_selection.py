# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WHICH invalidations: by Id, status and time of creation, how many of them, and when no further page can matter."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

from ._client import Json
from ._errors import BadOptionError, at_least
from ._paging import MAX_PAGE

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGE = re.compile(r"(\d+)([smhdw])")
ISO_8601 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<time>\d\d:\d\d)(?P<second>:\d\d)?(?:\.(?P<fraction>\d+))?\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?"
)


class Selection(t.NamedTuple):
    """What is wanted of a target's invalidations. Their window is half open: after <= CreateTime < before."""

    ids: tuple[str, ...] | None = None
    status: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    max_items: int | None = None
    marker: str = ""
    page_size: int = MAX_PAGE
    details: bool = False

    @property
    def filters(self) -> bool:
        """Whether a page can hold items that are not wanted."""
        return bool(self.status or self.after or self.before)

    def size(self, taken: int) -> int:
        """How many items the next page should have."""
        if self.filters or self.max_items is None:
            return self.page_size
        return min(self.page_size, self.max_items - taken)

    def matches(self, item: Json) -> bool:
        if self.status and item["Status"] != self.status:
            return False
        if not (self.after or self.before):
            return True
        created = _created(item)
        return (self.after is None or created >= self.after) and (self.before is None or created < self.before)

    def is_exhausted(self, items: t.Sequence[Json]) -> bool:
        """Whether nothing behind this page can match: it ends before the window, and the newest come first in it."""
        if self.after is None or not items:
            return False
        return _created(items[-1]) < self.after and _created(items[0]) >= _created(items[-1])


def selection(options: t.Mapping[str, t.Any], now: datetime) -> Selection:
    """The Selection that a module's or lookup's options say. Raises BadOption for what they may not say."""
    named = options.get("invalidation_ids")
    ids = None if named is None else tuple(dict.fromkeys(str(text).strip() for text in named))
    if ids and any(not text or re.search(r"[\s/?#]", text) for text in ids):
        raise _refused("invalidation_ids", "holds a blank or something that is not an invalidation's Id")
    at_least(1, options, "max_items", "page_size")
    return Selection(
        ids=ids,
        status=options.get("status"),
        after=_instant("created_after", options.get("created_after"), now),
        before=_instant("created_before", options.get("created_before"), now),
        max_items=options.get("max_items"),
        marker=options.get("marker") or "",
        page_size=min(options.get("page_size") or MAX_PAGE, MAX_PAGE),
        details=bool(options.get("details")),
    )


def _created(item: Json) -> datetime:
    return datetime.fromisoformat(item["CreateTime"])


def _instant(option: str, value: t.Any, now: datetime) -> datetime | None:
    if value is None or value == "":
        return None
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()  # YAML makes dates of dates.
    age = AGE.fullmatch(text)
    iso = ISO_8601.fullmatch(text)
    try:
        if age:
            return now - timedelta(**{UNITS[age[2]]: int(age[1])})
        if iso:
            zone = (iso["zone"] or "Z").upper()
            zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
            fraction = (iso["fraction"] or "")[:6].ljust(6, "0")
            whole = f"{iso['date']}T{iso['time'] or '00:00'}{iso['second'] or ':00'}.{fraction}{zone}"
            return datetime.fromisoformat(whole).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        pass
    raise _refused(
        option,
        f"is {text!r}, and must be an instant such as 2026-11-21, 2026-11-21T03:59:01Z or 2026-11-21T04:59:01+01:00 "
        "(UTC where no zone is given), or an age such as 90s, 15m, 2h, 7d or 4w",
    )


def _refused(option: str, why: str) -> BadOptionError:
    return BadOptionError(f"{option} {why}.")
