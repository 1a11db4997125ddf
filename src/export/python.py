import math


class Refused(ValueError):
    """The card gives this case no score."""


def _holds(rule, value):
    """Whether a value, None where it is missing, falls under a rule."""
    kind = rule[0]
    if value is None:
        return kind == "missing"
    if kind == "values":
        return value in rule[1]
    if kind == "interval":
        return (rule[1] is None or value >= rule[1]) and (rule[2] is None or value < rule[2])
    return False


def _place(rules, value):
    """The position of the rule that a value falls under: values first, then intervals; len(rules) where none is."""
    for wanted in ("values", "missing", "interval"):
        for place, rule in enumerate(rules):
            if rule[0] == wanted and _holds(rule, value):
                return place
    return len(rules)


def _value(case, column):
    """A column's value: a float, a text, or None. A column that the case lacks is an error, not a missing value."""
    name, kind = column
    if name not in case:
        raise KeyError(f"the case has no {name!r}; a missing value is None")
    value = case[name]
    if value is None:
        return None
    if kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        value = float(value)
        return None if math.isnan(value) else value
    if kind == "text" and isinstance(value, str):
        return value
    if kind == "text" and isinstance(value, float) and math.isnan(value):
        return None
    raise TypeError(f"{name!r} is {value!r}, but the card takes a {kind} there")


def _bin(feature, case):
    """The position of the feature's bin, len(bins) - 1 where development never saw the value."""
    values = [_value(case, column) for column in feature["columns"]]
    rules = [bin[0] for bin in feature["bins"][:-1]]
    if feature["axes"] is None:
        place = _place(rules, values[0])
    else:
        cell = tuple(_place(axis, value) for axis, value in zip(feature["axes"], values))
        place = next((at for at, rule in enumerate(rules) if cell in rule[1]), len(rules))
    if place == len(rules) and REFUSES_UNFORESEEN:
        raise Refused(f"{feature['name']!r}: development never saw {values!r}")
    return place


def _segment(case):
    value = _value(case, SEGMENTS["column"])
    place = _place([rule for rule, _ in SEGMENTS["values"]], value)
    if place < len(SEGMENTS["values"]):
        return SEGMENTS["values"][place][1], 0
    if SEGMENTS["otherwise"] is None:
        raise Refused(f"{SEGMENTS['column'][0]!r}: {value!r} belongs to no segment")
    return SEGMENTS["otherwise"], 1


def score(case):
    """Scores a case: a dict with a value for each column, None where it is missing.

    Gives a dict: score, pd (probability of default), segment (None in a card without segments), points by feature,
    reasons (at most four, what cost most first) and unforeseen (how many of the features had a value that development
    never saw). Raises Refused where the card gives no score, KeyError for a column that is not there and TypeError for a
    value of the wrong type.
    """
    segment, unforeseen, total = None, 0, BASE_POINTS
    if SEGMENTS is not None:
        segment, unforeseen = _segment(case)
        total = 0.0
    points, lost = {}, []
    for feature in FEATURES:
        if feature["segment"] != segment:
            continue
        place = _bin(feature, case)
        unforeseen += place == len(feature["bins"]) - 1
        _, got, cost, reason = feature["bins"][place]
        points[feature["name"]] = got
        total += got
        if cost > 0:
            lost.append((cost, reason))
    if SEGMENTS is not None:
        total = SEGMENTS["base_points"][segment] + total
    lost.sort(key=lambda one: -one[0])  # stable: ties keep the order of the card
    return {
        "score": total,
        "pd": _probability((total - OFFSET) / FACTOR),
        "segment": segment,
        "points": points,
        "reasons": [reason for _, reason in lost[:4]],
        "unforeseen": unforeseen,
    }


def _probability(log_odds):
    try:
        return 1 / (1 + math.exp(log_odds))
    except OverflowError:
        return 0.0
