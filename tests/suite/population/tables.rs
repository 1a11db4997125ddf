//! How a population's tables are read on the way: parts, names, clocks, keys.

use super::*;

#[test]
fn folders_of_parts_name_columns() {
    let folder = tempfile::tempdir().unwrap();
    for (month, end) in [("2024-01", "2024-01-31"), ("2024-02", "2024-02-29"), ("2024-03", "2024-03-31")] {
        let part = folder.path().join(format!("parts/region=north/month={month}"));
        std::fs::create_dir_all(&part).unwrap();
        write(&part, "part.csv", &format!("account,month_end,overdue\nA,{end},0\nB,{end},1\n"));
    }
    let project = PROJECT.replace("statements.csv", "parts");
    let card = card("where = \"month <= '2024-02' AND region = 'north'\"", BAD)
        .replace("window_months = 3", "window_months = 1")
        .replace("value = \"balance\"", "value = \"month\"");
    let result = cases(folder.path(), &project, &card).unwrap();
    assert_eq!(ids(&result), ["A@2024-01-31", "A@2024-02-29", "B@2024-01-31", "B@2024-02-29"]);
    let paths: Vec<&str> = result.data.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths[0], "parts/region=north/month=2024-01/part.csv");
}

/// A table in other people's words: codes, dates, cents and names of their own.
#[test]
fn tables_are_translated() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "t.csv",
        "ACC,DT,ST,CENTS\n7,240131,C,1050\n7,240229,1,2050\n7,240331,1,3050\n8,240131,0,50\n8,240229,0,150\n8,240331,0,250\n",
    );
    let project = r#"
[tables.statements]
path = "t.csv"
keys = ["account"]
event_date = "month_end"
date_format = "%y%m%d"
period = "month"
columns = { account = "ACC", month_end = "DT", overdue = "ST" }
translate = { overdue = { C = 0, "0" = 0, "1" = 1 } }
compute = { balance = "CENTS / 100", due_on = "ADD_DAYS(month_end, 10)" }
"#;
    let card = card("", BAD).replace("window_months = 3", "window_months = 1");
    let spec = read(folder.path(), project, &card).unwrap();
    let table = feature_table(&spec, None, None, &Silent).unwrap();
    let balance: Vec<Option<f64>> = table.frame.column("balance").unwrap().f64().unwrap().iter().collect();
    assert_eq!(balance, [10.5, 20.5, 30.5, 0.5, 1.5, 2.5].map(Some));
    let result = cases(folder.path(), project, &card).unwrap();
    assert_eq!(state(&result, "7@2024-01-31"), "bad");
    // A code without a meaning stops the run, by name.
    let error = cases(folder.path(), &project.replace("C = 0, ", ""), &card).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.message().contains("\"C\""), "{error}");
}

#[test]
fn days_by_the_lenders_clock() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "statements.csv",
        "account,month_end,overdue,balance\nA,2024-01-31T18:30:00Z,0,1\nA,2024-02-29T12:00:00Z,1,2\nB,2024-01-31T12:00:00Z,0,1\nB,2024-03-01T12:00:00Z,0,2\n",
    );
    let project = PROJECT.replace("period = \"month\"", "");
    let card = card("", BAD).replace("window_months = 3", "window_days = 29");
    let error = cases(folder.path(), &project, &card).unwrap_err();
    assert!(error.to_string().contains("carries a zone"), "{error}");
    assert!(error.to_string().contains("utc_offset"), "{error}");
    let shanghai = format!("{project}utc_offset = \"+08:00\"\n");
    let result = cases(folder.path(), &shanghai, &card).unwrap();
    assert_eq!(ids(&result), ["A@2024-02-01", "B@2024-01-31"]);
}

#[test]
fn a_feature_cannot_use_what_is_known_later() {
    let folder = tempfile::tempdir().unwrap();
    statements(folder.path());
    let project = format!("{PROJECT}known_later = [\"overdue\"]\n");
    let with_leak = card("", BAD).replace("value = \"balance\"", "value = \"overdue * 2\"");
    let error = cases(folder.path(), &project, &with_leak).unwrap_err();
    assert!(error.to_string().contains("known only after its row"), "{error}");
    // The outcome may.
    cases(folder.path(), &project, &card("", BAD)).unwrap();
}

#[test]
fn keys_of_two_types_and_of_two_values() {
    let folder = tempfile::tempdir().unwrap();
    statements(folder.path());
    write(folder.path(), "accounts.csv", "account,customer\nA,1\nB,2\nC,3\n");
    let project = format!("{PROJECT}[tables.accounts]\npath = \"accounts.csv\"\nkeys = [\"account\", \"customer\"]\n");
    let card = card("group = \"customer\"", BAD);
    assert_eq!(cases(folder.path(), &project, &card).unwrap().groups.unwrap().levels, ["1", "2", "3"]);
    // An account without a customer has no group.
    write(folder.path(), "accounts.csv", "account,customer\nA,1\nB,2\n");
    let error = cases(folder.path(), &project, &card).unwrap_err();
    assert!(error.message().contains("have no \"customer\""), "{error}");
    let left_out =
        cases(folder.path(), &project, &card.replace("group =", "without_group = \"leave_out\"\ngroup =")).unwrap();
    assert!(left_out.waterfall.iter().any(|step| step.cause == "no customer" && step.removed == 12));
    // An account of two customers leads nowhere.
    let dated = project
        .replace("keys = [\"account\", \"customer\"]", "keys = [\"account\", \"customer\"]\nevent_date = \"from\"");
    write(
        folder.path(),
        "accounts.csv",
        "account,customer,from\nA,1,2023-01-01\nB,2,2023-01-01\nC,3,2023-01-01\nC,2,2023-05-01\n",
    );
    let error = cases(folder.path(), &dated, &card).unwrap_err();
    assert!(error.message().contains("two values"), "{error}");
    // A number in one Parquet file, a text in the other.
    use polars::prelude::*;
    let mut numbers = df!("account" => [1_i64, 2], "customer" => [1_i64, 2]).unwrap();
    scorewright::table::write_parquet(&mut numbers, &folder.path().join("accounts.parquet")).unwrap();
    let mut texts = df!("account" => ["1", "2"], "month_end" => ["2024-01-31", "2024-02-29"], "overdue" => [0, 1], "balance" => [1, 2]).unwrap();
    scorewright::table::write_parquet(&mut texts, &folder.path().join("statements.parquet")).unwrap();
    let project = project.replace(".csv", ".parquet");
    let error = cases(folder.path(), &project, &card).unwrap_err();
    assert!(error.message().contains("whole number in"), "{error}");
}

#[test]
fn tables_by_condition_twice_named_columns_and_keys_of_doubles() {
    let folder = tempfile::tempdir().unwrap();
    many_statements(folder.path());
    write(
        folder.path(),
        "orders.csv",
        "order,account,kind,amount\n1,A01,rent,5\n2,A01,rent,7\n3,A02,rent,1\n4,A02,gas,100\n5,A03,gas,9\n",
    );
    let project = format!(
        "{}columns = {{ late = \"overdue\", late_again = \"overdue\" }}\n[tables.orders]\npath = \"orders.csv\"\nkeys = [\"order\", \"account\"]\nwhere = \"kind = 'rent'\"\n",
        PROJECT
    );
    let bad = BAD.replace("overdue = 1", "late = 1 AND late_again = 1");
    let text = card("overlap = true", &bad)
        + "[features.define.rents]\ntable = \"orders\"\nkey = \"account\"\nvalue = \"amount\"\naggregate = \"sum\"\n";
    let result = cases(folder.path(), &project, &text).unwrap();
    let rents = result.features.iter().find(|feature| feature.name == "rents").unwrap();
    let FeatureValues::Numeric(rents) = &rents.values else { panic!() };
    let of = |id: &str| rents[ids(&result).iter().position(|other| other == id).unwrap()];
    assert_eq!((of("A01@2024-01-31"), of("A02@2024-05-31")), (12.0, 1.0));
    assert!(of("A03@2024-01-31").is_nan());
    assert!(result.warnings.iter().any(|text| text.starts_with("2 rows of \"orders\"")), "{:?}", result.warnings);
    // A key computed as a number is the whole number that others hold.
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "statements.csv",
        "code,month_end,overdue,balance\nX7,2024-01-31,0,1\nX7,2024-02-29,1,2\nX8,2024-01-31,0,3\nX8,2024-02-29,0,4\n",
    );
    write(folder.path(), "limits.csv", "account,limit\n7,70\n8,80\n");
    let project = format!(
        "{PROJECT}compute = {{ account = \"CAST(SUBSTR(code, 2) AS DOUBLE)\" }}\n[tables.limits]\npath = \"limits.csv\"\nkeys = [\"account\"]\n"
    );
    let text = card("", BAD).replace("window_months = 3", "window_months = 1")
        + "[features.define.limit]\ntable = \"limits\"\nvalue = \"limit\"\n";
    let result = cases(folder.path(), &project, &text).unwrap();
    let limit = result.features.iter().find(|feature| feature.name == "limit").unwrap();
    let FeatureValues::Numeric(limit) = &limit.values else { panic!() };
    assert_eq!(limit, &[70.0, 80.0]);
    let error = cases(folder.path(), &project, &text.replace("define.limit", "define.account")).unwrap_err();
    assert!(error.message().contains("a key of the population"), "{error}");
}

#[test]
fn the_way_a_path_is_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (month, end) in [("2024-01", "2024-01-31"), ("2024-02", "2024-02-29"), ("2024-03", "2024-03-31")] {
        let part = folder.path().join(format!("parts/month={month}"));
        std::fs::create_dir_all(&part).unwrap();
        write(&part, "part.csv", &format!("account,month_end,overdue,balance\nA,{end},0,1\nB,{end},1,1\n"));
    }
    let text = card("", BAD)
        .replace("window_months = 3", "window_months = 1")
        .replace("value = \"balance\"", "value = \"month\"");
    let mut lineages = Vec::new();
    for path in ["parts", "./parts", "parts/month=*/*.csv", "./parts/./month=*/part.csv"] {
        let project = PROJECT.replace("statements.csv", path);
        let result = cases(folder.path(), &project, &text).unwrap();
        assert_eq!(result.features.len(), 1, "{path}");
        lineages.push(result.data);
    }
    assert!(lineages.windows(2).all(|pair| pair[0] == pair[1]), "{lineages:?}");
}
