# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Select invalidations by ID, status, creation time and number."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

from ._client import Json
from ._errors import BadOptionError, at_least
from ._paging import MAX_PAGE
from ._target import is_path_segment

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGE = re.compile(r"(\d+)([smhdw])")
ISO_8601 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<time>\d\d:\d\d)(?P<second>:\d\d)?(?:\.(?P<fraction>\d+))?\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?"
)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

Limit = t.Union[datetime, timedelta, None]  # A timedelta is an age at the start of the task, by AWS's clock.


class Filter(t.NamedTuple):
    """The status and the time window of a selection: C(after) <= CreateTime < C(before).

    The times are ISO 8601 text in UTC, as CreateTime is, so they can be compared as text.
    """

    status: str | None = None
    after: str | None = None
    before: str | None = None

    def select(self, items: list[Json]) -> list[Json]:
        """Return the items that match, in their order."""
        return [item for item in items if self._matches(item)] if any(self) else items

    def is_exhausted(self, items: t.Sequence[Json]) -> bool:
        """Whether no page after these items can match, because they are newest first and end before the window."""
        if self.after is None or not items:
            return False
        newest, oldest = items[0]["CreateTime"], items[-1]["CreateTime"]
        return bool(oldest < self.after and oldest <= newest)

    def _matches(self, item: Json) -> bool:
        return (
            (self.status is None or item["Status"] == self.status)
            and (self.after is None or item["CreateTime"] >= self.after)
            and (self.before is None or item["CreateTime"] < self.before)
        )


class Selection(t.NamedTuple):
    """The options that select invalidations of a target."""

    ids: tuple[str, ...] | None = None
    status: str | None = None
    after: Limit = None
    before: Limit = None
    max_items: int | None = None
    marker: str = ""
    page_size: int = MAX_PAGE
    details: bool = False
    wait: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether a page can contain items that are not selected."""
        return bool(self.status or self.after is not None or self.before is not None)

    @property
    def is_unlimited_wait(self) -> bool:
        """Whether it is a wait for everything in progress, so that completed invalidations are not needed."""
        return self.wait and not (self.is_filtered or self.max_items or self.marker)

    def size(self, taken: int) -> int:
        """Return the size of the next page after C(taken) items have been selected."""
        if self.is_filtered or self.max_items is None:
            return self.page_size
        return min(self.page_size, self.max_items - taken)

    def filter(self, start: t.Callable[[], datetime]) -> Filter:
        """Return the filter. C(start) returns the start of the task, and is called only if a limit is an age."""

        def as_text(limit: Limit) -> str | None:
            instant = start() - limit if isinstance(limit, timedelta) else limit
            return instant.astimezone(timezone.utc).isoformat() if instant else None

        return Filter(self.status, as_text(self.after), as_text(self.before))


def selection(options: t.Mapping[str, t.Any]) -> Selection:
    """Return the selection that the options of a module or lookup specify. Raises BadOptionError."""
    named = options.get("invalidation_ids")
    ids = None if named is None else tuple(dict.fromkeys(str(text).strip() for text in named))
    invalid = [text for text in ids or () if not is_path_segment(text)]
    if invalid:
        raise BadOptionError(f"invalidation_ids contains a value that is not an invalidation ID: {invalid[0]!r}.")
    at_least(1, options, "max_items", "page_size")
    return Selection(
        ids=ids,
        status=options.get("status"),
        after=_limit("created_after", options.get("created_after")),
        before=_limit("created_before", options.get("created_before")),
        max_items=options.get("max_items"),
        marker=options.get("marker") or "",
        page_size=min(options.get("page_size") or MAX_PAGE, MAX_PAGE),
        details=bool(options.get("details")),
        wait=bool(options.get("wait")),
    )


def _limit(option: str, value: t.Any) -> Limit:
    if value is None or value == "":
        return None
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()  # YAML has a date type.
    age = AGE.fullmatch(text)
    iso = ISO_8601.fullmatch(text)
    try:
        if age:
            return _age(int(age[1]), UNITS[age[2]])
        if iso:
            return _instant(iso)
    except (ValueError, OverflowError):
        pass
    raise BadOptionError(
        f"{option} is {text!r}, but must be a time such as 2026-11-21, 2026-11-21T03:59:01Z or "
        "2026-11-21T04:59:01+01:00, or an age such as 90s, 15m, 2h, 7d or 4w."
    )


def _age(number: int, unit: str) -> timedelta:
    age = timedelta(**{unit: number})
    dummy = EPOCH - age  # Raises OverflowError for an age that cannot be subtracted from the current time.
    return age


def _instant(iso: t.Match[str]) -> datetime:
    zone = (iso["zone"] or "Z").upper()
    zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
    fraction = (iso["fraction"] or "")[:6].ljust(6, "0")
    whole = f"{iso['date']}T{iso['time'] or '00:00'}{iso['second'] or ':00'}.{fraction}{zone}"
    return datetime.fromisoformat(whole).astimezone(timezone.utc)
