"""Where goods lie: 1C's groups, those that are named by a path or an Ид, and
the managers' own tree (catalog.groups).  A part of oracle.Comparison."""

TREE = "cml24:"


def _plain(name):
    """Names are equal but for case, blanks and the letter ё."""
    return " ".join(name.casefold().replace("ё", "е").split())


def _parts(path):
    return [_plain(part) for part in path.split("/") if part.strip()]


def tidy(path):
    return "/".join(part.strip() for part in path.split("/")
                    if part.strip())


class Places:
    """Needs _facts and _rules."""

    def line_of(self, ident):
        """The group and those above it, from the top."""
        line = []
        while ident in self._facts.groups and ident not in line:
            line.append(ident)
            ident = self._facts.groups[ident].parent
        return line[::-1]

    def in_named(self, ident, named):
        """Is the group one of these, or below one?"""
        line = self.line_of(ident)
        names = [_plain(self._facts.groups[one].name) for one in line]
        return any(one in line or
                   (_parts(one) and names[:len(_parts(one))] == _parts(one))
                   for one in named)

    def is_section(self, ident):
        group = self._facts.groups.get(ident)
        return group is not None and bool(group.name) and not group.deleted

    def has_section(self, ident):
        """Is a section made of the group?"""
        if not self.is_section(ident):
            return False
        if self.places_of_group(ident):
            return False
        if self.is_picked(ident):
            return True
        asked = self._rules.catalog["select"]
        if self.in_named(ident, asked.get("except") or []):
            return False
        return any(ident in self.line_of(other)
                   for other in self._facts.groups
                   if self.in_named(other, asked.get("groups") or []))

    def is_picked(self, group):
        """May goods lie in its section, as far as the selection says?"""
        asked = self._rules.catalog["select"]
        return not self.in_named(group, asked.get("except") or []) and (
            not asked.get("groups") or self.in_named(group, asked["groups"]))

    @staticmethod
    def is_named(ident, good, names):
        """By Ид, article or name."""
        return any(one == ident or _plain(one) in (
            _plain(good.article), _plain(good.name)) for one in names)

    def tree(self):
        """[(path, place)] as they are written."""
        return [(tidy(path), place) for path, place in
                self._rules.catalog["groups"].items()]

    def tree_sections(self):
        """{mark: (name, mark of the section above)}"""
        out = {}
        for path, _ in self.tree():
            parts = path.split("/")
            for depth in range(1, len(parts) + 1):
                above = TREE + "/".join(parts[:depth - 1]) \
                    if depth > 1 else None
                out[TREE + "/".join(parts[:depth])] = (parts[depth - 1],
                                                       above)
        return out

    def places_of_group(self, ident):
        return [TREE + path for path, place in self.tree()
                if place.get("groups") and self.in_named(ident,
                                                         place["groups"])]

    def places_of_good(self, ident, good):
        """Marks of the sections, the main one first; empty: the top.  None:
        nobody can say, it stays where it is."""
        named = [TREE + path for path, place in self.tree()
                 if self.is_named(ident, good, place.get("goods", []))]
        if named:
            return list(dict.fromkeys(named))
        by_group, own = [], []
        for group in good.groups:
            by_group += self.places_of_group(group)
            if not self.places_of_group(group) and \
                    self.is_section(group) and self.is_picked(group):
                own.append(group)
        order = [TREE + path for path, _ in self.tree()]
        found = sorted(dict.fromkeys(by_group), key=order.index) + own
        if not found and good.groups:
            return None
        return list(dict.fromkeys(found))
