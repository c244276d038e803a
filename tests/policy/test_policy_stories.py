"""Stories: what is one, what only looks like one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.policy import fingerprints, stories
from aggregator.policy.stories import Likeness, Match, Telling

NOW = datetime(2026, 6, 1, tzinfo=UTC)

COUNCIL = [
    "The council of Lindhaven voted late on Tuesday to close the old harbour bridge to heavy traffic from the autumn.",
    "Engineers had found cracks in three of its supports during an inspection that was ordered after the winter storms.",
    "Lorries will have to take the longer way round by the northern ring road, which adds about twenty minutes.",
    "Traders at the fish market said that they had not been asked, and that the detour would cost them customers.",
    "The mayor promised a new crossing within four years, but could not say where the money for it would come from.",
    "A petition against the closure has been signed by more than 2,400 people since it was opened last week.",
]
RAT = [
    "Der Stadtrat von Lindhafen hat am späten Dienstag beschlossen, die alte Hafenbrücke ab Herbst für den Schwerverkehr zu sperren.",
    "Gutachter hatten bei einer Prüfung nach den Winterstürmen Risse in drei ihrer Pfeiler gefunden.",
    "Lastwagen müssen künftig den längeren Weg über den nördlichen Ring nehmen, was etwa zwanzig Minuten kostet.",
    "Die Händler am Fischmarkt erklärten, niemand habe sie gefragt, und der Umweg werde sie Kunden kosten.",
    "Der Bürgermeister versprach eine neue Brücke innerhalb von vier Jahren, ließ aber offen, wer sie bezahlen soll.",
]
GIKAI = [
    "港町の議会は火曜日の夜遅く、古い港の橋を秋から大型車に対して閉鎖することを決めた。",
    "冬の嵐のあとに命じられた検査で、技術者は橋を支える柱のうち三本にひび割れを見つけていた。",
    "トラックは北の環状道路を通る遠回りを強いられ、およそ二十分余計にかかることになる。",
    "魚市場の商人たちは、何の相談も受けておらず、回り道のせいで客を失うと話している。",
    "市長は四年以内に新しい橋を架けると約束したが、その費用をどこから出すのかは明らかにしなかった。",
]
SAPHA = [
    "สภาเมืองท่าลงมติเมื่อคืนวันอังคารให้ปิดสะพานท่าเรือเก่าสำหรับรถบรรทุกหนักตั้งแต่ฤดูใบไม้ร่วงเป็นต้นไป",
    "วิศวกรพบรอยร้าวในเสาสามต้นระหว่างการตรวจสอบที่มีคำสั่งให้ทำหลังพายุฤดูหนาว",
    "รถบรรทุกจะต้องอ้อมไปทางถนนวงแหวนด้านเหนือซึ่งใช้เวลาเพิ่มขึ้นราวยี่สิบนาที",
    "พ่อค้าที่ตลาดปลากล่าวว่าไม่มีใครถามพวกเขาและทางอ้อมจะทำให้เสียลูกค้า",
]
MAJLIS = [
    "صوت مجلس المدينة في وقت متأخر من مساء الثلاثاء على إغلاق جسر الميناء القديم أمام الشاحنات الثقيلة ابتداء من الخريف.",
    "وكان المهندسون قد عثروا على شقوق في ثلاثة من أعمدته خلال فحص أمرت به البلدية بعد عواصف الشتاء.",
    "وسيتعين على الشاحنات سلوك الطريق الأطول عبر الطريق الدائري الشمالي مما يزيد نحو عشرين دقيقة.",
    "وقال تجار سوق السمك إن أحدا لم يسألهم وإن الطريق البديل سيكلفهم زبائن.",
]
ALL = [COUNCIL, RAT, GIKAI, SAPHA, MAJLIS]


def telling(words: str, **changes: object) -> Telling:
    kept = fingerprints.of(words)
    assert kept is not None
    one = Telling(
        feed="herald", title="Harbour bridge to close", names=("The Herald",), at=NOW, fingerprint=kept, text=words
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def compared(one: str, other: str, title: str = "Harbour bridge to close", **changes: object) -> Match:
    return stories.compare(telling(other, feed="post", title=title, **changes), telling(one))


def same(match: Match) -> bool:
    return match.decision.outcome is Likeness.SAME


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("title", ["Harbour bridge to close", "What the traders fear"])
def test_a_text_is_the_same_story_in_any_language_and_under_any_title(text: list[str], title: str) -> None:
    match = compared(" ".join(text), "\n\n".join(text), title)
    assert same(match)
    assert match.score == 1
    assert match.decision.reason == "1.00 of the words"


@pytest.mark.parametrize("text", ALL)
def test_a_dropped_paragraph_does_not_matter(text: list[str]) -> None:
    assert same(compared(" ".join(text), " ".join(text[:1] + text[2:]), "Traders are angry"))


@pytest.mark.parametrize("text", ALL)
def test_a_dateline_and_a_notice_do_not_matter(text: list[str]) -> None:
    assert same(compared(" ".join(text), f"LINDHAVEN, 1 June (Wire) – {' '.join(text)} All rights reserved.", "Angry"))


def test_words_that_an_editor_changed_do_not_matter() -> None:
    edited = " ".join(COUNCIL).replace("late on Tuesday", "yesterday").replace("Lorries", "Trucks").replace("old ", "")
    assert same(compared(" ".join(COUNCIL), edited, "Angry"))


def test_half_of_a_text_is_the_same_story_only_under_the_same_title() -> None:
    short = " ".join(COUNCIL[:3])
    assert same(compared(" ".join(COUNCIL), short))
    assert not same(compared(" ".join(COUNCIL), short, "Storm damage in the south"))


@pytest.mark.parametrize(
    "title",
    [
        "Harbour bridge to close - The Herald",
        "The Post: Harbour bridge to close",
        "HARBOUR BRIDGE “to close”",
        "Report: Harbour bridge to close",
    ],
)
def test_titles_agree_whatever_publishers_put_around_them(title: str) -> None:
    one, other = telling(" ".join(COUNCIL)), telling(" ".join(COUNCIL), title=title, names=("The Post",))
    assert stories.titles_agree(one, other)


def test_titles_that_are_nothing_but_a_name_do_not_agree() -> None:
    assert not stories.titles_agree(telling(" ".join(COUNCIL), title="The Herald"), telling(" ".join(COUNCIL)))


def test_numbers_in_the_names_of_publishers_are_none_of_their_titles() -> None:
    one = telling(" ".join(COUNCIL), title="Bridge to close - Channel 4", names=("Channel 4",))
    assert same(
        stories.compare(one, telling(" ".join(COUNCIL), feed="b", title="Bridge to close | 7 News", names=("7 News",)))
    )


def test_numbers_in_the_names_of_publishers_are_none_of_their_texts() -> None:
    one, other = (
        telling(f"{name} – {' '.join(COUNCIL)}", feed=name, names=(name,)) for name in ("Channel 4", "7 News")
    )
    assert same(stories.compare(one, other))


def test_another_story_is_another_story() -> None:
    match = compared(" ".join(COUNCIL), weather(21, 14, 12))
    assert not same(match)
    assert match.decision.reason == "they have only 0.00 of the words in common"


def test_a_quoted_paragraph_does_not_make_one_story() -> None:
    own = " ".join(f"{word} of the council debate was about something else again and again" for word in "abcdefghijk")
    assert not same(compared(" ".join(COUNCIL), f"{COUNCIL[0]} {own}"))


def weather(high: int, low: int, wind: int) -> str:
    return (
        f"The day begins with mist in the valleys that lifts by noon. Highs reach {high} degrees on the coast and "
        f"{low} degrees in the hills. A light breeze of {wind} kilometres an hour blows from the west, with gusts near "
        "showers. The night stays dry and clear, with frost in places. Tomorrow brings more clouds from the north."
    )


def release(version: str) -> str:
    return (
        f"We are pleased to announce version {version} of the tool. As always it can be had from the download page, and "
        "the list of changes tells what is new. Please read the notes on upgrading before you begin, make a copy of "
        "your data, and tell us in the forum what does not work for you. Thanks to everybody who has helped with it."
    )


def notice(firm: str) -> str:
    return (
        f"Attorneys announce an investigation of {firm} on behalf of its investors. If you bought shares of {firm} and "
        f"lost money, you may be able to recover it at no cost to you. The investigation is about whether {firm} and "
        f"some of its officers have told the market what they knew. Investors of {firm} are asked to call our office."
    )


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (weather(21, 14, 12), weather(24, 17, 30), "numbers"),
        (weather(21, 14, 12), weather(21, 14, 30), "numbers"),
        (release("2.4.1"), release("2.4.2"), "numbers"),
        (notice("Halvorsen"), notice("Brightwater"), "about"),
        (notice("Halvorsen Industries"), notice("Brightwater Group"), "about"),
    ],
)
def test_texts_from_one_mould_are_different_stories(one: str, other: str, why: str) -> None:
    match = compared(one, other)
    assert not same(match)
    assert why in match.decision.reason
    assert same(compared(one, one))


def test_titles_that_differ_in_a_number_are_of_different_stories() -> None:
    text = " ".join(COUNCIL)
    match = stories.compare(
        telling(text, title="Briefing, 12 May"), telling(text, title="Briefing, 13 May", feed="post")
    )
    assert match.decision.reason == "their titles differ in a number: 12 and 13"


def test_articles_of_one_feed_are_never_one_story() -> None:
    match = stories.compare(telling(" ".join(COUNCIL)), telling(" ".join(COUNCIL)))
    assert match.decision.reason == "both are of one feed"


@pytest.mark.parametrize(("days", "one_story"), [(59, True), (-59, True), (61, False), (-61, False)])
def test_what_comes_back_after_a_while_is_another_story(days: int, one_story: bool) -> None:
    assert same(compared(" ".join(COUNCIL), " ".join(COUNCIL), at=NOW + timedelta(days=days))) is one_story


def test_what_a_feed_puts_into_all_its_articles_proves_nothing() -> None:
    mould = " ".join(COUNCIL)
    siblings = tuple(telling(f"{mould} Number {word} of our series.").fingerprint for word in ("one", "two", "three"))
    match = compared(mould, mould, siblings=siblings)
    assert match.decision.reason == "what they have in common is in other articles of their feeds too"
    assert same(compared(mould, mould, siblings=siblings[:1]))


class TestWithoutATextThatIsKept:
    """Feeds of which an excerpt is published: only the fingerprint is left."""

    def test_the_same_words_under_the_same_title_are_one_story(self) -> None:
        match = compared(" ".join(COUNCIL), " ".join(COUNCIL), text=None)
        assert match.decision.reason == "1.00 of the words, and the title"

    def test_the_same_words_under_another_title_are_not(self) -> None:
        match = compared(" ".join(COUNCIL), " ".join(COUNCIL), "Traders are angry", text=None)
        assert match.decision.reason == "their titles differ, and a text is not kept to compare"

    def test_fewer_words_are_not_enough(self) -> None:
        assert not same(compared(" ".join(COUNCIL), " ".join(COUNCIL[:3]) + release("1.0"), text=None))

    def test_other_numbers_make_another_story(self) -> None:
        match = compared(weather(21, 14, 12), weather(24, 17, 30), text=None)
        assert match.decision.reason == "their numbers differ"
