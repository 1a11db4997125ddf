"""What the drivers of SQL engines share."""

COLUMNS = ["score", "pd", "reason_1", "reason_2", "reason_3", "reason_4", "unforeseen"]


def rows(names, fetched):
    """Results from rows in the order of the cases; the query's own columns stand before those of the table."""
    places = [names.index(name) for name in COLUMNS]
    for row in fetched:
        score, pd, *reasons, unforeseen = (row[place] for place in places)
        assert unforeseen is not None
        if score is None:
            assert pd is None and not any(reasons)
            yield {"refused": True}
        else:
            given = [reason for reason in reasons if reason is not None]
            assert reasons[: len(given)] == given
            yield {"score": score, "pd": pd, "reasons": given}


def query(folder, dialect):
    """The export for a dialect, or None where there is none."""
    path = folder / f"card.{dialect}.sql"
    return path.read_text(encoding="utf-8") if path.exists() else None


def quoted(name, quote='"'):
    return quote + name.replace(quote, quote * 2) + quote


def types(vectors, number, text):
    """The columns of a card's cases with their types."""
    return [(column["name"], number if column["type"] == "numeric" else text) for column in vectors["inputs"]]


def refused(vectors, why):
    return [{"cannot": why} for _ in vectors["cases"]]
