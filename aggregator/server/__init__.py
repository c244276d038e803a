"""What a browser may see: the embedded blog's files, with the headers that keep a reader safe, and ``/healthz``."""

from aggregator.server.serving import serve
from aggregator.server.static import app

__all__ = ["app", "serve"]
