"""Each server comes up, alone on loopback, and lets our accounts in."""

from __future__ import annotations

import httpx
import pytest

from tools.services import ghost, mastodon, micropub, wordpress

pytestmark = pytest.mark.service


def test_wordpress_knows_an_account_of_each_role(wordpress: wordpress.Site) -> None:
    for role, user in wordpress.users.items():
        auth = (user.login, user.application_password)
        me = httpx.get(f"{wordpress.api}/users/me?context=edit", auth=auth, trust_env=False)
        assert me.json()["roles"] == [role]
    assert httpx.get(f"{wordpress.api}/posts", trust_env=False).json() == []


def test_ghost_shows_its_content_api(ghost: ghost.Site) -> None:
    posts = httpx.get(f"{ghost.url}/ghost/api/content/posts/", params={"key": ghost.content_key}, trust_env=False)
    assert posts.json()["posts"] == []


def test_micropub_takes_its_token_and_no_other(micropub: micropub.Site) -> None:
    for token, status in ((micropub.token, 200), ("wrong", 401)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(f"{micropub.micropub}?q=config", headers=headers, trust_env=False)
        assert answer.status_code == status


def test_mastodon_knows_its_account(mastodon: mastodon.Site) -> None:
    headers = {"Authorization": f"Bearer {mastodon.token}"}
    answer = httpx.get(f"{mastodon.url}/api/v1/accounts/verify_credentials", headers=headers, trust_env=False)
    assert answer.json()["username"] == mastodon.username
