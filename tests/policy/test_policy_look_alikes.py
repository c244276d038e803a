"""Known look-alikes: texts that come from one mould and tell of different things, in nine languages.

Each is a mould for a title and a text, and two fillings. What fills the mould twice in one way is one story.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.policy import fingerprints, stories
from aggregator.policy.stories import Likeness, Match, Telling

NOW = datetime(2026, 6, 1, tzinfo=UTC)

Filling = tuple[str, ...]
MOULDS: dict[str, tuple[str, str, Filling, Filling]] = {
    "weather in German": (
        "Wetter in {0}",
        (
            "In {0} beginnt der Tag mit Nebel in den Tälern, der sich bis zum Mittag auflöst. Die "
            "Höchstwerte liegen bei {1} Grad an der Küste und {2} Grad im Bergland. Es weht ein "
            "schwacher bis mäßiger Wind aus westlichen Richtungen. Die Nacht bleibt trocken und klar, "
            "in {0} sind örtlich Frost und glatte Straßen möglich. Morgen ziehen von Norden her "
            "Wolken auf, am Abend kann es regnen."
        ),
        ("Lindhafen", "21", "14"),
        ("Altburg", "21", "14"),
    ),
    "weather in English": (
        "{0} forecast",
        (
            "The day begins with mist in the valleys around {0} that lifts by noon. Highs reach the "
            "low twenties on the coast and the middle teens in the hills. A light breeze blows from "
            "the west, with gusts near showers. The night stays dry and clear over {0}, with frost in "
            "places. Tomorrow brings more clouds from the north, and rain by the evening that may "
            "turn to sleet on high ground."
        ),
        ("Linden",),
        ("Marlow",),
    ),
    "obituary in English": (
        "{0} dies at {1}",
        (
            "{0}, of Lindhaven, passed away peacefully at home on Monday at the age of {1}, "
            "surrounded by family. {0} was a beloved parent, grandparent and friend who will be "
            "missed by all who knew the kindness and the laughter of a long and full life. A service "
            "will be held at the chapel of the cemetery, followed by a gathering at the house of the "
            "family. In lieu of flowers, donations may be made to the hospice."
        ),
        ("Ada Finch", "84"),
        ("Tom Byrd", "91"),
    ),
    "result in Spanish": (
        "{0} vence a {1} por {2}",
        (
            "El {0} venció al {1} por {2} en el partido disputado el domingo en un estadio lleno. El "
            "primer gol llegó a los {3} minutos, después de un saque de esquina que la defensa no "
            "supo despejar. En la segunda parte el equipo local dominó el balón y creó varias "
            "ocasiones, pero el portero visitante estuvo muy acertado. Con esta victoria el equipo "
            "suma tres puntos más y se mantiene en la parte alta de la tabla, a falta de pocas "
            "jornadas para el final."
        ),
        ("Náutico", "Serrano", "2-1", "17"),
        ("Deportivo", "Costa", "3-1", "23"),
    ),
    "market report in French": (
        "La Bourse termine en {0}",
        (
            "La Bourse de Paris a terminé en {0} de {1} % mardi, dans un marché attentif aux banques "
            "centrales. L’indice a clôturé à {2} points, après avoir évolué dans une fourchette "
            "étroite pendant toute la séance. Les investisseurs attendent désormais les chiffres de "
            "l’emploi, qui doivent être publiés à la fin de la semaine. Du côté des valeurs, les "
            "titres du luxe et de l’énergie ont été les plus recherchés, tandis que les banques ont "
            "reculé."
        ),
        ("hausse", "0,42", "7 812"),
        ("hausse", "0,57", "7 856"),
    ),
    "market report in Chinese": (
        "沪指收{0}",
        (
            "周二沪深两市股指小幅{0}，截至收盘，上证指数报{1}点，{0}幅为{2}%，深证成指报{3}点。盘"
            "面上，银行、煤炭等板块涨幅居前，半导体、软件等板块跌幅居前。两市成交额较前一交易日有所放大，北向资金"
            "全天净流入。分析人士认为，市场情绪正在逐步回暖，投资者可以关注业绩确定性较强的公司，同时注意控制仓位"
            "，防范短期波动风险。"
        ),
        ("涨", "3312.45", "0.32", "10455.2"),
        ("涨", "3345.91", "1.01", "10612.7"),
    ),
    "horoscope in Russian": (
        "Гороскоп: {0}",
        (
            "Сегодня представителям знака {0} стоит быть внимательнее к мелочам и не спешить с "
            "выводами. Утро подойдет для спокойных дел, а вечер лучше провести в кругу близких людей. "
            "{0} может получить неожиданное предложение, от которого не следует отказываться сразу. В "
            "денежных вопросах будьте осторожны и не берите в долг. Звезды советуют знаку {0} больше "
            "отдыхать и меньше думать о работе, тогда день сложится удачно."
        ),
        ("Овен",),
        ("Телец",),
    ),
    "horoscope in Hindi": (
        "{0} राशिफल",
        (
            "{0} राशि के लोगों के लिए आज का दिन मिला जुला रहेगा और काम में सावधानी रखनी होगी। सुबह का "
            "समय शांत कामों के लिए अच्छा है और शाम परिवार के साथ बितानी चाहिए। {0} राशि वालों को धन "
            "के मामले में जल्दबाजी नहीं करनी चाहिए। स्वास्थ्य सामान्य रहेगा लेकिन खान पान का ध्यान "
            "रखें। {0} राशि के छात्रों को मेहनत का फल मिलेगा और घर में खुशी का माहौल बना रहेगा।"
        ),
        ("मेष",),
        ("वृष",),
    ),
    "status page in English": (
        "{0}: degraded performance",
        (
            "We are currently investigating reports of degraded performance of the {0} service. Some "
            "customers may see errors or delays while using {0}. Our engineers have identified the "
            "cause and are working on a fix, and we will share an update as soon as more is known. "
            "Update: a fix has been put in place and we are watching the results. Update: {0} works "
            "normally again, and this incident has been resolved. We apologise for the trouble that "
            "it has caused."
        ),
        ("Search",),
        ("Billing",),
    ),
    "release in Japanese": (
        "{0} {1} リリース",
        (
            "本日、{0} のバージョン {1} を公開しました。今回の更新では、動作の安定性を高めるとともに、い"
            "くつかの不具合を修正しています。すべての利用者に更新をお勧めします。更新の方法は公式の手引きをご覧く"
            "ださい。不具合を見つけた場合は、掲示板または窓口までお知らせください。今後とも {0} をよろしくお"
            "願いいたします。次の版では新しい機能の追加を予定しており、詳しい内容は改めてお知らせします。"
        ),
        ("アオバ", "2.4.1"),
        ("アオバ", "2.5.0"),
    ),
    "weather in Arabic": (
        "الطقس في {0}",
        (
            "تشهد مدينة {0} اليوم أجواء معتدلة إلى حارة نسبيا، مع ظهور بعض السحب المتفرقة في ساعات "
            "الصباح. وتبلغ درجة الحرارة العظمى {1} درجة بينما تسجل الصغرى {2} درجة ليلا. وتكون الرياح "
            "شمالية غربية خفيفة إلى معتدلة السرعة تنشط أحيانا على السواحل. وتدعو هيئة الأرصاد سكان "
            "{0} إلى توخي الحذر من الشبورة المائية على الطرق السريعة في الصباح الباكر، وإلى متابعة "
            "النشرات القادمة."
        ),
        ("الإسكندرية", "29", "18"),
        ("الدمام", "34", "22"),
    ),
    "result in English": (
        "{0} beat {1}",
        (
            "{0} beat {1} on Saturday to go top of the league, after a match that was decided by a "
            "single goal. The visitors had the better of the first half, and hit the post before the "
            "hosts went ahead from a corner. After the break the hosts sat deep and defended what "
            "they had. The manager said that he was proud of his players and that there was a long "
            "way to go. {1} stay in the lower half of the table after the defeat."
        ),
        ("Rovers", "Albion"),
        ("Harriers", "Orient"),
    ),
    "accident in French": (
        "Accident à {0}: un blessé",
        (
            "Un accident de la circulation s’est produit lundi matin à {0}, sur la route "
            "départementale. Un homme de {1} ans a été blessé et transporté à l’hôpital par les "
            "pompiers. La circulation a été interrompue pendant deux heures dans les deux sens. Les "
            "gendarmes ont ouvert une enquête pour déterminer les circonstances de l’accident. Ils "
            "appellent les témoins à se manifester auprès de la brigade, et rappellent aux "
            "conducteurs les règles de prudence par temps de pluie."
        ),
        ("Vernay", "34"),
        ("Coustel", "52"),
    ),
    "podcast in English": (
        "Episode: {0}",
        (
            "In this week’s episode we talk with {0} about work, life and everything between. "
            "Subscribe wherever you get your podcasts, and leave us a review, which helps others to "
            "find the show. You can support us and get episodes early and without advertising by "
            "becoming a member. Our theme music is by the house band. The show is produced by our "
            "small team, and edited in Lindhaven. Write to us with questions, and we may read them on "
            "the air next week."
        ),
        ("Mia Holt",),
        ("Jonas Reed",),
    ),
    "notice to investors in English": (
        "Investors of {0} urged to act",
        (
            "Attorneys remind purchasers of the securities of {0} between March and June of the "
            "deadline to seek the role of lead plaintiff. If you bought shares of {0} and lost money, "
            "you may be entitled to compensation without payment of any costs through a contingency "
            "fee arrangement. The complaint says that {0} made false statements about its business. A "
            "class action has been filed already. To join it, call our office or fill in the form on "
            "our page."
        ),
        ("Halvorsen Inc",),
        ("Brightwater Ltd",),
    ),
    "lottery in German": (
        "Lottozahlen vom {0}",
        (
            "Die Lottozahlen vom {0} lauten {1}. Die Superzahl ist die {2}. Wer alle sechs Zahlen und "
            "die Superzahl richtig getippt hat, gewinnt den Jackpot der ersten Klasse. Die Quoten "
            "werden am nächsten Werktag bekannt gegeben. Alle Angaben sind ohne Gewähr. Das nächste "
            "Spiel findet wie immer im Studio unter Aufsicht eines Notars statt und wird im Fernsehen "
            "übertragen. Glücksspiel kann süchtig machen; Hilfe bietet die Beratungsstelle unter "
            "ihrer kostenlosen Nummer."
        ),
        ("Samstag", "3, 14, 22, 31, 40, 45", "7"),
        ("Mittwoch", "5, 9, 18, 27, 33, 48", "2"),
    ),
    "horoscope in English": (
        "{0} horoscope for today",
        (
            "Today asks you to be patient with those around you, {0}. A talk that you have put off "
            "may go better than you think, if you listen first. At work somebody notices what you "
            "have done. Money stays where it is as long as you do not hurry. In the evening take a "
            "walk, call an old friend, and leave the telephone at home for once. Your lucky colour is "
            "green and your lucky number will find you by itself."
        ),
        ("Aries",),
        ("Libra",),
    ),
    "police report in Spanish": (
        "Detenido un hombre en {0}",
        (
            "La Policía Nacional ha detenido en {0} a un hombre como presunto autor de un delito de "
            "robo con fuerza. Los agentes acudieron al lugar tras el aviso de un vecino que había "
            "escuchado ruidos en el portal de madrugada. El detenido intentó huir, pero fue "
            "interceptado a pocos metros. En el registro se recuperaron varios objetos que ya han "
            "sido devueltos a sus dueños. El arrestado ha pasado a disposición judicial y la "
            "investigación continúa abierta."
        ),
        ("Almenar",),
        ("Torrelos",),
    ),
    "earthquake in Russian": (
        "Землетрясение магнитудой {0} произошло {1}",
        (
            "Землетрясение магнитудой {0} зафиксировано {1}, сообщила геофизическая служба. Очаг "
            "залегал на глубине {2} километров. Подземные толчки ощущались в населенных пунктах "
            "региона силой до четырех баллов. Угроза цунами не объявлялась. Информации о пострадавших "
            "и разрушениях не поступало. Специалисты продолжают следить за обстановкой и напоминают "
            "жителям, как следует вести себя во время подземных толчков и куда обращаться за помощью."
        ),
        ("4,5", "у берегов Камчатки", "48"),
        ("5,1", "на Курилах", "61"),
    ),
    "earthquake in Chinese": (
        "{0}发生{1}级地震",
        (
            "据中国地震台网正式测定，今天{0}发生{1}级地震，震源深度{2}千米。地震发生后，当地应急管理部门"
            "立即启动响应，派出工作组赶赴震中了解情况。截至目前，暂未收到人员伤亡和房屋倒塌的报告。专家提醒，震区"
            "居民要注意防范余震，不要靠近危险房屋，不信谣不传谣。有关部门将继续密切监测震情变化，及时向社会发布最"
            "新消息。当地通信、电力和交通运行正常。"
        ),
        ("云南大理州", "4.2", "10"),
        ("四川甘孜州", "4.2", "10"),
    ),
    "appointment in German": (
        "Neuer Geschäftsführer bei {0}",
        (
            "Der Aufsichtsrat von {0} hat einen neuen Geschäftsführer berufen. Er folgt auf seinen "
            "Vorgänger, der das Unternehmen auf eigenen Wunsch verlässt. Der Aufsichtsrat dankte ihm "
            "für die erfolgreiche Arbeit der letzten Jahre und wünschte ihm für die Zukunft alles "
            "Gute. {0} sei gut aufgestellt, um die Herausforderungen der kommenden Jahre zu meistern. "
            "Der neue Geschäftsführer will die Digitalisierung vorantreiben und das Unternehmen "
            "nachhaltiger machen, wie {0} am Dienstag mitteilte."
        ),
        ("Nordwerk",),
        ("Sanitas",),
    ),
}


def telling(feed: str, mould: str, filling: Filling, *, before: str = "") -> Telling:
    title, text, *_ = MOULDS[mould]
    words = before + text.format(*filling)
    kept = fingerprints.of(words)
    assert kept is not None
    return Telling(feed=feed, title=title.format(*filling), names=(feed,), at=NOW, fingerprint=kept, text=words)


def same(match: Match) -> bool:
    return match.decision.outcome is Likeness.SAME


@pytest.mark.parametrize("mould", MOULDS)
def test_what_comes_from_one_mould_is_different_stories(mould: str) -> None:
    *_, one, other = MOULDS[mould]
    match = stories.compare(telling("herald", mould, one), telling("post", mould, other))
    assert not same(match)
    assert match.score > 0.75  # by the share of their words alone they were one


@pytest.mark.parametrize("mould", MOULDS)
def test_what_fills_a_mould_in_one_way_is_one_story(mould: str) -> None:
    *_, one, _ = MOULDS[mould]
    copy = telling("post", mould, one, before="LINDHAVEN (Wire) – ")
    assert same(stories.compare(copy, telling("herald", mould, one)))
