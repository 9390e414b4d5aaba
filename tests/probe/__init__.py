# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test undocumented behaviour of CloudFront, with a few requests and at most two invalidations per target.

`./dev probe --help` shows the options. The report is Markdown for an issue, without credentials and account IDs.
"""
