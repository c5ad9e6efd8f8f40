"""Whether a line leads to this machine or into a private network: nobody in between reads what is said in clear."""

from __future__ import annotations

import socket
from ipaddress import ip_address


def is_near(line: socket.socket) -> bool:
    return ip_address(line.getpeername()[0].partition("%")[0]).is_private
