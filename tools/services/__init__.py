"""Real publishing servers on loopback, for the integration tests and for trying things by hand.

    python -m tools.services wordpress [up|down|reset] [--dir DIR] [--port PORT]

``up`` installs what is missing, starts the server and prints its address and credentials as JSON; a second ``up``
only prints them. ``reset`` empties it again, ``down`` stops it. Everything that a server owns lies under DIR.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

Site_co = TypeVar("Site_co", covariant=True)


class Server(Protocol[Site_co]):
    """A server in a folder. Where it can't be had here, ``up`` raises ``installing.UnavailableError``."""

    def up(self, port: int = 0) -> Site_co:
        """Starts it, on this port or on the one it has; tells where it is and who may come in."""
        ...

    def reset(self) -> None:
        """Empties it."""
        ...

    def down(self) -> None:
        """Stops it; harmless where it does not run."""
        ...
