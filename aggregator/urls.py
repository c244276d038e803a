"""Pure URL work: one spelling per address. Never touches the network."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from functools import cache, lru_cache
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit, urlunsplit

from anyascii import anyascii
from publicsuffixlist import PublicSuffixList

MAX_LENGTH = 4000
DEFAULT_PORTS = {"http": 80, "https": 443}

#: Query parameters that only tell where a reader came from.
TRACKING = frozenset(
    """fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid li_fat_id igshid igsh yclid ysclid _openstat
    mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id rb_clickid s_cid wickedid __hssc __hstc __hsfp
    _hsenc hsctatracking hsa_acc hsa_ad hsa_cam hsa_grp hsa_kw hsa_mt hsa_net hsa_src hsa_tgt hsa_ver ncid cmpid
    at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 at_link_id at_link_type at_link_origin
    at_bbc_team at_format at_ptr_name at_campaign_type ns_mchannel ns_source ns_campaign ns_linkname ns_fee
    spm scm gi_link ftag guccounter guce_referrer guce_referrer_sig soc_src soc_trk cid_source xtor
    wt_mc wt.mc_id itm_source itm_medium itm_campaign feature_source ref_src ref_url rss_feed""".split()
)
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "_ga", "utm-", "wt_zmc")
#: Redirectors that say in a parameter where they lead: host (with all below it) and path, as regular expressions.
REDIRECTORS = re.compile(
    r"""(?:(?:www|news)\.)?google\.[a-z.]{2,6}/url|(?:www\.)?bing\.com/(?:news/apiclick\.aspx|ck/a)
    |(?:[a-z]+\.)?(?:facebook\.com/l\.php|instagram\.com/)|out\.reddit\.com/.*|t\.umblr\.com/redirect
    |(?:www\.)?(?:youtube\.com/redirect|linkedin\.com/(?:redir/redirect|safety/go)|vk\.com/away\.php)
    |slack-redir\.net/link|steamcommunity\.com/linkfilter/|(?:[a-z0-9]+\.)?safelinks\.protection\.outlook\.com/.*
    |go\.skimresources\.com/|redirect\.viglink\.com/|click\.linksynergy\.com/.*
    |.+/(?:redirect|redir|out|outbound|away|exit|click|clk|l|r|go|link|jump)(?:\.php|\.aspx?|\.cgi)?/?""",
    re.VERBOSE | re.IGNORECASE,
)
LEADS = ("url", "u", "q", "z", "to", "target", "dest", "destination", "redirect", "redirect_url", "murl")
MAX_WRAPPINGS = 3
SECRETS = re.compile(r"(?i)(token|secret|key|pass|pwd|auth|sig|session|credential)")

#: Parameters that ask for another form of the same page.
_OTHER_FORMS = frozenset(
    [(name, value) for name in ("amp", "print", "printable") for value in ("", "1", "true", "yes")]
    + [(name, value) for name in ("outputtype", "output", "view", "mode") for value in ("amp", "print")]
    + [("m", "1"), ("m", "0")]
)
_AMP_CACHE = re.compile(
    r"(?i)(?:(?:www\.)?google\.[a-z.]{2,6}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[cv])/(s/)?([^/]+\..+)"
)
_ABSOLUTE = re.compile(r"(?i)^[a-z][a-z0-9+.-]*:")
_PLAIN = re.compile(r"https?://[A-Za-z0-9._-]+(?::\d{1,4})?(?:[/?#]\S*)?")
_JUNK = re.compile(r"[\x00-\x20\x7f]+")


def normalize(url: str) -> str:
    """One spelling of an absolute http(s) address; idempotent (RFC 3986, 6.2.2 and 6.2.3).

    Lower-case scheme and host, IDNA host, no default port, no fragment, no user info, dot segments
    removed, percent-encoding of unreserved characters undone and of unsafe ones done. The query's
    order is kept. Raises ValueError for anything that is no http(s) address.
    """
    parts = urlsplit(_JUNK.sub("", url))
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http(s) address: {url[:200]!r}")
    netloc = _ascii_host(parts.hostname)
    if parts.port is not None and parts.port != DEFAULT_PORTS[scheme]:
        netloc = f"{netloc}:{parts.port}"
    path = _remove_dots(_requote(parts.path, "/:@!$&'()*+,;=~-._")) or "/"
    query = _requote(parts.query, "/:@!$&'()*+,;=~-._?[]")
    return urlunsplit((scheme, netloc, path, query, ""))


def resolve(base: str | None, url: str | None) -> str | None:
    """An absolute http(s) address, or None where there is none to be had.

    User info is dropped, fragments are kept, white space at the ends and line breaks within are removed
    (as browsers do). None for other schemes, for more than 4,000 characters and for what can't be read.
    """
    if not url:
        return None
    if _PLAIN.fullmatch(url):  # nothing to mend: the spelling stays its publisher's
        return url if len(url) <= MAX_LENGTH else None
    cleaned = re.sub(r"[\t\r\n]", "", url.strip().strip("\x00"))
    if _ABSOLUTE.match(cleaned) is None or cleaned.startswith("//"):
        if not base:
            return None
        try:
            cleaned = urljoin(base, cleaned)
        except ValueError:
            return None
    try:
        parts = urlsplit(cleaned)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname:
        return None
    if re.search(r"[\s<>\"'\\^`{|}]", parts.hostname):
        return None
    netloc = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is not None:
        netloc = f"{netloc}:{port}"
    path, query, fragment = (re.sub(r"\s", "%20", part) for part in (parts.path, parts.query, parts.fragment))
    result = urlunsplit((parts.scheme.lower(), netloc, path, query, fragment))
    return result if len(result) <= MAX_LENGTH else None


def strip_tracking(url: str) -> str:
    """The address without parameters that only tell where a reader came from; order and spelling kept."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    site = domain(url)
    kept = [pair for pair in parts.query.split("&") if not _is_tracking(pair, site)]
    fragment = "" if parts.fragment.startswith(("utm_", "xtor=", "at_medium")) else parts.fragment
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), fragment))


def unwrap(url: str) -> str:
    """Where a redirector or an AMP cache leads, as far as the address itself tells it; else the address as it is.

    Google (Alerts among them), Bing, Yahoo, Facebook and kin name the page in a parameter or in their path.
    """
    for _ in range(MAX_WRAPPINGS):
        inner = _wrapped(url)
        if inner is None:
            break
        url = inner
    return url


def compare_key(url: str) -> str:
    """A form of the address for comparison only, never for fetching.

    Two addresses with one key are taken for one page: redirectors, scheme, ``www.``/``m.``/``amp.``, tracking
    parameters, AMP and print forms, trailing slash, index files, fragment and the query's order don't count.
    Falls back to the address itself where it can't be read.
    """
    try:
        parts = urlsplit(normalize(strip_tracking(unwrap(url))))
    except ValueError:
        return url
    netloc = re.sub(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)", "", parts.netloc)
    netloc = re.sub(r"^([a-z]{2,3})\.m\.(?=[^.]+\.)", r"\1.", netloc)  # en.m.wikipedia.org
    path = re.sub(r"(?i)/(?:index\.(?:html?|php))$", "/", parts.path)
    path = re.sub(r"(?i)(?:/amp(?:/|\.html)?|\.amp)$", "", path)
    path = re.sub(r"(?i)(?<=[^/])/print(?:/|\.html?)?$", "", path)
    path = re.sub(r"^/amp/", "/", path)
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if (name.lower(), value.lower()) not in _OTHER_FORMS
    )
    tail = "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
    return f"{netloc}{path.rstrip('/')}{tail}"


def host(url: str) -> str:
    """The host of an address, lower case, without port; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def domain(url: str) -> str:
    """What counts as one server for politeness: the registrable domain (Public Suffix List).

    A host without one (an IP address, ``localhost``) stands for itself, together with its port.
    """
    name = host(url)
    registrable = _registrable(name)
    if registrable:
        return registrable
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return f"{name}:{port}" if port else name


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one registrable domain."""
    return domain(a) == domain(b) != ""


def redact(url: str) -> str:
    """The address without user info and without the values of secret-looking parameters: fit for logs and pages."""
    try:
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(unreadable address)"
    query = "&".join(
        f"{name}=***" if value and SECRETS.search(name) else pair
        for pair in parts.query.split("&")
        for name, _, value in [pair.partition("=")]
    )
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def slug(text: str, limit: int = 80) -> str:
    """A readable URL end: [a-z0-9-] only, at most ``limit`` characters, cut at a word, never empty."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’`]", "", anyascii(text[:1000])).lower())
    result = ""
    for word in words:
        longer = f"{result}-{word}" if result else word
        if len(longer) > limit:
            break
        result = longer
    return result or (words[0][:limit] if words else "post")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=20_000)
def _registrable(name: str) -> str:
    if not name or "." not in name:
        return ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return str(_suffixes().privatesuffix(name) or "")
    return ""


def _ascii_host(name: str) -> str:
    name = name.rstrip(".").lower()
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(name)


def _requote(part: str, safe: str) -> str:
    def fix(match: re.Match[str]) -> str:
        text = match.group(0)
        if text.startswith("%") and len(text) == 3:
            char = unquote(text, errors="surrogateescape")
            return char if re.fullmatch(r"[A-Za-z0-9._~-]", char) else text.upper()
        return quote(text, safe=safe)

    return re.sub(r"%[0-9A-Fa-f]{2}|[^%]+|%", lambda m: "%25" if m.group(0) == "%" else fix(m), part)


def _remove_dots(path: str) -> str:
    out: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "..":
            if len(out) > 1:
                out.pop()
            if last:
                out.append("")
        elif segment == ".":
            if last:
                out.append("")
        else:
            out.append(segment)
    return "/".join(out)


def _wrapped(url: str) -> str | None:
    """The address that another one, taken for a redirector, leads to; None where it is none."""
    if not url.startswith(("http://", "https://")) or len(url) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    place = f"{parts.netloc}{parts.path}"
    if parts.netloc.endswith(".yahoo.com"):
        # r.search.yahoo.com/…/RU=ADDRESS/RK=…, and …/*ADDRESS of old
        found = re.search(r"/RU=(https?%3a[^/]+)/|/\*(https?(?::|%3a)//?.+)$", url, re.IGNORECASE)
        inner = unquote(found[1]) if found and found[1] else found[2].replace("%3A", ":") if found else ""
    elif cached := _AMP_CACHE.fullmatch(place):
        inner = f"{'https' if cached[1] else 'http'}://{cached[2]}" + (f"?{parts.query}" if parts.query else "")
    elif parts.query and REDIRECTORS.fullmatch(place):
        said = {name.lower(): value for name, value in reversed(parse_qsl(parts.query))}
        inner = next((_plain(said[name]) for name in LEADS if _plain(said.get(name, ""))), "")
    else:
        inner = ""
    return resolve(None, inner) if "." in host(inner) else None


def _plain(value: str) -> str:
    """The address in a redirector's parameter; empty where it is none. Bing writes ``a1`` and base64."""
    if value.startswith("a1aHR0c"):
        try:
            value = base64.urlsafe_b64decode(f"{value[2:]}{'=' * (-len(value[2:]) % 4)}").decode()
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return value if value.lower().startswith(("http://", "https://")) else ""


def _is_tracking(pair: str, site: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    # "ref" and "source" mean something on some sites; only the well-known values are noise.
    return name in {"ref", "source"} and (
        value.lower() in {"rss", "feed", "atom", "rss_feed"} or (value != "" and value == site)
    )
