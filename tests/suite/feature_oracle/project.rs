//! The oracle's lender as tables and cards, and what the program makes of them.

use super::*;

/// Writes the lender's tables into a folder, with the project's file and a card of every family.
pub fn write_project(folder: &std::path::Path, lender: &Lender) -> CardSpec {
    let optional = |value: Option<String>| value.unwrap_or_default();
    let mut points = String::from("account_id,day\n");
    let mut accounts = String::from("account_id,customer_id,opened_on\n");
    for account in 0..ACCOUNTS {
        accounts.push_str(&format!("A{account},C{},2022-12-31\n", account % CUSTOMERS));
        for day in observation_days() {
            points.push_str(&format!("A{account},{day}\n"));
        }
    }
    // A first row of an account without points holds every column, so that their types are always the same.
    let mut events = String::from(
        "account_id,happened,known,amount,channel,overdue,due_on\nA,2023-01-01,2023-01-01,0.5,sms,1,2023-01-01\n",
    );
    for e in &lender.events {
        events.push_str(&format!(
            "A{},{},{},{},{},{},{}\n",
            e.account,
            e.happened,
            e.known,
            optional(e.amount.map(|x| x.to_string())),
            optional(e.channel.map(|text| format!("\"{}\"", text.replace('"', "\"\"")))),
            optional(e.overdue.map(|x| x.to_string())),
            optional(e.due_on.map(|x| x.to_string())),
        ));
    }
    let mut statements = String::from("account_id,month_end,balance\nA,2023-01-31,0.5\n");
    for s in &lender.statements {
        statements.push_str(&format!(
            "A{},{},{}\n",
            s.account,
            s.month_end,
            optional(s.balance.map(|x| x.to_string()))
        ));
    }
    let mut links = String::from("customer_id,linked_on,kind,value\n");
    for link in &lender.links {
        links.push_str(&format!("C{},{},{},V{}\n", link.customer, link.linked_on, link.kind, link.value));
    }
    accounts.push_str("A,C,2022-12-31\n");
    for (name, text) in [
        ("points", &points),
        ("accounts", &accounts),
        ("events", &events),
        ("statements", &statements),
        ("links", &links),
    ] {
        write(folder, &format!("{name}.csv"), text);
    }
    write(folder, "scorewright.toml", PROJECT);
    let definitions: String =
        FAMILIES.iter().map(|(name, definition, _)| format!("{name} = {{ {definition} }}\n")).collect();
    let path = write(folder, "card.toml", &format!("{CARD_HEAD}[features.define]\n{definitions}"));
    CardSpec::read(&path).unwrap()
}

/// The features of a lender by the library.
pub fn frame(lender: &Lender) -> DataFrame {
    let folder = tempfile::tempdir().unwrap();
    let spec = write_project(folder.path(), lender);
    let table = feature_table(&spec, None, None, &Silent).unwrap();
    // A feature without a single value is left out, and said so.
    assert!(table.refused.iter().all(|(_, reason)| reason == "every value is missing"), "{:?}", table.refused);
    table.frame
}

/// The value of a feature at a point.
pub fn answer(frame: &DataFrame, feature: &str, row: usize) -> Answer {
    let Ok(column) = frame.column(feature) else { return Answer::Missing };
    match column.get(row).unwrap() {
        AnyValue::Null => Answer::Missing,
        AnyValue::Float64(number) => Answer::Number(number),
        AnyValue::String(text) => Answer::Text(text.to_owned()),
        AnyValue::StringOwned(text) => Answer::Text(text.to_string()),
        other => panic!("{feature} is {other:?}"),
    }
}

/// Account and day of every row.
pub fn points(frame: &DataFrame) -> Vec<(u32, NaiveDate)> {
    let ids = frame.column("case_id").unwrap().str().unwrap().clone();
    ids.iter()
        .map(|id| {
            let (account, day) = id.unwrap().split_once('@').unwrap();
            (account[1..].parse().unwrap(), day.parse().unwrap())
        })
        .collect()
}
