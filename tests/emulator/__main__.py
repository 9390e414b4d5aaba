# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve an emulated CloudFront on a free port of 127.0.0.1 until SIGTERM or SIGINT, and print its URL."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path

from .cloudfront import CloudFront
from .server import listen, url_of


async def _run(cf: CloudFront) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    server = await listen(cf)
    print(url_of(server), flush=True)
    await stop.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument(
        "--world",
        type=Path,
        metavar="FILE.json",
        help="the world to load; the package's docstring describes the format",
    )
    arguments = parser.parse_args()
    cf = CloudFront()
    if arguments.world:
        cf.load(json.loads(arguments.world.read_text()))
    asyncio.run(_run(cf))


if __name__ == "__main__":
    main()
