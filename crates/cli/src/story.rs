//! Events, values and people in words: what a timeline shows beside the data.

mod improvement;
mod ledger;
mod money;

use redress_core::event::{ComplaintEvent, Event, Means, Outcome};
use redress_kernel::actor::Actor;
use redress_kernel::definition::{Definition, Title};
use redress_kernel::event::{Addressee, CaseEvent, Deadline, MoveReason, Subject, VisitOutcome};
use redress_kernel::id::{DepartmentId, OfficeId, StageId};
use redress_kernel::value::{Path, Scope, Value};
use serde_json::{Value as Json, json};

use crate::naming;
use crate::output::{Cell, Zones, duration, money_json};
use crate::settings::Lang;

pub(crate) use improvement::standing;
pub(crate) use ledger::{cells as ledger_cells, columns as ledger_columns, item_kind};
pub(crate) use money::grade;

/// The name of a type of event.
pub(crate) fn kind(kind: &str, lang: Lang) -> String {
    let named = match kind {
        "case.opened" => ("立案", "opened"),
        "case.visit_opened" => ("进入阶段", "stage entered"),
        "case.stage_reported" => ("阶段报告", "report"),
        "case.stage_endorsed" => ("批示", "endorsed"),
        "case.sent_back" => ("退回", "sent back"),
        "case.visit_ended" => ("阶段结束", "stage ended"),
        "case.stage_skipped" => ("阶段未启用", "stage not called for"),
        "case.numbered" => ("编号", "numbered"),
        "case.clock_started" => ("开始计时", "clock started"),
        "case.deadline_moved" => ("期限重算", "deadline reckoned anew"),
        "case.closed" => ("结案", "closed"),
        "case.withdrawn" => ("撤回", "withdrawn"),
        "case.value_completed" => ("补填", "completed"),
        "case.value_corrected" => ("更正", "corrected"),
        "case.suspended" => ("中止计时", "suspended"),
        "case.resumed" => ("恢复计时", "resumed"),
        "case.due_soon_noticed" => ("临期通知", "due-soon notice"),
        "case.reminder_issued" => ("催办单", "reminder"),
        "case.inquiry_issued" => ("洽办单", "inquiry"),
        "case.inquiry_answered" => ("洽办答复", "inquiry answered"),
        "case.linked" => ("关联", "linked"),
        "complaint.decided" => ("核决", "decision"),
        "complaint.copies_distributed" => ("分送各联", "copies distributed"),
        "complaint.answered" => ("答复客户", "customer answered"),
        "complaint.customer_refused" => ("客户不接受", "customer refuses"),
        "complaint.objection_filed" => ("签呈", "petition"),
        "complaint.objection_ruled" => ("签呈裁定", "petition ruled on"),
        "complaint.third_party_named" => ("第三方", "third party"),
        "complaint.loss_stated" => ("列明损失", "loss stated"),
        "complaint.responsibility_proposed" => ("拟定责任", "responsibility proposed"),
        "complaint.responsibility_determined" => ("判定责任", "responsibility determined"),
        "complaint.goods_taken_back" => ("货物退回", "goods taken back"),
        "complaint.goods_resold" => ("货物转售", "goods resold"),
        "complaint.resale_settled" => ("转售损失确定", "loss on the goods settled"),
        "complaint.discipline_proposed" => ("处分签呈", "discipline proposed"),
        "complaint.discipline_decided" => ("核定处分", "discipline decided"),
        "complaint.discipline_announced" => ("人事公布", "discipline announced"),
        "complaint.notice_issued" => ("奖罚通知单", "penalty notice"),
        "complaint.counted" => ("计入月结", "counted in a month"),
        "complaint.improvement_tracked" => ("改善列入追踪", "improvement tracked"),
        "complaint.improvement_released" => ("改善免列追踪", "improvement no longer tracked"),
        "complaint.improvement_opened" => ("开立改善表", "improvement form opened"),
        "complaint.improvement_drafted" => ("拟定改善项目", "improvement drafted"),
        "complaint.improvement_returned" => ("改善草案退回", "draft returned"),
        "complaint.improvement_confirmed" => ("改善草案确认", "draft confirmed"),
        "complaint.improvement_carried_out" => ("改善项目完成", "item carried out"),
        "complaint.improvement_found_effective" => ("改善效果确认", "effect confirmed"),
        "complaint.improvement_found_ineffective" => ("改善无成效", "no effect found"),
        "numbers.assigned" => ("编号", "number assigned"),
        "organisation.changed" => ("组织变更", "organisation changed"),
        other => return other.to_owned(),
    };
    lang.pick(named.0, named.1).to_owned()
}

/// A title in the language.
pub(crate) fn title(title: &Title, lang: Lang) -> String {
    lang.pick(&title.zh, &title.en).to_owned()
}

/// A stage by its title.
pub(crate) fn stage(id: &StageId, definition: Option<&Definition>, lang: Lang) -> Cell {
    let found = definition.and_then(|d| d.stage(id.as_str()));
    Cell::word(
        id.as_str(),
        found.map_or_else(|| id.to_string(), |s| title(&s.title, lang)),
    )
}

/// A department by its title.
pub(crate) fn department(id: &DepartmentId, definition: Option<&Definition>, lang: Lang) -> Cell {
    let found = definition.and_then(|d| d.department(id.as_str()));
    Cell::word(
        id.as_str(),
        found.map_or_else(|| id.to_string(), |d| title(&d.title, lang)),
    )
}

/// An office by its title.
pub(crate) fn office(id: &OfficeId, definition: Option<&Definition>, lang: Lang) -> Cell {
    let found = definition.and_then(|d| d.office(id.as_str()));
    Cell::word(
        id.as_str(),
        found.map_or_else(|| id.to_string(), |o| title(&o.title, lang)),
    )
}

/// Who did something.
pub(crate) fn actor(actor: &Actor, definition: Option<&Definition>, lang: Lang) -> Cell {
    let shown = match actor {
        Actor::Engine => lang.pick("系统", "engine").to_owned(),
        Actor::Import => lang.pick("导入", "import").to_owned(),
        Actor::Person {
            employee,
            office,
            principal,
            ..
        } => {
            let mut shown = employee.to_string();
            if let Some(office) = office {
                let found = definition.and_then(|d| d.office(office.as_str()));
                let name = found.map_or_else(|| office.to_string(), |o| title(&o.title, lang));
                shown.push_str(&match lang {
                    Lang::Zh => format!("（{name}）"),
                    Lang::En => format!(" ({name})"),
                });
            }
            if let Some(principal) = principal {
                shown.push_str(lang.pick(" 代 ", " for "));
                shown.push_str(principal.as_str());
            }
            shown
        }
    };
    Cell::Parts {
        json: serde_json::to_value(actor).unwrap_or(Json::Null),
        shown,
    }
}

/// A value of a form: as data, and as people read it.
pub(crate) fn value(value: &Value, lang: Lang) -> Cell {
    match value {
        Value::Boolean(yes) => Cell::Boolean(*yes),
        Value::Integer(number) => Cell::Integer(*number),
        Value::Text(text) => Cell::text(text.clone()),
        Value::List(list) => Cell::List(list.clone()),
        Value::Money(money) => Cell::Money(*money),
        Value::Shares(shares) => Cell::Parts {
            json: json!(shares),
            shown: shares
                .iter()
                .map(|share| format!("{} {}.{:02} %", share.party, share.bp / 100, share.bp % 100))
                .collect::<Vec<_>>()
                .join(lang.pick("、", ", ")),
        },
        Value::Pending(_) => Cell::Parts {
            json: json!({ "pending": true }),
            shown: lang.pick("待定", "not yet determined").to_owned(),
        },
    }
}

/// What a deadline or reminder is about.
pub(crate) fn subject(subject: Subject, lang: Lang) -> Cell {
    match subject {
        Subject::Case => Cell::word("case", lang.pick("案件", "case")),
        Subject::Visit(number) => Cell::Parts {
            json: json!({ "visit": number }),
            shown: match lang {
                Lang::Zh => format!("第 {number} 次办理"),
                Lang::En => format!("visit {number}"),
            },
        },
    }
}

/// All whom something goes to.
pub(crate) fn addressees(
    to: &[Addressee],
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> Cell {
    let names = to.iter().map(|to| addressee(to, definition, lang, zones));
    Cell::Parts {
        json: json!(to),
        shown: names.collect::<Vec<_>>().join(lang.pick("、", ", ")),
    }
}

/// Whom something goes to.
pub(crate) fn addressee(
    to: &Addressee,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> String {
    match to {
        Addressee::Department(id) => department(id, definition, lang).shown(lang, zones),
        Addressee::Head(id) => {
            let name = department(id, definition, lang).shown(lang, zones);
            match lang {
                Lang::Zh => format!("{name}主管"),
                Lang::En => format!("head of {name}"),
            }
        }
        Addressee::Office(id) => office(id, definition, lang).shown(lang, zones),
    }
}

/// What another case is to this one.
pub(crate) fn relation(relation: &str, lang: Lang) -> Cell {
    let named = match relation {
        redress::JOINT_INSPECTION => ("会勘", "joint inspection"),
        redress::RAISED_FROM => ("由异常处理单转入", "raised from"),
        redress::RAISED_TO => ("转为投诉", "raised to"),
        redress::FOLLOWS => ("前案", "follows"),
        "followed-by" | "successor" => ("后案", "followed by"),
        other => return Cell::text(other),
    };
    Cell::word(relation, lang.pick(named.0, named.1))
}

/// A lateness: nothing, or how long.
pub(crate) fn late(seconds: i64) -> Cell {
    if seconds > 0 {
        Cell::Alarm(Box::new(Cell::Seconds(seconds)))
    } else {
        Cell::Seconds(0)
    }
}

fn deadline(deadline: &Deadline, lang: Lang, zones: &Zones) -> String {
    let limit = naming::span(deadline.limit, lang).shown(lang, zones);
    let due = zones.shown.short(deadline.due);
    let clause = &deadline.clause;
    let mut text = match lang {
        Lang::Zh => format!("到期 {due}（{limit}，{clause}）"),
        Lang::En => format!("due {due} ({limit}, {clause})"),
    };
    if !deadline.provisional.is_empty() {
        text.push_str(lang.pick("，暂定", ", provisional"));
    }
    text
}

fn outcome(outcome: VisitOutcome, lang: Lang) -> &'static str {
    match outcome {
        VisitOutcome::Done => lang.pick("完成", "done"),
        VisitOutcome::SentBack => lang.pick("退回", "sent back"),
        VisitOutcome::Withdrawn => lang.pick("撤回", "withdrawn"),
    }
}

fn held(late_seconds: i64, lang: Lang) -> String {
    if late_seconds > 0 {
        format!(
            "{} {}",
            lang.pick("逾期", "late by"),
            duration(late_seconds, lang)
        )
    } else {
        lang.pick("按时", "on time").to_owned()
    }
}

fn fields<'v>(
    scope: &Scope,
    values: impl IntoIterator<Item = (&'v redress_kernel::id::FieldId, &'v Value)>,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> String {
    values
        .into_iter()
        .map(|(field, v)| {
            let path = Path {
                scope: scope.clone(),
                field: field.clone(),
            };
            let name = match definition.and_then(|d| naming::field(d, &path)) {
                Some(known) => title(&known.title, lang),
                None => field.to_string(),
            };
            let value = naming::value(v, &path, definition, lang).shown(lang, zones);
            format!("{name} = {value}")
        })
        .collect::<Vec<_>>()
        .join(lang.pick("；", "; "))
}

/// An event in one line, without its type.
pub(crate) fn event(
    event: &Event,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> String {
    match event {
        Event::Case(event) => case_event(event, definition, lang, zones),
        Event::Complaint(event) => complaint_event(event, definition, lang, zones),
    }
}

fn case_event(
    event: &CaseEvent,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> String {
    let stage = |id: &StageId| stage(id, definition, lang).shown(lang, zones);
    let to = |to: &[Addressee]| {
        to.iter()
            .map(|to| addressee(to, definition, lang, zones))
            .collect::<Vec<_>>()
            .join(lang.pick("、", ", "))
    };
    let arrow = "→";
    let (comma, colon) = (lang.pick("，", ", "), lang.pick("：", ": "));
    match event {
        CaseEvent::Opened(e) => fields(&Scope::Opening, &e.values, definition, lang, zones),
        CaseEvent::VisitOpened(e) => {
            let mut text = stage(&e.stage);
            if e.round > 1 {
                text.push_str(&match lang {
                    Lang::Zh => format!("（第 {} 次）", e.round),
                    Lang::En => format!(" (visit {})", e.round),
                });
            }
            if let Some(limit) = &e.deadline {
                text.push_str(lang.pick("，", ", "));
                text.push_str(&deadline(limit, lang, zones));
            }
            text
        }
        CaseEvent::StageReported(e) => {
            let scope = Scope::Stage(e.stage.clone());
            let filled = fields(&scope, &e.values, definition, lang, zones);
            let name = stage(&e.stage);
            if filled.is_empty() {
                name
            } else {
                format!("{name}{}{filled}", lang.pick("：", ": "))
            }
        }
        CaseEvent::StageEndorsed(e) => {
            let by = office(&e.office, definition, lang).shown(lang, zones);
            let remark = e.remark.as_deref().unwrap_or_default();
            format!("{}{comma}{by} {remark}", stage(&e.stage))
                .trim_end()
                .to_owned()
        }
        CaseEvent::SentBack(e) => {
            format!(
                "{} {arrow} {}{colon}{}",
                stage(&e.from),
                stage(&e.to),
                e.reason
            )
        }
        CaseEvent::VisitEnded(e) => format!(
            "{}{comma}{}{comma}{}",
            stage(&e.stage),
            outcome(e.outcome, lang),
            held(e.late_seconds, lang)
        ),
        CaseEvent::StageSkipped(e) => stage(&e.stage),
        CaseEvent::Numbered(e) => e.print.clone(),
        CaseEvent::ClockStarted(e) => deadline(&e.deadline, lang, zones),
        CaseEvent::DeadlineMoved(e) => {
            let why = match e.reason {
                MoveReason::FactCorrected => lang.pick("事实更正", "fact corrected"),
                MoveReason::CalendarPublished => lang.pick("节假日已公布", "holidays published"),
                MoveReason::Resumed => lang.pick("恢复计时", "resumed"),
            };
            let now = e.deadline.as_ref().map_or_else(
                || lang.pick("不再有期限", "no limit any more").to_owned(),
                |d| deadline(d, lang, zones),
            );
            format!(
                "{}{colon}{now}{comma}{why}",
                subject(e.subject, lang).shown(lang, zones)
            )
        }
        CaseEvent::Closed(e) => {
            let late = e
                .late_seconds
                .map(|late| held(late, lang))
                .unwrap_or_default();
            format!("{} {late}", e.month).trim_end().to_owned()
        }
        CaseEvent::Withdrawn(e) => e.reason.clone(),
        CaseEvent::ValueCompleted(e) => {
            format!(
                "{} = {}",
                e.path,
                naming::value(&e.value, &e.path, definition, lang).shown(lang, zones)
            )
        }
        CaseEvent::ValueCorrected(e) => format!(
            "{}{colon}{} {arrow} {}{comma}{}",
            e.path,
            naming::value(&e.before, &e.path, definition, lang).shown(lang, zones),
            naming::value(&e.value, &e.path, definition, lang).shown(lang, zones),
            e.reason
        ),
        CaseEvent::Suspended(e) => e.reason.clone(),
        CaseEvent::Resumed(_) => String::new(),
        CaseEvent::DueSoonNoticed(e) => format!(
            "{}{comma}{} {}{comma}{arrow} {}",
            subject(e.subject, lang).shown(lang, zones),
            lang.pick("到期", "due"),
            zones.shown.short(e.due),
            to(&e.to)
        ),
        CaseEvent::ReminderIssued(e) => format!(
            "{}{comma}{} {}{comma}{} {}{comma}{arrow} {}",
            subject(e.subject, lang).shown(lang, zones),
            lang.pick("级别", "level"),
            e.level,
            lang.pick("到期", "due"),
            zones.shown.short(e.due),
            to(&e.to)
        ),
        CaseEvent::InquiryIssued(e) => format!(
            "{}{comma}{} {}",
            department(&e.department, definition, lang).shown(lang, zones),
            subject(Subject::Visit(e.visit), lang).shown(lang, zones),
            held(e.late_seconds, lang)
        ),
        CaseEvent::InquiryAnswered(e) => format!("{}{colon}{}", e.inquiry, e.reason),
        CaseEvent::Linked(e) => {
            let relation = relation(&e.link.relation, lang).shown(lang, zones);
            format!("{relation} {}", e.link.case)
        }
    }
}

fn complaint_event(
    event: &ComplaintEvent,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> String {
    let (comma, colon) = (lang.pick("，", ", "), lang.pick("：", ": "));
    match event {
        ComplaintEvent::Decided(e) => {
            let outcome = match e.outcome {
                Outcome::Granted => lang.pick("成立", "granted"),
                Outcome::NotEstablished => lang.pick("不成立", "not established"),
            };
            let by = office(&e.office, definition, lang).shown(lang, zones);
            format!("{outcome}{comma}{}{comma}{by}", e.amount)
        }
        ComplaintEvent::CopiesDistributed(e) => e
            .copies
            .iter()
            .map(|copy| {
                let to = department(&copy.department, definition, lang).shown(lang, zones);
                format!("{} {to}", copy.number)
            })
            .collect::<Vec<_>>()
            .join(lang.pick("；", "; ")),
        ComplaintEvent::Answered(e) => {
            let means = match e.means {
                Means::Letter => lang.pick("信函", "letter"),
                Means::Telephone => lang.pick("电话", "telephone"),
            };
            let concedes = e
                .concedes
                .map(|money| format!(" ({money})"))
                .unwrap_or_default();
            format!("{means}{concedes}{colon}{}", e.text)
        }
        ComplaintEvent::CustomerRefused(e) => e.successor.to_string(),
        ComplaintEvent::ObjectionFiled(e) => format!("{}{colon}{}", e.objection, e.petition),
        ComplaintEvent::ObjectionRuled(e) => {
            let upheld = if e.upheld {
                lang.pick("准", "upheld")
            } else {
                lang.pick("驳回", "dismissed")
            };
            format!("{}{comma}{upheld}{colon}{}", e.objection, e.ruling)
        }
        ComplaintEvent::ThirdPartyNamed(e) => format!("{}{colon}{}", e.party, e.reason),
        event => improvement::told(event, definition, lang, zones)
            .unwrap_or_else(|| money::told(event, lang, zones)),
    }
}

/// A recorded payload as an answer shows it: instants with the company's offset, amounts as decimals.
pub(crate) fn payload(json: &Json, zones: &Zones) -> Json {
    match json {
        Json::String(text) => match redress_kernel::time::Instant::parse_rfc3339(text) {
            Ok(instant) => json!(zones.company.rfc3339(instant)),
            Err(_) => json.clone(),
        },
        Json::Array(list) => list.iter().map(|item| payload(item, zones)).collect(),
        Json::Object(object) => {
            if let Ok(money) = serde_json::from_value::<redress_kernel::money::Money>(json.clone())
            {
                return money_json(money);
            }
            Json::Object(
                object
                    .iter()
                    .map(|(k, v)| (k.clone(), payload(v, zones)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// The definitions that a data directory knows, for their titles.
#[derive(Debug)]
pub(crate) struct Titles(Vec<redress::AdoptedWorkflow>);

impl Titles {
    /// Those of a desk.
    pub(crate) async fn of(
        session: &crate::session::Session,
        desk: &redress::Redress,
    ) -> Result<Self, crate::failure::Failure> {
        desk.workflows()
            .await
            .map(Self)
            .map_err(|e| session.failed(&e))
    }

    /// The newest version of a definition.
    /// The complaint's, in its newest version.
    pub(crate) fn complaint(&self) -> Option<&Definition> {
        let newest = self
            .0
            .iter()
            .rev()
            .map(|adopted| &adopted.workflow.definition);
        newest
            .into_iter()
            .find(|definition| definition.id == "customer-complaint")
    }

    pub(crate) fn definition(&self, id: &redress_kernel::id::DefinitionId) -> Option<&Definition> {
        self.0
            .iter()
            .rev()
            .map(|adopted| &adopted.workflow.definition)
            .find(|definition| definition.id == *id)
    }

    /// An error where no workflow knows the department: nobody takes a slip of the pen for an empty list.
    pub(crate) fn must_know(&self, department: &str) -> Result<(), crate::failure::Failure> {
        let mut known: Vec<&str> = Vec::new();
        for version in &self.0 {
            let departments = &version.workflow.definition.departments;
            known.extend(departments.iter().map(|d| d.id.as_str()));
        }
        if known.contains(&department) {
            return Ok(());
        }
        known.sort_unstable();
        known.dedup();
        let known = known.join(", ");
        Err(crate::failure::Failure::new(
            crate::failure::Exit::NotFound,
            "not_found",
            format!("there is no department `{department}`"),
        )
        .chinese(format!("没有部门 `{department}`"))
        .help_both(
            format!("the departments are {known}"),
            format!("现有部门：{known}"),
        ))
    }

    /// A definition that has a stage of that id.
    pub(crate) fn naming(&self, stage: &StageId) -> Option<&Definition> {
        self.0
            .iter()
            .rev()
            .map(|adopted| &adopted.workflow.definition)
            .find(|definition| definition.stage(stage.as_str()).is_some())
    }
}
