//! The gallery: for each refusal, in order of precedence, somebody who asks for what is refused.

use redress_kernel::adoption;
use redress_kernel::calendar::Calendar;
use redress_kernel::deadline;
use redress_kernel::decide::{Context, Who};
use redress_kernel::definition::{Duty, Title};
use redress_kernel::event::Subject;
use redress_kernel::form::{Field, FieldKind, Required};
use redress_kernel::refusal::{self as k, Code};
use redress_kernel::time::Zone;
use serde_json::{Value as Json, json};

use crate::desk::{Desk, Told, instant};
use crate::of_complaint::of_complaint;
use crate::of_improvements::of_improvements;
use crate::of_money::of_money;
use crate::of_months::of_months;

/// A refusal, the situation in which it is met, and what was told.
pub(crate) struct Scene {
    pub(crate) code: Code,
    pub(crate) given: &'static str,
    pub(crate) told: Told,
}

/// Asks for something that must be refused.
#[track_caller]
pub(crate) fn no(desk: &mut Desk, who: &str, command: Json) -> Told {
    desk.ask(who, command).expect_err("this must be refused")
}

#[track_caller]
pub(crate) fn yes(mut desk: Desk, who: &str, command: Json) -> Desk {
    desk.ask(who, command).unwrap();
    desk
}

fn complaint() -> Desk {
    Desk::new("customer-complaint")
}

fn report(stage: &str) -> Json {
    json!({"command": "report", "stage": stage, "values": {}})
}

#[track_caller]
pub(crate) fn lodging(given: Json) -> Told {
    complaint()
        .open("lin", given)
        .expect_err("this must be refused")
}

#[track_caller]
fn at_investigation(given: Json) -> Told {
    Desk::at("investigation")
        .report("qian", "investigation", given)
        .expect_err("this must be refused")
}

/// A workflow that lets the clocks stand still, which the shipped one does not.
fn suspendable() -> Desk {
    let mut desk = Desk::at("investigation");
    desk.workflow.definition.suspension = Some(Duty {
        departments: vec!["gm-office".parse().unwrap()],
        clause: "S8".to_owned(),
    });
    desk
}

/// A workflow whose investigation states shares, which the shipped one does not.
fn with_shares() -> Desk {
    let mut desk = Desk::at("investigation");
    let form = desk
        .workflow
        .definition
        .forms
        .iter_mut()
        .find(|f| f.id == *"investigation")
        .unwrap();
    form.fields.push(Field {
        id: "shares".parse().unwrap(),
        title: Title {
            zh: "责任比例".to_owned(),
            en: "Shares".to_owned(),
        },
        kind: FieldKind::Shares,
        required: Required::Optional,
        deferrable: false,
        binds: None,
        clause: Some("A23".to_owned()),
    });
    desk
}

/// A complaint that was accepted late and is closed.
fn closed_late() -> Desk {
    let mut desk = Desk::lodged();
    desk.later("13:00");
    desk.go_to("approval");
    desk.report("zhao", "approval", json!({})).unwrap();
    desk
}

pub(crate) fn at_approval(proposer: &str, proposal: Json) -> Desk {
    let mut desk = Desk::at("handling-proposal");
    desk.report(proposer, "handling-proposal", proposal)
        .unwrap();
    let mut desk = yes(
        desk,
        // The sales manager reads what others propose; what he proposes, the general manager.
        if proposer == "sun" { "zhao" } else { "sun" },
        json!({"command": "endorse", "stage": "handling-proposal"}),
    );
    desk.go_to("approval");
    desk
}

#[track_caller]
pub(crate) fn decide(desk: &mut Desk, who: &str, decision: Json) -> Told {
    desk.report(who, "approval", decision)
        .expect_err("this must be refused")
}

fn no_limit() -> Told {
    let desk = Desk::at("review");
    let (calendar, zone) = (
        redress_workflow::builtin_calendar().unwrap(),
        Zone::parse("Asia/Shanghai").unwrap(),
    );
    let case = &desk.case.as_ref().unwrap().case;
    let visit = case.open_visit().unwrap().number;
    let refusal = deadline::explain(
        &context(&desk, &calendar, &zone),
        case,
        Subject::Visit(visit),
    )
    .unwrap_err();
    Told {
        asked: format!("explain the deadline of visit {visit}"),
        refusal,
    }
}

fn context<'a>(desk: &'a Desk, calendar: &'a Calendar, zone: &'a Zone) -> Context<'a> {
    Context {
        definition: &desk.workflow.definition,
        calendar,
        zone,
        organisation: &desk.organisation,
        who: Who::Engine,
        at: desk.now,
        now: desk.now,
        serial: None,
    }
}

fn approval_missing() -> Told {
    let desk = complaint();
    let by = redress_kernel::actor::By::employee("guo".parse().unwrap());
    let refusal = adoption::approve(
        None,
        &desk.workflow.definition,
        &desk.organisation,
        &by,
        desk.now,
    )
    .unwrap_err();
    Told {
        asked: "guo adopts a version of the workflow".to_owned(),
        refusal,
    }
}

pub(crate) fn scenes() -> Vec<Scene> {
    let scene = |code, given, told| Scene { code, given, told };
    let mut scenes = any_case(&scene);
    scenes.extend(of_complaint(&scene));
    scenes.extend(of_money(&scene));
    scenes.extend(of_months(&scene));
    scenes.extend(of_improvements(&scene));
    scenes
}

pub(crate) type Make<'a> = &'a dyn Fn(Code, &'static str, Told) -> Scene;

fn any_case(scene: Make<'_>) -> Vec<Scene> {
    let reason = "the customer found the goods";
    vec![
        scene(k::OCCURRED_IN_FUTURE, "a complaint lodged at nine", {
            let mut desk = Desk::lodged();
            desk.ask_at("guo", desk.now.plus_seconds(3600), report("acceptance"))
                .expect_err("refused")
        }),
        scene(k::BEFORE_LAST_EVENT, "a complaint accepted at ten", {
            let mut desk = Desk::at("investigation");
            desk.ask_at("qian", desk.now.plus_seconds(-1), report("investigation"))
                .expect_err("refused")
        }),
        scene(k::TOO_FAR_BACK, "it is the first of May", {
            let mut desk = complaint();
            desk.now = instant("2026-05-01 09:00:00");
            let open = json!({"command": "open", "values": {}});
            desk.ask_at("lin", instant("2026-03-02 09:00:00"), open)
                .expect_err("refused")
        }),
        scene(
            k::ENGINE_ONLY,
            "somebody wants to issue reminders by hand",
            no(
                &mut Desk::at("investigation"),
                "qian",
                json!({"command": "round"}),
            ),
        ),
        scene(
            k::UNKNOWN_EMPLOYEE,
            "nobody of that id works here",
            no(&mut Desk::lodged(), "wu", report("acceptance")),
        ),
        scene(
            k::NOT_DEPUTY,
            "guo has named no deputy",
            no(&mut Desk::lodged(), "lin for guo", report("acceptance")),
        ),
        scene(
            k::OFFICE_NOT_HELD,
            "sun is the sales manager",
            no(
                &mut Desk::lodged(),
                "lin:sales-manager",
                report("acceptance"),
            ),
        ),
        scene(
            k::ALREADY_OPEN,
            "a complaint lodged",
            no(
                &mut Desk::lodged(),
                "lin",
                json!({"command": "open", "values": {}}),
            ),
        ),
        scene(
            k::NOT_OPENED,
            "no such complaint was lodged",
            no(&mut complaint(), "guo", report("acceptance")),
        ),
        scene(
            k::CASE_CLOSED,
            "a complaint closed by its decision",
            no(&mut Desk::closed(json!({})), "zhao", report("approval")),
        ),
        scene(k::CASE_WITHDRAWN, "the customer withdrew the complaint", {
            let mut desk = yes(
                Desk::lodged(),
                "lin",
                json!({"command": "withdraw", "reason": reason}),
            );
            no(&mut desk, "guo", report("acceptance"))
        }),
        scene(
            k::CASE_NOT_CLOSED,
            "a complaint under way",
            no(
                &mut Desk::lodged(),
                "guo",
                json!({"command": "inquire", "visit": 1}),
            ),
        ),
        scene(
            k::UNKNOWN_STAGE,
            "a complaint under way",
            no(&mut Desk::lodged(), "guo", report("packing")),
        ),
        scene(
            k::WRONG_STAGE,
            "a complaint that waits for acceptance",
            no(&mut Desk::lodged(), "qian", report("investigation")),
        ),
        scene(
            k::STALE_VISIT,
            "a complaint under investigation, its second visit",
            {
                let stale = json!({"command": "report", "stage": "investigation", "visit": 1, "values": {}});
                no(&mut Desk::at("investigation"), "qian", stale)
            },
        ),
        scene(
            k::AWAITS_ENDORSEMENT,
            "manufacturing has reported its countermeasure",
            {
                let mut desk = Desk::at("countermeasure");
                desk.report("ma", "countermeasure", json!({})).unwrap();
                no(&mut desk, "ma", report("countermeasure"))
            },
        ),
        scene(
            k::NOTHING_TO_ENDORSE,
            "manufacturing has not reported yet",
            {
                no(
                    &mut Desk::at("countermeasure"),
                    "peng",
                    json!({"command": "endorse", "stage": "countermeasure"}),
                )
            },
        ),
        scene(
            k::AUTHOR_ENDORSES,
            "the sales manager has reported the proposal himself",
            {
                let mut desk = Desk::at("handling-proposal");
                desk.report("sun", "handling-proposal", json!({})).unwrap();
                no(
                    &mut desk,
                    "sun",
                    json!({"command": "endorse", "stage": "handling-proposal"}),
                )
            },
        ),
        scene(
            k::CASE_SUSPENDED,
            "a workflow that lets clocks stand still, and a case whose clocks do",
            {
                let mut desk = yes(
                    suspendable(),
                    "guo",
                    json!({"command": "suspend", "reason": "samples are at sea"}),
                );
                no(&mut desk, "qian", report("investigation"))
            },
        ),
        scene(
            k::NOT_SUSPENDED,
            "a workflow that lets clocks stand still",
            no(&mut suspendable(), "guo", json!({"command": "resume"})),
        ),
        scene(
            k::WRONG_DEPARTMENT,
            "a complaint that waits for acceptance",
            no(&mut Desk::lodged(), "lin", report("acceptance")),
        ),
        scene(
            k::WRONG_OFFICE,
            "a complaint that waits for the decision",
            no(&mut Desk::at("approval"), "guo", report("approval")),
        ),
        scene(
            k::NOT_PROVIDED,
            "the shipped workflow",
            no(
                &mut Desk::at("investigation"),
                "guo",
                json!({"command": "suspend", "reason": "samples are at sea"}),
            ),
        ),
        scene(
            k::UNKNOWN_FIELD,
            "a complaint to be lodged",
            lodging(json!({"colour": "red"})),
        ),
        scene(
            k::MISSING_FIELD,
            "a complaint under investigation",
            no(
                &mut Desk::at("investigation"),
                "qian",
                report("investigation"),
            ),
        ),
        scene(
            k::WRONG_TYPE,
            "a complaint under investigation",
            at_investigation(json!({"findings": 12})),
        ),
        scene(
            k::OUT_OF_RANGE,
            "a complaint to be lodged",
            lodging(json!({"quantity": 0})),
        ),
        scene(
            k::NOT_A_CHOICE,
            "a complaint to be lodged",
            lodging(json!({"kind": "colour"})),
        ),
        scene(
            k::REPEATED,
            "an investigation to be reported",
            at_investigation(
                json!({"responsible_departments": ["department:quality", "department:quality"]}),
            ),
        ),
        scene(
            k::TEXT_TOO_LONG,
            "a complaint to be lodged",
            lodging(json!({"country": "CHN"})),
        ),
        scene(
            k::FORBIDDEN_CHARACTER,
            "a complaint to be lodged",
            lodging(json!({"product": "PCB \u{202E}4-layer"})),
        ),
        scene(
            k::SHARES_NOT_WHOLE,
            "a workflow whose investigation states shares",
            {
                let shares = json!({"shares": [{"party": "unit:g1", "bp": 7000}, {"party": "supplier:S4", "bp": 2000}]});
                with_shares()
                    .report("qian", "investigation", shares)
                    .expect_err("refused")
            },
        ),
        scene(
            k::NOT_DEFERRABLE,
            "a complaint to be lodged",
            lodging(json!({"quantity": {"pending": true}})),
        ),
        scene(
            k::NOT_PENDING,
            "a complaint lodged with the quantity to be returned",
            {
                let mut desk = complaint();
                let returned = json!({"country": "CN", "demand": ["return"], "return_quantity": 5});
                desk.open("lin", returned).unwrap();
                no(
                    &mut desk,
                    "lin",
                    json!({"command": "complete", "path": "opening.return_quantity", "value": 6}),
                )
            },
        ),
        scene(k::NOTHING_CHANGED, "a complaint from China", {
            no(
                &mut Desk::lodged(),
                "guo",
                json!({"command": "correct", "path": "opening.country", "value": "CN", "reason": "mistyped"}),
            )
        }),
        scene(
            k::NOT_ENTERED,
            "a complaint lodged without a description",
            {
                no(
                    &mut Desk::lodged(),
                    "guo",
                    json!({"command": "correct", "path": "opening.description", "value": "scratches", "reason": "forgotten"}),
                )
            },
        ),
        scene(
            k::FACT_UNKNOWN,
            "a complaint lodged without country and market",
            {
                let mut desk = complaint();
                desk.open("lin", json!({})).unwrap();
                no(&mut desk, "guo", report("acceptance"))
            },
        ),
        scene(k::NO_LIMIT, "a complaint under review", no_limit()),
        scene(
            k::NOT_AN_EARLIER_STAGE,
            "a complaint under investigation",
            {
                no(
                    &mut Desk::at("investigation"),
                    "qian",
                    json!({"command": "send_back", "to": "acceptance", "reason": "samples are missing"}),
                )
            },
        ),
        scene(
            k::NOT_OVERDUE,
            "a closed complaint that nobody held too long",
            {
                no(
                    &mut Desk::closed(json!({})),
                    "guo",
                    json!({"command": "inquire", "visit": 1}),
                )
            },
        ),
        scene(
            k::INQUIRY_EXISTS,
            "a closed complaint, accepted late, with an inquiry",
            {
                let mut desk = yes(
                    closed_late(),
                    "guo",
                    json!({"command": "inquire", "visit": 1}),
                );
                no(&mut desk, "guo", json!({"command": "inquire", "visit": 1}))
            },
        ),
        scene(
            k::UNKNOWN_VISIT,
            "a closed complaint",
            no(
                &mut closed_late(),
                "guo",
                json!({"command": "inquire", "visit": 99}),
            ),
        ),
        scene(
            k::UNKNOWN_INQUIRY,
            "a closed complaint without an inquiry",
            {
                no(
                    &mut closed_late(),
                    "guo",
                    json!({"command": "answer_inquiry", "inquiry": 1, "reason": "two were ill"}),
                )
            },
        ),
        scene(k::INQUIRY_ANSWERED, "an inquiry that was answered", {
            let answer =
                json!({"command": "answer_inquiry", "inquiry": 1, "reason": "two were ill"});
            let desk = yes(
                closed_late(),
                "guo",
                json!({"command": "inquire", "visit": 1}),
            );
            no(&mut yes(desk, "guo", answer.clone()), "guo", answer)
        }),
        scene(k::ALREADY_LINKED, "two cases that are linked", {
            let link = json!({"command": "link", "relation": "joint-inspection", "case": "019585a0-0000-7000-8000-000000000001"});
            no(&mut yes(Desk::lodged(), "lin", link.clone()), "lin", link)
        }),
        scene(k::BEYOND_CALENDAR, "the last evening of the year 9999", {
            let mut desk = complaint();
            desk.now = instant("9999-12-31 20:00:00");
            desk.open("lin", json!({"country": "CN"}))
                .expect_err("refused")
        }),
        scene(
            k::NUMBER_NOT_RESERVED,
            "a program that asks the rules without a serial",
            {
                let mut desk = Desk::lodged();
                desk.serial = None;
                no(&mut desk, "guo", report("acceptance"))
            },
        ),
        scene(
            k::APPROVAL_MISSING,
            "the general manager approves versions",
            approval_missing(),
        ),
        scene(k::EMPLOYEE_EXISTS, "lin joined sales in 2020", {
            complaint().organise_refused(json!({"command": "join", "employee": "lin", "department": "sales", "from": "2019-12-31T16:00:00Z"}))
        }),
        scene(k::UNKNOWN_DEPARTMENT, "no workflow knows the department", {
            complaint().organise_refused(json!({"command": "join", "employee": "wu", "department": "slaes", "from": "2026-03-01T16:00:00Z"}))
        }),
        scene(k::UNKNOWN_OFFICE, "no workflow knows the office", {
            complaint().organise_refused(json!({"command": "hold_office", "employee": "lin", "office": "president", "from": "2026-03-01T16:00:00Z"}))
        }),
        scene(k::PERIOD_REVERSED, "sun goes on leave", {
            let period = json!({"from": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"});
            complaint().organise_refused(json!({"command": "deputise", "principal": "sun", "deputy": "lin", "period": period}))
        }),
        scene(
            k::IMPORT_OUT_OF_ORDER,
            "a historic case whose steps are mixed up",
            {
                let steps = json!([
                    {"stage": "investigation", "ended_at": "2024-02-05T02:00:00Z"},
                    {"stage": "acceptance", "ended_at": "2024-02-05T01:00:00Z"},
                ]);
                let record = json!({"source": "old-desk", "row": "17", "opened_at": "2024-02-05T00:00:00Z", "values": {"country": "CN"}, "steps": steps});
                no(
                    &mut complaint(),
                    "import",
                    json!({"command": "import", "record": record}),
                )
            },
        ),
    ]
}
