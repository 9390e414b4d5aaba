# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the emulator over HTTP/1.1 on the loopback interface.

It implements the subset of HTTP that CloudFront's clients need, and connection failures.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeVar

from . import control
from .cloudfront import CloudFront
from .wire import Response

T = TypeVar("T")

# With a linger time of zero, the kernel sends RST instead of FIN.
_NO_LINGER = struct.pack("ii", 1, 0)


@contextmanager
def serve(cf: CloudFront) -> Iterator[str]:
    """Serve from a thread until the context exits, and yield the URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulator", daemon=True)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    server = run(listen(cf))
    try:
        yield url_of(server)
    finally:
        run(_end(server))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def listen(cf: CloudFront) -> asyncio.Server:
    """Serve from the running loop, on a free port of 127.0.0.1. Connections are tasks of the loop."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(cf, reader, writer)
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(connected, "127.0.0.1", 0)


def url_of(server: asyncio.Server) -> str:
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _end(server: asyncio.Server) -> None:
    server.close()
    # A connection may still be accepted while the others end.
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _converse(cf: CloudFront, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Handle the requests of one keep-alive connection until either side closes it."""
    while not writer.is_closing():
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *lines = head.rstrip().split("\r\n")
        method, url, dummy = request_line.split(" ")
        path, dummy, query = url.partition("?")
        headers = {name.lower(): value for name, dummy, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if path.startswith(control.ROOT):
            _send(writer, control.handle(cf, method, path, body))
        else:
            with cf.in_flight():
                response = cf.handle(method, path, query, body)
                if response.delay:
                    await asyncio.sleep(response.delay)
                _send(writer, response)


def _send(writer: asyncio.StreamWriter, response: Response) -> None:
    if response.reset:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        writer.transport.abort()
        return
    head = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    head += f"Content-Length: {len(response.body)}\r\n\r\n"
    writer.write(head.encode("latin-1") + response.body[: response.cut])
    if response.cut is not None:
        writer.close()
