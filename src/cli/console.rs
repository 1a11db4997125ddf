//! Progress bars on standard error, and Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scorewright::progress::Progress;

/// Shows how far a run is, and hears Ctrl-C.
pub struct Console {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl Console {
    /// A console that shows nothing where `quiet`. Ctrl-C stops the run at its next step, so that
    /// nothing is left half-written; a second Ctrl-C stops it at once.
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&stop);
        let installed = ctrlc::set_handler(move || {
            if heard.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        });
        if let Err(reason) = installed
            && !quiet
        {
            eprintln!("note: Ctrl-C stops at once, not at the next step ({reason})");
        }
        Console { bar, stop }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Console {
    fn begin(&self, what: &str, parts: usize) {
        let template =
            if parts > 1 { "{msg:28} {bar:30} {pos}/{len} {elapsed}" } else { "{msg:28} {spinner} {elapsed}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_length(parts as u64);
        self.bar.set_position(0);
        self.bar.set_message(what.to_owned());
        self.bar.enable_steady_tick(std::time::Duration::from_millis(200));
    }

    fn advance(&self) {
        self.bar.inc(1);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}
