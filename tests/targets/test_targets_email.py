"""Mail: what goes out, and that each letter goes out once as far as a mail server lets one know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import mailserver
import pytest
from conformance import NO_MEDIA, TargetConformance
from hypothesis import given
from hypothesis import strategies as st
from mailserver import SITE, START, Clock, MailServer, build, html_of, publish
from posting import make_post

from aggregator.errors import BlockedError, PublishError, RejectedError, TryLaterError
from aggregator.policy import change
from aggregator.targets import Flushes
from aggregator.targets.email import letters
from aggregator.targets.email.options import mailbox
from aggregator.targets.shared.article import MARK


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mailserver.running() as server:
        yield server


def shown(server: MailServer) -> dict[str, str]:
    """What readers have before them: post key → the last mail about it; what was withdrawn is thrown away."""
    found: dict[str, str] = {}
    for mail in server.mails:
        key, _, rest = mail["Message-ID"].strip("<>").partition(".")
        if rest.startswith("withdrawn"):
            found.pop(key, None)
            continue
        html = html_of(mail)
        for piece in html.split(f'{MARK}="')[1:]:
            found[piece[:32]] = html
    return found


class TestOneMailAPost(TargetConformance):
    secrets = ("sesame",)

    @pytest.fixture(autouse=True)
    def _served(self, server: MailServer) -> None:
        self.server = server

    async def build(self, folder: Path) -> Any:
        return build(folder, self.server, updates=True)

    def held(self) -> Mapping[str, str]:
        return shown(self.server)


class TestDigest(TargetConformance):
    @pytest.fixture(autouse=True)
    def _served(self, server: MailServer) -> None:
        self.server = server
        self.clock = Clock()

    async def build(self, folder: Path) -> Any:
        return build(folder, self.server, self.clock, digest="07:00", updates=True, texts="full")

    def held(self) -> Mapping[str, str]:
        return shown(self.server)

    async def settled(self, target: Any) -> Mapping[str, str]:
        self.clock.forward(days=1)
        assert isinstance(target, Flushes)
        await target.flush()
        return self.held()


class TestTheMail:
    async def test_it_has_text_and_html_and_says_what_it_is(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server, unsubscribe="mailto:desk@news.example?subject=leave")
        await publish(target, 1)
        await target.close()
        [mail] = server.mails
        post = make_post(1)
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert mail["From"] == "The Night Desk <desk@news.example>"
        assert mail["To"] == "list@readers.example"
        assert mail["Subject"] == f"The Night Desk: {post.title}"
        assert mail["Message-ID"] == f"<{post.key}.{change.revision(post)[:16]}.0@news.example>"
        assert mail["Date"].datetime == START
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Id"] == "<mail.news.example>"
        assert mail["List-Unsubscribe"] == "<mailto:desk@news.example?subject=leave>"
        assert mail["Content-Language"] == "en"
        text = mail.get_body(("plain",)).get_content()
        assert "First paragraph of story 1." in text
        assert "https://paper.example/story/1" in text
        assert "<" not in text.replace("& <angles>", "")
        assert '<a href="https://paper.example/story/1">' in html_of(mail)
        assert server.recipients == [["list@readers.example"]]
        assert server.helo == "news.example"

    async def test_it_is_short_lines_of_ascii_on_the_way(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server)
        await publish(
            target, 1, title="Éclairs für müde Köche — 眠れない夜の台所 " * 5, body="<p>" + "ü" * 5_000 + "</p>"
        )
        await target.close()
        assert server.raw[0].isascii()
        assert max(len(line) for line in server.raw[0].splitlines()) <= 998
        assert "眠れない夜の台所" in str(server.mails[0]["Subject"])

    @pytest.mark.parametrize(
        "title",
        [
            "x\r\nBcc: victim@example.org",
            "x\nTo: victim@example.org\n\nbody",
            "x\r\n.\r\nMAIL FROM:<a@b.example>",
            "x\x00\x85\u2028Bcc: victim@example.org",
            "=?utf-8?q?=0D=0ABcc:_victim@example.org?=",
            "=?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLm9yZw==?=" * 3,
            "half \ud800 a character",
            "\u200b",
            "x" * 5_000,
        ],
    )
    async def test_a_title_makes_no_header_of_its_own(self, tmp_path: Path, server: MailServer, title: str) -> None:
        target = build(tmp_path, server, subject="{{ title }}")
        await publish(target, 1)
        plain = server.mails[0].keys()
        odd = make_post(2, title=title, language="en\r\nBcc: victim@example.org")
        await target.publish(odd, media=NO_MEDIA, previous=None)
        await target.close()
        assert len(server.mails) == 2
        assert server.mails[1].keys() == plain
        assert server.recipients[1] == ["list@readers.example"]

    async def test_a_subject_is_made_from_a_template(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server, subject="[{{ feed }}] {{ title | upper }} ({{ publisher }}), {{ day }}")
        await publish(target, 1, title="Rain")
        await target.close()
        assert server.mails[0]["Subject"] == "[paper] RAIN (The Paper), November 24, 2026"

    async def test_an_excerpt_shows_the_credit_and_not_the_text(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server, texts="excerpt")
        await publish(target, 1, body="<p>The whole long text.</p>")
        await target.close()
        for part in (html_of(server.mails[0]), server.mails[0].get_body(("plain",)).get_content()):
            assert "The whole long text" not in part
            assert "First paragraph of story 1." in part
            assert "By Ada Byron" in part

    @pytest.mark.parametrize(
        ("base_url", "host"),
        [
            ("https://müllers-blatt.example/news", "xn--mllers-blatt-dlb.example"),
            ("http://127.0.0.1:8080", "localhost"),
            ("http://[::1]:8080", "localhost"),
        ],
    )
    async def test_our_name_is_one_that_mail_servers_take(
        self, tmp_path: Path, server: MailServer, base_url: str, host: str
    ) -> None:
        target = build(tmp_path, server, base_url=base_url)
        await publish(target, 1)
        await target.close()
        assert server.helo == host
        assert server.mails[0]["List-Id"].strip() == f"<mail.{host}>"


STYLE = letters.Style(
    site=SITE,
    host="news.example",
    name="mail",
    sender=mailbox("The Night Desk <desk@news.example>"),
    to=(mailbox("list@readers.example"),),
    subject="{{ blog }}: {{ title }}",
    full=True,
    zone=UTC,
    unsubscribe="",
)
HOSTILE = st.text(
    st.one_of(st.sampled_from("\r\n =?:<>@.,\x00\t\x0b\x85\u2028\ud800ü眠"), st.characters()), max_size=300
)


@given(title=HOSTILE, text=HOSTILE, first=st.booleans())
def test_whatever_a_post_says_the_header_is_ours(title: str, text: str, first: bool) -> None:
    post = make_post(1, title=title, standfirst=text, excerpt=text, altered=text, generator=text)
    letter = letters.of_post(post, "a" * 32, STYLE, START, mailed=0, first="x@news.example" if first else "")
    header, _, _ = letter.message.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in header.split(b"\r\n") if line[:1] not in b" \t"]
    answers = ["In-Reply-To", "References"] if first else []
    expected = ["From", "To", "Subject", "Date", "Message-ID", *answers, "Auto-Submitted", "List-Id"]
    assert names == [*expected, "MIME-Version", "Content-Type", "Content-Language"]
    assert letter.message.isascii()
    assert b"\n" not in letter.message.replace(b"\r\n", b"")


class TestOnceAsFarAsCanBeKnown:
    async def test_a_mail_that_may_have_arrived_is_sent_again_byte_for_byte(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        server.replies = ["drop-after"]
        clock = Clock()
        target = build(tmp_path, server, clock)
        with pytest.raises(TryLaterError) as caught:
            await publish(target, 1)
        assert caught.value.in_doubt
        assert await target.find(make_post(1)) is None
        clock.forward(hours=1)
        await publish(target, 1)
        await target.close()
        assert len(server.raw) == 2
        assert server.raw[0] == server.raw[1]

    async def test_a_mail_that_may_have_arrived_is_not_sent_again_where_that_is_wished(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        server.replies = ["drop-before"]
        target = build(tmp_path, server, in_doubt="skip")
        with pytest.raises(TryLaterError):
            await publish(target, 1)
        done = await publish(target, 1)
        assert "may have arrived" in done.note
        assert await target.find(make_post(1)) is not None
        await target.close()
        assert server.mails == []

    async def test_a_doubt_outlives_the_process(self, tmp_path: Path, server: MailServer) -> None:
        server.replies = ["drop-after"]
        first = build(tmp_path, server)
        with pytest.raises(TryLaterError):
            await publish(first, 1)
        await first.close()
        second = build(tmp_path, server, in_doubt="skip")
        assert "may have arrived" in (await publish(second, 1)).note
        await second.close()
        assert len(server.mails) == 1

    async def test_a_clear_no_leaves_no_doubt(self, tmp_path: Path, server: MailServer) -> None:
        server.replies = ["451 4.7.1 greylisted, come back"]
        target = build(tmp_path, server, in_doubt="skip")
        with pytest.raises(TryLaterError, match="greylisted") as caught:
            await publish(target, 1)
        assert not caught.value.in_doubt
        assert (await publish(target, 1)).note == ""
        await target.close()
        assert len(server.mails) == 1

    async def test_nothing_is_mailed_twice_even_where_the_outbox_forgot(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        target = build(tmp_path, server)
        await publish(target, 1)
        await target.close()
        again = build(tmp_path, server)
        found = await again.find(make_post(1))
        assert found is not None
        assert found.pushed_hash == change.revision(make_post(1))
        await publish(again, 1)
        await again.close()
        assert len(server.mails) == 1

    async def test_nor_where_the_file_is_lost_and_the_outbox_remembers(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        target = build(tmp_path / "a", server)
        first = await publish(target, 1)
        await target.close()
        other = build(tmp_path / "b", server)
        again = await other.publish(make_post(1), media=NO_MEDIA, previous=first)
        await other.close()
        assert again.pushed_hash == first.pushed_hash
        assert len(server.mails) == 1

    async def test_a_post_that_changes_is_left_as_it_was_mailed(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server)
        first = await publish(target, 1)
        second = await target.publish(make_post(1, title="New"), media=NO_MEDIA, previous=first)
        await target.close()
        assert second.pushed_hash == first.pushed_hash
        assert "can't be changed" in second.note
        assert len(server.mails) == 1

    async def test_an_update_answers_the_first_mail_and_changing_back_is_a_third(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        target = build(tmp_path, server, updates=True)
        await publish(target, 1)
        await publish(target, 1, title="New")
        await publish(target, 1)
        await target.close()
        first, second, third = server.mails
        assert second["In-Reply-To"].strip() == third["In-Reply-To"].strip() == first["Message-ID"]
        assert len({mail["Message-ID"] for mail in server.mails}) == 3

    async def test_a_withdrawal_is_told_without_the_text(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server)
        done = await publish(target, 1)
        await target.withdraw(make_post(1), done)
        await target.withdraw(make_post(1), done)
        await target.close()
        first, second = server.mails
        assert second["In-Reply-To"].strip() == first["Message-ID"]
        assert str(second["Subject"]).startswith("Withdrawn: Story 1")
        assert "First paragraph" not in html_of(second)

    async def test_a_withdrawal_that_is_undone_is_mailed_and_can_be_withdrawn_again(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        target = build(tmp_path, server)
        for _ in range(2):
            await publish(target, 1)
            await target.withdraw(make_post(1), None)
        await target.close()
        assert len({mail["Message-ID"] for mail in server.mails}) == 4


class TestAnswers:
    @pytest.mark.parametrize(
        ("reply", "expected"),
        [("451 4.3.0 later", TryLaterError), ("552 5.3.4 too large", RejectedError), ("554 5.7.1 spam", RejectedError)],
    )
    async def test_an_answer_to_the_content_has_its_class(
        self, tmp_path: Path, server: MailServer, reply: str, expected: type[PublishError]
    ) -> None:
        server.replies = [reply]
        target = build(tmp_path, server)
        with pytest.raises(expected, match=reply[:3]) as caught:
            await publish(target, 1)
        assert not caught.value.in_doubt
        await target.close()

    @pytest.mark.parametrize(
        ("reply", "expected"), [("450 4.2.0 later", TryLaterError), ("550 5.7.1 not you", BlockedError)]
    )
    async def test_a_sender_who_is_refused_is_a_matter_for_a_person(
        self, tmp_path: Path, server: MailServer, reply: str, expected: type[PublishError]
    ) -> None:
        server.sender_reply = reply
        target = build(tmp_path, server)
        with pytest.raises(expected):
            await publish(target, 1)
        await target.close()

    async def test_recipients_who_are_all_refused_are_a_matter_for_a_person(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        server.refuse = {"list@readers.example": "550 5.1.1 no such user"}
        target = build(tmp_path, server)
        with pytest.raises(BlockedError, match="no such user"):
            await publish(target, 1)
        [problem] = await target.check()
        assert "no such user" in problem
        await target.close()
        assert server.mails == []

    async def test_one_refused_recipient_of_two_is_told_and_the_other_gets_the_mail(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        server.refuse = {"gone@readers.example": "550 5.1.1 no such user"}
        target = build(tmp_path, server, to=["gone@readers.example", "Ann <ann@readers.example>"])
        done = await publish(target, 1)
        assert done.note == "refused: gone@readers.example: 550 5.1.1 no such user"
        assert await target.check() == ["the server refuses gone@readers.example: 550 5.1.1 no such user"]
        await target.close()
        assert server.recipients == [["ann@readers.example"]]

    async def test_while_one_recipient_is_to_be_tried_later_nobody_gets_it(
        self, tmp_path: Path, server: MailServer
    ) -> None:
        server.refuse = {"slow@readers.example": "450 4.7.1 greylisted"}
        target = build(tmp_path, server, to=["slow@readers.example", "ann@readers.example"])
        with pytest.raises(TryLaterError, match="greylisted") as caught:
            await publish(target, 1)
        assert not caught.value.in_doubt
        assert server.mails == []
        server.refuse = {}
        await publish(target, 1)
        await target.close()
        assert [len(to) for to in server.recipients] == [2]

    async def test_a_server_that_is_not_there_is_tried_later(self, tmp_path: Path) -> None:
        async with mailserver.running() as server:
            pass
        target = build(tmp_path, server)
        with pytest.raises(TryLaterError, match="can't be reached") as caught:
            await publish(target, 1)
        assert not caught.value.in_doubt
        await target.close()

    async def test_a_private_address_is_refused_unless_it_is_allowed(self, tmp_path: Path, server: MailServer) -> None:
        target = build(tmp_path, server, allow_networks=[])
        with pytest.raises(BlockedError, match=r"targets\.mail\.allow_networks"):
            await publish(target, 1)
        await target.close()
        assert server.sessions == 0

    async def test_a_damaged_file_is_a_matter_for_a_person(self, tmp_path: Path, server: MailServer) -> None:
        (tmp_path / "data" / "email").mkdir(parents=True)
        (tmp_path / "data" / "email" / "mail.sqlite3").write_bytes(b"no database" * 100)
        target = build(tmp_path, server)
        with pytest.raises(BlockedError, match="damaged"):
            await publish(target, 1)
        assert "damaged" in (await target.check())[0]
        await target.close()
