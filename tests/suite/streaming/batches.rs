//! Reading batch by batch gives what reading at once gives: values, types and messages.

use std::path::Path;

use proptest::prelude::*;
use scorewright::error::Error;
use scorewright::progress::Silent;
use scorewright::table::{BatchSize, Batches, ReadOptions, Table, read, write_parquet};

use crate::support::Folder;

/// The table in batches of this size, put together again.
fn in_batches(path: &Path, options: &ReadOptions<'_>, size: BatchSize) -> Result<Table, Error> {
    let written = path.to_str().unwrap();
    let whole_columns: Vec<String> = Vec::new();
    let (batches, _) = Batches::survey(path, written, options, size, &whole_columns, &Silent)?;
    let names = batches.names().to_vec();
    let mut whole: Option<Table> = None;
    batches.each(&names, |first, batch| {
        match &mut whole {
            None => whole = Some(batch.clone()),
            Some(whole) => {
                assert_eq!(whole.rows(), first);
                whole.frame.vstack_mut(&batch.frame).unwrap();
            }
        }
        Ok(())
    })?;
    let whole = whole.unwrap();
    assert_eq!(whole.rows(), batches.rows());
    Ok(whole)
}

fn size(values: usize, bytes: usize) -> BatchSize {
    BatchSize { values, bytes }
}

/// A field of a csv file as a program may write it.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (-50..50_i32).prop_map(|x| x.to_string()),
        2 => (-50..50_i32).prop_map(|x| (f64::from(x) / 8.0).to_string()),
        1 => Just(String::new()),
        1 => Just("NA".to_owned()),
        1 => Just("007".to_owned()),
        1 => Just("9007199254740993".to_owned()),
        1 => Just("true".to_owned()),
        1 => Just("2024-02-29".to_owned()),
        1 => Just("\"a,b\"".to_owned()),
        1 => Just("\"two\nlines, \"\"quoted\"\"\"".to_owned()),
        1 => Just("\"\r\n\"".to_owned()),
        1 => Just("\"\"".to_owned()),
        1 => Just(" Zürich 北京 ".to_owned()),
    ]
}

/// Columns of one kind of value each, or of any.
fn column(rows: usize) -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        prop::collection::vec(field(), rows),
        prop::collection::vec((-9..9_i32).prop_map(|x| x.to_string()), rows),
        prop::collection::vec((-9..9_i32).prop_map(|x| (f64::from(x) / 4.0).to_string()), rows),
        prop::collection::vec(prop_oneof![Just("2024-01-31"), Just("")].prop_map(str::to_owned), rows),
        prop::collection::vec(prop_oneof![Just("true"), Just("FALSE"), Just("NA")].prop_map(str::to_owned), rows),
        // Whole to its last value.
        Just((0..rows).map(|row| if row + 1 == rows { "x".to_owned() } else { row.to_string() }).collect()),
        Just(vec![String::new(); rows]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn csv_is_read_as_a_whole(
        columns in (1_usize..40).prop_flat_map(|rows| prop::collection::vec(column(rows), 2..5)),
        bytes in 1_usize..300,
        crlf in any::<bool>(),
        bom in any::<bool>(),
        end in prop_oneof![Just(""), Just("\n"), Just("\n\n\n"), Just("\r\n\r\n")],
        packed in any::<bool>(),
    ) {
        let line_end = if crlf { "\r\n" } else { "\n" };
        let mut text = String::from(if bom { "\u{feff}" } else { "" });
        text.push_str(&(0..columns.len()).map(|i| format!("column {i}")).collect::<Vec<_>>().join(","));
        for row in 0..columns[0].len() {
            text.push_str(line_end);
            text.push_str(&columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(","));
        }
        text.push_str(end);
        let folder = Folder::new();
        let name = if packed { "t.csv.gz" } else { "t.csv" };
        if packed {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packer, text.as_bytes()).unwrap();
            folder.write(name, packer.finish().unwrap());
        } else {
            folder.write(name, &text);
        }
        let null_values = ["NA".to_owned()];
        let as_text = ["column 1".to_owned()];
        let options = ReadOptions { null_values: &null_values, as_text: &as_text, ..ReadOptions::default() };
        let path = folder.path(name);
        let whole = read(&path, path.to_str().unwrap(), &options).unwrap();
        let batched = in_batches(&path, &options, size(1, bytes)).unwrap();
        prop_assert_eq!(whole.frame.dtypes(), batched.frame.dtypes());
        prop_assert!(whole.frame.equals_missing(&batched.frame), "{:?}\n{:?}", whole.frame, batched.frame);
    }
}

/// Blank lines at the end may stand in parts of their own.
#[test]
fn blank_lines_at_the_end_are_no_rows_at_any_size() {
    let folder = Folder::new();
    let options = ReadOptions::default();
    for end in ["\n\n\n", "\r\n\r\n\r\n", "\n\r\n\n\n\n\n\n\n\n\n"] {
        folder.write("t.csv", format!("x,y\n1,2\n3,\"4\n\n\"{end}"));
        let path = folder.path("t.csv");
        let whole = read(&path, "t.csv", &options).unwrap();
        for bytes in 1..40 {
            let batched = in_batches(&path, &options, size(1, bytes)).unwrap();
            assert!(whole.frame.equals_missing(&batched.frame), "{bytes}: {:?}", batched.frame);
        }
    }
}

#[test]
fn folders_and_parquet_are_read_as_a_whole() {
    let folder = Folder::new();
    folder.write("t/month=2024-01/a.csv", "x,y\n1,a\n2,\n3,c\n");
    folder.write("t/month=2024-02/b.csv", "x,y\n4,a\n,b\n0.5,c\n");
    let path = folder.path("t");
    let options = ReadOptions::default();
    let whole = read(&path, path.to_str().unwrap(), &options).unwrap();
    assert_eq!(whole.names(), ["x", "y", "month"]);
    let batched = in_batches(&path, &options, size(1, 6)).unwrap();
    assert_eq!(whole.frame.dtypes(), batched.frame.dtypes());
    assert!(whole.frame.equals_missing(&batched.frame), "{:?}", batched.frame);

    // One row group: batches are slices of it. And a second file.
    let mut frame = whole.frame.clone();
    folder.write("p/keep", "");
    write_parquet(&mut frame, &folder.path("p/1.parquet")).unwrap();
    write_parquet(&mut frame, &folder.path("p/2.parquet")).unwrap();
    let path = folder.path("p");
    let whole = read(&path, path.to_str().unwrap(), &options).unwrap();
    for values in [1, 6, 12, 300] {
        let batched = in_batches(&path, &options, size(values, 1)).unwrap();
        assert_eq!(whole.frame.dtypes(), batched.frame.dtypes());
        assert!(whole.frame.equals_missing(&batched.frame), "{values}: {:?}", batched.frame);
    }
}

/// The same fault is told in the same words, with the same line.
#[test]
fn messages_are_those_of_the_whole_table() {
    let rows = |n: usize| (0..n).map(|row| format!("{row},a\n")).collect::<String>();
    let packed = b"\x1f\x8b\x08\x00garbage".as_slice();
    let files: [(&str, Vec<u8>); 14] = [
        ("empty.csv", Vec::new()),
        ("blank.csv", b"\n\n".to_vec()),
        ("header.csv", b"x,y\n".to_vec()),
        ("twice.csv", b"x,x\n1,2\n".to_vec()),
        ("nameless.csv", b"x,\n1,2\n".to_vec()),
        ("numbers.csv", b"1,2\n3,4\n".to_vec()),
        ("other.csv", b"x;y\n1;2\n".to_vec()),
        ("ragged.csv", format!("x,y\n{}1,2,3\n{}", rows(20), rows(3)).into_bytes()),
        ("short.csv", format!("x,y\n{}1\n", rows(20)).into_bytes()),
        ("gap.csv", format!("x,y\n{}\n{}", rows(20), rows(3)).into_bytes()),
        ("latin.csv", [format!("x,y\n{}1,", rows(20)).as_bytes(), b"Z\xfcrich\n", rows(3).as_bytes()].concat()),
        ("utf16.csv", b"x\0,\0y\0\n\x001\0".to_vec()),
        ("broken.csv.gz", packed.to_vec()),
        ("broken.parquet", b"PAR1 and no more".to_vec()),
    ];
    let folder = Folder::new();
    for (name, bytes) in files {
        folder.write(name, &bytes);
        let path = folder.path(name);
        let options = ReadOptions::default();
        let expected = read(&path, name, &options).unwrap_err().to_string();
        for bytes in [10, 64, 1 << 20] {
            let found = in_batches(&path, &options, size(3, bytes)).unwrap_err().to_string();
            assert_eq!(found, expected, "{name} in {bytes} bytes");
        }
    }
    folder.write("files/1.csv", "x,y\n1,2\n");
    folder.write("files/2.csv", "x,z\n1,2\n");
    for name in ["files", "missing.csv", "nothing/*.csv", "files/1.txt"] {
        let path = folder.path(name);
        let options = ReadOptions::default();
        let expected = read(&path, name, &options).unwrap_err().to_string();
        let found = Batches::survey(&path, name, &options, size(3, 10), &[], &Silent);
        assert_eq!(found.err().unwrap().to_string(), expected, "{name}");
    }
}

/// A value that cannot be read is told with its row in the table, not in the batch.
#[test]
fn rows_are_those_of_the_table() {
    let folder = Folder::new();
    let text: String =
        (0..50).map(|row| format!("{},a\n", if row == 40 { "x".to_owned() } else { row.to_string() })).collect();
    folder.write("t.csv", format!("x,y\n{text}"));
    let path = folder.path("t.csv");
    let options = ReadOptions::default();
    let expected = read(&path, "t.csv", &options).unwrap().numbers("x").unwrap_err().to_string();
    assert!(expected.contains("data row 41"), "{expected}");
    let (batches, kept) = Batches::survey(&path, "t.csv", &options, size(1, 30), &["y".to_owned()], &Silent).unwrap();
    assert_eq!((kept.names(), kept.rows()), (vec!["y".to_owned()], 50));
    let found = batches.each(&["x".to_owned()], |_, batch| batch.numbers("x").map(drop)).unwrap_err().to_string();
    assert_eq!(found, expected);
}
