"""Whose story it is: which of two that tell it in nearly the same words is the original.

What a page or a text says of itself proves nothing: anyone can call himself the original, or by another's name. What
counts is what it says against itself: that the words are another's. Such a word gives credit away and takes none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aggregator import urls
from aggregator.policy.identity import fold
from aggregator.types import Decision, Lead

#: How agencies (and some whose texts many reprint) are named in datelines and credit lines, and where each is at home.
AGENCIES = {
    "Reuters|Thomson Reuters|Рейтер|رويترز|路透社|路透|ロイター|रॉयटर्स|रायटर": "reuters.com",
    "AP|Associated Press|The Associated Press|АП|أ ب|أسوشيتد برس|美联社|美聯社|एपी": "ap.org apnews.com",
    "AFP|Agence France-Presse|АФП|أ ف ب|فرانس برس|وكالة فرانس برس|法新社|एएफपी": "afp.com",
    "dpa|Deutsche Presse-Agentur|د ب أ|德新社": "dpa.com",
    "epd|Evangelischer Pressedienst": "epd.de",
    "KNA|Katholische Nachrichten-Agentur": "kna.de",
    "APA|Austria Presse Agentur": "apa.at",
    "sda|ats|Keystone-SDA|Keystone-ATS": "keystone-sda.ch",
    "EFE|Agencia EFE|إفي|埃菲社": "efe.com",
    "Europa Press": "europapress.es",
    "ANSA|安莎社": "ansa.it",
    "Adnkronos": "adnkronos.com",
    "askanews": "askanews.it",
    "Lusa|Agência Lusa": "lusa.pt",
    "Agência Brasil": "agenciabrasil.ebc.com.br",
    "ANP": "anp.nl",
    "Belga": "belga.be",
    "Ritzau": "ritzau.dk",
    "TT": "tt.se",
    "PAP|Polska Agencja Prasowa": "pap.pl",
    "TASS|ТАСС|تاس|塔斯社|तास": "tass.ru tass.com",
    "RIA Novosti|РИА Новости|俄新社": "ria.ru",
    "Interfax|Интерфакс": "interfax.ru",
    "Ukrinform|Укринформ|Укрінформ": "ukrinform.ua",
    "Xinhua|新华社|新華社|新华网|شينخوا|Синьхуа": "xinhuanet.com news.cn",
    "中新社|中新网|中国新闻网": "chinanews.com.cn",
    "Kyodo|Kyodo News|共同|共同通信|共同社": "kyodonews.jp",
    "Jiji|Jiji Press|時事|時事通信|时事社": "jiji.com",
    "Yonhap|연합뉴스|韩联社": "yna.co.kr",
    "PTI|Press Trust of India|पीटीआई|भाषा|पीटीआई-भाषा": "ptinews.com",
    "ANI|एएनआई": "aninews.in",
    "IANS|आईएएनएस": "ians.in",
    "AA|Anadolu|Anadolu Agency|Anadolu Ajansı|الأناضول": "aa.com.tr",
    "WAM|وام": "wam.ae",
    "SPA|واس": "spa.gov.sa",
    "Petra|بترا": "petra.gov.jo",
    "MENA|أ ش أ": "mena.org.eg",
    "The Canadian Press|La Presse Canadienne": "thecanadianpress.com",
    "AAP|Australian Associated Press": "aap.com.au",
    "PA|PA Media|Press Association": "pa.media",
    "UPI|United Press International": "upi.com",
    "Bloomberg|Bloomberg News|彭博社|ブルームバーグ": "bloomberg.com",
    "The Conversation": "theconversation.com",
    "ProPublica": "propublica.org",
}


class Credited(StrEnum):
    """Who is credited for a story that is told once more."""

    FIRST = "first"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One telling of a story, as far as it tells whose the story is."""

    feed: str
    name: str  #: of the publisher, as the operator configured it; empty: not configured, and a feed's own word is none
    url: str  #: its own link
    canonical: str  #: the address that its page names as its own, on its own site; else its link
    at_home: bool  #: it stands on the site of its feed
    comes_from: tuple[str, ...]  #: addresses and names of others that it says its words are from
    preferred: bool  #: the operator prefers this feed's telling


def credited(first: Source, later: Source, lead: Lead) -> Decision[Credited]:
    """Decides who is credited; ``lead`` is the setting of the feed that comes later."""
    if lead is Lead.FIRST:
        return Decision(Credited.FIRST, "who came first is credited (lead = first)")
    if first.preferred or later.preferred:
        if first.preferred:
            return Decision(Credited.FIRST, f"feed {first.feed} is preferred")
        return Decision(Credited.LATER, f"feed {later.feed} is preferred (lead = preferred)")
    if claim := _naming(later.comes_from, first):
        return Decision(Credited.FIRST, f"it says itself that it comes from {claim}")
    if not later.at_home:
        return Decision(Credited.FIRST, "who came first is credited")
    if urls.compare_key(later.url) == urls.compare_key(first.canonical) != urls.compare_key(first.url):
        return Decision(Credited.LATER, "it stands at the address that the page of the first names as its own")
    if claim := _naming(first.comes_from, later):
        return Decision(Credited.LATER, f"the first says itself that it comes from {claim}")
    return Decision(Credited.FIRST, "who came first is credited")


def agency(name: str) -> bool:
    """Whether a name is that of a news agency."""
    return fold(name) in _HOMES


def is_of(claim: str, source: Source) -> bool:
    """Whether an address or a name that is said to be the original's is that of this source.

    A name is believed to be its bearer's where the operator calls the feed so, or where it is that of the site.
    """
    if claim.startswith(("http://", "https://")):
        return urls.same_site(claim, source.url)
    name = fold(claim)
    if not name:
        return False
    if name.removeprefix("the ") == fold(source.name).removeprefix("the "):
        return True
    site = urls.domain(source.url)
    return site in _HOMES[name] if name in _HOMES else _bare(name) == _bare(site.partition(".")[0])


def _naming(claims: Iterable[str], source: Source) -> str:
    return next((claim for claim in claims if is_of(claim, source)), "")


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name))


#: The sites of each agency by each of its names.
_HOMES = {
    fold(name): frozenset(urls.domain(f"https://{site}/") for site in sites.split())
    for names, sites in AGENCIES.items()
    for name in names.split("|")
}
