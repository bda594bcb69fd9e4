//! The rules of the engine about money agree with a reference model (`tests/model/money.py`), written in another language
//! from the regulation alone, on losses, shares, grades and fines, and on what every month takes of every bonus: answer
//! by answer, on 10,000 scenarios, on 100,000 with `REDRESS_FULL=1`. Each can be had again alone by its number:
//! `REDRESS_SCENARIO=4711`.

#[path = "money_model/engine.rs"]
mod engine;
#[path = "money_model/generate.rs"]
mod generate;
#[path = "money_model/inputs.rs"]
mod inputs;
#[path = "money_model/scenario.rs"]
mod scenario;

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use engine::House;
use generate::{scenario as scenario_of, shuffled};
use scenario::Answer;

const SEED: u64 = 26;

fn numbers() -> Range<u64> {
    if let Ok(one) = std::env::var("REDRESS_SCENARIO") {
        let one = one.parse().unwrap();
        return one..one + 1;
    }
    let full = std::env::var("REDRESS_FULL").is_ok_and(|full| full == "1");
    0..if full { 100_000 } else { 10_000 }
}

fn pretty(answer: &Answer) -> String {
    serde_json::to_string_pretty(answer).unwrap()
}

/// What happened in the scenarios, so that none of it can go missing without notice.
#[derive(Debug, Default)]
struct Seen {
    refused: u64,
    whole_bonus: u64,
    fine: u64,
    deduction: u64,
    given_back: u64,
    corrected: u64,
    owing: u64,
    late: u64,
}

impl Seen {
    fn see(&mut self, answer: &Answer) {
        self.refused += u64::from(answer.refused.is_some());
        self.owing += u64::from(!answer.owing.is_empty());
        for step in answer.persons.values().flatten() {
            let of = match step.kind.as_str() {
                "whole_bonus" => &mut self.whole_bonus,
                "fine" => &mut self.fine,
                "deduction" => &mut self.deduction,
                _ => &mut self.given_back,
            };
            *of += 1;
            let bonus = step.bonus.as_ref();
            let earlier = u64::from(bonus.is_some_and(|bonus| *bonus < step.settled));
            match step.kind.as_str() {
                "given_back" => self.corrected += earlier,
                _ => self.late += earlier,
            }
        }
    }

    fn enough(&self, of: u64) -> bool {
        let often = [
            self.whole_bonus,
            self.fine,
            self.deduction,
            self.given_back,
            self.corrected,
            self.owing,
            self.late,
        ];
        of == 1
            || self.refused > of / 500
                && self.refused < of / 10
                && often.iter().all(|so_many| *so_many > of / 20)
    }
}

#[test]
fn the_engine_and_the_model_answer_alike() {
    let numbers = numbers();
    let model = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("model/money.py");
    let mut python = Command::new("python3")
        // It writes nothing beside its source.
        .arg("-B")
        .arg(model)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for this test");
    let asked = python.stdin.take().unwrap();
    let asking = numbers.clone();
    let asking = std::thread::spawn(move || {
        let mut asked = BufWriter::new(asked);
        for number in asking {
            let line = serde_json::to_string(&scenario_of(SEED, number)).unwrap();
            // Whoever does not listen any more has found a difference.
            if writeln!(asked, "{line}").is_err() {
                break;
            }
        }
    });

    let house = House::new();
    let mut said = BufReader::new(python.stdout.take().unwrap()).lines();
    let mut seen = Seen::default();
    for number in numbers.clone() {
        let scenario = scenario_of(SEED, number);
        let said = said
            .next()
            .unwrap_or_else(|| panic!("the model stopped at scenario {number}"));
        let model: Answer = serde_json::from_str(&said.unwrap()).unwrap();
        let model = model.in_one_order();
        let engine = house.answer(&scenario, false).in_one_order();
        seen.see(&engine);
        if engine != model {
            panic!(
                "scenario {number} of seed {SEED}:\n{}\nthe engine: {}\nthe model: {}",
                serde_json::to_string_pretty(&scenario).unwrap(),
                pretty(&engine),
                pretty(&model),
            );
        }
    }
    asking.join().unwrap();
    assert!(said.next().is_none() && python.wait().unwrap().success());
    let so_many = numbers.end - numbers.start;
    assert!(seen.enough(so_many), "{so_many} scenarios: {seen:?}");
}

#[test]
fn what_must_always_hold_holds_in_every_scenario() {
    let house = House::new();
    for number in numbers() {
        let scenario = scenario_of(SEED, number);
        let answer = house.answer(&scenario, true);
        let otherwise = house.answer(&shuffled(&scenario, number), false);
        assert!(
            answer == otherwise,
            "scenario {number} of seed {SEED} depends on the order in which it is told:\n{}\n{}\n{}",
            serde_json::to_string_pretty(&scenario).unwrap(),
            pretty(&answer),
            pretty(&otherwise),
        );
    }
}

#[test]
fn the_model_itself_knows_the_worked_examples() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("model/examples.py");
    let run = Command::new("python3").arg(examples).output().unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}");
}
