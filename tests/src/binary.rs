//! The binary `redress`, built if it is not fresh, for tests that speak to it as people do.

use std::io::{Error, Result};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

static BUILT: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();

/// Where the binary lies. It belongs to another package, so cargo does not build it for these tests by itself.
///
/// # Errors
/// If it does not build.
pub fn redress() -> Result<PathBuf> {
    BUILT
        .get_or_init(|| build().map_err(|e| e.to_string()))
        .clone()
        .map_err(Error::other)
}

fn build() -> Result<PathBuf> {
    // A test's own binary lies in TARGET/PROFILE/deps.
    let own = std::env::current_exe()?;
    let profile = own
        .ancestors()
        .nth(2)
        .ok_or_else(|| Error::other("the test lies in no target directory"))?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "build",
        "--quiet",
        "--locked",
        "--package",
        "redress-cli",
        "--bin",
        "redress",
    ]);
    if profile.file_name().is_some_and(|name| name == "release") {
        cargo.arg("--release");
    }
    if let Some(target) = profile.parent() {
        cargo.arg("--target-dir").arg(target);
    }
    let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status()?;
    if !status.success() {
        return Err(Error::other("the binary `redress` does not build"));
    }
    Ok(profile.join(format!("redress{}", std::env::consts::EXE_SUFFIX)))
}

/// A call of the binary that no setting of the machine touches.
///
/// # Errors
/// If the binary does not build.
pub fn call() -> Result<Command> {
    let mut command = Command::new(redress()?);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for name in [
        "REDRESS_DATA",
        "REDRESS_FORMAT",
        "REDRESS_LANG",
        "REDRESS_AS",
        "REDRESS_FOR",
        "REDRESS_COLOR",
        "REDRESS_ZONE",
        "RUST_LOG",
        "LC_ALL",
        "LC_MESSAGES",
    ] {
        command.env_remove(name);
    }
    command.env("LANG", "C").env("NO_COLOR", "1");
    Ok(command)
}
