"""All that decide rules across queues: every module of streams.core.across declares one as DECIDER."""

from importlib import import_module
from pkgutil import iter_modules

from streams.core import across
from streams.core.decider import Asked, Decider
from streams.core.rule_catalogue import ACROSS_QUEUES


def deciders(asked: Asked) -> dict[str, Decider]:
    """A new one of each, by the name of its rule."""
    names = [module.name for module in iter_modules(across.__path__)]
    if set(names) != {rule.name for rule in ACROSS_QUEUES}:
        raise TypeError(f"{across.__name__}: one module for each rule across queues, of its name")
    return {
        name: import_module(f"{across.__name__}.{name}").DECIDER(asked) for name in sorted(names)
    }
