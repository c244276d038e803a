"""Recognises the furniture that stands in and around articles: share bars, comment forms, newsletters, notices.

Only short blocks are judged, and by whole phrases, so that a sentence about newsletters stays.
"""

from __future__ import annotations

import re

MAX_WORDS = 40  #: longer blocks are never furniture by their words alone

_NETWORKS = r"(?:facebook|twitter|x|whats ?app|linked ?in|pinterest|reddit|telegram|instagram|e-?mail|tumblr|flipboard|threads|bluesky|mastodon|messenger|xing|vk|line|pocket|copy link|print|sms|google\+?|youtube|tik ?tok)"

#: Labels: the whole block, apart from punctuation and counts.
_LABELS = re.compile(
    rf"""(?ix)^[\W\d_]*(?:
    share(?:\ (?:this|on|via|the|it|with|article|story|post|page|options|now|{_NETWORKS})){{0,4}} | shares? | tweet(?:\ this)? | pin(?:\ it)? | like(?:\ this)?
    | {_NETWORKS}(?:[\W_]+(?:and|und|et|y|e)?[\W_]*{_NETWORKS})* | copy(?:\ link| to\ clipboard|\ url)? | save(?:\ article)? | bookmark | listen(?:\ to\ (?:this\ )?article)? | loading
    | teilen | (?:artikel|beitrag|seite)?\ ?(?:teilen|drucken|merken|vorlesen) | partager(?:\ (?:cet\ article|sur.*))? | compart(?:ir|e|ilh(?:ar|e))(?:\ .{{0,30}})? | condividi(?:\ .{{0,30}})?
    | delen | dela | del | udostępnij | поделиться | 分享 | シェア(?:する)? | 공유
    | (?:leave|post|add|write)\ a\ (?:reply|comment) | (?:view|show|hide|read|see|all|no|join|jump\ to)?\ ?(?:the\ |all\ )?comments? | comments?\ (?:are\ )?(?:closed|off|on|\(\d+\))?
    | responses? | discussion | join\ the\ (?:conversation|discussion) | tell\ us\ what\ you\ think | what\ do\ you\ think | reply | cancel\ reply
    | kommentare?(?:\ (?:anzeigen|lesen|schreiben|verfassen))? | (?:schreibe|hinterlasse)(?:\ einen)?\ kommentar | (?:hinterlasse|schreibe)\ eine\ antwort | antworten
    | (?:laisser\ un\ |les\ )?commentaires? | (?:deja|dejar|escribe)\ un(?:a)?\ (?:comentario|respuesta) | comentarios? | (?:lascia|scrivi)\ un\ commento | comment[oi]
    | deixe\ (?:um\ comentário|uma\ resposta) | comentários? | reacties? | plaats\ (?:een\ )?reactie | комментарии | 评论 | コメント(?:する)?
    | related(?:\ (?:articles?|posts?|stories|story|content|topics|news|links|coverage|reading|videos?|items))? | recommended(?:\ (?:articles?|stories|reading|for\ you|posts?))?
    | (?:you\ (?:may|might)(?:\ also)?\ (?:like|enjoy|be\ interested\ in)|more\ (?:stories|articles|news|posts|from.{{0,40}}|on\ this.{{0,20}}|like\ this)) | read\ (?:more|next|also|this\ next) | see\ also
    | further\ reading | don'?t\ miss | up\ next | (?:most\ )?(?:popular|read|viewed|recent)(?:\ (?:articles|stories|posts|news))? | trending(?:\ now)? | latest\ (?:news|stories|posts|articles) | explore\ (?:further|more) | editor'?s'?\ picks?
    | lesen\ sie\ (?:auch|mehr|hier.{{0,40}}) | (?:lies|lest)\ auch | mehr\ (?:zum\ thema|zu.{{0,40}}|lesen|aus.{{0,30}}|dazu) | das\ könnte\ (?:sie|dich)\ auch\ interessieren | auch\ interessant | weitere\ (?:artikel|beiträge|themen|meldungen) | ähnliche\ (?:artikel|beiträge) | passend\ zum\ thema | weiterlesen | mehr\ erfahren | verwandte\ (?:artikel|themen)
    | (?:à\ )?lire\ (?:aussi|également|la\ suite|plus) | voir\ aussi | sur\ le\ même\ (?:sujet|thème) | articles?\ (?:liés|similaires|connexes) | en\ savoir\ plus
    | (?:lee|leer|lea)\ (?:también|más) | (?:te|le)\ puede\ interesar | (?:noticias|artículos|entradas)\ relacionad[ao]s | relacionad[ao]s? | ver\ (?:también|más) | más\ (?:noticias|información)
    | leggi\ (?:anche|tutto|altro) | articoli\ correlati | potrebbe\ interessarti(?:\ anche)? | ti\ potrebbe\ interessare | leia\ (?:também|mais) | veja\ (?:também|mais) | saiba\ mais | lees\ (?:ook|verder|meer) | läs\ (?:också|även|mer) | les\ (?:også|mer) | læs\ også | czytaj\ (?:też|także|więcej) | zobacz\ (?:też|także) | читайте\ также | 相关(?:阅读|新闻|文章|推荐) | 関連(?:記事|リンク|ニュース)
    | advert(?:isement|ising|orial|s)? | ad | ads | sponsored(?:\ content)? | promoted(?:\ content)? | (?:story|article)\ continues\ below(?:\ (?:this\ )?advertisement)? | anzeige | werbung | publicité | publicidad | pubblicità | publicidade | advertentie | annons | reklama | реклама | 广告 | 広告
    | subscribe(?:\ (?:now|here|today|to\ .{{0,40}}))? | sign\ (?:up|in)(?:\ (?:now|here|today|free))? | log\ ?in | register(?:\ now)? | newsletters? | (?:jetzt\ )?(?:abonnieren|anmelden) | s'abonner | (?:je\ )?m'(?:abonne|inscris) | suscr[ií]b(?:ete|irse) | iscriviti | abonneren
    | skip\ to\ (?:main\ )?content | (?:back\ to|to\ the|scroll\ to)\ top | nach\ oben | zum\ (?:seitenanfang|inhalt) | (?:previous|next)(?:\ (?:post|article|story|page|entry))? | (?:vorheriger|nächster)\ (?:artikel|beitrag) | older\ posts? | newer\ posts? | home | menu | search | close | continue\ reading | learn\ more | show\ more | view\ (?:more|all) | click\ here(?:\ .{{0,30}})? | tags? | filed\ under | topics? | categories | print(?:er\ friendly)?(?:\ version)? | permalink | follow(?:\ us)?(?:\ on\ {_NETWORKS})? | contact\ us | privacy\ policy | terms\ (?:of\ (?:use|service)|and\ conditions)
    )[\W\d_]*$"""
)

#: Beginnings and phrases that no sentence of an article has, for short blocks.
_PHRASES = re.compile(
    r"""(?ix)
      ^\W*(?:this\ (?:site|website|blog)\ uses\ (?:akismet|cookies) | learn\ how\ your\ comment\ data | %d\ bloggers?\ like\ this | generated\ by\ \S+(?:\ \S+)?\s*$ | powered\ by\ \S+(?:\ \S+)?\s*$
      | proudly\ powered\ by | diese\ website\ verwendet\ (?:akismet|cookies) | ce\ site\ utilise\ (?:akismet|des\ cookies) | este\ sitio\ usa\ akismet | questo\ sito\ (?:usa|utilizza)\ (?:akismet|cookie)
      | \[(?:…|\.\.\.|&hellip;)\].{0,200}\[(?:…|\.\.\.|&hellip;)\]\W*$ | (?:pingback|trackback):
      | (?:one|\d+|two|three|four|five)\ (?:thoughts?|comments?|responses?|replies)\ (?:on|to)\b | your\ e-?mail\ address\ will\ not\ be | required\ fields\ are\ marked | save\ my\ name,\ email | notify\ me\ of\ (?:new|follow)
      | deine\ e-mail-adresse\ wird\ nicht | votre\ adresse\ (?:e-mail|de\ messagerie)\ ne\ sera | tu\ dirección\ de\ correo | il\ tuo\ indirizzo\ email | o\ seu\ endereço\ de\ e?-?mail | you\ must\ be\ logged\ in | logged\ in\ as
      | discover\ more\ from\b | (?:sign\ up|subscribe|register)\ (?:for|to|now\ for|here\ for|today|with|below)\b | (?:get|receive)\ .{0,60}\b(?:delivered|straight|sent|in)\b.{0,30}\b(?:inbox|mailbox|e-?mail)\b | join\ (?:our|the)\ .{0,40}\b(?:newsletter|mailing\ list)
      | (?:like|enjoy(?:ed)?|love)\b.{0,20}\b(?:and\ )?share\b.{0,40}\b(?:article|post|story|page) | give\ us\ a\ (?:like|follow) | (?:follow|like|find|join)\ us\ (?:on|at)\b | follow\ .{2,60}\ on\ (?:twitter|facebook|instagram|google|telegram|whatsapp|youtube|x|linkedin|mastodon|bluesky)\b
      | check\ out\ (?:the|our)\ .{0,60}\b(?:home\ ?page|website|site|channel|podcast)\b | share\ (?:this|on|via|to)\b.{0,60}$ | click\ (?:here|to)\ (?:to\ )?(?:share|print|email|tweet|subscribe|sign|read|join) | tap\ here\ to
      | (?:copyright|©|\(c\)|&copy;)\s*(?:©|\(c\)|\d{4}|by\b|\w+\s+\d{4}).{0,160}$ | .{0,80}\ball\ rights\ reserved\b | .{0,80}\balle\ rechte\ vorbehalten | .{0,80}\btous\ droits\ réservés | .{0,80}\btodos\ los\ derechos\ reservados | .{0,80}\btutti\ i\ diritti\ riservati | .{0,80}\btodos\ os\ direitos\ reservados
      | (?:read|see|watch|related|recommended|also\ read|read\ also|read\ more|read\ next|see\ also|more|don't\ miss|must\ read|watch\ now|up\ next|further\ reading)\s*(?:\||:|>|»|–\s)\s*\S.{0,140}$
      | (?:lesen\ sie\ (?:auch|mehr|hier)|lies\ auch|lesetipp|mehr\ (?:zum\ thema|dazu|lesen)|auch\ interessant|zum\ thema|passend\ dazu|siehe\ auch)\s*[:|>»].{0,140}$ | (?:à\ )?lire\ (?:aussi|également)\b.{0,140}$ | voir\ aussi\s*:.{0,140}$ | (?:lee|leer|lea)\ (?:también|más|además)\s*[:|].{0,140}$ | te\ puede\ interesar\b.{0,140}$ | leggi\ anche\b.{0,140}$ | (?:leia|veja|assista)\ (?:também|mais|ainda)\b.{0,140}$ | lees\ ook\b.{0,140}$ | läs\ (?:också|även|mer)\b.{0,140}$ | czytaj\ (?:też|także|również|więcej)\b.{0,140}$ | читайте\ также\b.{0,140}$
      | (?:jetzt|hier)\ .{0,40}\bnewsletter\b.{0,60}$ | (?:abonnieren|melden)\ sie\b.{0,80}\b(?:newsletter|kanal|podcast|an\b) | (?:inscrivez|abonnez)-vous\b.{0,140}$ | recevez\ .{0,80}\b(?:newsletter|mail) | suscríbe(?:te|se)\b.{0,140}$ | síguenos\b.{0,100}$ | iscriviti\b.{0,120}$ | seguici\b.{0,100}$ | assine\b.{0,100}$ | siga\ .{0,60}\bno\ (?:instagram|facebook|twitter|google)
      | (?:please\ )?(?:enable|turn\ on)\ javascript | your\ browser\ (?:does\ not|doesn't)\ support | (?:we|this\ (?:page|post|article))\ (?:may|might)\ (?:earn|receive|contain|include)\ .{0,60}\b(?:commission|affiliate) | (?:by\ (?:signing|subscribing|clicking|submitting)\ ).{0,120}\b(?:agree|consent|accept)
      | (?:image|photo|picture|media)\ (?:source|copyright|caption)\b | (?:tags?|topics?|filed\ under|categor(?:y|ies)|posted\ in|labels?|schlagw(?:ort|örter)|stichw(?:ort|örter)|étiquettes|etiquetas|kategorien?)\s*:.{0,200}$
      | (?:reading\ time|lesezeit|lesedauer|temps\ de\ lecture|tiempo\ de\ lectura|tempo\ di\ lettura)\b.{0,40}$ | \d+\ ?(?:-\ ?)?min(?:ute)?s?\.?\ (?:read|lesezeit|de\ lecture|de\ lectura)\W*$ | \d+\ (?:shares?|views?|likes?|comments?|retweets?)\W*$ | (?:loading|please\ wait)\W{0,3}$
      | (?:previous|next|older|newer)\ (?:post|article|story|entry)\b.{0,140}$ | (?:want|looking\ for)\ more\b.{0,60}\?.{0,80}$ | (?:the\ post\ .{0,200}\b(?:appeared\ first|first\ appeared)\ (?:on|in|at)\b).{0,140}$ | (?:this\ (?:article|post|story)\ (?:was\ )?(?:originally|first)\ (?:appeared|published)\ (?:on|in|at|by)\b).{0,140}$
      )"""
)


def is_furniture(text: str, words: int) -> bool:
    """Whether a block is no part of an article by what it says."""
    if words > MAX_WORDS:
        return False
    return (words <= 12 and _LABELS.match(text) is not None) or _PHRASES.match(text) is not None
