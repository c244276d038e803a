"""The steps of a feed: its profiles' first, then its own, which may change one of them by its name."""

import pytest

from aggregator.config import load

HEAD = """
[[profiles.desk.transforms]]
kind = "filter"
name = "no adverts"
exclude = ["advert"]
within = ["title"]

[[profiles.desk.transforms]]
kind = "replace"
find = "BREAKING: "

[profiles.more]
transforms = [{ kind = "replace", name = "tidy", find = "!!" }]

[feeds.a]
url = "https://a.example/"
"""
FACTS = [
    # what the feed says, its steps as name and what one of their options is
    ("", []),
    ('profiles = ["desk"]', [("no adverts", ("advert",)), ("replace", "BREAKING: ")]),
    ('profiles = ["more", "desk"]', [("tidy", "!!"), ("no adverts", ("advert",)), ("replace", "BREAKING: ")]),
    ('transforms = [{ kind = "replace", find = "x" }]', [("replace", "x")]),
    (
        'profiles = ["more"]\ntransforms = [{ kind = "filter", exclude = ["x"] }]',
        [("tidy", "!!"), ("filter", ("x",))],
    ),
    (
        'profiles = ["desk"]\ntransforms = [{ name = "no adverts", exclude = ["sport"] }]',
        [("no adverts", ("sport",)), ("replace", "BREAKING: ")],
    ),
    (
        'profiles = ["desk"]\ntransforms = [{ name = "replace", find = "URGENT: " }]',  # a step without a name goes by its kind
        [("no adverts", ("advert",)), ("replace", "URGENT: ")],
    ),
    ('profiles = ["desk"]\ntransforms = [{ name = "no adverts", enabled = false }]', [("replace", "BREAKING: ")]),
    (
        'profiles = ["desk"]\ntransforms = [{ name = "no adverts", kind = "replace", find = "x" }]',
        [("no adverts", "x"), ("replace", "BREAKING: ")],
    ),
]


@pytest.mark.parametrize(("said", "steps"), FACTS)
def test_the_steps_of_a_feed_are_those_of_its_profiles_with_its_own_changes(write, said, steps):
    feed = load(write(HEAD + said)).feed("a")
    assert [
        (step.name, getattr(step.options, "exclude", None) or step.options.find) for step in feed.transforms
    ] == steps


def test_what_a_changed_step_does_not_say_stays_as_the_profile_has_it(write):
    feed = load(write(HEAD + 'profiles = ["desk"]\ntransforms = [{ name = "no adverts", exclude = ["x"] }]')).feed("a")
    assert feed.transforms[0].options.within == ("title",)


def test_a_feed_has_the_profiles_of_its_group_unless_it_names_its_own(write):
    text = '[groups.news]\nprofiles = ["more"]\n' + HEAD + 'group = "news"\n'
    assert [step.name for step in load(write(text)).feed("a").transforms] == ["tidy"]
    assert load(write(text + 'profiles = ["desk"]')).feed("a").transforms[0].name == "no adverts"
    assert load(write(text + "profiles = []")).feed("a").transforms == ()


def test_a_change_is_checked_against_the_profiles_that_the_feed_really_has(write):
    from aggregator.errors import ConfigError

    text = (
        '[groups.news]\nprofiles = ["more"]\ntransforms = [{ name = "tidy", find = "?" }]\n' + HEAD + 'group = "news"\n'
    )
    assert [step.options.find for step in load(write(text)).feed("a").transforms] == ["?"]
    with pytest.raises(ConfigError, match=r"groups.news.transforms\[0\].kind: is missing"):
        load(write(text + 'profiles = ["desk"]'))
