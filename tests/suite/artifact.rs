//! The artifact and its runtime: what loads scores as it was approved, and nothing else loads.

use scorewright_runtime::artifact::{
    Bin, BinDomain, FORMAT_VERSION, Feature, FeatureKind, Literal, OLDEST_FORMAT_VERSION, ScorecardDocument,
    UnforeseenPolicy, WoeFrom,
};
use scorewright_runtime::reasons::{reason_text, reasons};
use scorewright_runtime::{Error, Scorecard, Value, verification_rows};

use sha2::Digest;

use crate::by_hand::{FACTOR, bin, document_of, interval, load};
use crate::support::{FEATURES, Folder, card, noise, table};

fn categories(texts: &[&str]) -> BinDomain {
    BinDomain::Categories(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn feature(name: &str, kind: FeatureKind, bins: Vec<Bin>) -> Feature {
    Feature {
        name: name.into(),
        segment: None,
        input: None,
        kind,
        description: String::new(),
        coefficient: 1.0,
        average_points: 1.0,
        axes: None,
        bins,
    }
}

/// A card by hand: a number with a special code and a missing bin, and texts with every awkward character.
fn document(unforeseen: UnforeseenPolicy) -> ScorecardDocument {
    let income = vec![
        bin("below 1000", interval(None, Some(1000.0)), -1.0),
        bin("1000 or more", interval(Some(1000.0), None), 0.8),
        bin("refused", BinDomain::Special(vec![Literal::Number(-9.0)]), -0.5),
        bin("missing", BinDomain::Missing, -0.2),
    ];
    let job = vec![
        bin("a", categories(&["clerk, junior", "say \"hi\"", ""]), -0.4),
        bin("b", categories(&["农民", "Clerk ", "two\nlines"]), 0.6),
    ];
    document_of(
        unforeseen,
        vec![feature("income", FeatureKind::Numeric, income), feature("job", FeatureKind::Categorical, job)],
    )
}

#[test]
fn scores_by_hand() {
    let card = load(&document(UnforeseenPolicy::Neutral)).unwrap();
    let score = |income, job| card.score(&[income, job]).unwrap();
    // factor 28.8539: -1.0 -> -29, 0.8 -> 23, -0.5 -> -14, -0.2 -> -6, -0.4 -> -12, 0.6 -> 17.
    for (income, points) in [
        (Value::Number(999.999_999_999), -29.0),
        (Value::Number(1000.0), 23.0),
        (Value::Number(f64::INFINITY), 23.0),
        (Value::Number(f64::NEG_INFINITY), -29.0),
        (Value::Number(-0.0), -29.0),
        (Value::Number(1e300), 23.0),
        (Value::Number(-9.0), -14.0),
        (Value::Missing, -6.0),
        (Value::Number(f64::NAN), -6.0),
    ] {
        let scored = score(income, Value::Category("农民"));
        assert_eq!(scored.score.0, 530.0 + points + 17.0, "{income}");
        assert_eq!(scored.unforeseen, 0);
    }
    for (job, points, unforeseen) in [
        (Value::Category("clerk, junior"), -12.0, 0),
        (Value::Category(""), -12.0, 0),
        (Value::Category("Clerk "), 17.0, 0),
        (Value::Category("two\nlines"), 17.0, 0),
        // Exact text: case and blanks count. Development had no missing job either.
        (Value::Category("clerk "), 0.0, 1),
        (Value::Missing, 0.0, 1),
    ] {
        let scored = score(Value::Number(5000.0), job);
        assert_eq!(scored.score.0, 553.0 + points, "{job}");
        assert_eq!(scored.unforeseen, unforeseen);
        let eta = (scored.score.0 - (600.0 - FACTOR * 50.0_f64.ln())) / FACTOR;
        assert!((scored.pd.0 - 1.0 / (1.0 + eta.exp())).abs() < 1e-15);
    }
    assert!(matches!(card.score(&[Value::Category("x"), Value::Missing]), Err(Error::WrongType { .. })));
    assert!(matches!(card.score(&[Value::Missing]), Err(Error::WrongLength { .. })));
}

#[test]
fn what_development_never_saw_follows_the_policy() {
    let case = [Value::Number(5000.0), Value::Category("new")];
    assert_eq!(load(&document(UnforeseenPolicy::Worst)).unwrap().score(&case).unwrap().score.0, 553.0 - 12.0);
    let refusing = load(&document(UnforeseenPolicy::Error)).unwrap();
    assert!(matches!(refusing.score(&case), Err(Error::Unforeseen { .. })));
}

#[test]
fn reasons_rank_by_points_lost_and_name_no_feature_that_lost_none() {
    let card = load(&document(UnforeseenPolicy::Neutral)).unwrap();
    let reasons_of = |income, job| {
        let mut codes = [0; 2];
        card.codes(&[income, job], &mut codes).unwrap();
        reasons(&card, &codes).map(|position| position.map(|position| reason_text(&card, position, codes[position])))
    };
    let both = reasons_of(Value::Number(1.0), Value::Category(""));
    assert_eq!(both[0].as_deref(), Some("because below 1000"));
    assert_eq!(both[1].as_deref(), Some("because a"));
    assert_eq!(both[2], None);
    assert_eq!(reasons_of(Value::Number(2000.0), Value::Category("农民")), [None, None, None, None]);
    let unseen = reasons_of(Value::Number(2000.0), Value::Category("new"));
    assert_eq!(unseen[0].as_deref(), Some("job: a value that development never saw"));
}

#[test]
fn verification_rows_visit_every_bin_and_edge() {
    let document = document(UnforeseenPolicy::Neutral);
    let inputs = |name: &str| document.verification.iter().map(|row| row.input[name].clone()).collect::<Vec<_>>();
    let income = inputs("income");
    for wanted in [
        Some(Literal::Number(1000.0)),
        Some(Literal::Number(1000.0_f64.next_down())),
        Some(Literal::Number(-9.0)),
        None,
    ] {
        assert!(income.contains(&wanted), "{wanted:?}");
    }
    assert!(inputs("job").contains(&Some(Literal::Text("农民".into()))));
    assert!(document.verification.iter().any(|row| row.input["job"].is_none()));
}

#[test]
fn a_changed_document_is_refused() {
    let good = document(UnforeseenPolicy::Neutral);
    let changed = |change: &dyn Fn(&mut ScorecardDocument)| {
        let mut document = good.clone();
        change(&mut document);
        load(&document).unwrap_err().to_string()
    };
    for (what, error) in [
        ("points", changed(&|d| d.features[0].bins[0].points += 1.0)),
        ("coefficient", changed(&|d| d.features[0].coefficient = 0.5)),
        ("base_points", changed(&|d| d.base_points += 1.0)),
        ("factor", changed(&|d| d.scaling.factor += 0.1)),
        ("overlap", changed(&|d| d.features[0].bins[1].domain = interval(Some(900.0), None))),
        ("gap", changed(&|d| d.features[0].bins[1].domain = interval(Some(1100.0), None))),
        ("twice", changed(&|d| d.features[1].bins[1].domain = categories(&[""]))),
        ("verification row 1", changed(&|d| d.verification[0].score += 1.0)),
        (
            "verification row",
            changed(&|d| d.features[0].bins[2].domain = BinDomain::Special(vec![Literal::Number(-8.0)])),
        ),
        ("woe_from", changed(&|d| d.features[0].bins[3].woe_from = Some(WoeFrom::Neutral))),
        ("woe_from", changed(&|d| d.features[0].bins[3].woe_from = Some(WoeFrom::Bin(1)))),
        ("woe_from", changed(&|d| d.features[0].bins[3].woe_from = Some(WoeFrom::Bin(9)))),
        ("no verification rows", changed(&|d| d.verification.clear())),
        ("version 99", changed(&|d| d.format_version = 99)),
        ("two features", changed(&|d| d.features[1].name = "income".into())),
    ] {
        assert!(error.contains(what), "{what}: {error}");
    }
    let text = String::from_utf8(good.to_json().unwrap()).unwrap();
    assert!(Scorecard::from_json(&text.as_bytes()[..text.len() / 2]).is_err());
    assert!(Scorecard::from_json(text.replacen("\"intercept\"", "\"intersept\"", 1).as_bytes()).is_err());
    assert!(Scorecard::from_json(b"").is_err());
}

#[test]
fn the_document_survives_its_own_text() {
    let document = document(UnforeseenPolicy::Neutral);
    let bytes = document.to_json().unwrap();
    let again = ScorecardDocument::from_json(&bytes).unwrap();
    assert_eq!(again, document);
    assert_eq!(again.to_json().unwrap(), bytes);
    assert!(!String::from_utf8(bytes).unwrap().contains("woe_from"));
}

#[test]
fn a_bin_may_state_where_its_woe_comes_from() {
    let mut document = document(UnforeseenPolicy::Neutral);
    let bins = &mut document.features[0].bins;
    (bins[2].woe, bins[2].points, bins[2].woe_from) = (0.0, 0.0, Some(WoeFrom::Neutral));
    (bins[3].woe, bins[3].points, bins[3].woe_from) = (bins[1].woe, bins[1].points, Some(WoeFrom::Bin(1)));
    document.verification = verification_rows(&Scorecard::unverified(document.clone()).unwrap()).unwrap();
    let text = String::from_utf8(document.to_json().unwrap()).unwrap();
    assert!(text.contains("\"woe_from\": \"neutral\""));
    assert_eq!(load(&document).unwrap().document(), &document);
}

#[test]
fn reasons_that_cost_the_same_stand_in_the_order_of_the_card() {
    let lost = |name: &str, woe: f64| {
        let bins = vec![bin("lost", interval(None, Some(0.0)), woe), bin("best", interval(Some(0.0), None), 0.0)];
        feature(name, FeatureKind::Numeric, bins)
    };
    // A later feature that costs more displaces two that cost the same.
    let features = vec![lost("a", -0.5), lost("b", -0.5), lost("c", -0.9), lost("d", -0.5), lost("e", -0.7)];
    let card = load(&document_of(UnforeseenPolicy::Neutral, features)).unwrap();
    assert_eq!(reasons(&card, &[0; 5]), [Some(2), Some(4), Some(0), Some(1)]);
}

/// Every kept example of every format version, with its version.
fn kept() -> Vec<(u32, std::path::PathBuf)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/artifacts");
    let of_version = |version: u32| {
        let entries = std::fs::read_dir(format!("{folder}/version-{version}")).unwrap();
        entries.map(move |entry| (version, entry.unwrap().path()))
    };
    (OLDEST_FORMAT_VERSION..=FORMAT_VERSION).flat_map(of_version).collect()
}

#[test]
fn documents_of_every_version_are_read_and_keep_their_bytes() {
    let kept = kept();
    for version in OLDEST_FORMAT_VERSION..=FORMAT_VERSION {
        assert!(kept.iter().any(|(known, _)| *known == version), "no example of version {version}");
    }
    for (version, path) in kept {
        let bytes = std::fs::read(&path).unwrap();
        let card = Scorecard::from_json(&bytes).unwrap();
        assert_eq!(card.document().format_version, version, "{}", path.display());
        assert_eq!(card.document().to_json().unwrap(), bytes, "{}", path.display());
    }
}

#[test]
fn a_document_has_no_field_of_a_later_version() {
    let mut document = document(UnforeseenPolicy::Neutral);
    document.population = "everybody".into();
    assert!(load(&document).is_ok());
    document.format_version = 1;
    assert!(load(&document).unwrap_err().to_string().contains("version 1 has no field population"));
    document.format_version = 3;
    assert!(load(&document).unwrap_err().to_string().contains("reads \"scorewright.scorecard\" version 1 to 2"));
}

#[test]
fn a_trained_card_says_whom_it_scores_and_which_evidence_it_has() {
    let folder = Folder::with(
        &table(),
        &card(&format!("{FEATURES}[features.columns.age]\nallowed = {{ lowest = 30.0, highest = 60.0 }}\n")),
    );
    folder.train().succeeds();
    let card = folder.json("out/scorecard.json");
    assert_eq!(card["population"], "the rows of cases.csv");
    let digest =
        |bytes: &[u8]| sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(card["lineage"]["evidence_sha256"], digest(folder.read("out/evidence.json").as_bytes()));
    let mut without = ScorecardDocument::from_json(folder.read("out/scorecard.json").as_bytes()).unwrap();
    without.lineage.evidence_sha256 = None;
    let evidence = folder.json("out/evidence.json");
    assert_eq!(evidence["scorecard_without_evidence_sha256"], digest(&without.to_json().unwrap()));
    // What the authors allow is reported, and refuses nothing.
    assert_eq!(card["inputs"]["age"]["allowed"], serde_json::json!({ "lowest": 30.0, "highest": 60.0 }));
    let ages = (0..600).map(|row| 20.0 + (noise(row, 1) * 50.0).floor());
    let outside = ages.filter(|age| !(30.0..=60.0).contains(age)).count();
    assert!(outside > 100);
    let arguments = ["score", "out/scorecard.json", "--data", "cases.csv", "--out", "scores.csv"];
    let told = folder.run(&arguments).stdout;
    let sentence = format!("age: {outside} values lie outside of the range that the card allows");
    assert!(told.contains(&sentence), "{told}");
    let bytes = std::fs::read(folder.path("scores.csv")).unwrap();
    assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 601);
    folder.run(&["validate", "out/scorecard.json", "--data", "cases.csv", "--out", "validation"]).succeeds();
    let schema = folder.json("validation/evidence.json")["samples"]["validation"]["input_schema"].clone();
    let age = schema["columns"].as_array().unwrap().iter().find(|column| column["name"] == "age").unwrap().clone();
    assert_eq!(age["outside_allowed"], outside);
}
