"""Rules for rules: which builtins a module may name, and how it may name its imports."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from gateway.policy.builtins import Capabilities
from gateway.policy.findings import Finding
from gateway.policy.syntax_tree import Module, names


def check_modules(modules: Iterable[Module], capabilities: Capabilities) -> list[Finding]:
    """Return what breaks the rules in *modules*, tests included if they are handed in.

    A look at calls alone is not enough: `count(x) with count as http.send` calls only `count`.
    """
    return [
        finding
        for module in modules
        for finding in (
            *_refused_builtins(module, capabilities),
            *_hiding_imports(module, capabilities),
            *_wrong_package(module),
        )
    ]


def _refused_builtins(module: Module, capabilities: Capabilities) -> Iterator[Finding]:
    for name in sorted(set(names(dict(module.tree)))):
        if capabilities.refused(name):
            yield Finding(
                module.path,
                module.line_of(name),
                f"`{name}` ist in Regeln nicht erlaubt; erlaubt ist, was in"
                " policies/capabilities.json steht. Entfernen Sie den Namen, auch hinter `with`.",
                f"`{name}` is not allowed in rules; what is allowed stands in"
                " policies/capabilities.json. Remove the name, also after `with`.",
            )


def _hiding_imports(module: Module, capabilities: Capabilities) -> Iterator[Finding]:
    for path, alias in module.imports():
        if capabilities.hidden_by(alias):
            yield Finding(
                module.path,
                module.line_of(path),
                f"Der Import `{path}` heißt hier `{alias}` wie ein eingebauter Name;"
                " geben Sie ihm mit `as` einen anderen.",
                f"The import `{path}` is named `{alias}` like a builtin; name it otherwise"
                " with `as`.",
            )


def _wrong_package(module: Module) -> Iterator[Finding]:
    folder = PurePosixPath(module.path).parent.parts[1:]
    if module.path.endswith("_test.rego") and folder:
        folder = (*folder[:-1], f"{folder[-1]}_test")
    if module.package != folder:
        expected, found = ".".join(folder), ".".join(module.package)
        yield Finding(
            module.path,
            module.line_of("package"),
            f"Der Ordner verlangt `package {expected}`, da steht `package {found}`.",
            f"The folder asks for `package {expected}`, but it says `package {found}`.",
        )
