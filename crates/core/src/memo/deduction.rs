//! What is deducted: from the loss over the notice to the ledger (P3 to P5, M12).

use redress_kernel::event::CaseEvent;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::Instant;

use super::{Ground, Happened, Lang, Source, Steps, ledger, loss, shares, words};
use crate::account::{Account, ItemKey, ItemKind};
use crate::decide::{is_production_date, members_on, production_date_of};
use crate::event::money::{LossStated, NoticeIssued, ResponsibilityDetermined};
use crate::event::{ComplaintEvent, Event};

pub(super) fn all(
    source: &Source<'_>,
    employee: Option<&EmployeeId>,
    account: Option<&Account>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let complaint = source.complaint;
    let key = ItemKey {
        case: source.chain.to_owned(),
        kind: ItemKind::Deduction,
    };
    if complaint.determinations.is_empty() {
        loss::all(source, steps);
        let text = say!(
            lang,
            "It has not been determined yet who carries the loss; nobody's bonus is charged for it.",
            "责任归属尚未判定，未从任何人奖金中扣除。"
        );
        steps.push("M9-7", None, text);
        // What an earlier form of the chain was charged stands on the ledger all the same.
        let stands = account.is_some_and(|account| account.item(&key).is_some());
        if employee.is_some() && stands {
            ledger::lines(source, account, &[key], steps);
        }
        return;
    }
    let last = complaint.determined().map(|last| last.determination);
    let mut told = None;
    for (at, determined) in &complaint.determinations {
        let number = determined.determination;
        let notices: Vec<(&Happened, &NoticeIssued)> = source
            .complaint_events()
            .filter_map(|(happened, event)| match event {
                ComplaintEvent::NoticeIssued(notice) => Some((happened, notice)),
                _ => None,
            })
            .filter(|(_, notice)| notice.determination == number)
            .collect();
        // What was corrected before any notice rested on it charged nobody.
        if notices.is_empty() && last != Some(number) {
            continue;
        }
        if let Some((stated_at, stated)) = behind(source, *at, determined)
            && told != Some(stated.statement)
        {
            told = Some(stated.statement);
            loss::statement(source, *stated_at, stated, steps);
        }
        shares::determination(source, *at, determined, steps);
        let mut before: Option<&NoticeIssued> = None;
        for (happened, notice) in &notices {
            let at = happened.meta.at;
            steps.on(Some(&happened.ground));
            match before {
                Some(before) if before.parties == notice.parties => {
                    let month = notice.month;
                    let text = say!(
                        lang,
                        "The penalty notice of {month} repeats it; nothing is charged twice.",
                        "{month} 奖罚通知单与前次相同，不重复扣款。"
                    );
                    steps.push("M12", Some(at), text);
                }
                Some(_) => {
                    let month = notice.month;
                    let text = say!(
                        lang,
                        "A further penalty notice of {month} replaces the one before",
                        "{month} 重开奖罚通知单，取代前次"
                    );
                    steps.push("M12", Some(at), text);
                    issued(source, (happened, notice), determined, employee, steps);
                }
                None => issued(source, (happened, notice), determined, employee, steps),
            }
            before = Some(notice);
        }
        if notices.is_empty() {
            let text = say!(
                lang,
                "No penalty notice has been issued by it yet; nobody's bonus is charged by it.",
                "尚未据此开立奖罚通知单，未从任何人奖金中扣除。"
            );
            steps.push("M12", None, text);
        }
    }
    if complaint.successor.is_some() {
        let text = say!(
            lang,
            "The customer did not accept the conclusion: with the closing of the new form its settlement replaces this one, and what was deducted is corrected by the difference; if the new form is withdrawn, this one stands.",
            "客户不接受结论：新表单一经结案，其结算取代本次，已扣款按差额更正；新表单撤回的，本次结算不变。"
        );
        steps.push("A16", None, text);
    }
    if employee.is_some() {
        ledger::lines(source, account, &[key], steps);
    }
}

/// The statement of the loss on which a determination rests.
pub(super) fn behind<'a>(
    source: &Source<'a>,
    at: Instant,
    determined: &ResponsibilityDetermined,
) -> Option<&'a (Instant, LossStated)> {
    let losses = source.complaint.losses.iter().rev();
    let earlier = losses.into_iter().filter(|(stated, _)| *stated <= at);
    let mut fitting = earlier.filter(|(_, stated)| stated.loss.amount == determined.loss);
    fitting.next()
}

/// Why members count as on the day that a notice keeps: by the production date as it was known when the notice was issued,
/// and not as it was corrected since (A24).
fn day_told(source: &Source<'_>, (issued, notice): (&Ground, &NoticeIssued), lang: Lang) -> String {
    let definition = &source.workflow.definition;
    let before = source.before(issued);
    let expected = before
        .as_ref()
        .and_then(|before| members_on(before, definition));
    let then = before.and_then(|before| production_date_of(&before, definition));
    let now = production_date_of(source.complaint, definition);
    let agrees = match expected {
        Some(day) if day == notice.members_on => "",
        _ => words::pick(lang, "; not in agreement", "；不一致"),
    };
    let since = match now {
        now if now == then => String::new(),
        Some(now) if then.is_some() => {
            say!(lang, " (corrected since to {now})", "（其后更正为 {now}）")
        }
        Some(now) => say!(lang, " (named since: {now})", "（其后补报 {now}）"),
        // What was named is corrected, and never taken away.
        None => String::new(),
    };
    match then {
        Some(_) if is_corrected(source, issued) => say!(
            lang,
            "the production date as it had been corrected by then{since}{agrees}",
            "系当时已更正的生产日期{since}{agrees}"
        ),
        Some(_) if now == then => say!(
            lang,
            "the production date that manufacturing named{agrees}",
            "系制造部所报生产日期{agrees}"
        ),
        Some(_) => say!(
            lang,
            "the production date that manufacturing had named then{since}{agrees}",
            "系制造部当时所报生产日期{since}{agrees}"
        ),
        None if now.is_none() => say!(
            lang,
            "the last day of the month of the closing; no production date was named{agrees}",
            "系结案当月末日，未报生产日期{agrees}"
        ),
        None => say!(
            lang,
            "the last day of the month of the closing; no production date had been named then{since}{agrees}",
            "系结案当月末日，当时未报生产日期{since}{agrees}"
        ),
    }
}

/// Whether the production date was corrected before an event, by whoever keeps the cases rather than by manufacturing.
fn is_corrected(source: &Source<'_>, before: &Ground) -> bool {
    let events = source.events.iter();
    let mut earlier = events.take_while(|happened| happened.ground.version < before.version);
    earlier.any(|happened| match &happened.event {
        Event::Case(CaseEvent::ValueCorrected(corrected)) => {
            is_production_date(&source.workflow.definition, &corrected.path)
        }
        _ => false,
    })
}

fn issued(
    source: &Source<'_>,
    (happened, notice): (&Happened, &NoticeIssued),
    determined: &ResponsibilityDetermined,
    employee: Option<&EmployeeId>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let (month, day) = (notice.month, notice.members_on);
    let at = happened.meta.at;
    let why = day_told(source, (&happened.ground, notice), lang);
    let text = say!(
        lang,
        "Penalty notice of {month}: members and base points count as on {day}, {why}",
        "{month} 奖罚通知单：成员与基点以 {day} 为准，{why}"
    );
    steps.push("A24", Some(at), text);
    let mut theirs: Vec<Money> = Vec::new();
    for party in &notice.parties {
        let is_in = |employee: &EmployeeId| party.members.iter().any(|m| m.employee == *employee);
        if employee.is_some_and(|employee| !is_in(employee)) {
            continue;
        }
        let carried = determined.carried.iter().find(|c| c.party == party.party);
        let agrees = carried.map_or_else(String::new, |carried| {
            steps.agrees(party.charged, Some(carried.charged))
        });
        let (name, charged) = (&party.party, party.charged);
        let text = say!(
            lang,
            "Charged to {name}: {charged}{agrees}",
            "{name} 应罚扣 {charged}{agrees}"
        );
        steps.push("M12", Some(at), text);
        let only = employee.map(EmployeeId::as_str);
        let of = (name.as_str(), charged);
        shares::members(of, &party.members, day, only, ("P3", Some(at)), steps);
        let member =
            employee.and_then(|employee| party.members.iter().find(|m| m.employee == *employee));
        theirs.extend(member.map(|member| member.amount));
    }
    let Some(employee) = employee else {
        return;
    };
    let text = match theirs.as_slice() {
        [] => say!(
            lang,
            "{employee} is not among those whom this notice charges.",
            "{employee} 不在本通知单罚扣人员之列。"
        ),
        [_] => return,
        [first, ..] => {
            let sum = Money::sum(first.currency(), theirs.iter().copied()).ok();
            let sum = sum.map_or_else(String::new, |sum| sum.to_string());
            let terms = words::added(theirs);
            say!(
                lang,
                "Together for {employee}: {terms} = {sum}",
                "{employee} 合计：{terms} = {sum}"
            )
        }
    };
    steps.push("P3", Some(at), text);
}
