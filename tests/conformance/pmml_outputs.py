"""The outputs of a PMML document."""

REASONS = ("reason_1", "reason_2", "reason_3", "reason_4")
OUTPUTS = ("score", "pd", *REASONS, "unforeseen", "segment")


def named(output, columns):
    """An output's name in the document: underscores tell it from a column of the card."""
    while output in columns:
        output += "_"
    return output


def reasons(result):
    """The reasons of a result; those that are not there must come last."""
    given = [result[name] for name in REASONS]
    there = [reason for reason in given if reason is not None]
    assert given[: len(there)] == there, given
    return there
