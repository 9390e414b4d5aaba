# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve an emulated CloudFront to other processes until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from .cloudfront import CloudFront
from .server import listen


async def _run(cf: CloudFront, port: int, port_file: Path | None) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with listen(cf, port) as url:
        if port_file:
            # A process that waits for the file must never read it half written.
            partial = port_file.with_name(f"{port_file.name}.{os.getpid()}")
            partial.write_text(url.rpartition(":")[2])
            partial.replace(port_file)
        print(url, flush=True)
        await stop.wait()
    if port_file:
        port_file.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--world",
        type=Path,
        metavar="FILE.json",
        help="the world to load; the package's docstring describes the format",
    )
    parser.add_argument(
        "--port-file", type=Path, metavar="FILE", help="a file to write the port to when the server is ready"
    )
    arguments = parser.parse_args()
    cf = CloudFront()
    if arguments.world:
        cf.load(json.loads(arguments.world.read_text()))
    asyncio.run(_run(cf, arguments.port, arguments.port_file))


if __name__ == "__main__":
    main()
