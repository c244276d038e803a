"""Players of other sites that may stand in a post: videos of a few known hosts, in their least curious form."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import lxml.html

from aggregator import urls

_YOUTUBE = re.compile(r"^(?:www\.|m\.)?youtube(?:-nocookie)?\.com$")
_YOUTUBE_PATH = re.compile(r"^/(?:embed|v|e|shorts|live)/([A-Za-z0-9_-]{6,20})/?$")
_VIMEO_PATH = re.compile(r"^(?:/video)?/(\d{4,15})(?:/([0-9a-f]{6,20}))?/?$")
_DAILYMOTION_PATH = re.compile(r"^(?:/embed)?/video/([a-z0-9]{5,12})/?$")
_PEERTUBE_PATH = re.compile(
    r"^/videos/embed/(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[1-9A-HJ-NP-Za-km-z]{20,24})$"
)
_LAZY = ("src", "data-src", "data-lazy-src", "data-original", "data-litespeed-src", "data-url")
_SECONDS = re.compile(r"\d{1,6}")


def player(url: str) -> str | None:
    """The address of a video's player in its embeddable, cookie-poor form; None if the host isn't known.

    Known are YouTube, Vimeo, Dailymotion and every PeerTube server (by the form of its embed addresses).
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    query = dict(parse_qsl(parts.query[:1000]))
    if _YOUTUBE.match(host) or host == "youtu.be":
        return _youtube(host, parts.path, query)
    if host in {"player.vimeo.com", "vimeo.com", "www.vimeo.com"}:
        match = _VIMEO_PATH.match(parts.path)
        if match is None:
            return None
        token = match.group(2) or query.get("h", "")
        tail = f"?h={token}" if re.fullmatch(r"[0-9a-f]{6,20}", token) else ""
        return f"https://player.vimeo.com/video/{match.group(1)}{tail}"
    if host in {"www.dailymotion.com", "dailymotion.com", "geo.dailymotion.com"}:
        match = _DAILYMOTION_PATH.match(parts.path)
        video = match.group(1) if match else query.get("video", "") if host.startswith("geo.") else ""
        return f"https://www.dailymotion.com/embed/video/{video}" if re.fullmatch(r"[a-z0-9]{5,12}", video) else None
    if parts.scheme == "https" and _PEERTUBE_PATH.match(parts.path):
        return f"https://{parts.netloc}{parts.path}{_start(query)}"
    return None


def settle(frame: lxml.html.HtmlElement, base_url: str | None) -> str | None:
    """Gives a frame the address of the player that it shows; None (and no change) if it shows no known one."""
    for name in _LAZY:
        address = urls.resolve(base_url, frame.get(name))
        known = player(address) if address else None
        if known:
            frame.set("src", known)
            frame.text = None
            for child in list(frame):
                frame.remove(child)
            return known
    return None


def _youtube(host: str, path: str, query: dict[str, str]) -> str | None:
    match = _YOUTUBE_PATH.match(path)
    video = match.group(1) if match else query.get("v", "") if path == "/watch" else ""
    if host == "youtu.be":
        video = path.strip("/")
    if video == "videoseries":
        series = query.get("list", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{10,60}", series):
            return None
        return f"https://www.youtube-nocookie.com/embed/videoseries?list={series}"
    if not re.fullmatch(r"[A-Za-z0-9_-]{6,20}", video):
        return None
    return f"https://www.youtube-nocookie.com/embed/{video}{_start(query)}"


def _start(query: dict[str, str]) -> str:
    start = query.get("start", "")
    return "?" + urlencode({"start": start}) if _SECONDS.fullmatch(start) else ""
