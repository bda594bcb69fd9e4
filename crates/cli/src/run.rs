//! From the words of the command line to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::arguments::Arguments;
use crate::commands;
use crate::failure::{Exit, Failure};
use crate::misunderstood;
use crate::output::say;
use crate::session::Session;
use crate::settings::{Format, Lang, Settings};

/// Runs the command that the words say. Data goes to standard output, everything else to standard error.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(e) => return not_understood(&e, &words),
    };
    trace();
    let settings = match Settings::settle(&arguments.global) {
        Ok(settings) => settings,
        Err(failure) => {
            let json = matches!(arguments.global.format, Some(Format::Json | Format::Jsonl));
            return fail(&failure, json, Lang::before_settings(arguments.global.lang));
        }
    };
    let json = matches!(settings.format, Format::Json | Format::Jsonl);
    let lang = settings.lang;
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            let failure = Failure::new(Exit::Failure, "no_runtime", format!("cannot start: {e}"));
            return fail(&failure, json, lang);
        }
    };
    let session = Session::new(settings);
    let outcome = runtime.block_on(commands::run(&session, arguments.command));
    let warnings = session.output.take_warnings();
    match outcome {
        Err(failure) if !failure.silent => fail(&failure.warned(warnings), json, lang),
        outcome => {
            for warning in warnings {
                say(&warning.to_string());
            }
            match outcome {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) if failure.is_reader_gone() => ExitCode::SUCCESS,
                Err(failure) => fail(&failure, json, lang),
            }
        }
    }
}

fn fail(failure: &Failure, json: bool, lang: Lang) -> ExitCode {
    if !failure.silent {
        if json {
            say(&failure.json(lang).to_string());
        } else {
            say(failure.text(lang).trim_end());
        }
    }
    ExitCode::from(failure.exit.number())
}

/// Help and version go out as they are; an error is a usage error, as JSON where JSON was asked for, in Chinese where that is
/// read.
fn not_understood(error: &clap::Error, words: &[OsString]) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _nobody_left = error.print();
        return ExitCode::from(if error.use_stderr() {
            Exit::Usage.number()
        } else {
            0
        });
    }
    let asked = |option: &str, value: &str| {
        words
            .iter()
            .any(|w| w.to_str() == Some(&format!("--{option}={value}")))
            || words.windows(2).any(
                |w| matches!(w, [a, b] if a.to_str() == Some(&format!("--{option}")) && b == value),
            )
    };
    let flag = [(Lang::Zh, "zh"), (Lang::En, "en")];
    let flag = flag.into_iter().find(|(_, word)| asked("lang", word));
    let lang = Lang::before_settings(flag.map(|(lang, _)| lang));
    let variable = std::env::var("REDRESS_FORMAT").unwrap_or_default();
    let json = asked("format", "json") || asked("format", "jsonl") || variable.starts_with("json");
    if json || lang == Lang::Zh {
        return fail(&misunderstood::failure(error), json, lang);
    }
    // The parser's own words are English, with the usage and what is near.
    let _nobody_left = error.print();
    ExitCode::from(Exit::Usage.number())
}

/// Traces go to standard error, only where `RUST_LOG` asks for them.
fn trace() {
    if std::env::var_os("RUST_LOG").is_some() {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_writer(std::io::stderr)
            .finish();
        let _already_set = tracing::subscriber::set_global_default(subscriber);
    }
}
