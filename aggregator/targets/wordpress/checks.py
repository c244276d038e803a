"""Whether a WordPress will take our posts, told to its owner before the first one."""

from __future__ import annotations

from aggregator.errors import PublishError
from aggregator.targets.wordpress.authors import Authors
from aggregator.targets.wordpress.options import Categories, Options
from aggregator.targets.wordpress.rest import Account, Rest
from aggregator.targets.wordpress.terms import Terms


async def complaints(rest: Rest, options: Options, authors: Authors, terms: Terms) -> list[str]:
    """What is wrong, in sentences; empty: all is well."""
    found = options.in_the_clear("password")
    try:
        root = await rest.root()
    except PublishError as error:
        return [*found, error.message]
    try:
        account = await rest.account()
    except PublishError as error:
        return [*found, _about_credentials(error, application_passwords=root.application_passwords)]
    if root.plain:
        found.append(
            "the blog has plain permalinks (?p=123), so that addresses of posts say nothing: "
            "choose another form in Settings, Permalinks"
        )
    found += _about_rights(account, options)
    try:
        for name in authors.named:
            _, complaint = await authors.resolve(name)
            found += [complaint] if complaint else []
        found += await _about_categories(account, options.categories, terms)
        if options.meta and (dropped := sorted(options.meta.keys() - await rest.custom_fields())):
            found.append(
                f"the blog drops the custom fields {', '.join(dropped)}: a plugin or theme there has to register "
                "them with show_in_rest"
            )
    except PublishError as error:
        found.append(f"the blog does not tell what it has: {error.message}")
    return found


def _about_credentials(error: PublishError, *, application_passwords: bool) -> str:
    if not application_passwords:
        return (
            f"{error.message}; the blog does not offer Application Passwords: it needs https, "
            "and a security plugin may have switched them off"
        )
    return (
        f"{error.message}; are username and password right (an Application Password from the account's profile, not "
        "the one to log in with), and does the web server pass the Authorization header on?"
    )


async def _about_categories(account: Account, categories: Categories, terms: Terms) -> list[str]:
    if categories.create and "manage_categories" in account.capabilities:
        return []
    named = (categories.always, *categories.by_feed.values(), *categories.by_tag.values())
    absent = await terms.absent(path for paths in named for path in paths)
    if not absent:
        return []
    reason = "the account may not make it: that needs the role Editor" if categories.create else "create is off"
    return [
        f"the blog has no category {path}, and {reason}; posts go without it, unless you make it there"
        for path in absent
    ]


def _about_rights(account: Account, options: Options) -> list[str]:
    has = account.capabilities
    role = ", ".join(account.roles) or "no role"
    if not has:
        return []  # it does not tell
    if not has & {"edit_posts", "publish_posts"}:
        return [f"the account may not write posts (it has {role}): give it the role Author"]
    found = []
    if options.status in ("publish", "private") and "publish_posts" not in has:
        found.append(f'the account may not publish (it has {role}): give it the role Author, or set status = "pending"')
    if options.pictures == "copy" and "upload_files" not in has:
        found.append(
            f'the account may not upload pictures (it has {role}): give it the role Author, or set pictures = "link"'
        )
    return found
