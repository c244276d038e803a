"""Bad files: all complaints at once, each with its key, its line, and what to do."""

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError

FEED = '[feeds.a]\nurl = "https://a.example/"\n'  # lines 8 and 9 of the file
PROFILE = "profiles = ['desk']\n[[profiles.desk.transforms]]\nkind = 'replace'\nname = 'tidy'\nfind = 'ad'\n"

FACTS = [
    # what stands below the good head, the key, the complaint with line and hint
    ("[feed.a]\nurl = 'https://a.example/'", "feed", '8 unknown key (did you mean "feeds"?)'),
    ("feeds = 7", "targets.blog.feeds", '8 unknown key (known: kind, order, parallel, password, path, patience, per_day, quiet, spacing, visibility)'),
    (FEED + "evry = '1h'", "feeds.a.evry", '10 unknown key (did you mean "every"?)'),
    (FEED + "floor = '1h'", "feeds.a.floor", "10 unknown key (it belongs into [fetch])"),
    (FEED + "every = 15", "feeds.a.every", '10 15 has no unit (write "15s", "15m", "15h" or "15d", in quotes)'),
    (FEED + "every = '15 minutes'", "feeds.a.every", "10 '15 minutes' is neither an interval nor a cron line"),
    (FEED + "every = '15x'", "feeds.a.every", "10 '15x' is not a duration"),
    (FEED + "every = '0m'", "feeds.a.every", "10 must be more than nothing"),
    (FEED + "every = ''", "feeds.a.every", "10 '' is neither an interval nor a cron line"),
    (FEED + "every = true", "feeds.a.every", "10 must be a duration in quotes"),
    (FEED + "every = '9999999h'", "feeds.a.every", "10 '9999999h' is more than a hundred years"),
    (FEED + "every = '61 * * * *'", "feeds.a.every", "10 '61 * * * *' is not a cron line: Bad minute"),
    (FEED + "every = '0 0 30 2 *'", "feeds.a.every", "10 '0 0 30 2 *' is not a cron line: Bad day-of-month"),
    (FEED + "every = '0 * * * * *'", "feeds.a.every", "10 '0 * * * * *' is neither an interval nor a cron line"),
    (FEED + "max_age = '1y'", "feeds.a.max_age", "10 '1y' is not a duration"),
    (FEED + "max_new = '20'", "feeds.a.max_new", "10 must be a whole number, not text"),
    (FEED + "max_new = -1", "feeds.a.max_new", "10 must be at least 0"),
    (FEED + "max_new = 1.5", "feeds.a.max_new", "10 must be a whole number"),
    (FEED + "extract = 'yes'", "feeds.a.extract", "10 must be true or false, not text"),
    (FEED + "rights = 'ful'", "feeds.a.rights", "10 must be 'link', 'excerpt' or 'full', not 'ful' (did you mean \"full\"?)"),
    (FEED + "name = 7", "feeds.a.name", "10 must be text in quotes, not a whole number"),
    (FEED + "name = 1979-05-27", "feeds.a.name", "10 must be text in quotes, not a date or time"),
    (FEED + 'name = "a\\nb"', "feeds.a.name", "10 must be one line without control characters"),
    (FEED + "targets = 'blog'", "feeds.a.targets", "10 must be a list in [ ], not text"),
    (FEED + "targets = []", "feeds.a.targets", "10 must have at least 1 entries"),
    (FEED + "targets = ['blogg']", "feeds.a.targets[0]", '10 there is no [targets.blogg] (did you mean "blog"?)'),
    (FEED + "group = 'news'", "feeds.a.group", "10 there is no [groups.news]"),
    (FEED + "kind = 'fed'", "feeds.a.kind", '10 there is no source kind \'fed\' (did you mean "feed"?)'),
    (FEED + "options = { x = 1 }", "feeds.a.options.x", "10 unknown key"),
    (FEED + "allow_hosts = ['https://a.example']", "feeds.a.allow_hosts[0]", "10 'https://a.example' is not a host name"),
    (FEED + "headers = { 'a b' = 'x' }", "feeds.a.headers.a b", "10 this is no name of a header field"),
    (FEED + "headers = { Host = 'x' }", "feeds.a.headers.Host", "10 this header field is set by Wirecopy itself"),
    (FEED + 'headers = { X = "a\\nb" }', "feeds.a.headers.X", "10 this secret has control characters"),
    (FEED + "headers = { X = { env = 'WIRECOPY_UNSET' } }", "feeds.a.headers.X", "10 the environment variable WIRECOPY_UNSET"),
    (FEED + "headers = { X = { file = '/nowhere/x' } }", "feeds.a.headers.X", "10 the file /nowhere/x can't be read"),
    (FEED + "headers = { X = { envv = 'HOME' } }", "feeds.a.headers.X", '10 must be a secret (write { env = "NAME" }'),
    (FEED + "auth = { username = 'a' }", "feeds.a.auth.password", "10 is missing"),
    (FEED + "auth = { user = 'a', password = 'b' }", "feeds.a.auth.user", '10 unknown key (did you mean "username"?)'),
    (FEED + "auth = 'a:b'", "feeds.a.auth", "10 must be a table, not text"),
    (FEED + "credit = '{{ title'", "feeds.a.credit", "10 not a Jinja2 template"),
    (FEED + "credit = '{{ titel }}'", "feeds.a.credit", "10 this template knows no titel (it may use authors, licence, original,"),
    (FEED + "credit = '{{ authors | nix }}'", "feeds.a.credit", "10 not a Jinja2 template: No filter named 'nix'."),
    (FEED + "[[feeds.a.transforms]]\nname = 'x'", "feeds.a.transforms[0].kind", "10 is missing"),
    (FEED + "[[feeds.a.transforms]]\nkind = 'filtr'", "feeds.a.transforms[0].kind", "11 there is no transform kind 'filtr'"),
    (FEED + "[[feeds.a.transforms]]\nkind = 'replace'\nfnd = ''", "feeds.a.transforms[0].fnd", '12 unknown key (did you mean "find"?)'),
    (FEED + "[[feeds.a.transforms]]\nkind = 'replace'\nby = 'x'", "feeds.a.transforms[0].find", "10 is missing"),
    (FEED + "profiles = ['desk']", "feeds.a.profiles[0]", "10 there is no [profiles.desk]"),
    (FEED + "[profiles.desk]", "profiles.desk.transforms", "10 is missing"),
    (FEED + "[[profiles.desk.transforms]]\nkind = 'filtr'", "profiles.desk.transforms[0].kind", "11 there is no transform kind"),
    (FEED + PROFILE.replace("ad", "") + "[[feeds.a.transforms]]", "profiles.desk.transforms[0].find", "14 must not be empty"),
    (FEED + PROFILE + "[[feeds.a.transforms]]\nname = 'tidi'\nby = 'x'", "feeds.a.transforms[0].kind", '15 is missing (or no step of its profiles goes by this name: did you mean "tidy"?)'),
    (FEED + PROFILE + "[[feeds.a.transforms]]\nname = 'tidi'\nenabled = false", "feeds.a.transforms[0].kind", "15 is missing"),
    (FEED + PROFILE + "[[feeds.a.transforms]]\nname = 'tidy'\nbuy = 'x'", "feeds.a.transforms[0].buy", '17 unknown key (did you mean "by"?)'),
    ("[feeds.a]\nurl = 'ftp://a.example/'", "feeds.a.url", "9 'ftp://a.example/' is not an http(s) address"),
    ("[feeds.a]\nurl = 'a.example/feed'", "feeds.a.url", "9 'a.example/feed' is not an http(s) address"),
    ("[feeds.a]\nurl = 'https://'", "feeds.a.url", "9 'https://' is not an http(s) address"),
    ("[feeds.a]\nurl = 'https://a b.example/'", "feeds.a.url", "9 an address has no spaces"),
    ("[feeds.a]\nurl = 'https://a.example:x/'", "feeds.a.url", "9 'https://a.example:x/' is not an address"),
    ("[feeds.a]\nurl = 'https://me:hunter2@a.example/'", "feeds.a.url", "9 user name and password don't belong into an address (use auth"),
    ("[feeds.a]\nname = 'x'", "feeds.a.url", "8 is missing"),
    ("[feeds]\na = 'https://a.example/'", "feeds.a", "9 must be a table, not text (write [feeds.a] on a line of its own"),
    ("[feeds.'a b']\nurl = 'https://a.example/'", "feeds.a b", '8 this name has other characters than letters, digits, _ and - (for example "a-b")'),
    (FEED + "[feeds.b]\nurl = 'https://A.example:443'", "feeds.b.url", "11 this is the address of feeds.a too (keep one of the two)"),
    ("[fetch]\nfloor = '1m'", "fetch.floor", "9 less than 5m is only for your own servers"),
    ("[fetch]\nceiling = '1m'", "fetch.ceiling", "9 must be at least as long as floor"),
    ("[fetch]\nallow_networks = ['127.0.0.1/8']", "fetch.allow_networks[0]", '9 \'127.0.0.1/8\' is not a network (did you mean "127.0.0.0/8"?)'),
    ("[fetch]\nallow_networks = ['lan']", "fetch.allow_networks[0]", "9 'lan' is not a network"),
    ("[fetch]\nredirects = 99", "fetch.redirects", "9 must be at most 10"),
    ("[daemon]\nlisten = '8080'", "daemon.listen", "9 '8080' is not an address to listen on"),
    ("[daemon]\nlisten = '127.0.0.1:99999'", "daemon.listen", "9 '127.0.0.1:99999' is not an address to listen on"),
    ("[daemon]\nworkers = 0", "daemon.workers", "9 must be at least 1"),
    ("[store]\nurl = 'mysql://x/y'", "store.url", "9 not the address of a store"),
    ("[store]\nmedia = 7", "store.media", "9 must be a path in quotes, not a whole number"),
    ("[targets.b]\nkind = 'sit'", "targets.b.kind", '9 there is no target kind \'sit\' (did you mean "site"?)'),
    ("[targets.b]\npath = 'x'", "targets.b.kind", "8 is missing"),
    ("[targets.b]\nkind = '../x'", "targets.b.kind", "9 '../x' is not the name of a kind"),
    ("[targets.b]\nkind = 'config_kinds.nothing'", "targets.b.kind", "9 'config_kinds.nothing' is not a target kind"),
    ("[targets.b]\nkind = 'config_kinds.broken'", "targets.b.kind", "9 the module 'config_kinds.broken' can't be imported"),
    ("[targets.b]\nkind = 'config_kinds.shelf'", "targets.b.path", "8 is missing"),
    ("[targets.b]\nkind = 'config_kinds.shelf'\npath = 'p'\nvisibility = 'publc'", "targets.b.visibility", "11 must be 'public' or 'private', not 'publc' (did you mean \"public\"?)"),
    ("[targets.b]\nkind = 'config_kinds.shelf'\npath = 'public'", "targets.b", "8 is the same as targets.blog"),
    ("[groups]\nnews = 7", "groups.news", "9 must be a table, not a whole number"),
    ("[defaults]\nurl = 'https://a.example/'", "defaults.url", "9 unknown key (it belongs into [store] or [feeds.NAME])"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "key", "complaint"), FACTS, ids=[f"{key}-{n}" for n, (_, key, _) in enumerate(FACTS)])
def test_a_mistake_is_named_with_its_key_its_line_and_what_to_do(problems, more, key, complaint):
    found = problems(more)
    assert key in found, found
    assert found[key].startswith(complaint), found[key]


def test_all_complaints_come_at_once_in_the_order_of_the_file(write):
    with pytest.raises(ConfigError) as caught:
        load(
            write(
                head="[site]\ntitel = 'x'\n[fetch]\nfloor = 1\n[feeds.a]\nurl = 'x'\ntargets = ['b']\n[targets.b]\nkind = 'nix'"
            )
        )
    assert [(p.line, p.key) for p in caught.value.problems] == [
        (1, "site.title"),
        (1, "site.base_url"),
        (2, "site.titel"),
        (4, "fetch.floor"),
        (6, "feeds.a.url"),
        (9, "targets.b.kind"),
    ]


def test_no_complaint_tells_a_secret(problems):
    found = problems(
        "[feeds.a]\nurl = 'https://me:hunter2@a.example/?token=hunter2'\nauth = { username = 7, password = 'hunter2\\u0007' }\n"
        "headers = { X = { text = 'hunter2' } }\n[targets.b]\nkind = 'config_kinds.shelf'\npath = 'p'\npassword = ['hunter2']\n"
    )
    assert {"feeds.a.url", "feeds.a.auth.username", "feeds.a.headers.X", "targets.b.password"} <= found.keys()
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "None the configuration file is empty (it needs [site]"),
        (b"\n  # nothing yet\n\n", "None the configuration file is empty (it needs [site]"),
        (b"\xef\xbb\xbf", "None the configuration file is empty"),
        (b"\x00\xff\xfe" * 40, "None this is a binary file, not a TOML configuration"),
        ("[site]\n".encode("utf-16"), "None the configuration file is UTF-16 (save it as UTF-8)"),
        (b"[site]\ntitle = 'caf\xe9'\n", "2 the configuration file is not UTF-8 (save it as UTF-8)"),
    ],
)
def test_what_is_no_configuration_at_all_is_told_apart(problems, content, complaint):
    assert problems(content)[""].startswith(complaint)


@pytest.mark.parametrize(
    ("text", "key", "complaint"),
    [
        ("[feeds\nurl = ", "feeds", "1 not valid TOML"),
        ("[feeds.a]\nevery = 1h\n", "feeds.a.every", "2 not valid TOML: Expected newline or end of document after a statement in column 10 (only one key = value on a line"),
        ("[feeds.a]\nurl = https://a.example\n", "feeds.a.url", "2 not valid TOML: Invalid value in column 7 (text and durations stand in quotes"),
        ("[feeds.a]\nurl = 'x\n", "feeds.a.url", "2 not valid TOML"),
        ("[feeds.a]\nurl = 'x'\nurl = 'y'\n", "feeds.a.url", "3 not valid TOML: Cannot overwrite a value in column 10 (this key stands twice; keep one)"),
        ("[feeds.a]\n[feeds.a]\n", "feeds.a", "2 not valid TOML: Cannot declare feeds.a twice in column 9 (this table stands twice; make it one)"),
        ("[feeds.a]\nurl\n", "feeds.a.url", "2 not valid TOML: Expected '=' after a key"),
        ('[feeds.a]\npath = "C:\\new\\path"\n', "feeds.a.path", "2 not valid TOML: Unescaped '\\' in a string in column 17 (write \\\\ for one"),
        ('[feeds.a]\npath = "C:\\Users"\n', "feeds.a.path", "2 not valid TOML: Invalid hex value in column 13 (write \\\\ for one"),
        ("[feeds.ü]\n", "feeds", "1 not valid TOML: Invalid initial character for a key part in column 8 (a key has letters"),
        ("[feeds.a]\nx = [1,\n", "feeds.a.x", "2 not valid TOML"),
        ("feeds = {", "feeds", "1 not valid TOML"),
        ("= 1", "", "1 not valid TOML: Invalid statement in column 1"),
        ("a = " + "[" * 20_000, "", "None values are nested too deep"),
        ("a = " + "9" * 5_000, "a", "1 not valid TOML"),
    ],
)  # fmt: skip
def test_broken_toml_is_told_with_line_key_and_remedy(problems, text, key, complaint):
    found = problems("", head=text)
    assert list(found) == [key]
    assert found[key].startswith(complaint)


def test_wrong_types_of_whole_tables(problems):
    found = problems(
        "", head="feeds = 7\npublish = [1,2]\nsite = true\ntargets = 'x'\nfetch = []\ngroups = 1979-05-27\n"
    )
    assert {key: said.split(" (")[0] for key, said in found.items()} == {
        "feeds": "1 must be a table, not a whole number",
        "publish": "2 unknown key",
        "site": "3 must be a table, not true",
        "targets": "4 must be a table, not text",
        "fetch": "5 must be a table, not a list",
        "groups": "6 must be a table, not a date or time",
    }


def test_a_file_without_target_says_what_to_write(problems):
    found = problems("", head='[site]\ntitle = "x"\nbase_url = "https://x.example"\n')
    assert found == {
        "targets": 'None is missing: posts would go nowhere (write [targets.blog] with kind = "site" and path = "public")'
    }


def test_a_file_without_site_says_what_to_write(problems):
    found = problems("", head="[targets.blog]\nkind = 'site'\n")
    assert found["site"].startswith('None is missing (write [site] with title = "…" and base_url = "https://…")')


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nowhere.toml", "there is no such configuration file"),
        (".", "this is a folder, not a configuration file"),
        ("a\0b", "the configuration file can't be read"),
        ("x" * 300, "the configuration file can't be read"),
    ],
)
def test_a_file_that_can_not_be_read_is_told(tmp_path, name, complaint):
    with pytest.raises(ConfigError, match=complaint):
        load(tmp_path / name)
