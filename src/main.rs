//! The program: parse, run, report the error, exit.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use scorewright::error::{Error, ErrorKind};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    if let Some(threads) = cli.common.threads {
        // SAFETY: no other thread has been started yet, so nobody reads the environment meanwhile.
        #[expect(unsafe_code, reason = "Polars takes its number of threads from the environment only")]
        unsafe {
            std::env::set_var("POLARS_MAX_THREADS", threads.to_string());
            std::env::set_var("RAYON_NUM_THREADS", threads.to_string());
        }
    }
    let console = cli::Console::new(cli.common.quiet || cli.common.json);
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| cli.command.run(&console))).unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Internal, "internal fault: the program stopped in an impossible state"))
        });
    console.finish();
    match result {
        Ok(done) => {
            if cli.common.json {
                println!("{:#}", done.json);
            } else if !cli.common.quiet {
                print!("{}", done.text);
            }
            ExitCode::from(if done.limits_passed { 0 } else { 4 })
        }
        Err(error) => {
            eprintln!("error: {error}");
            if cli.common.json {
                let json = serde_json::json!({ "error": { "message": error.message(), "text": error.to_string(), "status": error.kind().exit_status() } });
                println!("{json:#}");
            }
            ExitCode::from(error.kind().exit_status())
        }
    }
}
