//! Most features in all, of a theme and of a table.

use super::{cases, decided, goes, model, path, selected};
use crate::support::{Folder, project_with};

const SEARCHES: [&str; 4] =
    ["stepwise = \"none\"", "stepwise = \"bic\"", "direction = \"backward\"", "search = \"best_subset\""];

#[test]
fn most_features() {
    for search in SEARCHES {
        let folder = selected(&cases(), &format!("{search}\nmax_features = 2"));
        assert_eq!(model(&folder).len(), 2, "{search}");
        let limited: Vec<String> = ["age", "income", "region", "salary"]
            .into_iter()
            .filter(|name| decided(&folder, name).0 == "limit")
            .map(|name| decided(&folder, name).1)
            .collect();
        match search {
            "search = \"best_subset\"" => {
                assert!(path(&folder).iter().all(|step| step["features"].as_u64().unwrap() <= 2), "{search}");
            }
            "direction = \"backward\"" => {
                assert!(limited[0].starts_with("the card has 3 features of at most 2; it adds least"), "{limited:?}");
            }
            _ => assert!(limited[0].starts_with("the card has 2 of at most 2: "), "{search}: {limited:?}"),
        }
    }
}

#[test]
fn of_a_theme_only_so_many() {
    let theme = "drop = [\"shoe\", \"house\"]\nmax_correlation = 1\n[selection.themes.money]\nfeatures = [\"income\", \"sal*\", \"region\"]\nmax = 1";
    for search in SEARCHES {
        let folder = selected(&cases(), &format!("{search}\n{theme}"));
        let names = model(&folder);
        assert!(names.contains(&"age".to_owned()), "{search}");
        assert_eq!(names.iter().filter(|name| *name != "age").count(), 1, "{search}: {names:?}");
        if search == "stepwise = \"bic\"" {
            let full = format!("the theme money has 1 of at most 1: {}", names[1]);
            let out = ["income", "salary", "region"].into_iter().filter(|name| *name != names[1]);
            out.for_each(|name| goes(&folder, name, "limit", &full));
        }
    }
    // What is kept counts.
    let folder = selected(&cases(), &format!("keep = [\"salary\"]\n{theme}"));
    assert_eq!(model(&folder), ["age", "salary"]);
    goes(&folder, "income", "limit", "the theme money has 1 of at most 1: salary");
}

#[test]
fn of_a_table_only_so_many() {
    let folder = Folder::new();
    project_with(
        &folder,
        "cards/application.toml",
        "[sample]",
        "[selection]\nmax_per_source = 1\nmin_iv = 0\n[sample]",
    );
    folder.run(&["train", "cards/application.toml", "--out", "out"]).succeeds();
    // Of accounts and performance: each by itself, or an expression over both.
    let source = |name: &str| match name {
        "credit_limit" => vec!["accounts"],
        "age" | "education" => vec!["customers"],
        "first_utilisation" => vec!["performance", "accounts"],
        _ => vec!["performance"],
    };
    let names = model(&folder);
    for table in ["accounts", "customers", "performance"] {
        assert!(names.iter().filter(|name| source(name).contains(&table)).count() <= 1, "{table}: {names:?}");
    }
    let evidence = folder.json("out/evidence.json");
    let limited = evidence["selection"].as_array().unwrap().iter().filter(|d| d["step"] == "limit");
    let reasons: Vec<&str> = limited.map(|d| d["reason"].as_str().unwrap()).collect();
    assert!(
        reasons.iter().any(|reason| reason.starts_with("the table ") && reason.contains("1 of at most 1")),
        "{reasons:?}"
    );
}
