//! The guides are true: each command in them runs, in the order of the page, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The folder of the program `redress`, built if it is not.
fn program() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "-p", "redress-cli"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(built.success(), "the program does not build");
    let here = std::env::current_exe().unwrap();
    let folder = here.ancestors().find(|f| {
        f.join(format!("redress{}", std::env::consts::EXE_SUFFIX))
            .is_file()
    });
    folder
        .expect("the program lies above the test")
        .to_path_buf()
}

/// The commands of a page: its blocks of `sh`, one script. What cargo runs are examples, which the engine's own tests
/// build; they only have to be there.
fn script(page: &str) -> String {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let mut script = String::from("set -eu\n");
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && line.starts_with("cargo run -p redress --example ") {
            let example = line.split_whitespace().nth(5).unwrap();
            let place = format!("crates/engine/examples/{example}.rs");
            assert!(root().join(&place).is_file(), "{page}: there is no {place}");
        } else if inside {
            script.push_str(line);
            script.push('\n');
        }
    }
    script
}

/// Runs a page's commands where the project's data lie, and gives what they print.
fn follow(page: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for name in ["workflows", "tests"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    run(page, &script(page), folder.path())
}

/// Runs a script in a folder.
fn run(what: &str, script: &str, folder: &Path) -> String {
    let path = format!("{}:{}", program().display(), std::env::var("PATH").unwrap());
    let out = Command::new("bash")
        .args(["-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("LANG", "en_US.UTF-8")
        .env_remove("REDRESS_DATA")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        out.status.success(),
        "{what}: {}\n{said}\n{}",
        out.status,
        String::from_utf8_lossy(&out.stderr)
    );
    said
}

#[test]
fn a_case_is_replayed_for_an_audit() {
    let said = follow("docs/guides/replay-for-audit.md");
    for told in [
        "26-03-01",
        "2026-03-15 09:30:00",
        "resin was stored too warm",
    ] {
        assert!(said.contains(told), "{told} is not told:\n{said}");
    }
    assert!(
        said.trim_end().ends_with('2'),
        "two reports are in the log:\n{said}"
    );
}

#[test]
fn a_workflow_of_ones_own_takes_effect() {
    let said = follow("docs/guides/own-workflow.md");
    for told in ["8000.00", "2026-2"] {
        assert!(said.contains(told), "{told} is not told:\n{said}");
    }
}

#[test]
fn a_service_embeds_it() {
    follow("docs/guides/embed.md");
}

#[test]
fn historic_cases_are_imported_once() {
    let said = follow("docs/guides/import.md");
    assert!(
        said.contains("\"closed\": 1") || said.contains("\"closed\":1"),
        "March counts one case:\n{said}"
    );
}

#[test]
fn a_log_is_kept_safe() {
    let said = follow("docs/guides/operations.md");
    for told in ["journal is whole", "Epoch", "records.jsonl"] {
        assert!(said.contains(told), "{told} is not told:\n{said}");
    }
}

#[test]
fn a_month_is_closed() {
    for page in [
        "docs/guides/closing-a-month.md",
        "docs/guides/closing-a-month.zh-CN.md",
    ] {
        let said = follow(page);
        for told in ["2026-04-10 23:59:59", "1,875.00 CNY", "2,900.00 CNY"] {
            assert!(said.contains(told), "{told} is not told:\n{said}");
        }
    }
}

#[test]
fn the_demonstration_names_commands_that_run() {
    let folder = tempfile::tempdir().unwrap();
    let said = run("redress demo", "redress demo", folder.path());
    let commands: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("  redress "))
        .collect();
    assert!(
        commands.len() >= 5,
        "commands to go on with are named:\n{said}"
    );
    for command in commands {
        let told = run(command, command, folder.path());
        assert!(!told.trim().is_empty(), "{command} tells nothing");
    }
}
