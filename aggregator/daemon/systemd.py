"""What systemd wants to hear: READY, RELOADING, STOPPING and the watchdog's heartbeat (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time


def notify(*lines: str) -> None:
    """Sends a state to the service manager; does nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        try:
            manager.connect(address)
            manager.sendall("\n".join(lines).encode())
        except OSError:
            return  # a manager that does not listen is no reason to stop publishing


def reloading() -> None:
    """Tells that a reload has begun; ``notify("READY=1")`` ends it."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_interval() -> float | None:
    """Seconds between heartbeats: half of what the manager allows; None where it does not watch us."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", "")
    if not usec.isdigit() or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 2_000_000
