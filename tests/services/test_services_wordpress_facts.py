"""What our WordPress target takes for granted, asked of a real WordPress.

A test that fails here says that WordPress has changed, not that we have.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest
from PIL import Image

from tools.services import wordpress

pytestmark = pytest.mark.service

EVERY_STATUS = "publish,future,draft,pending,private,trash"
Client = Callable[[str], httpx.Client]


@pytest.fixture
def client(wordpress: wordpress.Site) -> Iterator[Client]:
    """Opens the REST API for a role."""
    opened: list[httpx.Client] = []

    def of(role: str) -> httpx.Client:
        user = wordpress.users[role]
        auth = (user.login, user.application_password)
        opened.append(httpx.Client(base_url=wordpress.api, auth=auth, timeout=30, trust_env=False))
        return opened[-1]

    yield of
    for each in opened:
        each.close()


@pytest.fixture
def author(client: Client) -> httpx.Client:
    return client("author")


@pytest.fixture
def slug() -> str:
    """A slug of the form that we use, and that nobody has used yet."""
    return f"a-readable-title-{secrets.token_hex(4)}"


def made(client: httpx.Client, **post: object) -> dict[str, object]:
    answer = client.post("/posts?context=edit", json={"title": "A title", "content": "<p>Text</p>", **post})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


def upload(
    client: httpx.Client, body: bytes, *, name: str = "picture.png", kind: str = "image/png", **fields: str
) -> httpx.Response:
    headers = {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
    return client.post("/media", params=fields, content=body, headers=headers)


# --- slugs: where our key is kept --------------------------------------------------------


def test_a_draft_keeps_its_slug_and_is_found_by_it(author: httpx.Client, slug: str) -> None:
    post = made(author, slug=slug, status="draft")
    assert post["slug"] == slug
    found = author.get("/posts", params={"slug": slug, "status": "any"}).json()
    assert [each["id"] for each in found] == [post["id"]]


def test_a_taken_slug_gets_a_number_and_no_error(author: httpx.Client, slug: str) -> None:
    made(author, slug=slug, status="draft")
    assert made(author, slug=slug, status="draft")["slug"] == f"{slug}-2"
    assert made(author, slug=slug, status="publish")["slug"] == f"{slug}-3"


def test_a_draft_is_published_by_its_id_as_often_as_one_likes(author: httpx.Client, slug: str) -> None:
    draft = made(author, slug=slug, status="draft", date_gmt="2026-06-01T10:00:00")
    first, second = (author.post(f"/posts/{draft['id']}", json={"status": "publish"}).json() for _ in range(2))
    for published in (first, second):
        assert (published["status"], published["slug"]) == ("publish", slug)
        assert published["date_gmt"] == "2026-06-01T10:00:00"


def test_what_is_in_the_trash_is_found_under_another_slug_and_by_status_only(author: httpx.Client, slug: str) -> None:
    post = made(author, slug=slug, status="publish")
    assert author.delete(f"/posts/{post['id']}").json()["status"] == "trash"
    assert author.get("/posts", params={"slug": slug, "status": EVERY_STATUS}).json() == []
    assert author.get("/posts", params={"slug": f"{slug}__trashed", "status": "any"}).json() == []
    wanted = f"{slug},{slug}-2,{slug}__trashed"
    (found,) = author.get("/posts", params={"slug": wanted, "status": EVERY_STATUS}).json()
    assert (found["id"], found["slug"], found["status"]) == (post["id"], f"{slug}__trashed", "trash")


def test_trashing_twice_and_asking_for_what_is_gone_are_told_apart(author: httpx.Client, slug: str) -> None:
    post = made(author, slug=slug, status="publish")
    author.delete(f"/posts/{post['id']}")
    again = author.delete(f"/posts/{post['id']}")
    assert (again.status_code, again.json()["code"]) == (410, "rest_already_trashed")
    author.delete(f"/posts/{post['id']}", params={"force": "true"})
    gone = author.get(f"/posts/{post['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "rest_post_invalid_id")


def test_a_comment_in_the_text_is_found_by_searching(author: httpx.Client, slug: str) -> None:
    post = made(author, status="draft", content=f"<p>Text</p><!-- key {slug} -->")
    found = author.get("/posts", params={"search": f"key {slug}", "status": "any"}).json()
    assert [each["id"] for each in found] == [post["id"]]


# --- dates and statuses ------------------------------------------------------------------


def test_date_gmt_alone_sets_both_dates(author: httpx.Client, wordpress: wordpress.Site) -> None:
    post = made(author, status="publish", date_gmt="2026-06-01T10:00:00")
    assert wordpress.timezone == "Europe/Berlin"
    assert (post["date_gmt"], post["date"]) == ("2026-06-01T10:00:00", "2026-06-01T12:00:00")


def test_publishing_with_a_date_to_come_only_schedules(author: httpx.Client) -> None:
    assert made(author, status="publish", date_gmt="2096-06-01T10:00:00")["status"] == "future"


# --- terms -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Harbour news", "News & Views", "Größe"])
def test_a_category_that_exists_is_refused_with_its_id(client: Client, name: str) -> None:
    editor = client("editor")
    name = f"{name} {secrets.token_hex(4)}"
    first = editor.post("/categories", json={"name": name}).json()
    again = editor.post("/categories", json={"name": name})
    assert (again.status_code, again.json()["code"]) == (400, "term_exists")
    assert again.json()["data"]["term_id"] == first["id"]


def test_an_author_makes_tags_but_no_categories(author: httpx.Client) -> None:
    assert author.post("/tags", json={"name": f"tag {secrets.token_hex(4)}"}).status_code == 201
    refused = author.post("/categories", json={"name": f"category {secrets.token_hex(4)}"})
    assert (refused.status_code, refused.json()["code"]) == (403, "rest_cannot_create")


def test_tags_differ_by_more_than_case(author: httpx.Client) -> None:
    name = f"Python {secrets.token_hex(4)}"
    first = author.post("/tags", json={"name": name}).json()
    assert author.post("/tags", json={"name": name.lower()}).json()["data"]["term_id"] == first["id"]


def test_terms_and_pictures_that_do_not_exist_are_dropped_in_silence(author: httpx.Client) -> None:
    post = made(author, status="publish", categories=[987_654], tags=[987_654], featured_media=987_654)
    assert (post["categories"], post["tags"], post["featured_media"]) == ([], [], 0)


def test_only_registered_meta_keys_are_kept(author: httpx.Client) -> None:
    post = made(author, status="draft", meta={"source_url": "https://press.example/1", "unheard_of": "x"})
    assert post["meta"] == {"source_url": "https://press.example/1"}


# --- pictures ----------------------------------------------------------------------------


def test_a_picture_is_found_by_the_slug_that_it_was_sent_with(author: httpx.Client, slug: str) -> None:
    sent = upload(author, picture(), slug=slug, alt_text="A teal square", caption="Seen from above", title="Teal")
    assert sent.status_code == 201, sent.text
    (found,) = author.get("/media", params={"slug": slug}).json()
    assert (found["id"], found["slug"], found["alt_text"]) == (sent.json()["id"], slug, "A teal square")


def test_the_same_picture_twice_is_kept_twice(author: httpx.Client, slug: str) -> None:
    body = picture()
    first, second = (upload(author, body, name=f"{slug}.png", slug=slug).json() for _ in range(2))
    assert first["id"] != second["id"]
    assert second["slug"] == f"{slug}-2"


def test_a_picture_that_came_to_harm_on_the_way_is_refused(author: httpx.Client) -> None:
    headers = {
        "Content-Type": "image/png",
        "Content-Disposition": 'attachment; filename="x.png"',
        "Content-MD5": "0" * 32,
    }
    answer = author.post("/media", content=picture(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "rest_upload_hash_mismatch")


def test_a_kind_of_file_that_is_not_allowed_is_refused_as_if_it_were_the_servers_fault(author: httpx.Client) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    answer = upload(author, drawing, name="drawing.svg", kind="image/svg+xml")
    assert (answer.status_code, answer.json()["code"]) == (500, "rest_upload_sideload_error")


# --- text --------------------------------------------------------------------------------

KEPT = (
    '<figure class="lead" data-wirecopy="1"><img src="https://press.example/1.png" alt="A pier" width="8" /></figure>',
    "<figure><figcaption>The pier. <cite>Photo: A. Ransome</cite></figcaption></figure>",
    '<p class="credit" data-key="0123">First published by <a href="https://press.example/1" rel="canonical">The Press</a>.</p>',
    "<!-- a comment -->",
    "<details><summary>More</summary><p>Text</p></details>",
    '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
)
LOST = {
    "<p>a</p><script>alert(1)</script>": "<p>a</p>alert(1)",  # the text stays, for all to read
    '<p onclick="alert(1)">a</p>': "<p>a</p>",
    '<p><a href="javascript:alert(1)">a</a></p>': '<p><a href="alert(1)">a</a></p>',
    '<iframe src="https://video.example/1"></iframe><p>a</p>': "<p>a</p>",
}


@pytest.mark.parametrize("text", KEPT)
def test_what_an_author_may_write_is_kept_to_the_letter(author: httpx.Client, text: str) -> None:
    content = made(author, status="draft", content=text)["content"]
    assert isinstance(content, dict)
    assert content["raw"] == text


@pytest.mark.parametrize(("text", "kept"), LOST.items())
def test_what_an_author_may_not_write_is_taken_out(author: httpx.Client, text: str, kept: str) -> None:
    content = made(author, status="draft", content=text)["content"]
    assert isinstance(content, dict)
    assert content["raw"] == kept


def test_an_editor_may_write_scripts(client: Client) -> None:
    text = "<p>a</p><script>alert(1)</script>"
    content = made(client("editor"), status="draft", content=text)["content"]
    assert isinstance(content, dict)
    assert content["raw"] == text


# --- accounts ----------------------------------------------------------------------------


def test_a_wrong_password_is_noticed_only_where_one_is_needed(wordpress: wordpress.Site) -> None:
    with httpx.Client(base_url=wordpress.api, auth=("alma", "wrong"), trust_env=False) as stranger:
        assert stranger.get("/posts").status_code == 200
        assert stranger.get("/users/me", params={"context": "edit"}).status_code == 401
        refused = stranger.post("/posts", json={"title": "A title"})
        assert (refused.status_code, refused.json()["code"]) == (401, "rest_cannot_create")


@pytest.mark.parametrize(("role", "may"), [("editor", True), ("author", True), ("contributor", False)])
def test_who_may_publish_and_upload_is_told(client: Client, role: str, may: bool) -> None:
    capabilities = client(role).get("/users/me", params={"context": "edit"}).json()["capabilities"]
    assert (capabilities.get("publish_posts", False), capabilities.get("upload_files", False)) == (may, may)
