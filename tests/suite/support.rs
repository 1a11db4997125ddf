//! What the end-to-end tests share: a folder to work in, the program, and made-up tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Longest time that any run of these tests may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Where every run of these tests is told to write.
pub const OUT: &str = "out";

/// A folder of its own for a test; all paths are relative to it.
pub struct Folder(TempDir);

/// What a run of the program did.
#[derive(Debug)]
pub struct Run {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    /// A folder with a table and a card on it.
    pub fn with(table: &str, card: &str) -> Self {
        let folder = Folder::new();
        folder.write("cases.csv", table);
        folder.write("card.toml", card);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// The names in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scorewright"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        finish(start(self.command(arguments)))
    }

    /// Trains `card.toml`.
    pub fn train(&self) -> Run {
        self.run(&["train", "card.toml", "--out", OUT])
    }

    /// Trains `card.toml`, which must fail on the data or the card, say all `words` and write nothing.
    pub fn refuses(&self, words: &[&str]) {
        let run = self.train();
        run.fails(3, words);
        self.is_untouched();
    }

    /// Nothing stands at the place of the output, and nothing was left beside it.
    pub fn is_untouched(&self) {
        assert!(!self.path(OUT).exists(), "something was written at --out");
        self.has_no_leftovers();
    }

    pub fn has_no_leftovers(&self) {
        let names = self.names();
        assert!(!names.iter().any(|name| name.starts_with(".scorewright-")), "leftovers: {names:?}");
    }

    /// The decision on a feature in the evidence of a run.
    pub fn decision(&self, feature: &str) -> Value {
        let evidence = self.json("out/evidence.json");
        let decisions = evidence["selection"].as_array().unwrap();
        decisions.iter().find(|decision| decision["feature"] == feature).expect("a decision a feature").clone()
    }
}

/// Starts a command whose output is to be read.
pub fn start(mut command: Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for a command to end, but not for ever.
pub fn finish(child: Child) -> Run {
    let id = child.id();
    let (send, receive) = channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    let Ok(output) = receive.recv_timeout(LIMIT) else {
        signal(id, "KILL");
        panic!("the program did not end within {LIMIT:?}");
    };
    let output = output.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run { status: output.status, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Sends a signal to a process that a test has started.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().unwrap();
    assert!(sent.success(), "kill -{name} {process}");
}

impl Run {
    /// The run ended with `status` and said every one of `words`, without a panic.
    pub fn fails(&self, status: i32, words: &[&str]) {
        println!("{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "panic: {}", self.stderr);
        assert_eq!(self.status.code(), Some(status), "exit status; {}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is missing from: {}", self.stderr);
        }
    }

    /// The run did its work; limits may have failed.
    pub fn succeeds(&self) {
        assert!(!self.stderr.contains("panicked"), "panic: {}", self.stderr);
        assert!(matches!(self.status.code(), Some(0 | 4)), "{:?}: {}", self.status, self.stderr);
    }
}

/// A made-up table of cases: columns in order, each with its texts.
#[derive(Clone)]
pub struct Cases {
    rows: usize,
    columns: Vec<(String, Vec<String>)>,
}

/// A number in [0, 1) that looks random and is the same every time.
pub fn noise(row: usize, stream: u64) -> f64 {
    let mut x = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03);
    for _ in 0..3 {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

impl Cases {
    /// Cases with the columns id, customer, applied_at, w, age, income, region and outcome; age, income
    /// and region say something about the outcome, none of them everything.
    pub fn new(rows: usize) -> Self {
        let mut cases = Cases { rows, columns: Vec::new() };
        let age = |row| 20.0 + (noise(row, 1) * 50.0).floor();
        let income = |row| 1000.0 + (noise(row, 2) * 4000.0).floor();
        let region = |row| (noise(row, 3) * 4.0) as usize;
        cases.add("id", |row| format!("c{}", row + 1));
        cases.add("customer", |row| format!("k{}", row / 2));
        cases.add("applied_at", |row| format!("2024-{:02}-{:02}", row % 12 + 1, row % 28 + 1));
        cases.add("w", |row| format!("{}", 1 + row % 3));
        cases.add("age", |row| age(row).to_string());
        cases.add("income", |row| income(row).to_string());
        cases.add("region", |row| ["north", "south", "east", "west"][region(row)].to_owned());
        cases.add("outcome", |row| {
            let safety = (age(row) - 45.0) / 15.0 + (income(row) - 3000.0) / 1200.0 + (region(row) as f64 - 1.5) / 1.5;
            let odds = (1.0 + safety).exp();
            if noise(row, 4) < 1.0 / (1.0 + odds) { "bad" } else { "good" }.to_owned()
        });
        cases
    }

    /// A further column, or other values for one that is there.
    pub fn add(&mut self, name: &str, value: impl Fn(usize) -> String) {
        let values: Vec<String> = (0..self.rows).map(value).collect();
        match self.columns.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = values,
            None => self.columns.push((name.to_owned(), values)),
        }
    }

    /// One value; `row` counts from 1, as messages do.
    pub fn set(&mut self, row: usize, name: &str, value: &str) {
        value.clone_into(&mut self.column(name)[row - 1]);
    }

    fn column(&mut self, name: &str) -> &mut Vec<String> {
        let column = self.columns.iter_mut().find(|(known, _)| known == name);
        &mut column.expect("a column of the table").1
    }

    /// Whether each case is bad.
    pub fn bads(&self) -> Vec<bool> {
        self.columns.iter().find(|(name, _)| name == "outcome").unwrap().1.iter().map(|text| text == "bad").collect()
    }

    /// The table as csv.
    pub fn csv(&self) -> String {
        let mut text = self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(",");
        text.push('\n');
        for row in 0..self.rows {
            text.push_str(&self.columns.iter().map(|(_, values)| values[row].as_str()).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        text
    }
}

/// A table that trains.
pub fn table() -> String {
    Cases::new(600).csv()
}

/// The features of the made-up table.
pub const FEATURES: &str = "[features]\ninclude = [\"age\", \"income\", \"region\"]\n";

/// A card on `cases.csv`: further keys of `[table]`, further keys of `[outcome]`, further sections.
pub fn card_on(table: &str, outcome: &str, rest: &str) -> String {
    format!(
        "[card]\nname = \"test\"\nkind = \"application\"\n[table]\npath = \"cases.csv\"\n{table}\n[outcome]\n{outcome}\n{rest}\n"
    )
}

/// A card on `cases.csv` with the usual outcome.
pub fn card(rest: &str) -> String {
    card_on("", BAD, rest)
}

/// The usual outcome.
pub const BAD: &str = "column = \"outcome\"\nbad = [\"bad\"]";

/// Where `needle` stands in `text`, as messages put it: `line 7`.
pub fn line_of(text: &str, needle: &str) -> String {
    let line = text.lines().position(|line| line.contains(needle));
    format!("line {}", line.expect("the needle stands in the text") + 1)
}

/// A scorecard on the made-up table, trained once.
pub fn scorecard() -> Value {
    static CARD: OnceLock<Value> = OnceLock::new();
    CARD.get_or_init(|| {
        let folder = Folder::with(&table(), &card(FEATURES));
        folder.train().succeeds();
        folder.json("out/scorecard.json")
    })
    .clone()
}

/// A runnable project on the loan history, its tables cut to some accounts: texts by path.
pub fn project() -> &'static BTreeMap<String, String> {
    static PROJECT: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let folder = Folder::new();
        folder.run(&["new", "project"]).succeeds();
        let cut = |name: &str, rows: usize| {
            folder.read(&format!("project/{name}")).lines().take(rows + 1).map(|line| format!("{line}\n")).collect()
        };
        let mut texts = BTreeMap::from([
            ("data/customers.csv".to_owned(), cut("data/customers.csv", 1000)),
            ("data/accounts.csv".to_owned(), cut("data/accounts.csv", 1000)),
            ("data/performance.csv".to_owned(), cut("data/performance.csv", 7000)),
        ]);
        for name in ["scorewright.toml", "cards/application.toml", "cards/behavior.toml"] {
            texts.insert(name.to_owned(), folder.read(&format!("project/{name}")));
        }
        texts
    })
}

/// Writes [`project`] into a folder, with one file changed from `old` to `new`; gives that file's new text.
pub fn project_with(folder: &Folder, file: &str, old: &str, new: &str) -> String {
    let mut changed = String::new();
    for (name, text) in project() {
        if name == file {
            assert!(text.contains(old), "{name} does not hold {old:?}");
            changed = text.replacen(old, new, 1);
            folder.write(name, &changed);
        } else {
            folder.write(name, text);
        }
    }
    changed
}

/// Whether a path exists, a broken link included.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
