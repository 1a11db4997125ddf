//! Time as benches tell it.

use std::time::Instant;

use serde_json::{Value, json};

/// Wall time, and CPU time of all threads.
pub struct Clock {
    wall: Instant,
    cpu: Option<f64>,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
    pub fn start() -> Self {
        Clock { wall: Instant::now(), cpu: cpu_seconds() }
    }

    pub fn stop(&self) -> Value {
        let cpu = self.cpu.zip(cpu_seconds()).map(|(before, after)| after - before);
        json!({ "cpu": cpu, "wall": self.wall.elapsed().as_secs_f64() })
    }
}

/// User and system time of this process, in steps of a hundredth of a second; `None` where there is no /proc.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name before the last bracket may hold blanks; user and system ticks are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11..13)?.iter().map(|field| field.parse::<u64>()).sum::<Result<_, _>>().ok()?;
    Some(ticks as f64 / 100.0)
}
