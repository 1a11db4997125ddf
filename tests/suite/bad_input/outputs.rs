//! Outputs appear whole or not at all.

use crate::support::{FEATURES, Folder, Run, card, exists, finish, scorecard, signal, start, table};

fn folder() -> Folder {
    Folder::with(&table(), &card(FEATURES))
}

#[test]
fn a_directory_that_holds_other_files() {
    let folder = folder();
    folder.write("out/thesis.txt", "ten years of work");
    folder.train().fails(3, &["holds other files", "out", "new or empty directory"]);
    assert_eq!(folder.read("out/thesis.txt"), "ten years of work");
    assert!(!folder.path("out/scorecard.json").exists());
    folder.has_no_leftovers();
}

#[test]
fn a_directory_that_an_earlier_run_wrote_is_replaced_whole() {
    let folder = folder();
    folder.train().succeeds();
    folder.write("out/tables/old.csv", "old");
    folder.train().succeeds();
    assert!(!folder.path("out/tables/old.csv").exists());
    folder.has_no_leftovers();
    // A run that fails leaves what an earlier run wrote.
    let before = folder.read("out/scorecard.json");
    folder.write("cases.csv", "");
    folder.train().fails(3, &["the file is empty"]);
    assert_eq!(folder.read("out/scorecard.json"), before);
    folder.has_no_leftovers();
}

#[test]
fn an_output_that_is_a_file() {
    let folder = folder();
    folder.write("out", "a file");
    folder.train().fails(3, &["cannot write the output", "out", "what to do"]);
    assert_eq!(folder.read("out"), "a file");
    folder.has_no_leftovers();
}

#[test]
fn a_directory_that_cannot_be_made() {
    let folder = folder();
    folder.write("file", "a file");
    let words = ["cannot write the output", "file", "what to do"];
    folder.run(&["train", "card.toml", "--out", "file/out"]).fails(3, &words);
    folder.run(&["new", "file/out"]).fails(3, &words);
    folder.run(&["demo", "--out", "file/out"]).fails(3, &words);
    assert_eq!(folder.read("file"), "a file");
    folder.write("card.json", scorecard().to_string());
    folder.run(&["score", "card.json", "--data", "cases.csv", "--out", "file/out.csv"]).fails(3, &words);
    folder.run(&["score", "card.json", "--data", "cases.csv", "--out", "nowhere/out.csv"]).fails(3, &["nowhere"]);
    folder.run(&["export", "card.json", "--format", "json", "--out", "file/out.json"]).fails(3, &words);
    assert_eq!(folder.names(), ["card.json", "card.toml", "cases.csv", "file"]);
}

#[test]
fn new_writes_into_no_directory_that_holds_files() {
    let folder = folder();
    folder.write("out/notes.txt", "mine");
    folder.run(&["new", "out"]).fails(3, &["holds other files"]);
    folder.run(&["demo", "--out", "out"]).fails(3, &["holds other files"]);
    assert_eq!(folder.read("out/notes.txt"), "mine");
    folder.has_no_leftovers();
}

/// Runs the program where no file may grow beyond `blocks` of 512 or 1024 bytes: a disk that fills up.
#[cfg(unix)]
fn with_little_room(folder: &Folder, blocks: u32, arguments: &[&str]) -> Run {
    let mut command = std::process::Command::new("sh");
    // Without the signal the write fails as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_scorewright")]).args(arguments);
    command.current_dir(folder.path(""));
    finish(start(command))
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up() {
    let folder = folder();
    folder.write("card.json", scorecard().to_string());
    let words = ["cannot write", "out", "what to do", "room"];
    for blocks in [1, 16, 64] {
        with_little_room(&folder, blocks, &["train", "card.toml", "--out", "out"]).fails(3, &words);
        folder.is_untouched();
    }
    with_little_room(&folder, 1, &["new", "out"]).fails(3, &words);
    with_little_room(&folder, 1, &["demo", "--out", "out"]).fails(3, &words);
    folder.is_untouched();
    for out in ["out.csv", "out.parquet"] {
        with_little_room(&folder, 1, &["score", "card.json", "--data", "cases.csv", "--out", out]).fails(3, &words);
        assert!(!folder.path(out).exists());
        folder.has_no_leftovers();
    }
    with_little_room(&folder, 1, &["export", "card.json", "--format", "json", "--out", "out.json"]).fails(3, &words);
    assert!(!folder.path("out.json").exists());
    folder.has_no_leftovers();
}

/// Starts a demo, waits until it has begun to write, and sends it a signal.
#[cfg(unix)]
fn interrupted(folder: &Folder, name: &str) -> Run {
    let child = start(folder.command(&["demo", "--out", "out"]));
    let pause = std::time::Duration::from_millis(20);
    for _ in 0..500 {
        if folder.names().iter().any(|name| name.starts_with(".scorewright-")) {
            break;
        }
        std::thread::sleep(pause);
    }
    std::thread::sleep(10 * pause);
    signal(child.id(), name);
    finish(child)
}

#[test]
#[cfg(unix)]
fn a_run_that_is_interrupted() {
    let folder = Folder::new();
    let run = interrupted(&folder, "INT");
    run.fails(130, &["interrupted"]);
    folder.is_untouched();
}

#[test]
#[cfg(unix)]
fn a_run_that_is_killed() {
    use std::os::unix::process::ExitStatusExt;
    let folder = Folder::new();
    let run = interrupted(&folder, "KILL");
    assert_eq!(run.status.signal(), Some(9), "{run:?}");
    assert!(!exists(&folder.path("out")));
}
