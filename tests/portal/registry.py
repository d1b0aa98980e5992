"""The table of methods. A module of methods adds to it on import."""

from collections import namedtuple

Method = namedtuple("Method", "name scope run")
Listed = namedtuple("Listed", "value total next")

METHODS = {}


def method(name, scope=None):
    """Decorator: `name` is served by this function (portal, caller, params).
    scope: one, or several of which each is enough."""
    def register(run):
        METHODS[name.lower()] = Method(name, scope, run)
        return run
    return register


def allows(method, scopes):
    wanted = method.scope or ()
    if isinstance(wanted, str):
        wanted = (wanted,)
    return not wanted or any(name in scopes for name in wanted)


def find(name):
    """By name in any case; None where there is no such method."""
    return METHODS.get(name.lower())
