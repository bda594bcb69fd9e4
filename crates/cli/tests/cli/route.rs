//! A complaint's whole route by the command line: lodged, accepted, investigated, sent back, decided, settled; counted.

use crate::desk::Desk;

const FINDINGS: &[&str] = &[
    "--set",
    "findings=刮伤",
    "--set",
    "responsible_departments=department:manufacturing",
];

fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

/// A complaint that stands at its approval.
pub(crate) fn at_approval(desk: &Desk, allowance: &str) -> String {
    let id = desk.lodge("2026-03-02 09:00", &[]);
    let accepted = desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    assert_eq!(accepted["number"], "26-03-01");
    desk.act(
        "Q1",
        "2026-03-02 15:00",
        &with(&["case", "report", "260301"], FINDINGS),
    );
    let measure = [
        "--set",
        "abnormality_cause=夹具",
        "--set",
        "countermeasure=更换",
    ];
    desk.act(
        "M1",
        "2026-03-02 16:00",
        &with(&["case", "report", &id[..8]], &measure),
    );
    desk.act(
        "M9",
        "2026-03-02 17:00",
        &["case", "endorse", "26-03-01", "--remark", "同意"],
    );
    desk.act(
        "G1",
        "2026-03-03 09:00",
        &["case", "report", "26-03-01", "--set", "opinion=属实"],
    );
    let allowance = format!("allowance={allowance}");
    let proposal = [
        "--set",
        "handling=allowance",
        "--set",
        &allowance,
        "--set",
        "negotiation=客户同意",
    ];
    desk.act(
        "S1",
        "2026-03-04 09:00",
        &with(&["case", "report", "26-03-01"], &proposal),
    );
    desk.act("S9", "2026-03-04 10:00", &["case", "endorse", "26-03-01"]);
    desk.act(
        "G1",
        "2026-03-04 11:00",
        &["case", "report", "26-03-01", "--set", "opinion=同意"],
    );
    id
}

pub(crate) const DECISION: &[&str] = &[
    "case",
    "decide",
    "26-03-01",
    "--set",
    "outcome=granted",
    "--set",
    "occurred_at_unit=unit:group-3",
    "--set",
    "our_fault=false",
];

#[test]
fn a_complaint_goes_the_whole_route() {
    let desk = Desk::simulated();
    let id = at_approval(&desk, "9000.00 CNY");
    let granted = ["--set", "allowance=9000.00 CNY"];
    let decided = desk.act("S9", "2026-03-05 09:00", &with(DECISION, &granted));
    let kinds: Vec<&str> = decided["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    for kind in [
        "complaint.decided",
        "case.closed",
        "complaint.copies_distributed",
    ] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let shown = desk.json(&["case", "show", "26-03-01"]);
    assert_eq!(shown["status"], "closed");
    assert_eq!(shown["amount"]["amount"], "9000.00");
    assert_eq!(shown["amount"]["currency"], "CNY");
    assert_eq!(shown["due"], "2026-03-15T09:30:00+08:00");
    assert_eq!(shown["month"], "2026-03");

    let answer = [
        "case",
        "answer",
        "26-03-01",
        "--means",
        "letter",
        "--text",
        "折让",
        "--concedes",
        "9000.01 CNY",
    ];
    let (error, exit) = desk.refused(&with(&answer, &["--as", "S1"]));
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("concession_beyond_decision"), 5)
    );
    let settle = [
        "case",
        "settle",
        "26-03-01",
        "--set",
        "kind=allowance",
        "--set",
        "allowance=9000.00 CNY",
    ];
    let (error, _) = desk.refused(&with(&settle, &["--as", "S1", "--set", "nosuch=1"]));
    assert_eq!(error["code"], "unknown_field");

    let figures = desk.json(&["statistics", "--month", "2026-03"]);
    for (name, count) in [("closed", 1), ("on_time", 1), ("late", 0)] {
        assert_eq!(figures[name], count, "{name}");
    }
    assert_eq!(figures["by_department"][0]["key"], "manufacturing");
    let only = desk.json(&["statistics", "--month", "2026-03", "--by", "market"]);
    assert_eq!(only["by_market"][0]["key"], "domestic");
    assert!(only.get("by_cause").is_none());

    // What it was at a moment, what was known at a moment, what changed between two.
    let then = desk.json(&["case", "show", &id, "--at", "2026-03-02 09:10"]);
    assert_eq!(
        (then["status"].as_str(), then["number"].as_str()),
        (Some("open"), None)
    );
    let changes = desk.json(&["case", "diff", &id, "--from", "2026-03-04 11:00"]);
    let changed: Vec<&str> = changes["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["what"].as_str())
        .collect();
    assert!(
        changed.contains(&"status") && changed.contains(&"approval.outcome"),
        "{changed:?}"
    );
    let timeline = desk.json(&["case", "timeline", &id]);
    let replay = desk.json(&["case", "replay", &id]);
    let (events, steps) = (
        timeline["events"].as_array().unwrap(),
        replay["steps"].as_array().unwrap(),
    );
    assert_eq!(events.len(), steps.len());
    assert!(events.iter().all(|event| event["schema"] == 1));
    assert_eq!(events.last().unwrap()["version"], shown["version"]);

    // The customer does not accept: a new form, linked both ways.
    let mut refile = vec!["case", "refile", "26-03-01"];
    for field in crate::desk::LODGING {
        refile.extend(["--set", field]);
    }
    let new = desk.act("S1", "2026-03-06 09:00", &refile)["case"]
        .as_str()
        .unwrap()
        .to_owned();
    let old = desk.json(&["case", "show", "26-03-01"]);
    assert!(old["links"].to_string().contains(&new), "{}", old["links"]);
    assert!(
        desk.json(&["case", "show", &new])["links"]
            .to_string()
            .contains(&id)
    );
}

#[test]
fn the_author_never_decides_nor_does_a_lower_office() {
    let desk = Desk::simulated();
    at_approval(&desk, "10000.01 CNY");
    let granted = with(DECISION, &["--set", "allowance=10000.01 CNY"]);
    let before = desk.events();
    for (who, code) in [
        ("S9", "beyond_authority"),
        ("S1", "wrong_office"),
        ("G1", "wrong_office"),
    ] {
        let (error, exit) = desk.refused(&with(&granted, &["--as", who]));
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some(code), 6),
            "{who}: {error}"
        );
        let why = desk.json(&with(
            &["case", "why-not", "decide", "26-03-01", "--as", who],
            &granted[3..],
        ));
        assert_eq!(
            (why["allowed"].as_bool(), why["code"].as_str()),
            (Some(false), Some(code))
        );
    }
    let why = desk.json(&with(
        &["case", "why-not", "decide", "26-03-01", "--as", "GM"],
        &granted[3..],
    ));
    assert_eq!(why["allowed"], true);
    assert_eq!(desk.events(), before, "asking stores nothing");
    desk.act("GM", "2026-03-05 09:00", &granted);
}

#[test]
fn who_is_late_is_urged_once_and_asked_why() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    assert_eq!(
        desk.json(&["overdue", "--at", "2026-03-03 09:30:00"])["count"],
        0
    );
    let late = desk.json(&["overdue", "--at", "2026-03-03 09:30:01"]);
    assert_eq!(
        (&late["count"], &late["overdue"][0]["late_seconds"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        desk.run(&["overdue", "--at", "2026-03-03 09:30:00", "--exit-code"])
            .code,
        0
    );
    assert_eq!(
        desk.run(&["overdue", "--at", "2026-03-03 09:30:01", "--exit-code"])
            .code,
        10
    );
    let soon = desk.json(&["due-soon", "--at", "2026-03-03 05:00"]);
    assert_eq!(soon["due_soon"][0]["department"], "quality");

    let round = desk.json(&["round", "--now", "2026-03-07 10:00"]);
    assert_eq!(round["reminders_issued"], 1);
    assert_eq!(round["issued"][0]["level"], 3);
    for _ in 0..3 {
        assert_eq!(desk.json(&["round"])["reminders_issued"], 0);
    }
    assert_eq!(
        desk.json(&["reminders", "--month", "2026-03", "--without-notices"])["count"],
        1
    );
    let work = desk.json(&["worklist", "--employee", "Q1"]);
    assert_eq!(work["items"][0]["overdue"], true);
    assert_eq!(
        desk.json(&["worklist", "--as", "Q1"])["items"],
        work["items"]
    );
    desk.act(
        "Q1",
        "2026-03-07 11:00",
        &with(&["case", "report", "26-03-01"], FINDINGS),
    );
    let (error, _) = desk.refused(&["inquire", "26-03-01", "--visit", "2", "--as", "G1"]);
    assert_eq!(error["code"], "case_not_closed");
    assert_eq!(
        desk.json(&["inquiries", "--candidates"])["candidates"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
}

#[test]
fn a_value_is_completed_corrected_and_explained() {
    let desk = Desk::simulated();
    let mut words = vec!["case", "lodge", "--pending", "return_quantity"];
    for field in crate::desk::LODGING {
        words.extend(["--set", field]);
    }
    words.extend(["--set", "demand=return"]);
    let id = desk.act("S1", "2026-03-02 09:00", &words)["case"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    desk.act(
        "S1",
        "2026-03-02 10:00",
        &["case", "complete", &id, "opening.return_quantity", "40"],
    );
    let (error, _) = desk.refused(&[
        "case",
        "complete",
        &id,
        "opening.return_quantity",
        "40",
        "--as",
        "S1",
    ]);
    assert_eq!(error["code"], "not_pending");
    let correct = [
        "case",
        "correct",
        &id,
        "opening.country",
        "DE",
        "--reason",
        "误填",
    ];
    desk.act("G1", "2026-03-03 09:00", &correct);
    let explained = desk.json(&["explain", "26-03-01", "deadline"]);
    assert_eq!(explained["due"], "2026-03-19T09:30:00+08:00");
    let counted: i64 = explained["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|interval| interval["counted_seconds"].as_i64().unwrap())
        .sum();
    assert_eq!(counted, explained["limit_seconds"].as_i64().unwrap());
    let before = desk.json(&["case", "show", &id, "--at", "2026-03-02 12:00"]);
    assert_eq!(before["due"], "2026-03-15T09:30:00+08:00");
    assert_eq!(before["corrected_later"][0], "opening.country");
    let number = desk.json(&["explain", "26-03-01", "number"]);
    assert_eq!(
        (number["serial"].as_i64(), number["clause"].as_str()),
        (Some(1), Some("M8"))
    );
}

#[test]
fn the_same_command_id_is_done_once() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    let words = [
        "case",
        "accept",
        &id,
        "--id",
        "0b9f7b1e-4d0c-4a57-9c5b-0e6f3f1d2a3b",
    ];
    let first = desk.act("G1", "2026-03-02 09:30", &words);
    let events = desk.events();
    let again = desk.act("G1", "2026-03-02 09:30", &words);
    assert_eq!(
        (first["repeated"].as_bool(), again["repeated"].as_bool()),
        (Some(false), Some(true))
    );
    assert_eq!(first["version"], again["version"]);
    assert_eq!(desk.events(), events);
}

#[test]
fn a_joint_inspection_comes_first_and_a_notice_is_raised() {
    let desk = Desk::simulated();
    let inspection = desk.act(
        "S1",
        "2026-03-02 08:00",
        &[
            "case",
            "lodge",
            "--definition",
            "joint-inspection",
            "--set",
            "customer=customer:C1",
            "--set",
            "product=P",
            "--set",
            "called_quality=quality",
            "--set",
            "called_manufacturing=manufacturing",
            "--set",
            "reason=r",
        ],
    );
    let inspection = inspection["case"].as_str().unwrap().to_owned();
    let notice = desk.act(
        "S1",
        "2026-03-02 08:10",
        &[
            "case",
            "lodge",
            "--definition",
            "abnormality-notice",
            "--set",
            "customer=customer:C1",
            "--set",
            "product=P",
            "--set",
            "concerned=department:quality,department:manufacturing",
            "--set",
            "description=d",
        ],
    );
    let notice = notice["case"].as_str().unwrap().to_owned();
    let mut lodge = vec![
        "case",
        "lodge",
        "--joint-inspection",
        &inspection[..13],
        "--raised-from",
        &notice,
    ];
    for field in crate::desk::LODGING {
        lodge.extend(["--set", field]);
    }
    let case = desk.act("S1", "2026-03-02 09:00", &lodge)["case"]
        .as_str()
        .unwrap()
        .to_owned();
    let links = desk.json(&["case", "show", &case])["links"].to_string();
    assert!(
        links.contains(&inspection) && links.contains(&notice),
        "{links}"
    );
    for other in [&inspection, &notice] {
        let links = desk.json(&["case", "show", other])["links"].to_string();
        assert!(links.contains(&case), "{links}");
    }
    let later = desk.lodge("2026-03-02 10:00", &[]);
    let link = ["case", "link-inspection", &later, &inspection];
    desk.act("S1", "2026-03-02 10:30", &link);
    assert!(
        desk.json(&["case", "show", &later])["links"]
            .to_string()
            .contains(&inspection)
    );
    let (error, exit) = desk.refused(&with(&link, &["--as", "S1"]));
    assert_eq!((error["code"].as_str(), exit), (Some("already_linked"), 5));
    assert_eq!(
        desk.json(&["case", "list", "--definition", "customer-complaint"])["count"],
        2
    );
    assert_eq!(
        desk.json(&["case", "list", "--department", "gm-office"])["count"],
        2
    );
}

#[test]
fn a_late_visit_of_a_closed_case_is_inquired_into() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 22:00", &["case", "accept", &id]);
    desk.act(
        "Q1",
        "2026-03-03 15:00",
        &with(&["case", "report", "260301"], FINDINGS),
    );
    let measure = ["--set", "abnormality_cause=a", "--set", "countermeasure=b"];
    desk.act(
        "M1",
        "2026-03-03 16:00",
        &with(&["case", "report", "260301"], &measure),
    );
    desk.act("M9", "2026-03-03 17:00", &["case", "endorse", "260301"]);
    let back = [
        "case",
        "send-back",
        "260301",
        "--to",
        "investigation",
        "--reason",
        "原因不明",
    ];
    desk.act("G1", "2026-03-03 18:00", &back);
    desk.act(
        "Q1",
        "2026-03-04 09:00",
        &with(&["case", "report", "260301"], FINDINGS),
    );
    desk.act(
        "M1",
        "2026-03-04 10:00",
        &with(&["case", "report", "260301"], &measure),
    );
    desk.act("M9", "2026-03-04 11:00", &["case", "endorse", "260301"]);
    desk.act(
        "G1",
        "2026-03-04 12:00",
        &["case", "report", "260301", "--set", "opinion=o"],
    );
    let proposal = [
        "--set",
        "handling=allowance",
        "--set",
        "allowance=1.00 CNY",
        "--set",
        "negotiation=n",
    ];
    desk.act(
        "S1",
        "2026-03-04 13:00",
        &with(&["case", "report", "260301"], &proposal),
    );
    desk.act("S9", "2026-03-04 14:00", &["case", "endorse", "260301"]);
    desk.act(
        "G1",
        "2026-03-04 15:00",
        &["case", "report", "260301", "--set", "opinion=o"],
    );
    desk.act(
        "S9",
        "2026-03-04 16:00",
        &with(DECISION, &["--set", "allowance=1.00 CNY"]),
    );

    let candidates = desk.json(&["inquiries", "--candidates", "--month", "2026-03"]);
    assert_eq!(candidates["candidates"][0]["stage"], "acceptance");
    assert_eq!(candidates["candidates"][0]["late_seconds"], 3600);
    desk.act(
        "G1",
        "2026-03-05 09:00",
        &["inquire", "260301", "--visit", "1"],
    );
    assert_eq!(
        desk.json(&["inquiries", "--open"])["inquiries"][0]["department"],
        "gm-office"
    );
    let answer = [
        "case",
        "answer-inquiry",
        "260301",
        "--inquiry",
        "1",
        "--reason",
        "人手不足",
    ];
    let (error, exit) = desk.refused(&with(&answer, &["--as", "S1"]));
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("wrong_department"), 6)
    );
    desk.act("G1", "2026-03-05 10:00", &answer);
    assert_eq!(
        desk.json(&["inquiries", "--open"])["inquiries"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    assert_eq!(
        desk.json(&["inquiries"])["inquiries"][0]["reason"],
        "人手不足"
    );

    // A petition against the resolution, and its ruling; the customer is answered within the decision.
    desk.act(
        "M1",
        "2026-03-05 11:00",
        &["case", "object", "260301", "--petition", "非本部责任"],
    );
    let rule = [
        "case",
        "rule",
        "260301",
        "--objection",
        "1",
        "--dismissed",
        "--ruling",
        "维持原议",
    ];
    let (_, exit) = desk.refused(&with(&rule, &["--as", "S9"]));
    assert_eq!(exit, 6);
    desk.act("GM", "2026-03-05 12:00", &rule);
    let third = [
        "case",
        "third-party",
        "260301",
        "--party",
        "supplier:S4",
        "--reason",
        "来料",
    ];
    desk.act("G1", "2026-03-05 13:00", &third);
    let answer = [
        "case",
        "answer",
        "260301",
        "--means",
        "telephone",
        "--text",
        "折让",
        "--concedes",
        "1.00 CNY",
    ];
    desk.act("S1", "2026-03-05 14:00", &answer);
    let shown = desk.json(&["case", "show", "260301"]);
    assert_eq!(shown["objections"][0]["upheld"], false);
    assert_eq!(shown["inquiries"][0]["reason"], "人手不足");
    let closed_late = desk.json(&["statistics", "--month", "2026-03", "--by", "stage"]);
    let acceptance = closed_late["by_stage"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stage| stage["stage"] == "acceptance")
        .unwrap();
    assert_eq!(acceptance["late_visits"], 1);
}
