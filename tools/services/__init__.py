"""Real publishing servers on loopback, for the integration tests and for trying things by hand.

    python -m tools.services wordpress [up|down|reset] [--dir DIR] [--port PORT]

``up`` installs what is missing, starts the server and prints its address and credentials as JSON; a second ``up``
only prints them. ``reset`` empties it again, ``down`` stops it. Everything that a server owns lies under DIR.
"""
