"""Recognises pages that stand in front of an article, or in place of one: logins, checks, consent, "not found"."""

from __future__ import annotations

import re

_WALLS = (
    (
        "a check for robots",
        r"just a moment|attention required|access (?:to this page has been )?denied|are you a (?:robot|human)|verify(?:ing)? (?:that )?you are"
        r"|checking your browser|security check|captcha|pardon our interruption|request blocked|bot verification|unusual traffic"
        r"|enable javascript and cookies to continue|please (?:enable|turn on) (?:javascript|cookies)|ddos protection|you have been blocked"
        r"|one more step|human verification|sicherheitsüberprüfung|vérification de sécurité",
    ),
    (
        "a question of consent",
        r"before you continue(?: to)?|your privacy choices|we value your privacy|cookie consent|consent required|bevor sie (?:fortfahren|zu \w+ weitergehen)"
        r"|avant d.accéder|antes de continuar|privacy gate|wir (?:schätzen|respektieren) ihre privatsphäre|mit werbung (?:weiterlesen|lesen)",
    ),
    (
        "a login",
        r"(?:log|sign) ?in(?: to (?:continue|your account|read).{0,40})?$|(?:log|sign) in (?:or|\||-) |login required|anmelden|einloggen|se connecter"
        r"|iniciar sesión|accedi|please (?:log|sign) in|create (?:a free )?account to (?:read|continue)",
    ),
    (
        "a paywall",
        r"subscribe to (?:read|continue|unlock)|to (?:continue|keep) reading|this (?:article|content|story) is (?:for|only|reserved|available)"
        r"|already a subscriber|subscribers only|abonnés|réservé aux abonnés|jetzt weiterlesen|exklusiv für abonnenten|solo para suscriptores",
    ),
    (
        'a page that says "not found"',
        r"(?:error )?404\b|page (?:can(?:no|')t be|could not be|was not|not) found|not found|page (?:doesn.t|does not|no longer) exist"
        r"|seite nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata|(?:this|the) (?:page|article|post) (?:you.{0,30} )?"
        r"(?:is|has been|was) (?:no longer|removed|deleted|moved)|410 gone|nothing (?:was )?found|oops|internal server error|bad gateway"
        r"|service unavailable|site (?:is )?under maintenance|domain (?:is )?for sale",
    ),
)
_PATTERNS = tuple((name, re.compile(rf"(?i)(?:^|\b)(?:{pattern})")) for name, pattern in _WALLS)
SHORT = 120  #: words: with fewer, a phrase in the text is believed
TINY = 300  #: words: with fewer, a title is believed


def standing(title: str, text: str, words: int) -> str:
    """What kind of wall the page is, or an empty string. Only short pages are suspected."""
    if words >= TINY:
        return ""
    head = title.strip()[:150]
    for name, pattern in _PATTERNS:
        match = pattern.search(head)
        if match and (match.start() <= 3 or words < 40) and len(match.group()) * 2 >= min(len(head), 40):
            return name
    if words >= SHORT:
        return ""
    for name, pattern in _PATTERNS:
        match = pattern.search(text[:800])
        if match and words < (SHORT if match.start() < 200 else 60):
            return name
    return ""
