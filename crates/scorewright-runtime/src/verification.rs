//! Verification rows: cases with their points, made with the card and replayed at every load.

use std::collections::BTreeMap;

use crate::artifact::{BinDomain, Feature, FeatureKind, Literal, UnforeseenPolicy, VerificationRow};
use crate::error::Error;
use crate::score::Scorecard;
use crate::value::Value;

/// Rows that together visit, for every feature: each cut point and the number just below it, each
/// special value, a category of each bin, missing, and (unless the policy refuses it) a category
/// that development never saw.
///
/// # Errors
/// Those of scoring; none for rows made here.
pub fn verification_rows(card: &Scorecard) -> Result<Vec<VerificationRow>, Error> {
    let refuses = card.document().unforeseen == UnforeseenPolicy::Error;
    let probes: Vec<Vec<Option<Literal>>> = card.features().iter().map(|feature| probes(feature, refuses)).collect();
    let rows = probes.iter().map(Vec::len).max().unwrap_or(0);
    (0..rows)
        .map(|row| {
            let mut input = BTreeMap::new();
            for (feature, values) in card.features().iter().zip(&probes) {
                input.insert(feature.name.clone(), values.get(row % values.len().max(1)).cloned().flatten());
            }
            score_row(card, input)
        })
        .collect()
}

/// Scores every verification row again.
pub(crate) fn replay(card: &Scorecard) -> Result<(), Error> {
    if card.document().verification.is_empty() {
        return Err(Error::Inconsistent { feature: None, what: "the document has no verification rows".into() });
    }
    for (index, row) in card.document().verification.iter().enumerate() {
        let fails = |what: String| Error::Verification { row: index + 1, what };
        let again = score_row(card, row.input.clone()).map_err(|e| fails(e.to_string()))?;
        for (feature, points) in &again.points {
            if row.points.get(feature) != Some(points) {
                return Err(fails(format!(
                    "feature {feature:?} gets {points} points, not {:?}",
                    row.points.get(feature)
                )));
            }
        }
        if row.points.len() != again.points.len() {
            return Err(fails("it has points for a feature that the card does not have".into()));
        }
        if again.score != row.score {
            return Err(fails(format!("the score is {}, not {}", again.score, row.score)));
        }
        // exp may differ in its last bit between platforms; scores may not.
        if (again.pd - row.pd).abs() > 1e-12 {
            return Err(fails(format!("the PD is {}, not {}", again.pd, row.pd)));
        }
    }
    Ok(())
}

fn score_row(card: &Scorecard, input: BTreeMap<String, Option<Literal>>) -> Result<VerificationRow, Error> {
    let mut values = Vec::with_capacity(card.features().len());
    for feature in card.features() {
        let value = match (feature.kind, input.get(&feature.name)) {
            (_, None) => {
                let what = "a verification row has no value for it; missing is written as null".to_owned();
                return Err(Error::Inconsistent { feature: Some(feature.name.clone()), what });
            }
            (_, Some(None)) => Value::Missing,
            (FeatureKind::Numeric, Some(Some(Literal::Number(number)))) => Value::Number(*number),
            (FeatureKind::Categorical, Some(Some(Literal::Text(text)))) => Value::Category(text),
            (_, Some(Some(other))) => {
                return Err(Error::WrongType { feature: feature.name.clone(), value: other.to_string() });
            }
        };
        values.push(value);
    }
    let mut codes = vec![0; values.len()];
    card.codes(&values, &mut codes)?;
    let mut points = BTreeMap::new();
    for (position, (feature, code)) in card.features().iter().zip(&codes).enumerate() {
        points.insert(feature.name.clone(), card.bin_points(position, *code).unwrap_or(0.0));
    }
    let scored = card.score_codes(codes.iter().copied());
    Ok(VerificationRow { input, points, score: scored.score.0, pd: scored.pd.0 })
}

fn probes(feature: &Feature, refuses_unforeseen: bool) -> Vec<Option<Literal>> {
    let mut probes = Vec::new();
    let mut has_missing = false;
    for bin in &feature.bins {
        match &bin.domain {
            BinDomain::Interval { lower, upper } => {
                match lower {
                    Some(lower) => probes.push(Some(Literal::Number(*lower))),
                    None if upper.is_none() => probes.push(Some(Literal::Number(0.0))),
                    None => {}
                }
                probes.extend(upper.map(|upper| Some(Literal::Number(upper.next_down()))));
            }
            BinDomain::Categories(texts) => probes.extend(texts.first().map(|text| Some(Literal::Text(text.clone())))),
            BinDomain::Special(values) => probes.extend(values.iter().map(|value| {
                Some(match feature.kind {
                    FeatureKind::Numeric => value.clone(),
                    FeatureKind::Categorical => Literal::Text(value.to_string()),
                })
            })),
            BinDomain::Missing => has_missing = true,
        }
    }
    if has_missing || !refuses_unforeseen {
        probes.push(None);
    }
    if feature.kind == FeatureKind::Categorical && !refuses_unforeseen {
        let mut unseen = String::from("\u{0}unseen");
        let seen = |text: &str| {
            feature.bins.iter().any(|bin| match &bin.domain {
                BinDomain::Categories(texts) => texts.iter().any(|known| known == text),
                BinDomain::Special(values) => values.iter().any(|known| known.to_string() == text),
                _ => false,
            })
        };
        while seen(&unseen) {
            unseen.push('\u{0}');
        }
        probes.push(Some(Literal::Text(unseen)));
    }
    probes
}
