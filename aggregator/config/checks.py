"""What no single table can tell: names that must exist elsewhere, addresses given twice, options of kinds.

Works on the file's own values, so that these complaints come together with those about the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath

from pydantic import BaseModel, ValidationError

from aggregator import kinds, urls
from aggregator.config import steps
from aggregator.config.complaints import Complaint, from_pydantic, nearest
from aggregator.config.lines import Path
from aggregator.config.sections import TargetTable
from aggregator.config.values import KIND

Table = Mapping[str, object]

#: What the module of a kind must be able to do, by room.
_VERBS = {"sources": "parse", "transforms": "apply", "targets": "build"}
#: What every target's table may have beside the options of its kind.
_OF_ALL_TARGETS = tuple(TargetTable.model_fields)


def table(value: object) -> Table:
    """The value where it is a table, else an empty one: what it is instead has been complained about."""
    return value if isinstance(value, dict) else {}


def between_tables(raw: Table, folder: FilePath) -> Iterator[Complaint]:
    """All that is wrong between tables, and with the kinds that feeds name."""
    if not raw.get("targets"):
        hint = 'write [targets.blog] with kind = "site" and path = "public"'
        yield Complaint(("targets",), "is missing: posts would go nowhere", hint)
    yield from references(raw)
    yield from twins(raw)
    yield from sources_and_transforms(raw, folder)


def references(raw: Table) -> Iterator[Complaint]:
    """Names of targets, profiles and groups that nothing in the file goes by."""
    groups = table(raw.get("groups"))
    for path, settings in _layers(raw):
        for section in ("targets", "profiles"):
            known = table(raw.get(section))
            for index, name in enumerate(_list(settings.get(section))):
                if isinstance(name, str) and name not in known:
                    message = f"there is no [{section}.{name[:60]}]"
                    yield Complaint((*path, section, index), message, nearest(name, known))
        group = settings.get("group")
        if path[0] == "feeds" and isinstance(group, str) and group not in groups:
            yield Complaint((*path, "group"), f"there is no [groups.{group[:60]}]", nearest(group, groups))


def twins(raw: Table) -> Iterator[Complaint]:
    """Feeds that have the address of another one."""
    seen: dict[str, str] = {}
    for name, settings in table(raw.get("feeds")).items():
        url = table(settings).get("url")
        if not isinstance(url, str):
            continue
        try:
            first = seen.setdefault(urls.normalize(url), name)
        except ValueError:
            continue
        if first != name:
            yield Complaint(("feeds", name, "url"), f"this is the address of feeds.{first} too", "keep one of the two")


def targets(raw: Table, folder: FilePath) -> tuple[dict[str, BaseModel], list[Complaint]]:
    """The options of every target, read by its kind's model; and what is wrong with them."""
    read: dict[str, BaseModel] = {}
    complaints: list[Complaint] = []
    for name, settings in table(raw.get("targets")).items():
        options = {key: value for key, value in table(settings).items() if key not in _OF_ALL_TARGETS}
        result = of_kind("targets", table(settings).get("kind"), options, ("targets", name), folder, _OF_ALL_TARGETS)
        if isinstance(result, BaseModel):
            twin = next(
                (other for other, model in read.items() if type(model) is type(result) and model == result), None
            )
            if twin:
                complaints.append(Complaint(("targets", name), f"is the same as targets.{twin}", "keep one of the two"))
            read[name] = result
        else:
            complaints += result
    return read, complaints


def sources_and_transforms(raw: Table, folder: FilePath) -> Iterator[Complaint]:
    """What is wrong with the kinds and options of sources and transforms."""
    profiles = {name: _tables(settings) for name, settings in table(raw.get("profiles")).items()}
    for name, own in profiles.items():
        yield from _steps(own, [], ("profiles", name, "transforms"), folder)
    layers = dict(_layers(raw))
    for path, settings in layers.items():
        if not settings.keys() & {"profiles", "transforms"}:
            continue  # it has those of its group or the defaults
        group = ("groups", str(settings.get("group")))
        chain = [(place, layers[place]) for place in (path, group, ("defaults",)) if place in layers]
        names = next((_list(layer["profiles"]) for _, layer in chain if "profiles" in layer), [])
        inherited = [step for name in names for step in profiles.get(str(name), ())]
        place, said = next(((place, layer) for place, layer in chain if "transforms" in layer), (path, settings))
        yield from _steps(_tables(said), inherited, (*place, "transforms"), folder)
    for name, feed in table(raw.get("feeds")).items():
        kind, options = table(feed).get("kind"), table(table(feed).get("options"))
        if (kind is not None and kind != "feed") or options:
            result = of_kind("sources", kind or "feed", options, ("feeds", name, "options"), folder)
            yield from () if isinstance(result, BaseModel) else result


def of_kind(
    room: str, kind: object, options: Table, path: Path, folder: FilePath, beside: Iterable[str] = ()
) -> BaseModel | list[Complaint]:
    """The options as the kind's own model reads them, or all that it has against them.

    ``beside`` are keys that the table may have as well.
    """
    if not isinstance(kind, str) or KIND.fullmatch(kind) is None:
        return []  # the table's own model has complained
    where = (*path[:-1], "kind") if room == "sources" else (*path, "kind")
    try:
        module = kinds.load(room, kind)
    except LookupError:
        return [Complaint(where, f"there is no {room[:-1]} kind {kind[:60]!r}", nearest(kind, kinds.names(room)))]
    except (ImportError, SyntaxError) as error:
        return [Complaint(where, f"the module {kind[:60]!r} can't be imported: {error}")]
    model = getattr(module, "Options", None)
    if not (isinstance(model, type) and issubclass(model, BaseModel) and callable(getattr(module, _VERBS[room], None))):
        return [Complaint(where, f"{kind[:60]!r} is not a {room[:-1]} kind", nearest(kind, kinds.names(room)))]
    try:
        return model.model_validate(dict(options), context={"folder": folder})
    except ValidationError as error:
        return list(from_pydantic(error, model, under=path, beside=beside))


def _steps(own: list[Table], inherited: list[Table], path: Path, folder: FilePath) -> Iterator[Complaint]:
    """What is wrong with steps of one list, once they have been merged with those that they may change."""
    for step in steps.merge(inherited, own):
        if step.own is None:
            continue  # it is complained about where it stands
        if step.table.get("kind") is None:
            hint = nearest(str(step.table.get("name", "")), {str(steps.label(each)) for each in inherited})
            hint = hint and f"or no step of its profiles goes by this name: {hint}"
            yield Complaint((*path, step.own, "kind"), "is missing", hint)
            continue
        result = of_kind("transforms", step.table["kind"], steps.options(step.table), (*path, step.own), folder)
        yield from () if isinstance(result, BaseModel) else result


def _layers(raw: Table) -> Iterator[tuple[Path, Table]]:
    """The tables in which the settings of feeds may stand."""
    yield ("defaults",), table(raw.get("defaults"))
    for section in ("groups", "feeds"):
        for name, settings in table(raw.get(section)).items():
            yield (section, name), table(settings)


def _tables(settings: object) -> list[Table]:
    """The steps of a table; what is no table among them has been complained about."""
    return [table(step) for step in _list(table(settings).get("transforms"))]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
