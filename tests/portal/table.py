"""A table with ids and indexes, as the portal holds everything."""

import bisect


class Table:
    """Rows by id. Indexed fields are found without a scan, ignoring case."""

    def __init__(self, first=1, step=1, indexed=(), key="id"):
        self.rows = {}
        self.ids = []
        self.deleted = []
        self.key = key
        self._next = first
        self._step = step
        self._index = {field: {} for field in indexed}

    def new_id(self):
        taken = self._next
        self._next += self._step
        return taken

    def reserve(self, ident):
        """An id that something outside this table has taken."""
        if ident >= self._next:
            self._next = ident + self._step

    def put(self, row):
        ident = row[self.key]
        old = self.rows.get(ident)
        if old is None:
            bisect.insort(self.ids, ident)
        else:
            self._unindex(old)
        self.rows[ident] = row
        for field, index in self._index.items():
            index.setdefault(fold(row.get(field)), {})[ident] = True
        if isinstance(ident, int):
            self.reserve(ident)
        return row

    def change(self, ident, changes):
        return self.put({**self.rows[ident], **changes})

    def remove(self, ident):
        row = self.rows.pop(ident)
        self._unindex(row)
        at = bisect.bisect_left(self.ids, ident)
        del self.ids[at]
        self.deleted.append(ident)
        return row

    def _unindex(self, row):
        for field, index in self._index.items():
            value = fold(row.get(field))
            ids = index[value]
            del ids[row[self.key]]
            if not ids:
                del index[value]

    def get(self, ident):
        return self.rows.get(ident)

    def indexed(self, field):
        return field == self.key or field in self._index

    def find(self, field, value):
        """Ids of the rows where an indexed field has this value, in order."""
        if field == self.key:
            return [value] if value in self.rows else []
        return sorted(self._index[field].get(fold(value), ()))

    def after(self, ident):
        """Ids greater than this one, ascending."""
        first = bisect.bisect_right(self.ids, ident)
        return (self.ids[at] for at in range(first, len(self.ids)))

    def sorted(self):
        return [self.rows[ident] for ident in self.ids]


def fold(value):
    """Comparison without case, as the collation of the database has it."""
    return value.casefold() if isinstance(value, str) else value
