//! The same commands leave the same bytes, however serde_json is built: a program that redress is a part of may turn on
//! features for all of it. `cargo test -p redress-tests --features hostile-json --test same_bytes` does, and compares
//! with the same digests as without.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use redress::kernel::id::DefinitionId;
use redress::views::register::RegisterFilter;
use redress::views::reminders::ReminderFilter;
use redress::{Founding, HandClock, Redress, by, employee, hold_office, imported_case, join};
use redress_log::{ClockKind, EventLog, Journal};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Of the lines of the journal, and of what was answered to programs. They change when a shape of what is recorded or
/// answered changes on purpose, or the shipped rules do (they stand in the journal), and for no other reason: look at
/// both texts before and after (`SAME_BYTES_KEEP=<directory>` writes them there), with the feature and without.
const JOURNAL: &str = "f2dce632f6912718ef426f6cdf5825a2a1a84c9ec1679dc21977722ccf2c1b09";
const ANSWERS: &str = "88ff2a745628588b8e69e6aef9bd1c4bc8cb9ba69e302e947472d7d990362389";

/// What is done: after how many minutes, by whom, what. Numbers of every size, texts that need escapes, keys in
/// another order than they are declared in.
const DEEDS: &str = r#"
0 lin {"values":{"reasons":"分层 \"delaminated\"\n\\","quantity":4294967296,"customer":"customer:C1","country":"CN","product":"PCB-4","order_no":"O-77","item_no":"I-1","ship_date":"2026-02-10","kind":"quality","loss_caused":true,"demand":["return","allowance"],"return_quantity":9007199254740991,"defect_quantity":{"pending":true}},"command":"open"}
3000 guo {"command":"report","stage":"acceptance","case":"CASE"}
200 qian {"case":"26-03-01","stage":"investigation","values":{"technical_opinion":true,"findings":"树脂存放过热 🧯","responsible_departments":["department:manufacturing"],"cause_category":"storage"},"command":"report","visit":2}
0 round
300 zhou {"command":"report","stage":"countermeasure","case":"26-03-01","values":{"abnormality_cause":"a worn heater","countermeasure":"replace it","workers":["person:wang","person:zhou"],"production_date":"2026-01-31"}}
10 ma {"command":"endorse","stage":"countermeasure","case":"26-03-01","remark":"agreed"}
500 xu {"command":"report","stage":"technical-opinion","case":"26-03-01","values":{"opinion":"the resin is at fault"}}
60 guo {"command":"send_back","to":"investigation","case":"26-03-01","reason":"which batch?"}
60 qian {"command":"report","stage":"investigation","case":"26-03-01","values":{"findings":"batch 7","responsible_departments":["department:manufacturing"]}}
60 zhou {"command":"report","stage":"countermeasure","case":"26-03-01","values":{"abnormality_cause":"a worn heater","countermeasure":"replace it"}}
10 ma {"command":"endorse","stage":"countermeasure","case":"26-03-01"}
10 guo {"command":"report","stage":"review","case":"26-03-01","values":{"opinion":"agreed"}}
10 lin {"command":"report","stage":"handling-proposal","case":"26-03-01","values":{"handling":["return","allowance"],"negotiation":"accepts","allowance":{"minor":120000,"currency":"CNY"},"return_quantity":12,"return_unit_price":{"currency":"CNY","minor":1250}}}
10 sun {"command":"endorse","stage":"handling-proposal","case":"26-03-01"}
10 guo {"command":"state_loss","case":"26-03-01","lines":[{"kind":"rework","amounts":{"material":"49.50 CNY","labour":"150.00 CNY"}},{"unit_price":{"minor":21000,"currency":"CNY"},"kind":"return","proceeds":"510.00 CNY","quantity":12}]}
10 qian {"command":"propose_responsibility","case":"26-03-01","shares":[{"party":"supplier:S4","basis_points":2501},{"basis_points":7499,"party":"department:quality","why_not_smaller":"验收 \"overlooked\""}]}
10 guo {"command":"report","stage":"consolidation","case":"26-03-01","values":{"opinion":"grant"}}
10 sun {"command":"report","stage":"approval","case":"26-03-01","values":{"outcome":"granted","our_fault":false,"occurred_at_unit":"unit:group-3"}}
60 lin {"command":"answer","case":"26-03-01","means":"letter","text":"we regret","concedes":{"minor":135000,"currency":"CNY"}}
60 lin {"command":"report","stage":"settlement","case":"26-03-01","values":{"kind":"allowance","evidence":"allowance-photocopy","allowance":{"minor":120000,"currency":"CNY"}}}
60 guo {"command":"name_third_party","case":"26-03-01","party":"supplier:S4","reason":"its resin"}
60 guo {"case":"26-03-01","command":"determine_responsibility","reason":"其树脂","charged":5000,"shares":[{"party":"supplier:S4","basis_points":10000}]}
60 lin {"command":"take_back_goods","case":"26-03-01","returned":{"quantity":12,"grade_a":"210.00 CNY","actual_loss":{"currency":"CNY","minor":13000}}}
60 lin {"resold":{"proceeds":"1440.00 CNY","quantity":12},"command":"resell_goods","case":"26-03-01"}
60 zhou {"command":"object","case":"26-03-01","petition":"the heater was reported in January"}
60 zhao {"command":"rule","case":"26-03-01","objection":1,"upheld":false,"ruling":"stays"}
60 lin {"command":"refile","case":"26-03-01","values":{"customer":"customer:C1","country":"CN","product":"PCB-4","order_no":"O-77","item_no":"I-1","quantity":10,"ship_date":"2026-02-10","kind":"quality","loss_caused":true,"demand":["replacement"],"reasons":"not enough"}}
0 zhao {"command":"join","employee":"new","department":"sales","from":"2026-03-01T00:00:00Z"}
0 zhao {"command":"deputise","principal":"sun","deputy":"lin","period":{"from":"2026-03-01T00:00:00Z","until":"2026-12-31T00:00:00Z"}}
0 lin {"command":"open","definition":"abnormality-notice","values":{"customer":"customer:C2","product":"PCB","concerned":["department:quality"],"description":"scratches"}}
60 lin {"command":"open","values":{"customer":"customer:C3","country":"DE","product":"P","order_no":"O","item_no":"I","quantity":1,"ship_date":"2026-02-01","kind":"quality","loss_caused":true,"demand":["allowance"],"reasons":"r"}}
600 guo {"command":"report","stage":"acceptance","case":"CASE"}
9000 round
10700 round
9000 round
60 guo {"command":"inquire","case":"26-03-01","visit":1}
10 guo {"command":"answer_inquiry","case":"26-03-01","inquiry":1,"reason":"a fair"}
0 lin {"command":"withdraw","case":"26-03-02","reason":"the customer found the goods"}
0 round
"#;

/// Each id by the order of its first appearance: some are drawn by chance.
fn without_chance(text: &str) -> String {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut plain = String::new();
    let mut at = 0;
    while at < text.len() {
        match text.get(at..at + 36) {
            Some(id) if Uuid::try_parse(id).is_ok() => {
                let next = seen.len() + 1;
                write!(plain, "id{}", seen.entry(id).or_insert(next)).unwrap();
                at += 36;
            }
            _ => {
                let c = text[at..].chars().next().unwrap();
                plain.push(c);
                at += c.len_utf8();
            }
        }
    }
    plain
}

/// The lines of the journal without what hangs on ids: checksums, tree heads; and with the turns of whatever came alone.
/// A round hands in several cases at once: whether they share a turn hangs on how fast the disk takes the first.
fn journal(directory: &Path) -> String {
    let path = directory.join("journal/00000000000000000001.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| {
        let line = line.rsplit_once(",\"crc\":").unwrap().0;
        match line.rsplit_once(",\"tree\":") {
            Some((line, _)) if line.starts_with("{\"redress\":") => line,
            _ => line,
        }
    });
    let mut turns = Turns::default();
    let lines: Vec<String> = lines.map(|line| turns.alone(line)).collect();
    without_chance(&lines.join("\n"))
}

/// Where the turn in hand and the append in hand begin.
#[derive(Default)]
struct Turns {
    turn: u64,
    append: u64,
}

impl Turns {
    /// A record as it would stand if its append had had a turn to itself; that it had one, or joined the one in hand, is
    /// looked at.
    fn alone(&mut self, line: &str) -> String {
        let Some(rest) = line.strip_prefix("{\"position\":") else {
            return line.to_owned();
        };
        let (position, rest) = rest.split_once(",\"turn\":").unwrap();
        let (turn, rest) = rest.split_once(',').unwrap();
        let (at, turn): (u64, u64) = (position.parse().unwrap(), turn.parse().unwrap());
        let first = rest.starts_with("\"part\":\"1/");
        if first {
            self.append = at;
        }
        assert!(turn == self.turn || (first && turn == at), "{line}");
        self.turn = turn;
        format!("{{\"position\":{position},\"turn\":{},{rest}", self.append)
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
}

fn founding() -> Founding {
    let staff = [
        ("zhao", "gm-office", Some("general-manager")),
        ("guo", "gm-office", None),
        ("lin", "sales", None),
        ("sun", "sales", Some("sales-manager")),
        ("qian", "quality", None),
        ("zhou", "manufacturing", None),
        ("ma", "manufacturing", Some("plant-manager")),
        ("xu", "rnd", None),
    ];
    let since = "2020-01-01T00:00:00Z";
    let mut changes = Vec::new();
    for (person, department, office) in staff {
        changes.push(join(person, department, since).unwrap());
        changes.extend(office.map(|office| hold_office(person, office, since).unwrap()));
    }
    Founding::by(employee("zhao").unwrap())
        .organisation(changes)
        .simulated()
}

/// Does all deeds; gives what was answered.
async fn work(directory: &Path) -> String {
    let clock = Arc::new(HandClock::at("2026-03-02T09:00:00+08:00".parse().unwrap()));
    let marker = redress_log::Founding {
        log_id: Uuid::from_u128(1),
        zone: "Asia/Shanghai".into(),
        clock: ClockKind::Simulated,
    };
    let log: Arc<dyn EventLog> = Arc::new(Journal::create(directory, &marker).unwrap());
    let desk = Redress::builder()
        .log(log)
        .clock(clock.clone())
        .found(founding())
        .await
        .unwrap();
    let mut said = Vec::new();
    let mut case = String::new();
    for (nth, deed) in DEEDS.trim().lines().enumerate() {
        let mut words = deed.splitn(3, ' ');
        let minutes: i64 = words.next().unwrap().parse().unwrap();
        let who = words.next().unwrap();
        clock.advance(minutes * 60);
        let command = match words.next() {
            None => json!({ "command": who }).to_string(),
            Some(rest) => {
                let id = Uuid::from_u128(0x100 + nth as u128);
                let beside = format!(r#"{{"id":"{id}","by":{{"employee":"{who}"}},"#);
                beside + &rest[1..].replace("CASE", &case)
            }
        };
        let answer = desk.execute_json(&command).await.unwrap_or_else(|error| {
            panic!("{command}\n{error:?}");
        });
        if let Some(id) = answer["case"].as_str() {
            case = id.to_owned();
        }
        said.push(answer.to_string());
    }
    adopt_and_import(&desk).await;
    said.extend(questions(&desk).await);
    desk.close().await.unwrap();
    without_chance(&said.join("\n"))
}

async fn adopt_and_import(desk: &Redress) {
    let by = by("zhao").unwrap();
    let mut files = redress::workflow::builtin_files()["customer-complaint"].clone();
    for text in files.values_mut() {
        *text = text.replace("2026-1", "2026-2");
    }
    desk.adopt(files, &by).await.unwrap();
    let record = json!({
        "source": "paper", "row": "7", "opened_at": "2025-03-01T08:00:00+08:00",
        "values": {"quantity": 12, "customer": "customer:C9", "kind": "quality", "market": "domestic"},
        "steps": [{"stage": "acceptance", "ended_at": "2025-03-01T09:00:00+08:00"},
                  {"stage": "investigation", "ended_at": "2025-03-04T10:00:00+08:00", "values": {"findings": "\"\\\n"}}],
    });
    let complaint = DefinitionId::new("customer-complaint").unwrap();
    let record = serde_json::from_str(&record.to_string()).unwrap();
    let answer = desk.import(record, &complaint).await.unwrap();
    assert_eq!(answer.case, imported_case("paper", "7"));
}

/// What programs read beside answers.
async fn questions(desk: &Redress) -> Vec<String> {
    fn text(answer: &impl serde::Serialize) -> String {
        serde_json::to_string(answer).unwrap()
    }
    let now = desk.now().await.unwrap();
    let mut said = vec![
        text(&desk.register(&RegisterFilter::default()).await.unwrap()),
        text(&desk.reminders(&ReminderFilter::default()).await.unwrap()),
        text(&desk.overdue(now).await.unwrap()),
        text(&desk.due_soon(now).await.unwrap()),
    ];
    for case in ["26-03-01", "26-03-02"] {
        let timeline = desk.timeline(case).await.unwrap();
        said.extend(timeline.iter().map(|entry| text(&entry.payload)));
    }
    said
}

#[tokio::test]
async fn the_same_commands_leave_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("log");
    let answers = work(&directory).await;
    let journal = journal(&directory);
    if let Some(place) = std::env::var_os("SAME_BYTES_KEEP") {
        std::fs::write(Path::new(&place).join("journal"), &journal).unwrap();
        std::fs::write(Path::new(&place).join("answers"), &answers).unwrap();
    }
    for kind in [
        "case.reminder_issued",
        "case.due_soon_noticed",
        "case.inquiry_issued",
        "case.sent_back",
        "case.withdrawn",
        "case.closed",
        "complaint.answered",
        "complaint.objection_ruled",
        "complaint.customer_refused",
        "complaint.loss_stated",
        "complaint.responsibility_determined",
        "complaint.resale_settled",
        "rules.workflow_adopted",
        "organisation.changed",
        "numbers.assigned",
    ] {
        assert!(journal.contains(&format!("\"type\":\"{kind}\"")), "{kind}");
    }
    assert_eq!(
        (digest(&journal), digest(&answers)),
        (JOURNAL.to_owned(), ANSWERS.to_owned()),
    );
}

#[test]
fn serde_json_is_built_as_the_feature_says() {
    let text = r#"{"b":1,"a":123456789012345678901234567890}"#;
    let value: Value = serde_json::from_str(text).unwrap();
    let kept = value.to_string();
    assert_eq!(kept == text, cfg!(feature = "hostile-json"), "{kept}");
}
