//! Cards on the loan history: what can be wrong with the card, the project and its tables.

use crate::support::{Folder, OUT, line_of, project, project_with};

const CARD: &str = "cards/application.toml";
const PROJECT: &str = "scorewright.toml";
const PERFORMANCE: &str = "data/performance.csv";

fn train(folder: &Folder) -> crate::support::Run {
    folder.run(&["train", CARD, "--out", OUT])
}

/// The project with `old` in `file` replaced by `new` is refused with `words`; where `needle` is not
/// empty, also with the file and the line where it stands.
fn refused(file: &str, old: &str, new: &str, needle: &str, words: &[&str]) {
    let folder = Folder::new();
    let text = project_with(&folder, file, old, new);
    let run = train(&folder);
    run.fails(3, words);
    run.fails(3, &[file]);
    if !needle.is_empty() {
        run.fails(3, &[&line_of(&text, needle)]);
    }
    folder.is_untouched();
}

#[test]
fn the_project_trains_as_it_stands() {
    let folder = Folder::new();
    project_with(&folder, CARD, "", "");
    train(&folder).succeeds();
    assert!(folder.path("out/scorecard.json").exists());
}

#[test]
fn no_project_file() {
    let folder = Folder::new();
    folder.write(CARD, &project()[CARD]);
    train(&folder).fails(3, &["no scorewright.toml", "cards", "scorewright new"]);
    folder.is_untouched();
}

#[test]
fn a_table_that_the_project_does_not_have() {
    let words = ["no table", "did you mean \"performance\"?"];
    refused(CARD, "table = \"performance\"  ", "table = \"perfomance\"  ", "table = \"perfomance\"", &words);
    refused(CARD, "[{ table = \"performance\",", "[{ table = \"performence\",", "performence", &words);
    let words = ["no table", "did you mean \"accounts\"?"];
    refused(CARD, "table = \"accounts\"", "table = \"acounts\"", "acounts", &words);
}

#[test]
fn a_window_longer_than_the_history() {
    let words = ["no case is left", "immature", "performance ends on 2005-10-31", "rows of performance: 7000 left"];
    refused(CARD, "window_months = 6", "window_months = 36", "", &words);
}

#[test]
fn a_population_that_is_empty() {
    refused(
        CARD,
        "group = \"customer_id\"",
        "from = 2011-01-01",
        "",
        &["no case is left", "observed before 2011-01-01: 0 left"],
    );
    let exclude = ["no case is left", "two or more months overdue already: 0 left"];
    refused(CARD, "where = \"months_overdue >= 2\" }", "where = \"months_overdue >= 0\" }", "", &exclude);
    refused(
        CARD,
        "group = \"customer_id\"",
        "from = 2006-01-01\nuntil = 2005-01-01",
        "from = ",
        &["from lies after until"],
    );
}

#[test]
fn an_outcome_that_nobody_has() {
    let words = ["no observation turned out bad"];
    refused(CARD, "months_overdue >= 2 OR defaulted = 1", "months_overdue >= 99", "[outcome]", &words);
}

#[test]
fn sql_that_names_an_unknown_column() {
    let words = ["\"creditlimit\"", "data/accounts.csv", "did you mean \"credit_limit\"?"];
    refused(CARD, "value = \"credit_limit\"", "value = \"creditlimit\"", "creditlimit", &words);
    let words = ["months_overduee", "data/performance.csv", "did you mean \"months_overdue\"?"];
    refused(CARD, "months_overdue >= 2 OR", "months_overduee >= 2 OR", "months_overduee", &words);
    refused(CARD, "where = \"months_overdue >= 2\" }", "where = \"months_overduee >= 2\" }", "months_overduee", &words);
    let words = ["\"credit_limits\"", "did you mean \"credit_limit\"?"];
    refused(CARD, "first_balance / credit_limit", "first_balance / credit_limits", "credit_limits", &words);
}

#[test]
fn sql_that_is_not_sql() {
    refused(
        CARD,
        "value = \"credit_limit\"",
        "value = \"credit_limit +\"",
        "credit_limit +",
        &["not an SQL expression"],
    );
    let words = ["is not a condition", "months_overdue"];
    refused(
        CARD,
        "where = \"months_overdue >= 2\" }",
        "where = \"months_overdue\" }",
        "where = \"months_overdue\"",
        &words,
    );
    refused(
        CARD,
        "value = \"credit_limit\"",
        "value = \"credit_limit + customer_id\"",
        "+ customer_id",
        &["\"credit_limit\""],
    );
}

#[test]
fn features_derived_in_a_circle() {
    let circle = "expression = \"again * 2\"\n[features.define.again]\nexpression = \"first_utilisation / 2\"\n#";
    let words = ["in a circle", "first_utilisation", "again"];
    refused(CARD, "expression = \"first_balance / credit_limit\"", circle, "[features.define.again]", &words);
    let itself = "expression = \"first_utilisation + 1\"\n#";
    let words = ["in a circle", "first_utilisation"];
    refused(
        CARD,
        "expression = \"first_balance / credit_limit\"",
        itself,
        "[features.define.first_utilisation]",
        &words,
    );
}

#[test]
fn definitions_that_contradict_themselves() {
    for (new, needle, words) in [
        ("table = \"accounts\"\nexpression = \"age\"", "expression = \"age\"", "not both"),
        ("table = \"accounts\"\naggregate = \"share\"", "aggregate = \"share\"", "share needs the condition"),
        ("table = \"accounts\"\nvalu = \"credit_limit\"", "valu = ", "did you mean \"value\"?"),
        ("table = \"accounts\"\naggregate = \"maximun\"", "maximun", "did you mean \"maximum\"?"),
        ("table = \"accounts\"\nwindow_months = 0", "window_months = 0", "at least 1"),
        (
            "table = \"accounts\"\nwindow_days = -180",
            "window_days = -180",
            "window_days must be a whole number of at least 1, but is -180",
        ),
    ] {
        refused(CARD, "table = \"accounts\"", new, needle, &[words]);
    }
    let words = ["no feature is defined as \"firststatus\"", "did you mean \"first_status\"?"];
    refused(CARD, "columns.first_status", "columns.firststatus", "columns.firststatus", &words);
}

#[test]
fn a_sum_of_text() {
    let sum = "value = \"account_id\"\naggregate = \"sum\"";
    refused(CARD, "value = \"credit_limit\"", sum, "account_id", &["\"credit_limit\"", "number"]);
}

#[test]
fn a_date_that_is_missing_or_not_a_date() {
    let place = [PERFORMANCE, "data row 3", "\"month_end\""];
    let line = line_of(&project()[PROJECT], "event_date = \"month_end\"");
    refused(PERFORMANCE, "A1,2005-06-30", "A1,", "", &[&["the date is missing"][..], &place].concat());
    let words = [&["\"2005-06-31\" is not a date", PROJECT, &line][..], &place].concat();
    refused(PERFORMANCE, "A1,2005-06-30", "A1,2005-06-31", "", &words);
}

#[test]
fn a_key_that_is_missing() {
    let words = ["the key is missing", "data row 3", "\"account_id\""];
    refused(PERFORMANCE, "A1,2005-06-30", ",2005-06-30", "", &words);
}

#[test]
fn a_row_known_before_it_happened() {
    let folder = Folder::new();
    let old = "# known_at = \"loaded_at\" ";
    project_with(&folder, PROJECT, old, "known_at = \"loaded_at\" ");
    let mut rows = project()[PERFORMANCE].lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap().join(",");
    let mut text = format!("{header},loaded_at\n");
    for (position, row) in rows.enumerate() {
        let loaded = if position == 41 { "2005-01-01" } else { row[1] };
        text.push_str(&format!("{},{loaded}\n", row.join(",")));
    }
    folder.write(PERFORMANCE, text);
    train(&folder).fails(3, &["became known before it happened", PERFORMANCE, "data row 42", "\"loaded_at\""]);
    folder.is_untouched();
}

#[test]
fn columns_that_the_project_names_and_the_table_does_not_have() {
    for (old, new, near) in [
        ("event_date = \"month_end\"", "event_date = \"month_ends\"", "month_end"),
        ("# known_at = \"loaded_at\"", "known_at = \"balanced\"", "balance"),
        ("# columns = { balance = \"BAL_AMT\" }", "columns = { owed = \"BALANCES\" }", "balance"),
    ] {
        let words = ["no column", PERFORMANCE, &format!("did you mean {near:?}?")];
        refused(PROJECT, old, new, new, &words);
    }
}

#[test]
fn two_rows_of_attributes_for_one_key() {
    let words = ["\"C2\" has two rows", "first in data row 2", "data row 5", "\"customer_id\"", "\"leave_out\""];
    refused("data/customers.csv", "\nC5,", "\nC2,", "", &words);
}

#[test]
fn one_unit_twice_on_a_day() {
    let folder = Folder::new();
    project_with(&folder, CARD, "observe = \"first_row\"", "observe = \"every_row\"");
    let text = project()[PERFORMANCE].replacen("A1,2005-05-31", "A1,2005-04-30", 1);
    folder.write(PERFORMANCE, text);
    train(&folder)
        .fails(3, &["\"A1\" is observed twice on 2005-04-30", "first in data row 1", PERFORMANCE, "data row 2"]);
    folder.is_untouched();
}

#[test]
fn a_project_with_mistakes() {
    refused(PROJECT, "event_date = ", "event_dat = ", "event_dat = ", &["unknown key", "did you mean \"event_date\"?"]);
    refused(PROJECT, "keys = [\"account_id\"]", "keys = []", "keys = []", &["keys must name"]);
    refused(PROJECT, "period = \"month\"", "period = \"months\"", "months", &["did you mean \"month\"?"]);
    let words = ["known_after_days must be a whole number of at least 0, but is -5"];
    refused(PROJECT, "# known_after_days = 5", "known_after_days = -5", "known_after_days", &words);
    let words = ["known_after_days is 36501, but at most 36500"];
    refused(PROJECT, "# known_after_days = 5", "known_after_days = 36501", "known_after_days", &words);
    let (old, new) = ("[tables.performance]", "  [tables.accounts] # again");
    let line = line_of(&project()[PROJECT], "[tables.accounts]");
    let words = ["duplicate section [tables.accounts]", &format!("the first stands in {line}")];
    refused(PROJECT, old, new, new, &words);
}

#[test]
fn a_file_of_the_history_that_is_not_there() {
    let folder = Folder::new();
    project_with(&folder, PROJECT, "data/accounts.csv", "data/acounts.csv");
    train(&folder).fails(3, &["cannot read the file", "data/acounts.csv", "did you mean", "data/accounts.csv"]);
    folder.is_untouched();
}

#[test]
fn a_key_that_leads_nowhere() {
    let words = ["\"customer_id\"", "no table leads", "acount_id"];
    refused(PROJECT, "keys = [\"account_id\"]", "keys = [\"acount_id\"]", "acount_id", &words);
}

#[test]
fn a_group_that_is_no_key() {
    let words = ["\"customers_id\"", "did you mean \"customer_id\"?"];
    refused(CARD, "group = \"customer_id\"", "group = \"customers_id\"", "group = ", &words);
}

#[test]
fn messages_that_are_whole_add_nothing() {
    let circle = "expression = \"first_utilisation + 1\"\n#";
    let windows = "table = \"accounts\"\nwindow_months = 6\nwindow_days = 180";
    for (old, new) in [
        ("expression = \"first_balance / credit_limit\"", circle),
        ("table = \"accounts\"", windows),
        ("group = \"customer_id\"", "from = 2006-01-01\nuntil = 2005-01-01"),
    ] {
        let folder = Folder::new();
        project_with(&folder, CARD, old, new);
        let run = train(&folder);
        run.fails(3, &[CARD, "line"]);
        assert!(!run.stderr.contains("what to do"), "{}", run.stderr);
    }
}

#[test]
fn a_code_without_a_meaning() {
    let folder = Folder::new();
    let translate = "translate = { defaulted = { \"0\" = 0, X = 7 } }";
    project_with(&folder, PROJECT, "# columns = { balance = \"BAL_AMT\" }", translate);
    let words = ["the code \"1\" has no meaning in translate.defaulted", "the codes with a meaning are: 0, X"];
    let run = folder.run(&["features", CARD, "--out", "features.csv"]);
    run.fails(3, &words);
    assert!(!run.stderr.contains("did you mean"), "{}", run.stderr);
    train(&folder).fails(3, &["\"1\" (", "give them a meaning: translate = { defaulted = {"]);
}

#[test]
fn a_date_in_another_form() {
    let folder = Folder::new();
    project_with(&folder, PERFORMANCE, "A1,2005-06-30", "A1,050630");
    let words = ["\"050630\" is not a date", "date_format = \"%y%m%d\""];
    folder.run(&["features", CARD, "--out", "features.csv"]).fails(3, &words);
    train(&folder).fails(3, &words);
}

#[test]
fn a_table_read_with_the_wrong_separator() {
    for (separator, name) in [(";", "\";\""), ("\t", "a tab (\"\\t\")"), ("|", "\"|\"")] {
        let folder = Folder::new();
        project_with(&folder, PROJECT, "# columns = { balance = \"BAL_AMT\" }", "columns = { owed = \"balance\" }");
        folder.write(PERFORMANCE, project()[PERFORMANCE].replace(',', separator));
        let words = [&format!("the file looks separated by {name}, not by \",\""), "separator = ", PERFORMANCE];
        folder.run(&["features", CARD, "--out", "features.csv"]).fails(3, &words);
        train(&folder).fails(3, &words);
    }
    // Decimal commas part the header, so that it has several columns none of which is one.
    let folder = Folder::new();
    project_with(&folder, PROJECT, "", "");
    let text = project()[PERFORMANCE].replace(',', ";").replacen("month_end", "month_end,on", 1);
    let text: String =
        text.lines().map(|line| if line.contains(',') { format!("{line}\n") } else { format!("{line},\n") }).collect();
    folder.write(PERFORMANCE, text);
    train(&folder).fails(3, &["there is no column \"month_end\"", "say what separates them: separator = \";\""]);
}

#[test]
fn a_header_with_quotes_is_read_by_the_rule_of_csv() {
    let folder = Folder::new();
    project_with(&folder, PROJECT, "# columns = { balance = \"BAL_AMT\" }", "columns = { balance = 'BAL \"x\"' }");
    let header = project()[PERFORMANCE].lines().next().unwrap().to_owned();
    for name in ["\"BAL \"\"x\"\"\"", "\"BAL \"\"x\"\"\",\"a\n\"\"b\"\"\""] {
        let (old, extra) = (&project()[PERFORMANCE], name.contains('\n'));
        let mut text = format!("{}\n", header.replacen("balance", name, 1));
        let position = header.split(',').position(|column| column == "balance").unwrap();
        for line in old.lines().skip(1) {
            let mut fields: Vec<&str> = line.split(',').collect();
            if extra {
                fields.insert(position + 1, "1");
            }
            text.push_str(&format!("{}\n", fields.join(",")));
        }
        folder.write(PERFORMANCE, text);
        folder.run(&["features", CARD, "--out", "features.csv"]).succeeds();
    }
}
