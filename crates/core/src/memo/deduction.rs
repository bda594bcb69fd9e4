//! What is deducted: from the loss over the notice to the ledger (P3 to P5, M12).

use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::Instant;

use super::{Source, Steps, ledger, loss, shares};
use crate::account::{Account, ItemKey, ItemKind};
use crate::decide::production_date_of;
use crate::event::ComplaintEvent;
use crate::event::money::{LossStated, NoticeIssued, ResponsibilityDetermined};

pub(super) fn all(
    source: &Source<'_>,
    employee: Option<&EmployeeId>,
    account: Option<&Account>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let complaint = source.complaint;
    if complaint.determinations.is_empty() {
        loss::all(source, steps);
        let text = say!(
            lang,
            "It has not been determined yet who carries the loss; nobody's bonus is charged for it.",
            "责任归属尚未判定，未从任何人奖金中扣除。"
        );
        steps.push("M9-7", None, text);
        return;
    }
    let last = complaint.determined().map(|last| last.determination);
    let mut told = None;
    for (at, determined) in &complaint.determinations {
        let number = determined.determination;
        let notices: Vec<&(Instant, NoticeIssued)> = complaint
            .notices
            .iter()
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
        for (at, notice) in &notices {
            steps.on(source
                .event(|event| matches!(event, ComplaintEvent::NoticeIssued(e) if e == notice)));
            match before {
                Some(before) if before.parties == notice.parties => {
                    let month = notice.month;
                    let text = say!(
                        lang,
                        "The penalty notice of {month} repeats it; nothing is charged twice.",
                        "{month} 奖罚通知单与前次相同，不重复扣款。"
                    );
                    steps.push("M12", Some(*at), text);
                }
                _ => issued(source, (*at, notice), determined, employee, steps),
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
            "The customer did not accept the conclusion: once the new form is closed, its settlement replaces this one, and what was deducted is corrected by the difference.",
            "客户不接受结论：新表单结案后，其结算取代本次，已扣款按差额更正。"
        );
        steps.push("A16", None, text);
    }
    if employee.is_some() {
        let key = ItemKey {
            case: source.chain.to_owned(),
            kind: ItemKind::Deduction,
        };
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

fn issued(
    source: &Source<'_>,
    (at, notice): (Instant, &NoticeIssued),
    determined: &ResponsibilityDetermined,
    employee: Option<&EmployeeId>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let (month, day) = (notice.month, notice.members_on);
    let named = production_date_of(source.complaint, &source.workflow.definition);
    let text = if named == Some(day) {
        say!(
            lang,
            "Penalty notice of {month}: members and base points count as on {day}, the production date that manufacturing named",
            "{month} 奖罚通知单：成员与基点以制造部所报生产日期 {day} 为准"
        )
    } else {
        say!(
            lang,
            "Penalty notice of {month}: members and base points count as on {day}, the last day of the month of the closing; no production date was named",
            "{month} 奖罚通知单：未报生产日期，成员与基点以结案当月末日 {day} 为准"
        )
    };
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
            let terms = super::words::added(theirs);
            say!(
                lang,
                "Together for {employee}: {terms} = {sum}",
                "{employee} 合计：{terms} = {sum}"
            )
        }
    };
    steps.push("P3", Some(at), text);
}
