"""What a page of the blog may load: its own script and style, pictures and players from elsewhere, nothing else."""

from __future__ import annotations

from aggregator.targets.site.body import PLAYERS

#: For pages themselves (``<meta http-equiv>``); the server adds ``frame-ancestors``, which only a header can say.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: http: data:",
        "media-src 'self' https: http:",
        f"frame-src {' '.join(PLAYERS)}",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
