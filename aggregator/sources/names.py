"""One name per element, whatever namespace address and whatever prefix a document uses for it.

``{http://search.yahoo.com/mrss}thumbnail`` and ``{http://search.yahoo.com/mrss/}Thumbnail`` are both
``media:thumbnail``; elements of the feed's own vocabulary have no prefix in RSS and ``atom:`` in Atom.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

XML: Final = "{http://www.w3.org/XML/1998/namespace}"
RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

#: Vocabularies by address, in lower case and without ``http://``, ``https://`` and a slash or ``#`` at the end.
_VOCABULARIES: Final = {
    "purl.org/rss/1.0": "",
    "purl.org/net/rss1.1": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "backend.userland.com/rss091": "",
    "backend.userland.com/rss092": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "cyber.law.harvard.edu/rss/rss.html": "",
    "purl.org/rss/1.0/modules/rss091": "",
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/metadata/dublin_core": "dc",
    "dublincore.org/documents/dcmi-namespace": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "purl.org/rss/modules/syndication": "sy",
    "purl.org/rss/1.0/modules/slash": "slash",
    "wellformedweb.org/commentapi": "wfw",
    "purl.org/syndication/thread/1.0": "thr",
    "purl.org/syndication/history/1.0": "fh",
    "purl.org/atompub/tombstones/1.0": "at",
    "search.yahoo.com/mrss": "media",
    "video.search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "www.google.com/schemas/play-podcasts/1.0": "googleplay",
    "podlove.org/simple-chapters": "psc",
    "www.georss.org/georss": "georss",
    "www.opengis.net/gml": "gml",
    "www.w3.org/2003/01/geo/wgs84_pos": "geo",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "creativecommons.org/ns": "cc",
    "web.resource.org/cc": "cc",
    "backend.userland.com/creativecommonsrssmodule": "creativeCommons",
    "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativeCommons",
    "webns.net/mvcb": "admin",
    "xmlns.com/foaf/0.1": "foaf",
    "source.scripting.com": "source",
    "www.youtube.com/xml/schemas/2015": "yt",
    "gdata.youtube.com/schemas/2007": "yt",
    "a9.com/-/spec/opensearch/1.1": "opensearch",
    "a9.com/-/spec/opensearchrss/1.0": "opensearch",
    "schemas.google.com/g/2005": "gd",
    "webfeeds.org/rss/1.0": "webfeeds",
    "purl.org/rss/1.0/modules/taxonomy": "taxo",
    "purl.org/rss/1.0/modules/event": "ev",
    "purl.org/rss/1.0/modules/prism": "prism",
    "prismstandard.org/namespaces/basic/2.0": "prism",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "www.w3.org/1999/xhtml": "xhtml",
    "www.w3.org/1999/xlink": "xlink",
    "com-wordpress:feed-additions:1": "wp",
}
_LONGEST: Final = 200  #: characters of an address that are looked at
#: What an undeclared prefix most probably means, for documents that forgot to say.
ADDRESSES: Final = {
    "rss": "http://purl.org/rss/1.0/",
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "georss": "http://www.georss.org/georss",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


class Names(dict[str, str]):
    """The names of a document's tags, each worked out once.

    ``own`` is the address of the root's namespace, ``vocabulary`` what its elements belong to ("" or "atom"),
    so that a document with an address of its own invention is read all the same.
    """

    def __init__(self, own: str, vocabulary: str) -> None:
        self._own = own
        self._vocabulary = vocabulary

    def __missing__(self, tag: str) -> str:
        address, _, local = tag.rpartition("}")
        address = address[1:]
        prefix = self._vocabulary if address in ("", self._own) else vocabulary(address[:_LONGEST])
        name = local.lower() if prefix == "" else f"{prefix}:{local.lower()}"
        self[tag] = name
        return name


def local(tag: object) -> str:
    """A tag's or an attribute's name by itself, also where a damaged document kept its prefix."""
    return str(tag).rpartition("}")[2].rpartition(":")[2]


@lru_cache(maxsize=1024)
def vocabulary(address: str) -> str:
    """The usual prefix of a namespace; "?" for one that we don't know, "" for RSS itself."""
    key = address.strip().lower().removeprefix("http://").removeprefix("https://").rstrip("/#")
    return _VOCABULARIES.get(key, "?")
