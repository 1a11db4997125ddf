//! The section of the report, as data and in both languages.

use std::collections::BTreeMap;

use scorewright::evidence::{
    Bands, BandsOf, Evidence, Labels, MeasureOptions, Roles, ScoredSample, Subject, sample_evidence,
};
use scorewright::report::document::{Block, Cell, Section, Table};
use scorewright::report::sections::{Context, sections};
use scorewright::sample::SampleName;
use scorewright::validation::Distribution;
use scorewright::validation::psi::decile_bands;
use scorewright::words::{Language, Message};

use super::{numbers, reference};

fn sample(pd: Vec<f64>, goods: Vec<f64>, bads: Vec<f64>) -> ScoredSample {
    let count = pd.len();
    ScoredSample {
        name: SampleName::Validation,
        rows: (0..count as u32).collect(),
        score: pd.iter().map(|pd| 1.0 - pd).collect(),
        weights: goods.iter().zip(&bads).map(|(good, bad)| good + bad).collect(),
        pd,
        goods,
        bads,
        unforeseen: vec![0; count],
        observed_at: None,
        periods: None,
        groups: None,
    }
}

fn plain() -> ScoredSample {
    let reference = reference();
    let bads = numbers(&reference["bad"]);
    sample(numbers(&reference["pd"]), bads.iter().map(|bad| 1.0 - bad).collect(), bads)
}

fn section(sample: ScoredSample, roles: &Roles, language: Language) -> Option<Section> {
    let bands =
        Bands { bands: decile_bands(&Distribution::new(sample.scores()), &sample.weights), of: BandsOf::Sample };
    let options = MeasureOptions { resamples: 20, ..MeasureOptions::default() };
    let figures = sample_evidence(&Subject {
        sample: &sample,
        roles,
        bands: &bands,
        card: None,
        reference: None,
        options: &options,
    });
    let evidence = Evidence { samples: BTreeMap::from([("validation".to_owned(), figures)]), ..Evidence::default() };
    let scored = [sample];
    let context = Context { evidence: &evidence, scored: &scored, document: None, language };
    sections(&context).unwrap().into_iter().find(|section| section.id == "calibration")
}

/// All words, tables and pictures of a section.
fn walk<'a>(blocks: &'a [Block], words: &mut Vec<Message>, tables: &mut Vec<&'a Table>, pictures: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Heading(text) | Block::Text(text) | Block::Note(text) => words.push(text.clone()),
            Block::Warnings(all) => words.extend(all.iter().cloned()),
            Block::Table(table) => {
                words.push(table.caption.clone());
                tables.push(table);
            }
            Block::Pictures(all) => {
                words.extend(all.iter().map(|picture| picture.caption.clone()));
                pictures.extend(all.iter().map(|picture| picture.svg.clone()));
            }
            Block::Details(heading, within) => {
                words.push(heading.clone());
                walk(within, words, tables, pictures);
            }
            Block::Facts(_) => panic!("there are no facts here"),
        }
    }
    for table in tables.iter() {
        for column in &table.columns {
            words.push(column.heading.clone());
            words.extend(column.group.clone());
        }
        words.extend(table.rows.iter().flatten().filter_map(|cell| match cell {
            Cell::Words(words) | Cell::NotComputed(words) => Some(words.clone()),
            _ => None,
        }));
    }
}

fn roles(count: usize) -> Roles {
    let codes = (0..count).map(|case| (case % 3) as u32).collect();
    let names = ["A", "B", "C", "D"].map(str::to_owned).to_vec();
    Roles {
        grade: Some(Labels { column: "grade".to_owned(), names, codes }),
        grade_order_stated: true,
        exposure: Some(vec![100.0; count]),
        ..Roles::default()
    }
}

#[test]
fn every_word_is_known_in_chinese_and_every_row_fits_its_table() {
    let weighted = {
        let mut weighted = plain();
        weighted.goods.iter_mut().for_each(|good| *good *= 2.0);
        weighted.groups = Some(scorewright::evidence::SampleGroups {
            column: "customer".to_owned(),
            codes: (0..weighted.pd.len() as u32 / 2 * 2 + 2).map(|case| case / 2).take(weighted.pd.len()).collect(),
        });
        weighted
    };
    let shares = {
        let mut shares = plain();
        for case in 0..shares.pd.len() {
            (shares.goods[case], shares.bads[case]) = (0.4 + 0.01 * (case % 7) as f64, 0.6 - 0.01 * (case % 7) as f64);
        }
        shares
    };
    let certain = {
        let mut certain = plain();
        certain.pd[0] = 1.0;
        certain
    };
    let one_class = sample(vec![0.1, 0.2, 0.3], vec![1.0; 3], vec![0.0; 3]);
    let mut names = std::collections::BTreeSet::new();
    for sample in [plain(), weighted, shares, certain, one_class] {
        let roles = roles(sample.pd.len());
        let section = section(sample, &roles, Language::Chinese).unwrap();
        let (mut words, mut tables, mut pictures) = (vec![section.heading.clone()], Vec::new(), Vec::new());
        walk(&section.blocks, &mut words, &mut tables, &mut pictures);
        for table in tables {
            names.insert(table.name.clone());
            assert!(!table.rows.is_empty(), "{}", table.name);
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
        }
        for template in words.iter().flat_map(Message::templates) {
            assert!(Language::Chinese.knows(template) || template.ends_with('%'), "{template:?} has no Chinese");
        }
        assert_eq!(pictures.len(), 1);
        assert!(pictures[0].contains("平均 PD") && !pictures[0].contains("mean PD"));
    }
    let expected = [
        "brier_terms",
        "calibration_by_grade_validation",
        "calibration_measures",
        "calibration_overall",
        "calibration_tests",
        "isotonic_recalibration_validation",
        "loss_bins_validation",
        "low_default",
        "low_default_by_grade_validation",
        "ratio_tests",
        "reliability_validation",
    ];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn tables_say_what_the_evidence_says() {
    let sample = plain();
    let count = sample.pd.len();
    let section = section(sample, &roles(count), Language::English).unwrap();
    let (mut words, mut tables, mut pictures) = (Vec::new(), Vec::new(), Vec::new());
    walk(&section.blocks, &mut words, &mut tables, &mut pictures);
    let table = |name: &str| *tables.iter().find(|table| table.name == name).unwrap();
    let cell = |table: &Table, row: usize, column: &str| {
        table.rows[row][table.columns.iter().position(|c| c.name == column).unwrap()].clone()
    };
    let reference = reference();
    let tests = table("calibration_tests");
    let row = tests.rows.iter().position(|row| row.contains(&Cell::words("Hosmer-Lemeshow"))).unwrap();
    let Cell::Number(statistic, _) = cell(tests, row, "statistic") else { panic!() };
    assert!((statistic - reference["hosmer_lemeshow"]["statistic"].as_f64().unwrap()).abs() < 1e-9);
    assert_eq!(cell(tests, row, "degrees_of_freedom"), Cell::Count(10.0));
    let Cell::Interval(slope, _) = cell(table("calibration_measures"), 0, "calibration_slope") else { panic!() };
    assert!((slope.value.unwrap() - reference["line"]["slope"]["value"].as_f64().unwrap()).abs() < 1e-7);
    let grades = table("calibration_by_grade_validation");
    assert_eq!(grades.rows.len(), 4);
    assert_eq!(cell(grades, 3, "jeffreys_p_value"), Cell::NotComputed("the grade has no cases".into()));
    assert_eq!(table("reliability_validation").rows.len(), 10);
}

#[test]
fn without_pds_or_outcomes_there_is_no_section() {
    let mut without = plain();
    without.pd.clear();
    assert!(section(without, &Roles::default(), Language::English).is_none());
    let nobody = sample(vec![0.1, 0.2], vec![0.0; 2], vec![0.0; 2]);
    let nobody = ScoredSample { weights: vec![1.0; 2], ..nobody };
    assert!(section(nobody, &Roles::default(), Language::English).is_none());
}
