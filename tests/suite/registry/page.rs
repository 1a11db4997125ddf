//! The registry as a page: what stands in it, what it links, and that it can be verified again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use scorewright::error::Result;
use scorewright::progress::Silent;
use scorewright::registry::{Exception, Location, Registry, Store, ValidationFiles, Verified, verify};
use scorewright::report::write_registry_page;

use super::office::{Office, failing_run, key_id, run, words, write_run};
use crate::support::Cases;

/// What would do harm or fall apart if it were not escaped.
const AWKWARD: &str = "<script>alert(\"1\")</script> & 'quotes' {{ registry }} 申请评分卡";

fn write(office: &Office, name: &str) -> Result<Verified> {
    write_registry_page(&office.open()?, office.now(), &office.folder.path(name), &Silent)
}

fn read(office: &Office, name: &str) -> String {
    // The templates write every slash of a value so.
    office.folder.read(&format!("{name}/index.html")).replace("&#x2f;", "/")
}

/// What `validate` says of a run on other cases.
pub fn validation(office: &Office, number: u64) -> ValidationFiles {
    write_run(&run(number), &office.folder, "run");
    office.folder.write("new.csv", Cases::new(500).csv());
    office.folder.run(&["validate", "run/scorecard.json", "--data", "new.csv", "--out", "validation"]).succeeds();
    ValidationFiles::read(&office.folder.path("validation")).unwrap()
}

/// Four releases, one of them brought back, one to come; exceptions; a revoked key; versions that wait.
fn busy() -> Office {
    let office = Office::new();
    let first = office.approved(1);
    office.release("Cora", &first).unwrap();
    office.pass(90);
    let second = office.signed("Ana", |s| office.open()?.register(&run(2), AWKWARD, s)).unwrap().0;
    let evidence = validation(&office, 2);
    office.signed("Ben", |s| office.open()?.validate(&second, Some(&evidence), None, "", s)).unwrap();
    office.approve("Cora", &second).unwrap();
    office.pass(5);
    office.release("Cora", &second).unwrap();
    office.pass(60);
    office.signed("Cora", |s| office.open()?.release(&first, None, None, Some("declines too many"), s)).unwrap();
    let third = office.signed("Eve", |s| office.open()?.register(&failing_run(3), "", s)).unwrap().0;
    office.pass(1);
    let exception = Exception { reason: AWKWARD.repeat(20), expires: office.now() + TimeDelta::days(80) };
    office.signed("Ben", |s| office.open()?.validate(&third, None, Some(exception), "", s)).unwrap();
    office.approve("Cora", &third).unwrap();
    office.pass(20);
    office.release("Cora", &third).unwrap();
    let fourth = office.register("Dan", 4).unwrap();
    office.validate("Ben", &fourth).unwrap();
    office.register("Ana", 5).unwrap();
    let sixth = office.register("Ana", 6).unwrap();
    office.signed("Ben", |s| office.open()?.reject(&sixth, "unstable", s)).unwrap();
    let seventh = office.approved(7);
    let from = office.now() + TimeDelta::days(70);
    office.signed("Cora", |s| office.open()?.release(&seventh, Some(from), None, None, s)).unwrap();
    office.signed("Olga", |s| office.open()?.revoke(&key_id("Eve"), "laptop stolen", None, s)).unwrap();
    office.pass(45);
    office
}

/// Every `href` of a page.
fn targets(page: &str) -> BTreeSet<&str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => folders.push(entry),
                false => all.push((entry.strip_prefix(folder).unwrap().to_path_buf(), std::fs::read(entry).unwrap())),
            }
        }
    }
    all.sort();
    all
}

#[test]
fn a_page_says_what_is_in_force_and_what_waits_for_whom_and_links_what_it_speaks_of() {
    let office = busy();
    let verified = write(&office, "page").unwrap();
    let page = read(&office, "page");
    let part = |from: &str, to: &str| {
        let rest = page.split_once(&format!("id=\"{from}\"")).unwrap().1;
        rest.split_once(&format!("id=\"{to}\"")).map_or(rest, |(part, _)| part).to_owned()
    };
    let in_force = part("in-force", "waiting");
    assert!(
        in_force.contains(">test/3</a>") && in_force.contains(">test/7</a> from <span class=\"one\">2027-"),
        "{in_force}"
    );
    let waiting = part("waiting", "card-1");
    assert!(waiting.contains("Cora approves it") && waiting.contains(">test/4</a>"), "{waiting}");
    assert!(waiting.contains("Ben or Dan validates it") && waiting.contains(">test/5</a>"), "{waiting}");
    assert!(!waiting.contains("test/6") && !waiting.contains("test/1<"), "{waiting}");
    let exceptions = part("exceptions", "people");
    assert!(exceptions.contains("ends in 15 days"), "{exceptions}");
    assert!(page.contains("test/3: the exception that it rests on ends in 15 days"));
    let people = part("people", "log");
    assert!(people.contains(&key_id("Eve")) && people.contains("revoked by event"), "{people}");
    let log = part("log", "check");
    assert_eq!(log.matches("<tr id=\"event-").count(), verified.events);
    assert!(log.contains(&key_id("Cora")), "key ids in full");
    assert!(page.contains(&verified.head) && page.contains(&verified.registry));
    assert!(page.contains("<svg") && page.matches("AUC by version").count() == 1);
    // Nothing is fetched; every link leads to what is there.
    let svg_names = page.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!svg_names.contains(outside), "{outside}");
    }
    let folder = office.folder.path("page");
    let found = targets(&page);
    assert!(found.len() > 60);
    for target in &found {
        match target.strip_prefix('#') {
            Some(anchor) => assert!(page.contains(&format!("id=\"{anchor}\"")), "{target}"),
            None => assert!(folder.join(target).is_file(), "{target}"),
        }
    }
    for (name, _) in files(&folder) {
        let name = name.to_str().unwrap();
        assert!(found.contains(name) || ["index.html", "registry-page.json"].contains(&name), "{name} has no link");
    }
}

#[test]
fn what_people_wrote_is_text_on_the_page() {
    let office = busy();
    write(&office, "page").unwrap();
    let page = read(&office, "page");
    assert!(!page.contains("<script"));
    let shown = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#x27;quotes&#x27; {{ registry }} 申请评分卡";
    assert!(page.matches(shown).count() >= 41, "in the log and in the exception, in full");
}

#[test]
fn a_page_is_a_registry_that_can_be_verified_and_the_same_bytes_each_time() {
    let office = busy();
    let verified = write(&office, "page").unwrap();
    write(&office, "again").unwrap();
    assert_eq!(files(&office.folder.path("page")), files(&office.folder.path("again")));
    // Over an earlier page, another is written.
    write(&office, "again").unwrap();
    let copy = Store::open(&Location::Directory(office.folder.path("page")), [], false).unwrap();
    let copy = Registry::open(copy).unwrap();
    assert_eq!(verify(&copy, Some(&verified.head), office.now(), &Silent).unwrap(), verified);
    let document: serde_json::Value = office.folder.json("page/registry-page.json");
    assert_eq!(document["head"], verified.head);
}

#[test]
fn nothing_is_written_of_a_registry_that_does_not_hold_or_of_another_time_or_over_other_files() {
    let office = Office::new();
    let id = office.approved(1);
    let registry = office.open().unwrap();
    let early = office.now() - TimeDelta::days(1);
    let refused = write_registry_page(&registry, early, &office.folder.path("page"), &Silent);
    assert!(words(refused).contains("the log goes on after"));
    office.folder.write("other/thesis.html", "mine");
    assert!(words(write(&office, "other")).contains("other files"));
    let version = registry.ledger().version(&id).unwrap();
    let report = registry.ledger().event(version.events[0]).unwrap().entry().action.files();
    let report = report.iter().find(|file| file.name == "report.html").unwrap();
    let place = office.path(&registry.place(report));
    let bytes = std::fs::read(&place).unwrap();
    std::fs::write(&place, [&bytes[..bytes.len() - 1], b" "].concat()).unwrap();
    assert!(words(write(&office, "page")).contains("report.html is not the file that was signed"));
    assert!(!office.folder.path("page").exists());
    office.folder.has_no_leftovers();
}

#[test]
fn a_page_of_an_empty_registry_and_one_of_two_hundred_versions() {
    let office = Office::new();
    write(&office, "empty").unwrap();
    assert!(read(&office, "empty").contains("No version is registered yet."));
    let mut registry = office.open().unwrap();
    for number in 1..=200 {
        let id = office.signed("Ana", |s| registry.register(&run(number), "", s)).unwrap().0;
        if number % 4 == 0 {
            office.signed("Ben", |s| registry.validate(&id, None, None, "", s)).unwrap();
            office.signed("Cora", |s| registry.approve(&id, "approver", "", s)).unwrap();
            office.signed("Cora", |s| registry.release(&id, None, None, None, s)).unwrap();
        }
        office.pass(7);
    }
    write_registry_page(&registry, office.now(), &office.folder.path("page"), &Silent).unwrap();
    let page = read(&office, "page");
    assert_eq!(page.matches("<tr id=\"card-1-version-").count(), 200);
    assert!(page.contains("In force: test/200 since"));
}

#[test]
fn the_course_of_a_card_is_what_was_in_force_at_every_moment() {
    let office = busy();
    let id = office.approved(8);
    let ends = office.now() + TimeDelta::days(9);
    office.signed("Cora", |s| office.open()?.release(&id, None, Some(ends), None, s)).unwrap();
    office.pass(100);
    let registry = office.open().unwrap();
    let seventh = registry.ledger().find("test/7").unwrap().id.clone();
    office.signed("Cora", |s| office.open()?.retire(&seventh, "", s)).unwrap();
    let registry = office.open().unwrap();
    let ledger = registry.ledger();
    let course = ledger.course("test");
    let order: Vec<u32> = course.iter().map(|spell| spell.version.number).collect();
    assert_eq!(order, [1, 2, 1, 3, 8, 7]);
    let start = ledger.events[0].entry().at - TimeDelta::days(2);
    for hours in 0..24 * 330 / 5 {
        let at = start + TimeDelta::hours(hours * 5);
        let known = ledger.in_force("test", at).map(|release| release.version);
        let told: Vec<_> =
            course.iter().filter(|spell| spell.from <= at && spell.until.is_none_or(|until| at < until)).collect();
        assert!(told.len() <= 1);
        assert_eq!(told.first().map(|spell| &spell.version), known.as_ref(), "{at}");
    }
}
