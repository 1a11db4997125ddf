//! The check on the tables: for each rule a small book with exactly that fault, a clean book, and the program.

mod program;

use std::collections::BTreeMap;
use std::path::Path;

use scorewright::progress::Silent;
use scorewright::quality::{Code, Finding, Quality, Severity, check};

use crate::support::{Folder, OUT, project_with};

const MONTHS: [&str; 6] = ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30"];
const ACCOUNTS: usize = 60;

const PROJECT: &str = r#"
[tables.customers]
path = "customers.csv"
keys = ["customer_id"]
profile = ["birth_date", "gender"]
[tables.applications]
path = "applications.csv"
keys = ["application_id", "customer_id"]
event_date = "applied_on"
[tables.accounts]
path = "accounts.csv"
keys = ["account_id", "customer_id", "application_id"]
event_date = "opened_on"
[tables.performance]
path = "performance.csv"
keys = ["account_id"]
event_date = "month_end"
period = "month"
allowed = { status = ["0", "C"] }
[tables.payments]
path = "payments.csv"
keys = ["account_id"]
event_date = "paid_on"
[tables.contacts]
path = "contacts.csv"
keys = ["account_id"]
event_date = "contacted_on"
[tables.links]
path = "links.csv"
keys = ["customer_id"]
event_date = "linked_on"
[tables.bureau]
path = "bureau.csv"
keys = ["customer_id"]
event_date = "event_date"
known_at = "known_at"
"#;

/// The tables of a small lender, without a fault: 60 customers with an account each, over six months.
struct Book {
    project: String,
    tables: BTreeMap<&'static str, Vec<Vec<String>>>,
}

impl Book {
    fn new() -> Self {
        let mut book = Book { project: PROJECT.to_owned(), tables: BTreeMap::new() };
        book.header("customers", "customer_id,birth_date,registered_on,gender");
        book.header("applications", "application_id,customer_id,applied_on,amount,declared_income,decision");
        book.header(
            "accounts",
            "account_id,customer_id,application_id,opened_on,closed_on,principal,term_months,annual_rate,credit_limit",
        );
        book.header("performance", "account_id,month_end,balance,due,paid,days_past_due,credit_limit,status");
        book.header("payments", "payment_id,account_id,paid_on,amount");
        book.header("contacts", "contact_id,account_id,contacted_on,channel,outcome");
        book.header("links", "customer_id,linked_on,kind,value");
        book.header("bureau", "customer_id,event_date,known_at,valid_until,score");
        for i in 1..=ACCOUNTS {
            let day = i % 28 + 1;
            let gender = ["f", "m"][i % 2];
            book.add("customers", &format!("K{i},{}-03-{day:02},2023-11-{day:02},{gender}", 1950 + i % 40));
            book.add("applications", &format!("P{i},K{i},2023-12-{day:02},{},{},accepted", 1000 + i * 10, 2000 + i));
            book.add("accounts", &format!("A{i},K{i},P{i},2024-01-{day:02},,{},12,0.2,5000", 1000 + i * 10));
            book.add("contacts", &format!("C{i},A{i},2024-03-{day:02},phone,answered"));
            book.add("links", &format!("K{i},2024-01-{day:02},phone,0{i}"));
            for (m, month) in MONTHS.iter().enumerate() {
                let (month_number, amount) = (&month[..7], 80 + i);
                book.add(
                    "performance",
                    &format!("A{i},{month},{},{},{amount},0,5000,0", 1000 + i * 10 - m * 50, 100 + i),
                );
                book.add("payments", &format!("Y{i}{m},A{i},{month_number}-15,{amount}"));
                let (valid, score) = (&month_number[5..], 600 + i + m);
                book.add("bureau", &format!("K{i},{month_number}-10,{month_number}-20,2025-{valid}-{day:02},{score}"));
            }
        }
        book
    }

    fn header(&mut self, table: &'static str, header: &str) {
        self.tables.insert(table, vec![header.split(',').map(str::to_owned).collect()]);
    }

    fn rows(&mut self, table: &str) -> &mut Vec<Vec<String>> {
        self.tables.get_mut(table).expect("a table of the book")
    }

    fn add(&mut self, table: &str, row: &str) {
        let row = row.split(',').map(str::to_owned).collect();
        self.rows(table).push(row);
    }

    fn column(&mut self, table: &str, column: &str) -> usize {
        self.rows(table)[0].iter().position(|name| name == column).expect("a column of the table")
    }

    /// Changes a value; data rows count from 1.
    fn set(mut self, table: &str, row: usize, column: &str, value: &str) -> Self {
        let column = self.column(table, column);
        value.clone_into(&mut self.rows(table)[row][column]);
        self
    }

    /// Changes the values of a column in the rows that `value` gives one for.
    fn map(mut self, table: &str, column: &str, value: impl Fn(usize, &str) -> Option<String>) -> Self {
        let column = self.column(table, column);
        for (position, row) in self.rows(table).iter_mut().enumerate().skip(1) {
            if let Some(value) = value(position, &row[column]) {
                row[column] = value;
            }
        }
        self
    }

    fn with(mut self, table: &str, row: &str) -> Self {
        self.add(table, row);
        self
    }

    fn without(mut self, table: &str, is_out: impl Fn(usize) -> bool) -> Self {
        let mut position = 0;
        self.rows(table).retain(|_| {
            position += 1;
            !is_out(position - 1)
        });
        self
    }

    fn project(mut self, old: &str, new: &str) -> Self {
        assert!(self.project.contains(old));
        self.project = self.project.replacen(old, new, 1);
        self
    }

    fn write(&self, folder: &Path) {
        std::fs::write(folder.join("scorewright.toml"), &self.project).unwrap();
        for (name, rows) in &self.tables {
            let text: String = rows.iter().map(|row| format!("{}\n", row.join(","))).collect();
            std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
        }
    }

    fn check(&self) -> Quality {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        check(&folder.path().join("scorewright.toml"), &[], &Silent).unwrap()
    }

    /// The one finding on this book.
    #[track_caller]
    fn finds(&self, table: &str, code: Code, severity: Severity, count: u64, row: u64) -> Finding {
        let found = self.check().findings;
        let names: Vec<_> = found.iter().map(|f| (f.table.as_str(), f.code.name(), f.column.as_deref())).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        let finding = found.into_iter().next().unwrap();
        assert_eq!((finding.table.as_str(), finding.code, finding.severity), (table, code, severity));
        assert_eq!((finding.count, finding.examples[0].row), (count, row), "{finding:?}");
        assert!(finding.examples.len() <= 5 && finding.share > 0.0 && finding.share <= 1.0);
        assert!(!finding.message.is_empty() && !finding.remedy.is_empty());
        finding
    }
}

/// A row of performance, from 1: of account `account` in month `month`, both from 1.
fn at(account: usize, month: usize) -> usize {
    (account - 1) * MONTHS.len() + month
}

use Severity::{Error, Note, Warning};

#[test]
fn a_clean_book_has_no_finding() {
    let quality = Book::new().check();
    let found: Vec<_> = quality.findings.iter().map(|f| (&f.table, f.code, &f.message)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(quality.tables.len(), 8);
    let performance = quality.tables.iter().find(|table| table.name == "performance").unwrap();
    assert_eq!(performance.rows, 360);
    assert_eq!(performance.period, Some(("2024-01-31".into(), "2024-06-30".into())));
}

#[test]
fn keys_that_are_missing_blank_or_twice() {
    let book = Book::new();
    book.set("performance", 6, "account_id", "").finds("performance", Code::KeyMissing, Error, 1, 6);
    let found = Book::new().set("performance", 6, "account_id", " A1").check().findings;
    let codes: Vec<_> = found.iter().map(|f| (f.code, f.count, f.examples[0].row)).collect();
    assert_eq!(codes, [(Code::KeyBlanks, 1, 6), (Code::OrphanKey, 1, 6)]);
    let twice = Book::new().with("customers", "K1,1999-01-01,2023-12-01,f");
    let finding = twice.finds("customers", Code::DuplicateKey, Error, 1, 1);
    assert_eq!(finding.examples[1].row, 61);
    assert_eq!(finding.examples[1].key, "K1");
    assert!(finding.message.contains("\"K1\" has two rows"));
    let book = Book::new().with("performance", "A1,2024-06-30,900,101,81,0,5000,0");
    book.finds("performance", Code::DuplicateEvent, Warning, 1, 361);
    // A payment has an id of its own: two on a day are two.
    let book = Book::new().with("payments", "Y999,A1,2024-01-15,81");
    assert!(book.check().findings.is_empty());
    // So has one whose first column is called an id; without any, two on a day are told of.
    let mut book = Book::new().with("payments", "Y999,A1,2024-01-15,81");
    book.rows("payments")[0][0] = "txn_id".to_owned();
    assert!(book.check().findings.is_empty());
    book.rows("payments")[0][0] = "counter".to_owned();
    book.rows("payments").iter_mut().skip(1).for_each(|row| row[0] = "x".to_owned() + &row[0]);
    book.finds("payments", Code::DuplicateEvent, Warning, 1, 361);
    let book = Book::new().with("payments", "Y10,A1,2024-01-15,81");
    book.finds("payments", Code::DuplicateRow, Error, 1, 361);
    let book = Book::new().with("links", "K1,2024-01-02,phone,01");
    book.finds("links", Code::DuplicateRow, Warning, 1, 61);
}

#[test]
fn keys_across_tables() {
    let book = Book::new().with("payments", "Y999,A99,2024-01-15,81");
    let finding = book.finds("payments", Code::OrphanKey, Warning, 1, 361);
    assert_eq!(finding.examples[0].key, "A99");
    let book = Book::new().without("contacts", |row| row == 5);
    let finding = book.finds("accounts", Code::OwnerWithoutRows, Note, 1, 5);
    assert_eq!(finding.unit, "account_id");
    assert!(finding.message.contains("contacts"));
    // One note an owner, whatever the number of tables; the text shows no examples of it.
    let book = book.without("payments", |row| row > 0 && (at(5, 1)..=at(6, 6)).contains(&row));
    let finding = book.finds("accounts", Code::OwnerWithoutRows, Note, 2, 5);
    assert!(finding.message.contains("in contacts (1), payments (2):"), "{}", finding.message);
    let folder = Folder::new();
    book.write(&folder.path(""));
    let run = folder.run(&["check", "."]);
    assert!(run.stdout.contains("owner_without_rows") && !run.stdout.contains("accounts.csv row"), "{}", run.stdout);
}

#[test]
fn rows_that_the_project_leaves_out_are_counted() {
    let book = Book::new().project("profile = [", "duplicate_keys = \"leave_out\"\nprofile = [");
    let again = book.tables["customers"][2].join(",");
    let book = book.with("customers", "K1,1999-01-01,2023-12-01,f").with("customers", &again);
    let finding = book.finds("customers", Code::DuplicateKey, Note, 3, 1);
    assert!(finding.message.contains("2 rows that differ"), "{}", finding.message);
    assert!(finding.message.contains("and 1 that repeat another"), "{}", finding.message);
    assert!(!finding.remedy.contains("leave_out"), "{}", finding.remedy);
}

#[test]
fn a_table_whose_keys_nobody_knows_is_an_error() {
    let book = Book::new().map("bureau", "customer_id", |_, old| Some(old.to_lowercase()));
    let finding = book.finds("bureau", Code::OrphanKey, Error, 360, 1);
    assert!(finding.message.contains("no customer_id of this table is in customers (\"k1\" here, \"K1\" there)"));
    // One that is known makes it a warning.
    let book = book.set("bureau", 1, "customer_id", "K1");
    let found = book.check().findings;
    let orphans: Vec<_> = found.iter().filter(|finding| finding.code == Code::OrphanKey).collect();
    assert_eq!((orphans.len(), orphans[0].severity, orphans[0].count), (1, Warning, 359));
}

/// Loans and what their customers did before, in two tables of events without an owner of their key.
fn check_card_on(earlier: &[&str], applicants: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("loans.csv", "loan,day,bad\nL1,2024-03-01,0\nL2,2024-03-02,1\n");
    write("applicants.csv", applicants);
    write("earlier.csv", &format!("person,day,amount\n{}\n", earlier.join("\n")));
    write(
        "scorewright.toml",
        "[tables.loans]\npath = \"loans.csv\"\nkeys = [\"loan\"]\nevent_date = \"day\"\n\
         [tables.applicants]\npath = \"applicants.csv\"\nkeys = [\"loan\", \"person\"]\n\
         [tables.earlier]\npath = \"earlier.csv\"\nkeys = [\"person\"]\nevent_date = \"day\"\n",
    );
    write(
        "card.toml",
        "[card]\nname = \"t\"\nkind = \"application\"\n[population]\ntable = \"loans\"\n\
         [outcome]\nwindow_days = 1\nbad_when = [{ table = \"loans\", where = \"bad = 1\" }]\n\
         [features.define.earlier]\ntable = \"earlier\"\naggregate = \"count\"\n",
    );
    check(&folder.path().join("card.toml"), &[], &Silent).unwrap().findings
}

#[test]
fn a_table_without_rows_of_the_population_is_an_error_of_its_card() {
    let earlier = ["7.0,2023-01-01,5", "8.0,2023-02-01,5"];
    let found = check_card_on(&earlier, "loan,person\nL1,7\nL2,8\n");
    let codes: Vec<_> = found.iter().map(|f| (f.table.as_str(), f.code, f.severity, f.count)).collect();
    assert_eq!(codes, [("earlier", Code::OrphanKey, Error, 2)]);
    assert!(found[0].message.contains("no person of this table belongs to loans, which the card observes"));
    assert!(check_card_on(&["7,2023-01-01,5", "9,2023-02-01,5"], "loan,person\nL1,7\nL2,8\n").is_empty());
    // Where the way to the key is broken, that alone is told.
    let found = check_card_on(&earlier, "loan,person\nl1,7\nl2,8\n");
    let codes: Vec<_> = found.iter().map(|f| (f.table.as_str(), f.code, f.severity)).collect();
    assert_eq!(codes, [("loans", Code::OrphanKey, Error)]);
    assert!(found[0].message.contains("(\"L1\" here, \"l1\" there)"), "{}", found[0].message);
}

#[test]
fn months_without_a_row_and_with_two() {
    let finding = Book::new().without("performance", |row| row == 3 || row == 4);
    let finding = finding.finds("performance", Code::MonthGap, Warning, 2, 3);
    assert_eq!((finding.unit.as_str(), finding.examples[0].key.as_str()), ("months", "A1"));
    let book = Book::new().with("performance", "A1,2024-03-15,900,101,81,0,5000,0");
    book.finds("performance", Code::MonthOverlap, Warning, 1, 3);
}

#[test]
fn dates_that_are_missing_unreadable_or_impossible() {
    let set = |table, row, column, value| Book::new().set(table, row, column, value);
    set("performance", 6, "month_end", "").finds("performance", Code::DateMissing, Error, 1, 6);
    let finding = set("performance", 6, "month_end", "2024-06-31");
    let finding = finding.finds("performance", Code::DateUnreadable, Error, 1, 6);
    assert!(finding.message.contains("2024-06-31") && finding.remedy.contains("2024-07-01"));
    assert_eq!(finding.examples[0].values[0], ("month_end".to_owned(), "2024-06-31".to_owned()));
    let finding = set("performance", 6, "month_end", "240630");
    let finding = finding.finds("performance", Code::DateUnreadable, Error, 1, 6);
    assert!(finding.remedy.contains("date_format = \"%y%m%d\""), "{}", finding.remedy);
    set("bureau", 7, "known_at", "").finds("bureau", Code::KnownAtMissing, Error, 1, 7);
    set("bureau", 8, "known_at", "2024-01-01").finds("bureau", Code::KnownBeforeEvent, Error, 1, 8);
    let finding = set("bureau", 9, "known_at", "2024-12-24").finds("bureau", Code::LongLag, Note, 1, 9);
    assert!(finding.message.contains("median 10, 90% 10, 99% 10, longest 289"), "{}", finding.message);
    set("payments", 9, "paid_on", "2099-03-15").finds("payments", Code::DateInFuture, Error, 1, 9);
    let book = Book::new().project("event_date = \"paid_on\"", "event_date = \"paid_on\"\nobserved_until = 2024-06-14");
    book.finds("payments", Code::DateInFuture, Warning, 60, 6);
    set("customers", 9, "birth_date", "1873-03-15").finds("customers", Code::DateBefore1900, Warning, 1, 9);
    set("customers", 4, "registered_on", "1940-01-01").finds("customers", Code::DatesOutOfOrder, Warning, 1, 4);
    let book = Book::new().map("bureau", "valid_until", |row, _| (row <= 5).then(|| "9999-12-31".to_owned()));
    let finding = book.finds("bureau", Code::SentinelValue, Warning, 5, 1);
    assert!(finding.message.contains("9999-12-31"));
}

#[test]
fn dates_across_tables() {
    let book = Book::new().set("applications", 7, "applied_on", "2024-02-20");
    book.finds("accounts", Code::AppliedAfterOpened, Warning, 1, 7);
    let book = Book::new().set("accounts", 3, "opened_on", "2024-02-10");
    book.finds("performance", Code::SnapshotBeforeOpening, Warning, 1, at(3, 1) as u64);
    let book = Book::new().set("accounts", 3, "closed_on", "2024-03-15");
    book.finds("performance", Code::SnapshotAfterClosing, Warning, 1, at(3, 4) as u64);
    let idle = book.map("performance", "balance", |row, _| (at(3, 4)..=at(3, 6)).contains(&row).then(|| "0".into()));
    idle.finds("performance", Code::SnapshotAfterClosing, Note, 1, at(3, 4) as u64);
}

#[test]
fn amounts_that_cannot_be() {
    let set = |table, row, column, value| Book::new().set(table, row, column, value);
    set("payments", 4, "amount", "-5").finds("payments", Code::NegativeAmount, Warning, 1, 4);
    let finding = set("performance", 4, "balance", "-5").finds("performance", Code::NegativeAmount, Note, 1, 4);
    assert!(finding.message.contains("overpaid") && finding.message.contains("overdrawn"), "{}", finding.message);
    set("accounts", 4, "credit_limit", "0").finds("accounts", Code::ZeroAmount, Warning, 1, 4);
    set("accounts", 4, "annual_rate", "25").finds("accounts", Code::ImpossibleRate, Warning, 1, 4);
    let percent = Book::new().map("accounts", "annual_rate", |_, _| Some("20".into()));
    percent.finds("accounts", Code::RateInPercent, Note, 60, 1);
    set("performance", 4, "days_past_due", "2.5").finds("performance", Code::NotWhole, Warning, 1, 4);
    set("payments", 4, "amount", "NaN").finds("payments", Code::NotFinite, Warning, 1, 4);
    set("payments", 4, "amount", "inf").finds("payments", Code::NotFinite, Warning, 1, 4);
    set("payments", 4, "amount", "n/a").finds("payments", Code::NotANumber, Warning, 1, 4);
    let nines = Book::new().map("bureau", "score", |row, _| (11..=15).contains(&row).then(|| "999".to_owned()));
    let finding = nines.finds("bureau", Code::SentinelValue, Warning, 5, 11);
    assert!(finding.remedy.contains("null_values = [\"999\"]") && finding.remedy.contains("special = [999]"));
    // Far outside counts whatever it looks like; a few rows are outliers only; the end of the range is no sentinel.
    let odd = Book::new().map("bureau", "score", |row, _| (11..=15).contains(&row).then(|| "5000".to_owned()));
    odd.finds("bureau", Code::SentinelValue, Warning, 5, 11);
    let one = set("bureau", 11, "score", "999").check().findings;
    assert!(one.is_empty(), "{one:?}");
    let capped = Book::new().map("bureau", "score", |_, old| (old > "650").then(|| "650".to_owned()));
    assert!(capped.check().findings.is_empty());
}

#[test]
fn codes_outside_the_known_ones() {
    let finding = Book::new().set("performance", 4, "status", "Z");
    let finding = finding.finds("performance", Code::UnknownValue, Error, 1, 4);
    assert!(finding.message.contains("\"Z\" (1)"));
    let finding = Book::new().set("contacts", 4, "outcome", "anwsered");
    finding.finds("contacts", Code::UnknownValue, Warning, 1, 4);
    Book::new().set("links", 4, "kind", "fax").finds("links", Code::UnknownValue, Warning, 1, 4);
    Book::new().set("applications", 4, "decision", "maybe").finds("applications", Code::UnknownValue, Warning, 1, 4);
    // A declared set takes the place of the standard one.
    let own = "event_date = \"contacted_on\"\nallowed = { outcome = [\"answered\", \"anwsered\"] }";
    let book = Book::new().set("contacts", 4, "outcome", "anwsered").project("event_date = \"contacted_on\"", own);
    assert!(book.check().findings.is_empty());
}

#[test]
fn arrears_that_do_not_follow() {
    let book = Book::new().set("performance", 2, "days_past_due", "20").set("performance", 3, "paid", "0");
    book.finds("performance", Code::ArrearsFallUnpaid, Warning, 1, 3);
    let book = Book::new().set("performance", 3, "days_past_due", "63");
    book.finds("performance", Code::ArrearsRiseTooFast, Warning, 1, 3);
    // 31 days from February's end to March's, and the slack of 31.
    assert!(Book::new().set("performance", 3, "days_past_due", "62").check().findings.is_empty());
    let book = Book::new().set("performance", 3, "balance", "5001");
    book.finds("performance", Code::BalanceAboveLimit, Note, 1, 3);
}

#[test]
fn feeds_that_broke() {
    let in_month = |row: usize, month: usize| (row - 1) % MONTHS.len() + 1 == month;
    let book = Book::new().map("performance", "due", |row, _| in_month(row, 4).then(String::new));
    let finding = book.finds("performance", Code::MissingByMonth, Warning, 60, 4);
    assert!(finding.message.contains("due is missing in 2024-04: up to 100%"), "{}", finding.message);
    let book =
        Book::new().map("performance", "due", |row, old| (row % 6 == 0 || row % 6 > 3).then(|| format!("{old}00")));
    let finding = book.finds("performance", Code::LevelShift, Warning, 120, 4);
    assert!(finding.message.contains("2024-04 to 2024-05"), "{}", finding.message);
    let is_stuck = |row: usize| in_month(row, 4) || in_month(row, 5);
    let book = Book::new().map("performance", "balance", |row, _| is_stuck(row).then(|| "777".to_owned()));
    let finding = book.finds("performance", Code::StuckValue, Warning, 120, 4);
    assert!(
        finding.message.contains("fills 2024-04 to 2024-05: in 2024-04 100% of the values are 777"),
        "{}",
        finding.message
    );
    // Another value in every month, or in every two, tells the month: the feed does not stand still.
    for months in [1, 2] {
        let value = |row: usize| format!("{}", 100 + (row - 1) % MONTHS.len() / months);
        assert!(Book::new().map("performance", "due", |row, _| Some(value(row))).check().findings.is_empty());
    }
    let book = Book::new().map("performance", "balance", |row, _| in_month(row, 5).then(|| "777".to_owned()));
    assert!(book.check().findings.is_empty());
    let book = Book::new().without("payments", |row| row > 0 && in_month(row, 4) && row > 60);
    let finding = book.finds("payments", Code::RowsDrop, Warning, 1, 4);
    assert!(finding.message.contains("2024-04: 10 rows, usual 60"), "{}", finding.message);
}

#[test]
fn one_person_under_several_ids() {
    let mut book = Book::new();
    let same = book.rows("customers")[4].clone();
    let book = book.set("customers", 5, "birth_date", &same[1]).set("customers", 5, "gender", &same[3]);
    let finding = book.finds("customers", Code::RepeatedProfile, Warning, 2, 4);
    assert_eq!(finding.unit, "customer_id");
    assert!(finding.message.contains("1 of 59 profiles (birth_date, gender)"), "{}", finding.message);
    assert!(finding.message.contains("the largest under 2"), "{}", finding.message);
}

#[test]
fn examples_name_the_file_of_a_glob_and_its_own_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::new().project("path = \"links.csv\"", "path = \"links-*.csv\"");
    let rows = book.tables.remove("links").unwrap();
    let header = rows[0].clone();
    book.write(folder.path());
    for (part, rows) in [("1", &rows[1..31]), ("2", &rows[31..])] {
        let text: String = std::iter::once(&header).chain(rows).map(|row| format!("{}\n", row.join(","))).collect();
        let text = text.replace("K40,2024-01-13,phone", "K40,2024-01-13,fax");
        std::fs::write(folder.path().join(format!("links-{part}.csv")), text).unwrap();
    }
    let found = check(folder.path(), &["links".to_owned()], &Silent).unwrap().findings;
    assert_eq!(found.len(), 1, "{found:?}");
    let example = &found[0].examples[0];
    assert_eq!((example.file.as_str(), example.row, example.key.as_str()), ("links-2.csv", 10, "K40"));
}

#[test]
fn every_code_is_documented() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.md")).unwrap();
    for code in Code::ALL {
        assert!(text.contains(&format!("| `{}`", code.name())), "docs/check.md does not state {}", code.name());
        assert_eq!(serde_json::to_value(code).unwrap(), code.name());
    }
}

#[test]
fn columns_that_the_keys_for_the_check_name_must_be_there() {
    let folder = Folder::new();
    let book = Book::new().project("allowed = { status", "allowed = { statuss");
    book.write(&folder.path(""));
    let words = ["allowed names the column \"statuss\"", "did you mean \"status\"?", "scorewright.toml", "line"];
    folder.run(&["check", "scorewright.toml"]).fails(3, &words);
    let book = Book::new().project("profile = [\"birth_date\"", "profile = [\"birthdate\"");
    book.write(&folder.path(""));
    folder.run(&["check", "."]).fails(3, &["profile names the column \"birthdate\"", "did you mean \"birth_date\"?"]);
    let words = ["no table \"payment\" to check", "did you mean \"payments\"?"];
    folder.run(&["check", ".", "--table", "payment"]).fails(3, &words);
    folder.run(&["check", "nothing.toml"]).fails(3, &["nothing.toml"]);
}
