//! The same report in two languages.

use std::collections::BTreeSet;

use scorewright::config::CardSpec;
use scorewright::evidence::Evidence;
use scorewright::pipeline::train;
use scorewright::progress::Silent;
use scorewright::report::document::{Block, Cell, Document, document_page, document_workbook};
use scorewright::report::sections::Context;
use scorewright::report::{Conclusion, Report, ReportKind, open_findings, report_document};
use scorewright::words::{Language, Message};

use crate::support::{Cases, Folder};

/// All words of a document.
fn messages(document: &Document) -> Vec<Message> {
    fn cell(cell: &Cell, all: &mut Vec<Message>) {
        match cell {
            Cell::Words(words) | Cell::NotComputed(words) => all.push(words.clone()),
            Cell::Light(light) => all.push(light.words()),
            Cell::Sample(name) => all.push(name.title().into()),
            _ => {}
        }
    }
    fn block(block_of: &Block, all: &mut Vec<Message>) {
        match block_of {
            Block::Heading(words) | Block::Text(words) | Block::Note(words) => all.push(words.clone()),
            Block::Warnings(warnings) => all.extend(warnings.clone()),
            Block::Facts(facts) => facts.iter().for_each(|(name, value)| {
                all.push(name.clone());
                cell(value, all);
            }),
            Block::Table(table) => {
                all.push(table.caption.clone());
                for column in &table.columns {
                    all.push(column.heading.clone());
                    all.extend(column.group.clone());
                }
                table.rows.iter().flatten().for_each(|one| cell(one, all));
            }
            Block::Pictures(pictures) => all.extend(pictures.iter().map(|picture| picture.caption.clone())),
            Block::Details(words, blocks) => {
                all.push(words.clone());
                blocks.iter().for_each(|one| block(one, all));
            }
        }
    }
    let mut all = vec![document.kind.clone()];
    all.extend(document.lead.clone());
    all.extend(document.chips.iter().map(|chip| chip.words.clone()));
    for section in &document.sections {
        all.push(section.heading.clone());
        section.blocks.iter().for_each(|one| block(one, &mut all));
    }
    all
}

/// The numbers of all tables of a page, in order.
fn numbers(page: &str) -> Vec<&str> {
    let cells = page.split("<td>").skip(1).filter_map(|rest| rest.split("</td>").next());
    cells.filter(|cell| !cell.chars().any(char::is_alphabetic)).collect()
}

/// A report of a card with all that a table can have: days, groups, resamples, profile intervals, limits that fail.
fn with_report(kind: ReportKind, check: impl Fn(&dyn Fn(Language) -> Document, &Evidence)) {
    let folder = Folder::with(
        &Cases::new(2500).csv(),
        "[card]\nname = \"a\"\nkind = \"application\"\n[table]\npath = \"cases.csv\"\nid = \"id\"\nobserved_at = \"applied_at\"\n[outcome]\ncolumn = \"outcome\"\nbad = [\"bad\"]\n[features]\ninclude = [\"age\", \"income\", \"region\"]\n[selection]\nmin_iv = 0\n[sample]\nout_of_time_from = 2024-10-01\n[fit]\nbootstrap = 20\nintervals = \"profile\"\n[limits]\nmin_auc = 0.99\nmax_score_psi = 0.5\n",
    );
    let run = train(CardSpec::read(&folder.path("card.toml")).unwrap(), &Silent).unwrap();
    let conclusion = Conclusion { validator: "Ada".to_owned(), ..Conclusion::default() };
    let open = open_findings(&run.evidence);
    let document = |language: Language| {
        let context = Context {
            evidence: &run.evidence,
            scored: &run.scored,
            document: Some(run.scorecard.document()),
            language,
        };
        let (title, description) = ("a", "what it is for");
        let conclusion = &conclusion;
        report_document(Report { kind, title, description, context, bins: Vec::new(), conclusion, open: &open })
            .unwrap()
    };
    check(&document, &run.evidence);
}

#[test]
fn every_template_of_a_report_has_its_chinese() {
    with_report(ReportKind::Training, |document, _| {
        let known = |template: &&str| Language::Chinese.knows(template);
        // Letters alone, names of measures and symbols need none, but the catalogues have them all the same.
        let missing: BTreeSet<&str> = messages(&document(Language::English))
            .iter()
            .flat_map(Message::templates)
            .filter(|template| template.chars().any(char::is_alphabetic) && !known(template))
            .collect();
        assert!(missing.is_empty(), "without Chinese:\n{}", missing.into_iter().collect::<Vec<_>>().join("\n"));
    });
}

#[test]
fn both_languages_say_the_same_numbers() {
    with_report(ReportKind::Validation, |document, evidence| {
        let page = |language| document_page(&document(language), language).unwrap();
        let (english, chinese) = (page(Language::English), page(Language::Chinese));
        assert!(numbers(&english).len() > 300, "{}", numbers(&english).len());
        assert_eq!(numbers(&english), numbers(&chinese));
        assert!(chinese.contains("区分能力") && chinese.contains("<html lang=\"zh-CN\">"));
        assert!(!evidence.passed());
        assert!(chinese.contains("未通过"));
        let book = |language| document_workbook(&document(language), language).unwrap();
        assert_ne!(book(Language::English), book(Language::Chinese));
    });
}
