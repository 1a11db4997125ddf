//! What is wrong with rejects is told with its place, and nothing is written.

use super::study::Lender;
use crate::support::{Folder, card, project_with, table};

const BY_PATH: &str = "path = \"rejects.csv\"\nrename = { monthly_pay = \"income\" }";

/// The study must fail with all `words`.
fn refuses(lender: &Lender, card: &str, words: &[&str]) {
    let run = lender.study(card, &[]);
    run.fails(3, words);
    lender.folder().is_untouched();
}

/// A line whose age is a share in percent.
fn in_percent(line: &str) -> String {
    let mut fields: Vec<&str> = line.split(',').collect();
    fields[4] = "34.6%";
    fields.join(",") + "\n"
}

#[test]
fn nobody_was_rejected() {
    let folder = Folder::with(&table(), &card(""));
    let run = folder.run(&["reject-inference", "card.toml", "--out", "out"]);
    run.fails(3, &["no rejected applicants", "card.toml", "[rejects] path", "rejected_when"]);
    folder.is_untouched();
}

#[test]
fn the_section_itself() {
    let lender = Lender::new(400, 0.0);
    for (rejects, words) in [
        ("", &["does not say where the rejected applicants are", "line 10"][..]),
        ("path = \"rejects.csv\"\ncolumn = \"w\"\nvalues = [1]", &["either path"]),
        ("column = \"decision\"", &["which values of the column mean rejected"]),
        ("pth = \"rejects.csv\"", &["unknown key \"pth\"", "did you mean \"path\"?", "line 11"]),
        ("path = \"rejects.csv\"\nfactors = []", &["at least one factor", "line 12"]),
        ("path = \"rejects.csv\"\nfactors = [0]", &["above 0"]),
        ("path = \"rejects.csv\"\noverlap_floor = 1", &["overlap_floor", "below 1"]),
        ("path = \"rejects.csv\"\nacceptance_rate = 1.0", &["acceptance_rate", "below 1"]),
        ("path = \"rejects.csv\"\ntrim = 0", &["trim", "above 0"]),
        ("path = \"rejects.csv\"\nbands = 1", &["bands", "between 2 and 100"]),
        ("path = \"rejects.csv\"\nexclusion = [\"age\"]", &["\"age\" is also a feature", "line 12"]),
        (
            "path = \"rejects.csv\"\nrename = { a = \"age\", b = \"age\" }",
            &["both \"a\" and \"b\" become \"age\"", "line 12"],
        ),
    ] {
        refuses(&lender, &lender.card(rejects, ""), words);
    }
}

#[test]
fn the_rejects_table() {
    let lender = Lender::new(400, 0.0);
    let folder = lender.folder();
    let rejects = folder.read("rejects.csv");
    let header = rejects.lines().next().unwrap().to_owned();
    for (text, words) in [
        (format!("{header}\n"), &["no rows", "rejects.csv"][..]),
        (
            rejects
                .lines()
                .enumerate()
                .map(|(at, line)| if at == 2 { in_percent(line) } else { format!("{line}\n") })
                .collect(),
            &["\"34.6%\" is not a number", "rejects.csv", "data row 2", "column \"age\"", "null_values"],
        ),
        (
            "identifier,Age_Years\n1,2\n".to_owned(),
            &["no column \"monthly_pay\"", "the card names it in card.toml, line 12"],
        ),
        (
            format!("{header}\n{}\n{}\n", rejects.lines().nth(1).unwrap(), rejects.lines().nth(1).unwrap()),
            &["stands twice", "data row 2", "column \"id\""],
        ),
    ] {
        folder.write("rejects.csv", text);
        refuses(&lender, &lender.card(BY_PATH, ""), words);
    }
    folder.write("rejects.csv", "identifier,ages\n1,2\n");
    let words = ["none of the card's features", "did you mean [rejects] rename = { \"ages\" = \"age\" }?"];
    refuses(&lender, &lender.card("path = \"rejects.csv\"", ""), &words);
    folder.write("rejects.csv", &rejects);
    refuses(&lender, &lender.card("path = \"reject.csv\"", ""), &["did you mean", "rejects.csv"]);
    let exclusion = format!("{BY_PATH}\nexclusion = [\"oficer\"]");
    refuses(&lender, &lender.card(&exclusion, ""), &["no column \"oficer\"", "did you mean \"officer\"?", "line 13"]);
    folder.write("rejects.csv", rejects.replace("officer", "clerk"));
    let exclusion = exclusion.replace("oficer", "officer");
    refuses(&lender, &lender.card(&exclusion, ""), &["no column \"officer\"", "rejects.csv"]);
    // A column that accepts lack is no fault.
    folder.write("rejects.csv", rejects.replace("officer", "clerk"));
    lender.study(&lender.card(BY_PATH, ""), &[]).succeeds();
}

#[test]
fn the_decision_s_column() {
    let lender = Lender::new(400, 0.0);
    let on = |rejects: &str| lender.card(rejects, "").replace("cases.csv", "together.csv");
    refuses(&lender, &on("column = \"decison\"\nvalues = [\"rejected\"]"), &["did you mean \"decision\"?", "line 11"]);
    refuses(
        &lender,
        &on("column = \"decision\"\nvalues = [\"reject\"]"),
        &["does not occur", "did you mean \"rejected\"?"],
    );
    let everybody = on("column = \"decision\"\nvalues = [\"rejected\", \"accepted\"]");
    refuses(&lender, &everybody, &["every applicant was rejected", "together.csv"]);
}

#[test]
fn the_truth() {
    let lender = Lender::new(400, 0.0);
    let on = |truth: &str| lender.card(&format!("{BY_PATH}\n[rejects.truth]\npath = \"truth.csv\"\n{truth}"), "");
    refuses(&lender, &on("column = \"defalt\""), &["no column \"defalt\"", "did you mean \"default\"?"]);
    refuses(&lender, &on("column = \"default\"\nbad = [\"yes\"]"), &["the same truth", "[rejects.truth] bad"]);
    refuses(&lender, &on("column = \"default\"\nid = \"default\""), &["both id and outcome", "line 15"]);
    let truth = lender.folder().read("truth.csv");
    lender.folder().write("truth.csv", truth.replace('c', "x"));
    refuses(&lender, &on("column = \"default\""), &["knows none of the rejected applicants", "x1"]);
    let without_id = on("column = \"default\"").replace("id = \"id\"", "");
    refuses(&lender, &without_id, &["the card has none", "[table] id"]);
}

#[test]
fn a_card_on_the_history() {
    let folder = Folder::new();
    let name = "cards/application.toml";
    for (rejects, words) in [
        ("path = \"rejects.csv\"", &["for a card on a ready-made table", "rejected_when"][..]),
        ("exclusion = [\"nobody\"]", &["the history gives no \"nobody\"", "[features.define.nobody]"]),
    ] {
        project_with(&folder, name, "[sample]", &format!("[rejects]\n{rejects}\n\n[sample]"));
        folder.run(&["reject-inference", name, "--out", "out"]).fails(3, words);
        folder.is_untouched();
    }
}

#[test]
fn a_card_with_segments() {
    let lender = Lender::new(400, 0.0);
    let card = lender.card(BY_PATH, "[segments]\ncolumn = \"region\"\n");
    refuses(&lender, &card, &["one card at a time", "[segments]"]);
}
