"""Which of the project's own modules a module leads to, read from the sources without running them."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from infra.build.errors import BuildError

DEPLOYED = ("functions", "shared")


class Import(NamedTuple):
    """One name that a module imports: `module` for `import module`, with `name` for `from module import name`."""

    module: str
    name: str | None
    line: int

    @property
    def top_level(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]


def reachable(entry: str, root: Path) -> dict[str, Path]:
    """The modules under `functions` and `shared` that importing `entry` can lead to, itself among them.

    Imports inside functions count, those for type checkers do not. Packages count with their `__init__.py`, if any.

    Args:
        entry: A module's dotted name.
        root: The folder that `functions` and `shared` are in.

    Returns:
        Each module's dotted name and file, by name.

    Raises:
        BuildError: A module imports one that does not exist.
    """
    found: dict[str, Path] = {}
    pending = [(entry, "")]
    while pending:
        name, wanted_by = pending.pop()
        for module in _with_parents(name):
            if module in found or _is_namespace(module, root):
                continue
            file = _file(module, root)
            if file is None:
                raise BuildError(f"There is no module {module}{wanted_by}.")
            found[module] = file
            pending += _deployed_imports(file, module, root)
    return dict(sorted(found.items()))


def imports(file: Path, module: str) -> list[Import]:
    """Everything that a file imports when it runs, wherever in the file it stands.

    Args:
        file: A Python source.
        module: Its dotted name, which relative imports start from.
    """
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return list(_imports(ast.parse(file.read_bytes(), str(file)), package))


def _deployed_imports(file: Path, module: str, root: Path) -> Iterator[tuple[str, str]]:
    for each in imports(file, module):
        if each.top_level in DEPLOYED:
            wanted_by = f", which {file.relative_to(root)} imports in line {each.line}"
            yield each.module, wanted_by
            if each.name and _file(submodule := f"{each.module}.{each.name}", root):
                yield submodule, wanted_by


def _imports(node: ast.AST, package: str) -> Iterator[Import]:
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    match node:
        case ast.If(test=ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            children = node.orelse
        case ast.Import():
            yield from (Import(alias.name, None, node.lineno) for alias in node.names)
            return
        case ast.ImportFrom():
            module = _absolute(node, package)
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
            return
    for child in children:
        yield from _imports(child, package)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _with_parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _file(module: str, root: Path) -> Path | None:
    path = root.joinpath(*module.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _is_namespace(module: str, root: Path) -> bool:
    return _file(module, root) is None and root.joinpath(*module.split(".")).is_dir()
