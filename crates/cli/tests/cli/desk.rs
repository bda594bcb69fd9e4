//! A data directory with a small company, and the binary run on it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Told {
    /// Standard output as JSON; the command must have succeeded.
    pub(crate) fn json(&self) -> Json {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// The one error object on standard error.
    pub(crate) fn error(&self) -> Json {
        let object: Json =
            serde_json::from_str(&self.err).unwrap_or_else(|e| panic!("{e}: {}", self.err));
        assert_eq!(object["schema"], "redress/error@1");
        assert!(
            self.out.is_empty(),
            "nothing but data belongs on stdout: {}",
            self.out
        );
        object
    }
}

/// The binary in a directory of its own, told nothing by its surroundings.
pub(crate) fn binary(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory.join("home"))
        .env("LANG", "C.UTF-8");
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command, input: &str) -> Told {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let written = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        written.unwrap();
    }
    Told {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// A founded data directory.
pub(crate) struct Desk {
    directory: tempfile::TempDir,
}

const PEOPLE: &[(&str, &str)] = &[
    ("S1", "sales"),
    ("S9", "sales"),
    ("Q1", "quality"),
    ("M1", "manufacturing"),
    ("M9", "manufacturing"),
    ("G1", "gm-office"),
    ("R1", "rnd"),
];

const OFFICES: &[(&str, &str)] = &[("sales-manager", "S9"), ("plant-manager", "M9")];

const SINCE: &str = "2026-01-01T00:00:00+08:00";

fn people() -> String {
    let joins = PEOPLE.iter().map(|(employee, department)| {
        format!(r#"{{"command":"join","employee":"{employee}","department":"{department}","from":"{SINCE}"}}"#)
    });
    let offices = OFFICES.iter().map(|(office, employee)| {
        format!(r#"{{"command":"hold_office","office":"{office}","employee":"{employee}","from":"{SINCE}"}}"#)
    });
    joins.chain(offices).collect::<Vec<_>>().join("\n")
}

/// A form that lodges a complaint.
pub(crate) const LODGING: &[&str] = &[
    "customer=customer:C1",
    "country=CN",
    "product=电路板",
    "order_no=O1",
    "item_no=I1",
    "quantity=100",
    "ship_date=2026-02-01",
    "kind=quality",
    "loss_caused=yes",
    "demand=allowance",
    "reasons=表面划伤",
];

impl Desk {
    /// A company on a simulated clock that begins on 1 March 2026.
    pub(crate) fn simulated() -> Self {
        Self::founded(&["--simulated", "2026-03-01 08:00"])
    }

    /// A company on the machine's clock.
    pub(crate) fn real() -> Self {
        Self::founded(&[])
    }

    fn founded(more: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("people.jsonl"), people()).unwrap();
        let desk = Self { directory };
        let mut words = vec![
            "init",
            "--general-manager",
            "GM",
            "--organisation",
            "people.jsonl",
        ];
        words.extend(more);
        let told = desk.run(&words);
        assert_eq!(told.code, 0, "{}", told.err);
        desk
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// The binary on this directory.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = binary(self.directory.path());
        command.args(["--data", "data"]).args(words);
        command
    }

    /// Runs a command.
    pub(crate) fn run(&self, words: &[&str]) -> Told {
        run(&mut self.command(words), "")
    }

    /// Runs a command with something on standard input.
    pub(crate) fn run_with(&self, words: &[&str], input: &str) -> Told {
        run(&mut self.command(words), input)
    }

    /// Runs a command that must succeed, for its JSON.
    pub(crate) fn json(&self, words: &[&str]) -> Json {
        self.run(&[words, &["--format", "json"]].concat()).json()
    }

    /// Runs a command that must fail, for its error and its exit code.
    pub(crate) fn refused(&self, words: &[&str]) -> (Json, i32) {
        let told = self.run(&[words, &["--format", "json"]].concat());
        assert_ne!(told.code, 0, "{words:?} was done: {}", told.out);
        (told.error(), told.code)
    }

    /// How many events the log holds.
    pub(crate) fn events(&self) -> usize {
        let journal = self.path().join("data/journal");
        std::fs::read_dir(journal)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .map(|text| {
                text.lines()
                    .filter(|l| l.starts_with("{\"position\":"))
                    .count()
            })
            .sum()
    }

    /// Lodges a complaint; gives its id.
    pub(crate) fn lodge(&self, at: &str, more: &[&str]) -> String {
        let mut words = vec!["case", "lodge", "--as", "S1"];
        if !at.is_empty() {
            words.extend(["--occurred-at", at]);
        }
        for field in LODGING.iter().chain(more) {
            words.extend(["--set", field]);
        }
        self.json(&words)["case"].as_str().unwrap().to_owned()
    }

    /// A command as somebody at a moment, which must succeed.
    pub(crate) fn act(&self, who: &str, at: &str, words: &[&str]) -> Json {
        let mut all = vec!["--as", who];
        all.extend(words);
        if !at.is_empty() {
            all.extend(["--occurred-at", at]);
        }
        self.json(&all)
    }

    /// Starts a process that holds the directory to write until its input ends.
    pub(crate) fn writer(&self) -> Child {
        let mut child = self
            .command(&["do", "--as", "S1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Its first answer says that it holds the directory.
        let stdin = child.stdin.as_mut().unwrap();
        stdin.write_all(b"{\"command\":\"nothing\"}\n").unwrap();
        stdin.flush().unwrap();
        let mut first = String::new();
        let mut out = std::io::BufReader::new(child.stdout.as_mut().unwrap());
        std::io::BufRead::read_line(&mut out, &mut first).unwrap();
        assert!(first.contains("unknown_command"), "{first}");
        child
    }
}
