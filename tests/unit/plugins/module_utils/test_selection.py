# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from datetime import UTC, date, datetime, timedelta

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import BadOptionError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection, selection
from ansible_collections.edgeworks.cloudfront.tests.unit.support import NOW


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("15m", NOW - timedelta(minutes=15)),
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        ("4w", NOW - timedelta(weeks=4)),
        (" 2h ", NOW - timedelta(hours=2)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        (date(2026, 11, 21), datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T03:59", datetime(2026, 11, 21, 3, 59, tzinfo=UTC)),
        ("2026-11-21 03:59:01", datetime(2026, 11, 21, 3, 59, 1, tzinfo=UTC)),
        ("2026-11-21T03:59:01Z", datetime(2026, 11, 21, 3, 59, 1, tzinfo=UTC)),
        ("2026-11-21t03:59:01z", datetime(2026, 11, 21, 3, 59, 1, tzinfo=UTC)),
        ("2026-11-21T04:59:01+01:00", datetime(2026, 11, 21, 3, 59, 1, tzinfo=UTC)),
        ("2026-11-21T04:59:01+0100", datetime(2026, 11, 21, 3, 59, 1, tzinfo=UTC)),
        ("2026-11-20T22:59:01-05", datetime(2026, 11, 21, 3, 59, 1, tzinfo=UTC)),
        ("2026-11-21T03:59:01.413Z", datetime(2026, 11, 21, 3, 59, 1, 413_000, tzinfo=UTC)),
        ("2026-11-21T03:59:01.413987Z", datetime(2026, 11, 21, 3, 59, 1, 413_987, tzinfo=UTC)),
        ("2026-11-21T03:59:01.413000123+00:00", datetime(2026, 11, 21, 3, 59, 1, 413_000, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("option", ["created_after", "created_before"])
def test_instants_and_ages(option: str, text: t.Any, instant: datetime) -> None:
    wanted = selection({option: text}, NOW)
    assert (wanted.after if option == "created_after" else wanted.before) == instant


@pytest.mark.parametrize(
    "text", ["yesterday", "2h30m", "-2h", "h", "2 h", "12", "2026-13-01", "2026-11-31", "21.11.2026", "9999999999w"]
)
@pytest.mark.parametrize("option", ["created_after", "created_before"])
def test_other_instants_are_refused_with_the_forms_that_are_not(option: str, text: str) -> None:
    with pytest.raises(BadOptionError, match=f"^{option} is '{text}', and must be .*2026-11-21T03:59:01Z.* 15m, 2h"):
        selection({option: text}, NOW)


@pytest.mark.parametrize(
    "options",
    [
        {"max_items": 0},
        {"max_items": -1},
        {"page_size": 0},
        {"invalidation_ids": ["I1", " "]},
        {"invalidation_ids": ["I1/../x"]},
    ],
)
def test_values_of_no_meaning_are_refused(options: dict[str, t.Any]) -> None:
    with pytest.raises(BadOptionError, match=next(iter(options))):
        selection(options, NOW)


def test_nothing_said_selects_all() -> None:
    assert selection({}, NOW) == Selection()


@pytest.mark.parametrize(
    ("created", "matches"),
    [
        ("2026-11-21T03:00:00+00:00", True),
        ("2026-11-21T03:29:59.999000+00:00", True),
        ("2026-11-21T03:30:00+00:00", False),
    ],
)
def test_window_is_half_open(created: str, matches: bool) -> None:
    wanted = selection({"created_after": "60m", "created_before": "30m"}, NOW)
    assert wanted.matches({"Id": "I1", "CreateTime": created, "Status": "Completed"}) is matches


@pytest.mark.parametrize(
    ("ages", "is_exhausted"),
    [
        ([], False),
        ([10, 20, 60], False),
        ([61], True),
        ([61, 61], True),
        ([10, 20, 61], True),
        ([10, 80, 61], True),
        ([10, 70, 20], False),
        ([80, 61], False),
        ([70, 80, 61], False),
    ],
)
def test_window_is_settled_by_a_page_that_ends_before_it_and_began_later(ages: list[int], is_exhausted: bool) -> None:
    page = [{"Id": "I1", "CreateTime": (NOW - timedelta(minutes=age)).isoformat()} for age in ages]
    assert selection({"created_after": "60m"}, NOW).is_exhausted(page) is is_exhausted
    assert selection({}, NOW).is_exhausted(page) is False
