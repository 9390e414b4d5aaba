# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from datetime import UTC, date, datetime, timedelta

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import BadOptionError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Filter, Selection, selection
from ansible_collections.edgeworks.cloudfront.tests.unit.support import NOW
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("4w", timedelta(weeks=4)),
        (" 2h ", timedelta(hours=2)),
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
def test_instants_and_ages(option: str, text: t.Any, instant: datetime | timedelta) -> None:
    wanted = selection({option: text})
    assert (wanted.after if option == "created_after" else wanted.before) == instant


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2h30m", "-2h", "h", "2 h", "12", "2026-13-01", "2026-11-31", "21.11.2026", "9999999999w", "200000w"],
)
@pytest.mark.parametrize("option", ["created_after", "created_before"])
def test_invalid_instant_is_refused_with_the_valid_forms(option: str, text: str) -> None:
    with pytest.raises(BadOptionError, match=f"^{option} is '{text}', but must be .*2026-11-21T03:59:01Z.* 15m, 2h"):
        selection({option: text})


@pytest.mark.parametrize(
    "options",
    [
        {"max_items": 0},
        {"max_items": -1},
        {"page_size": 0},
        {"invalidation_ids": ["I1", " "]},
        {"invalidation_ids": ["I1/../x"]},
        {"invalidation_ids": [".."]},
        {"invalidation_ids": ["I1", "."]},
    ],
)
def test_invalid_values_are_refused(options: dict[str, t.Any]) -> None:
    with pytest.raises(BadOptionError, match=next(iter(options))):
        selection(options)


def test_default_selects_everything() -> None:
    assert selection({}) == Selection()


def filter_of(**options: t.Any) -> Filter:
    return selection(options).filter(lambda: NOW)


@pytest.mark.parametrize(
    ("created", "matches"),
    [
        ("2026-11-21T02:59:59.999999+00:00", False),
        ("2026-11-21T03:00:00+00:00", True),
        ("2026-11-21T03:00:00.000001+00:00", True),
        ("2026-11-21T03:29:59.999000+00:00", True),
        ("2026-11-21T03:30:00+00:00", False),
        ("2026-11-21T03:30:00.500000+00:00", False),
    ],
)
@pytest.mark.parametrize(
    "options",
    [
        {"created_after": "60m", "created_before": "30m"},
        {"created_after": "2026-11-21T03:00:00Z", "created_before": "2026-11-21T04:30:00+01:00"},
    ],
)
def test_window_is_half_open(options: dict[str, str], created: str, matches: bool) -> None:
    item = {"Id": "I1", "CreateTime": created, "Status": "Completed"}
    assert filter_of(**options).select([item]) == [item] * matches


@pytest.mark.parametrize("option", ["created_after", "created_before"])
@given(instants=st.tuples(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC))))
def test_window_compares_instants(option: str, instants: tuple[datetime, datetime]) -> None:
    limit, created = instants
    item = {"Id": "I1", "CreateTime": created.isoformat(), "Status": "Completed"}
    is_after = bool(filter_of(**{option: limit}).select([item]))
    assert is_after == (created >= limit if option == "created_after" else created < limit)


def test_status() -> None:
    items = [{"Id": "I1", "CreateTime": "x", "Status": status} for status in ("InProgress", "Completed", "Cancelled")]
    assert filter_of(status="Completed").select(items) == items[1:2]
    assert filter_of().select(items) == items


def test_start_of_the_task_matters_only_for_ages() -> None:
    def start() -> datetime:
        raise AssertionError

    wanted = selection({"created_after": "2026-11-21", "status": "InProgress"})
    assert wanted.filter(start) == Filter("InProgress", "2026-11-21T00:00:00+00:00")


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
def test_window_is_exhausted_by_a_page_that_ends_before_it_and_is_newest_first(
    ages: list[int], is_exhausted: bool
) -> None:
    page = [{"Id": "I1", "CreateTime": (NOW - timedelta(minutes=age)).isoformat()} for age in ages]
    assert filter_of(created_after="60m").is_exhausted(page) is is_exhausted
    assert filter_of().is_exhausted(page) is False


@pytest.mark.parametrize(
    ("options", "is_unlimited"),
    [
        ({}, True),
        ({"details": True, "page_size": 5}, True),
        ({"wait": False}, False),
        ({"status": "Completed"}, False),
        ({"created_after": "1h"}, False),
        ({"created_after": "0s"}, False),
        ({"created_before": "1h"}, False),
        ({"max_items": 5}, False),
        ({"marker": "I1"}, False),
    ],
)
def test_unlimited_wait(options: dict[str, t.Any], is_unlimited: bool) -> None:
    assert selection({"wait": True, **options}).is_unlimited_wait is is_unlimited
