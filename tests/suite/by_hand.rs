//! Scorecards made by hand: what the tests of the artifact and of its pairs begin with.

use scorewright_runtime::artifact::{
    Bin, BinDomain, Card, CardKind, Columns, FORMAT, FORMAT_VERSION, Feature, Lineage, Literal, Outcome, OutcomeSource,
    ReasonBaseline, Rounding, Scaling, ScorecardDocument, UnforeseenPolicy,
};
use scorewright_runtime::{Error, Scorecard, verification_rows};

/// The factor of 20 points that double the odds.
pub const FACTOR: f64 = 20.0 / std::f64::consts::LN_2;

/// A bin of ten cases, under a coefficient of 1.
pub fn bin(label: &str, domain: BinDomain, woe: f64) -> Bin {
    let points = (FACTOR * woe).round() + 0.0;
    Bin {
        label: label.into(),
        domain,
        cases: 10.0,
        goods: 6.0,
        bads: 4.0,
        woe,
        woe_from: None,
        points,
        reason: format!("because {label}"),
    }
}

pub fn interval(lower: Option<f64>, upper: Option<f64>) -> BinDomain {
    BinDomain::Interval { lower, upper }
}

/// A scorecard of these features with an intercept of 1.5 and its verification rows.
pub fn document_of(unforeseen: UnforeseenPolicy, features: Vec<Feature>) -> ScorecardDocument {
    let mut document = ScorecardDocument {
        format: FORMAT.into(),
        format_version: FORMAT_VERSION,
        card: Card { name: "by hand".into(), kind: CardKind::Application },
        outcome: Outcome {
            description: "bad".into(),
            source: OutcomeSource::Plain { column: "y".into(), bad: vec![Literal::Number(1.0)], good: None },
        },
        population: String::new(),
        columns: Columns::default(),
        unforeseen,
        reason_baseline: ReasonBaseline::Best,
        base_points: 530.0,
        intercept: 1.5,
        scaling: Scaling {
            points: 600.0,
            odds: 50.0,
            pdo: 20.0,
            factor: FACTOR,
            offset: 600.0 - FACTOR * 50.0_f64.ln(),
            rounding: Rounding::Integer,
        },
        segments: None,
        features,
        score_bands: Vec::new(),
        limits: Default::default(),
        samples: Default::default(),
        lineage: Lineage {
            tool_version: "0".into(),
            configuration_sha256: String::new(),
            project_sha256: None,
            edits_sha256: None,
            evidence_sha256: None,
            data: Vec::new(),
            seed: 1,
        },
        inputs: Default::default(),
        definitions: None,
        verification: Vec::new(),
    };
    document.verification = verification_rows(&Scorecard::unverified(document.clone()).unwrap()).unwrap();
    document
}

pub fn load(document: &ScorecardDocument) -> Result<Scorecard, Error> {
    Scorecard::from_json(&document.to_json().unwrap())
}
