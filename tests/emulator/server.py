# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Over HTTP/1.1 on the loopback interface: the subset that CloudFront's clients need, and its failures."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any, TypeVar

from . import control
from .cloudfront import CloudFront
from .wire import Response

T = TypeVar("T")

# With a linger time of zero, the kernel sends RST instead of FIN.
_NO_LINGER = struct.pack("ii", 1, 0)


@contextmanager
def serve(cf: CloudFront, port: int = 0) -> Iterator[str]:
    """Serve from a thread until the context exits; yields the URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulator", daemon=True)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    stack = AsyncExitStack()
    try:
        yield run(stack.enter_async_context(listen(cf, port)))
    finally:
        run(stack.aclose())
        run(_cancel_others())  # A connection may have been accepted while the server was closing.
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@asynccontextmanager
async def listen(cf: CloudFront, port: int = 0) -> AsyncIterator[str]:
    """Serve from the running loop until the context exits; yields the URL."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        connections.add(connection)
        try:
            await _converse(cf, reader, writer)
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            connections.remove(connection)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        still_open = list(connections)
        for connection in still_open:
            connection.cancel()
        await asyncio.gather(*still_open)


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
