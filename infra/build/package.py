"""The functions' packages: what each consists of, and how one is put together."""

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from infra.build import dependencies, sbom, sdk, seal
from infra.build.dependencies import Architecture
from infra.build.errors import BuildError
from infra.build.imports import imports, reachable
from infra.build.sdk import Calls

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Package:
    """What a function's zip consists of.

    Attributes:
        function: The function's folder under `functions/`, and its dependency group.
        compiled: The parts of `compiled/` that it reads at run time.
        calls: What it asks AWS for.
    """

    function: str
    compiled: tuple[str, ...]
    calls: Calls = field(default_factory=dict)

    @property
    def handler_module(self) -> str:
        """The module with `lambda_handler`."""
        return f"functions.{self.function}.app"


def packages(root: Path) -> dict[str, Package]:
    """The package of each function in a checkout's template, by logical id, in the template's order.

    What a package holds beside code and libraries is in the `package.toml` of the function's folder, if there is one.
    """
    resources = yaml_parse((root / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    handlers = {
        logical_id: resource["Properties"]["Handler"]
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    return {logical_id: _package(root, handler.split(".")[1]) for logical_id, handler in handlers.items()}


def _package(root: Path, function: str) -> Package:
    path = root / "functions" / function / "package.toml"
    described = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    unknown = sorted(described.keys() - {"compiled", "calls"})
    if unknown:
        raise BuildError(f"{path} has {unknown[0]}, which is neither compiled nor calls.")
    calls = {service: tuple(operations) for service, operations in described.get("calls", {}).items()}
    return Package(function, tuple(described.get("compiled", ())), calls)


PACKAGES: Mapping[str, Package] = packages(ROOT)

# What no function of ours reads of its libraries: half of their files.
_UNREAD = (
    # For asking the DNS about an address, which nobody here waits for.
    "dns",
    "dnspython-*",
    # Short codes, such as emergency numbers, by country.
    "phonenumbers/shortdata/region_*",
)

# Of Powertools, Logger and Metrics are read by all. The rest by whoever imports from one of these packages: its files.
_UNLESS_IMPORTED = {
    "aws_lambda_powertools.event_handler": "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools.utilities": "aws_lambda_powertools/utilities/[!_jt]*",
}

CompileSite = Callable[[Path], object]


def compile_site(out: Path) -> None:
    """Compile the project's site into `out/compiled`.

    Raises:
        BuildError: The content has faults; the message lists them all.
    """
    from infra.site import ContentError, compile_all

    try:
        compile_all(out)
    except ContentError as error:
        raise BuildError(str(error)) from error


def build(
    package: Package,
    out: Path,
    architecture: Architecture,
    *,
    root: Path = ROOT,
    compile_site: CompileSite = compile_site,
) -> None:
    """Fill `out` with a function's unpacked zip, replacing an earlier one.

    Args:
        package: Which one.
        out: The folder to fill; made if it does not exist. One with anything else in it is refused.
        architecture: The processor that the function will run on.
        root: The checkout to build from.
        compile_site: Writes `compiled/` into the folder it is given.

    Raises:
        BuildError: The sources, the content or the libraries do not allow it.
    """
    if out.exists() and any(out.iterdir()) and not (out / "compiled").is_dir():
        raise BuildError(f"{out} is neither empty nor an earlier build; name another folder to build into.")
    with tempfile.TemporaryDirectory(prefix="needlepoint-build-") as work:
        site, files = Path(work, "site"), Path(work, "files")
        files.mkdir()
        dependencies.install(package.function, files, architecture, root)
        dependencies.remove(files, [*_UNREAD, *_unimported(package, root)])
        sdk.trim(files, package.calls)
        sbom.write(package.function, files, root)
        _copy_modules(package, files, root)
        if package.compiled:
            compile_site(site)
        _copy_compiled(package, files, site / "compiled")
        seal.compile_bytecode(files)
        seal.copy_sealed(files, out)


def _unimported(package: Package, root: Path) -> list[str]:
    own = reachable(package.handler_module, root)
    imported = [f"{each.module}." for module, file in own.items() for each in imports(file, module)]
    return [
        files for name, files in _UNLESS_IMPORTED.items() if not any(each.startswith(f"{name}.") for each in imported)
    ]


def _copy_modules(package: Package, files: Path, root: Path) -> None:
    for source in reachable(package.handler_module, root).values():
        copy = files / source.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)


def _copy_compiled(package: Package, files: Path, compiled: Path) -> None:
    target = files / "compiled"
    target.mkdir()
    for name in package.compiled:
        part = compiled / name
        if part.is_dir():
            shutil.copytree(part, target / name)
        elif part.is_file():
            shutil.copyfile(part, target / name)
        else:
            raise BuildError(f"The site compiler wrote no {name}, which {package.function} reads at run time.")
