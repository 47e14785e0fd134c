//! The table of the docs, as data.

use landfall::telemetry::{EVENTS, EventLevel};

/// A row of the table of events: what stands between backticks in each of its cells, and the cells.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) level: String,
    pub(crate) messages: Vec<String>,
    pub(crate) fields: Vec<String>,
}

/// The tables of the docs whose first column has this name.
pub(crate) fn rows(column: &str) -> Vec<Vec<String>> {
    let text = include_str!("../../../runtime/src/docs/telemetry.md");
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {column} |")));
    let lines = lines.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    lines.map(cells).collect()
}

pub(crate) fn quoted(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

pub(crate) fn events() -> Vec<Row> {
    let row = |cells: Vec<String>| {
        let [name, target, level, messages, fields] = cells.try_into().unwrap();
        Row {
            name: quoted(&name).remove(0),
            target: quoted(&target).remove(0),
            level,
            messages: quoted(&messages),
            fields: quoted(&fields),
        }
    };
    rows("event").into_iter().map(row).collect()
}

#[test]
fn the_table_is_the_list() {
    let rows = events();
    let names =
        |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        names(&mut rows.iter().map(|row| &*row.name)),
        names(&mut EVENTS.iter().map(|event| event.name))
    );
    for (row, event) in rows.iter().zip(EVENTS) {
        assert_eq!(row.target, event.target, "{}", row.name);
        assert_eq!(row.level, event.level.to_string(), "{}", row.name);
        assert_eq!(row.fields, event.fields, "{}", row.name);
        assert!(row.target.starts_with("landfall::"), "{}", row.name);
    }
}

#[test]
fn every_key_of_a_level_is_explained() {
    let text = include_str!("../../../runtime/src/docs/telemetry.md");
    for event in EVENTS {
        if let EventLevel::Key(key) = event.level {
            let key = key.split('(').next().unwrap();
            assert!(text.matches(key).count() > 1, "{key}");
        }
    }
}
