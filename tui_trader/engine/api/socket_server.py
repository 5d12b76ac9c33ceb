"""The engine's unix socket: private to its user, bounded in everything."""

import asyncio
import os
import socket
import struct
from pathlib import Path

from tui_trader.engine.api.connection import LINE_BYTES_MAX, Connection
from tui_trader.engine.client.in_process import Host
from tui_trader.engine.values.errors import StoreError

CLIENTS_MAX = 32
CLOSE_S = 0.4
WAITING_BYTES_MAX = 256 * 1024
"""Bytes for one client that wait in this process before its outbox fills instead."""
_PRIVATE = 0o600
_CREDENTIALS = struct.Struct("3i")


class SocketServer:
    """Lets clients attach to a session.

    Args:
        path: Where to listen; its folder is private already, and nothing lies there.
    """

    def __init__(self, host: Host, path: Path) -> None:
        self._host = host
        self._path = path
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to listen.

        Raises:
            StoreError: the socket cannot be made.
        """
        try:
            listening = _private_socket(self._path)
        except OSError as error:
            message = f"{self._path} cannot be opened ({error.strerror}); use another --home"
            raise StoreError(message) from error
        self._server = await asyncio.start_unix_server(
            self._welcome, sock=listening, limit=LINE_BYTES_MAX
        )

    async def close(self) -> None:
        """Listen no more, and let clients read their Goodbye, but not for ever."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        if self._clients:
            await asyncio.wait(self._clients, timeout=CLOSE_S)
        for task in self._clients:
            task.cancel()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        writer.transport.set_write_buffer_limits(high=WAITING_BYTES_MAX)
        connection = Connection(reader, writer, self._host)
        try:
            if not _is_ours(writer):
                await connection.dismiss("this engine belongs to another user")
            elif len(self._clients) > CLIENTS_MAX:
                await connection.dismiss(f"{CLIENTS_MAX} clients are attached; close one first")
            else:
                await connection.serve()
        finally:
            self._clients.discard(task)
            # Not close(): what a stalled client never reads must not be kept.
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()
            else:
                writer.close()


def _private_socket(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
        path.chmod(_PRIVATE)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    listening.settimeout(0)
    return listening


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    # Where the system does not tell who is there, the folder's mode alone keeps others out.
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    peer = writer.get_extra_info("socket")
    _, user_id, _ = _CREDENTIALS.unpack(
        peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    )
    return bool(user_id == os.getuid())
