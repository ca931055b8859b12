"""botocore's data, cut down to the calls that a function makes.

botocore carries the descriptions of four hundred services, and reads those it needs when a client is made: for DynamoDB
and the list of all endpoints that is two megabytes of JSON, which take longer to read than our own code to import.
https://github.com/boto/botocore/blob/develop/botocore/loaders.py describes the folder.
"""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.build.errors import BuildError

type Model = dict[str, Any]

# Operations by service, both by botocore's names: {"dynamodb": ("PutItem",)}.
type Calls = Mapping[str, Collection[str]]

_DATA = Path("botocore", "data")
# Retry rules and defaults that every client reads, whatever its service.
_FOR_ALL = ("_retry.json", "partitions.json", "sdk-default-configuration.json")
_ENDPOINTS = "endpoints"
_MODEL = "service-2"
_RULES = "endpoint-rule-set-1"


def trim(packages: Path, calls: Calls) -> None:
    """Replace botocore's data by what the calls need. Without calls, nothing is there to be cut.

    Args:
        packages: The folder that botocore is installed in.
        calls: The operations that will be called.

    Raises:
        BuildError: There is no such service or operation.
    """
    if not calls:
        return
    data = packages / _DATA
    trimmed = packages / "botocore" / "trimmed"
    trimmed.mkdir()
    for name in _FOR_ALL:
        shutil.copyfile(data / name, trimmed / name)
    prefixes = set()
    for service, operations in calls.items():
        version = _latest_version(data, service)
        model = _trimmed_model(_read(version / _MODEL), service, operations)
        prefixes.add(model["metadata"]["endpointPrefix"])
        _write(trimmed / service / version.name / _MODEL, model)
        _write(trimmed / service / version.name / _RULES, _read(version / _RULES))
    _write(trimmed / _ENDPOINTS, _trimmed_endpoints(_read(data / _ENDPOINTS), prefixes))
    shutil.rmtree(data)
    trimmed.rename(data)


def _latest_version(data: Path, service: str) -> Path:
    versions = sorted((data / service).glob("*-*-*"))
    if not versions:
        raise BuildError(f"botocore knows no service {service!r}.")
    return versions[-1]


def _trimmed_model(model: Model, service: str, operations: Collection[str]) -> Model:
    if unknown := set(operations) - model["operations"].keys():
        raise BuildError(f"botocore knows no operation {', '.join(sorted(unknown))} of {service}.")
    kept = {name: _undocumented(model["operations"][name]) for name in sorted(operations)}
    shapes: Model = {}
    pending = [name for operation in kept.values() for name in _shapes_of(operation)]
    while pending:
        name = pending.pop()
        if name not in shapes:
            shapes[name] = _undocumented_shape(model["shapes"][name])
            pending += _shapes_of(shapes[name])
    unneeded = ("documentation", "operations", "shapes")
    rest = {name: value for name, value in model.items() if name not in unneeded}
    return rest | {"operations": kept, "shapes": dict(sorted(shapes.items()))}


def _shapes_of(described: Any) -> Iterator[str]:
    """The names of the shapes that a description refers to, `{"shape": NAME}` at whatever depth."""
    match described:
        case {"shape": str(name), **others}:
            yield name
            yield from _shapes_of(others)
        case dict():
            for value in described.values():
                yield from _shapes_of(value)
        case list():
            for value in described:
                yield from _shapes_of(value)


def _undocumented(described: Model) -> Model:
    return {name: value for name, value in described.items() if name != "documentation"}


def _undocumented_shape(shape: Model) -> Model:
    # A member's name can be `documentation` too, so that not every key of this name is prose.
    kept = _undocumented(shape)
    if "members" in kept:
        kept["members"] = {name: _undocumented(member) for name, member in kept["members"].items()}
    return kept


def _trimmed_endpoints(endpoints: Model, prefixes: Collection[str]) -> Model:
    def trimmed(partition: Model) -> Model:
        services = {name: service for name, service in partition["services"].items() if name in prefixes}
        return partition | {"services": services}

    return endpoints | {"partitions": [trimmed(partition) for partition in endpoints["partitions"]]}


def _read(file: Path) -> Model:
    """A file of botocore's, compressed or not."""
    plain = file.with_name(f"{file.name}.json")
    text = plain.read_bytes() if plain.exists() else gzip.decompress(plain.with_name(f"{plain.name}.gz").read_bytes())
    document: Model = json.loads(text)
    return document


def _write(file: Path, document: Model) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    file.with_name(f"{file.name}.json").write_text(text, encoding="utf-8")
