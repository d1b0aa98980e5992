"""A run that the power cuts off, as a step of a case."""

KILLED = -9


def cut_off(step, ends=(0, 1, 3, 4)):
    """A run killed at its counted step; it may end before that comes."""
    return {"cml24": ["--die-at", str(step), "run"], "exit": [*ends, KILLED]}
