//! The project around the simulated tables: scorewright.toml, cards, README.

use super::World;
use super::truth::Summary;
use crate::error::Result;
use crate::staging::StagedDirectory;

/// The cards: name and text.
const CARDS: [(&str, &str); 4] = [
    ("application", include_str!("project/application.toml")),
    ("behavior", include_str!("project/behavior.toml")),
    ("collection-early", include_str!("project/collection-early.toml")),
    ("collection-late", include_str!("project/collection-late.toml")),
];

/// Months from which on the cards have their usual windows.
const USUAL: u32 = 18;

/// Writes the files. Windows shrink where the data cover less than [`USUAL`] months.
pub(super) fn write(world: &World, summary: &Summary, directory: &StagedDirectory) -> Result<()> {
    let parameters = &world.parameters;
    let months = parameters.months;
    let usual = months >= USUAL;
    let window = |usual_window: u32| if usual { usual_window } else { (months / 4).clamp(1, usual_window) };
    let application = if usual { 12 } else { (months / 2).clamp(1, 12) };
    let behavior = window(6);
    let calendar = &world.calendar;
    let day = |month: u32| calendar.day_text(calendar.first(month as i32));
    let last_day = calendar.day_text(calendar.last(months as i32 - 1));
    // Of the months whose window the data cover, the last quarter is out of time.
    let out_of_time = |from: u32, window: u32| {
        let mature = months.saturating_sub(window);
        let late = from + (mature.saturating_sub(from)) * 3 / 4;
        if usual { format!("out_of_time_from = {}\n", day(late)) } else { String::new() }
    };
    let behavior_from = if usual { 3 } else { 0 };
    let note = if usual { "" } else { " The months are few: windows are short, and a card may find no case." };
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let values = [
        ("seed", parameters.seed.to_string()),
        ("customers", parameters.customers.to_string()),
        ("applications", summary.applications.to_string()),
        ("accounts", summary.accepted.to_string()),
        ("acceptance", percent(summary.acceptance())),
        ("bad_rate", summary.bad_rate().map_or("not yet seen".to_owned(), percent)),
        ("first_month", calendar.month_text(0)),
        ("last_month", calendar.month_text(months as i32 - 1)),
        ("last_day", last_day),
        ("cards_note", note.to_owned()),
        ("application_window", application.to_string()),
        // With all accounts opened in one month there is nothing later.
        ("application_out_of_time", if parameters.steady { String::new() } else { out_of_time(0, application) }),
        ("behavior_window", behavior.to_string()),
        ("behavior_from", day(behavior_from)),
        ("behavior_out_of_time", format!("{}out_of_time_share = 0.3\n", out_of_time(behavior_from, behavior))),
        ("early_window", window(2).to_string()),
        ("late_window", window(3).to_string()),
    ];
    let fill = |text: &str| {
        values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    };
    directory.write("scorewright.toml", fill(include_str!("project/scorewright.toml")).as_bytes())?;
    directory.write("README.md", fill(include_str!("project/README.md")).as_bytes())?;
    for (name, text) in CARDS {
        directory.write(&format!("cards/{name}.toml"), fill(text).as_bytes())?;
    }
    Ok(())
}
