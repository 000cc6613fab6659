"""kafka-python closes what it opened: 3.0.12 leaves some of its sockets to the garbage collector.

Those are the socket of a connection that was refused or given up, and that of a request which was still to be sent when its
client was closed. The tests take such a socket for a client that somebody forgot to close. They still find one of those: the
socket of a client that is not closed is left alone.
"""

import socket
from typing import Any

from kafka.net import KafkaNetSocket


class ClientSocket(socket.socket):
    """A socket that is closed with its client.

    Attributes:
        net: The client's loop, None before the socket is being connected.
    """

    net: Any = None

    def __del__(self) -> None:
        """Be closed if the client is; otherwise tell that nobody closed it."""
        if self.net is not None and self.net._closed:
            self.close()
        else:
            super().__del__()


def close_them() -> None:
    """From now on, in this process."""
    connect = KafkaNetSocket.sock_connect

    async def sock_connect(self: Any, net: Any, sock: Any, address: Any, timeout_at: float | None = None) -> Any:
        sock.net = net
        try:
            return await connect(self, net, sock, address, timeout_at=timeout_at)
        except BaseException:
            sock.close()
            raise

    KafkaNetSocket.sock_connect = sock_connect
    KafkaNetSocket.socket = lambda _self, *kind: ClientSocket(*kind)
