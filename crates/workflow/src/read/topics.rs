//! The topics of a definition: head, departments, offices, opening, facts, numbering, reminders, duties.

use redress_kernel::calendar::Span;
use redress_kernel::definition::{
    AddresseeKind, ApprovalDuty, Definition, Department, Duty, Fact, FactCase, Numbering, Office,
    Opening, ReminderLevel, Reminders, Title,
};

use super::{Root, forms, guards, route};
use crate::fault::FaultCode;
use crate::tree::{Node, Table};

/// Reads the definition. Every topic is read, even after one has failed.
pub(crate) fn definition(root: &mut Root<'_>) -> Option<Definition> {
    let id = root.need("id").and_then(|n| n.id());
    let version = root
        .need("version")
        .and_then(|n| n.id::<redress_kernel::id::FieldId>());
    let title = root.need("title").and_then(|n| title(&n));
    let category = root
        .need("category")
        .and_then(|n| n.id::<redress_kernel::id::FieldId>());
    let calendar = root
        .need("calendar")
        .and_then(|n| n.id::<redress_kernel::id::FieldId>());
    let domain = match root.take("domain") {
        Some(node) => node.word(&[("complaint", "complaint")]).map(Some),
        None => Some(None),
    };
    let departments = list(root, "departments", department);
    let offices = list(root, "offices", office);
    let opening = root.need("opening").and_then(|n| opening(&n));
    let facts = list(root, "facts", fact);
    let forms = forms_of_all_files(root);
    let stages = root.need("stages").and_then(|n| items(&n, route::stage));
    let closes_at_end_of = root.need("closes_at_end_of").and_then(|n| n.id());
    let clock = optional(root, "clock", route::clock);
    let numbering = optional(root, "numbering", numbering);
    let reminders = root.need("reminders").and_then(|n| reminders(&n));
    let duties = duties(root);
    let max_backdating = optional(root, "max_backdating", backdating);
    let approved_by = optional(root, "approved_by", approval);
    let duties = duties?;
    Some(Definition {
        id: id?,
        version: version?.to_string(),
        title: title?,
        category: category?.to_string(),
        domain: domain?.map(ToOwned::to_owned),
        departments: departments?,
        offices: offices?,
        opening: opening?,
        facts: facts?,
        forms: forms?,
        stages: stages?,
        closes_at_end_of: closes_at_end_of?,
        clock: clock?,
        numbering: numbering?,
        reminders: reminders?,
        inquiry: duties.inquiry,
        suspension: duties.suspension,
        withdrawal: duties.withdrawal,
        correction: duties.correction,
        max_backdating: max_backdating?,
        calendar: calendar?.to_string(),
        approved_by: approved_by?,
    })
}

fn items<'a, T>(node: &Node<'a>, read: impl FnMut(&Node<'a>) -> Option<T>) -> Option<Vec<T>> {
    let items: Vec<_> = node.list()?.iter().map(read).collect();
    items.into_iter().collect()
}

pub(crate) fn list<'a, T>(
    root: &mut Root<'a>,
    topic: &'static str,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    match root.take(topic) {
        Some(node) => items(&node, read),
        None => Some(Vec::new()),
    }
}

pub(crate) fn optional<'a, T>(
    root: &mut Root<'a>,
    topic: &'static str,
    read: impl Fn(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match root.take(topic) {
        Some(node) => read(&node).map(Some),
        None => Some(None),
    }
}

fn forms_of_all_files(root: &mut Root<'_>) -> Option<Vec<redress_kernel::form::Form>> {
    let nodes = root.all("forms");
    let forms: Vec<_> = nodes.iter().map(|n| items(n, forms::form)).collect();
    let forms: Option<Vec<Vec<_>>> = forms.into_iter().collect();
    Some(forms?.into_iter().flatten().collect())
}

fn title(node: &Node<'_>) -> Option<Title> {
    let mut table = node.table()?;
    let (zh, en) = (table.text("zh"), table.text("en"));
    table.finish();
    Some(Title { zh: zh?, en: en? })
}

/// The clause of something whose place in the workflow keeps none: read for the page, and checked.
fn clause_and_mark(table: &mut Table<'_>) -> Option<()> {
    let clause = match table.take("clause") {
        Some(node) => node.text().map(|_| ()),
        None => Some(()),
    };
    let mark = table.mark();
    clause.and(mark).map(|_| ())
}

fn department(node: &Node<'_>) -> Option<Department> {
    let mut table = node.table()?;
    let (id, title) = (table.id("id"), table.title());
    let checked = clause_and_mark(&mut table);
    table.finish();
    checked?;
    Some(Department {
        id: id?,
        title: title?,
    })
}

fn office(node: &Node<'_>) -> Option<Office> {
    let mut table = node.table()?;
    let (id, title) = (table.id("id"), table.title());
    let checked = clause_and_mark(&mut table);
    table.finish();
    checked?;
    Some(Office {
        id: id?,
        title: title?,
    })
}

fn opening(node: &Node<'_>) -> Option<Opening> {
    let mut table = node.table()?;
    let (form, departments, clause) = (table.id("form"), table.ids("departments"), table.clause());
    let mark = table.mark();
    table.finish();
    mark?;
    Some(Opening {
        form: form?,
        departments: departments?,
        clause: clause?,
    })
}

fn fact(node: &Node<'_>) -> Option<Fact> {
    let mut table = node.table()?;
    let id = table.id("id");
    let given_by = table.each("given_by", guards::path);
    let derived_from = route::optional(&mut table, "derived_from", guards::path);
    let cases = table.each("cases", |node| {
        let mut table = node.table()?;
        let from = table.need("from").and_then(|n| guards::value(&n));
        let to = table.need("to").and_then(|n| guards::value(&n));
        table.finish();
        Some(FactCase {
            from: from?,
            to: to?,
        })
    });
    let otherwise = route::optional(&mut table, "otherwise", guards::value);
    let needed_at_end_of = route::optional(&mut table, "needed_at_end_of", Node::id);
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(Fact {
        id: id?,
        given_by: given_by?,
        derived_from: derived_from?,
        cases: cases?,
        otherwise: otherwise?,
        needed_at_end_of: needed_at_end_of?,
        clause: clause?,
    })
}

fn numbering(node: &Node<'_>) -> Option<Numbering> {
    let mut table = node.table()?;
    let series: Option<redress_kernel::id::FieldId> = table.id("series");
    let at_end_of = route::optional(&mut table, "at_end_of", Node::id);
    let digits = table.need("digits").and_then(|n| n.integer(1, 9));
    let prefix = match table.take("prefix") {
        Some(node) => node
            .id::<redress_kernel::id::FieldId>()
            .map(|prefix| prefix.to_string()),
        None => Some(String::new()),
    };
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(Numbering {
        series: series?.to_string(),
        at_end_of: at_end_of?,
        digits: u8::try_from(digits?).ok()?,
        prefix: prefix?,
        clause: clause?,
    })
}

fn reminders(node: &Node<'_>) -> Option<Reminders> {
    let mut table = node.table()?;
    let notice = route::optional(&mut table, "notice_percent", |n| n.integer(1, 99));
    let levels = table.each("levels", level);
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(Reminders {
        notice_percent: notice?.and_then(|percent| u8::try_from(percent).ok()),
        levels: levels?,
        clause: clause?,
    })
}

#[derive(Clone, Copy)]
enum To {
    Department,
    Head,
    Office,
}

const ADDRESSEES: &[(&str, To)] = &[
    ("department", To::Department),
    ("head", To::Head),
    ("office", To::Office),
];

fn level(node: &Node<'_>) -> Option<ReminderLevel> {
    let mut table = node.table()?;
    let after = route::optional(&mut table, "after", Node::span);
    let to = table.need("to");
    let to = to.and_then(|n| n.word(ADDRESSEES));
    let office = route::optional(&mut table, "office", Node::id);
    let (mark, clause) = (table.mark(), table.take("clause").map(|n| n.text()));
    let spot = *table.node();
    table.finish();
    if let Some(None) = clause {
        return None;
    }
    let to = match (to?, office?) {
        (To::Department, None) => AddresseeKind::Department,
        (To::Head, None) => AddresseeKind::Head,
        (To::Office, Some(office)) => AddresseeKind::Office(office),
        _ => {
            spot.fault(
                FaultCode::Contradiction,
                "`office` stands with `to = \"office\"` and only there",
                "write `to = \"office\", office = \"general-manager\"`",
            );
            return None;
        }
    };
    Some(ReminderLevel {
        after: after?,
        to,
        mark: mark?,
    })
}

/// The duties that every definition may name.
pub(crate) struct Duties {
    inquiry: Option<Duty>,
    suspension: Option<Duty>,
    withdrawal: Option<Duty>,
    correction: Option<Duty>,
}

fn duties(root: &mut Root<'_>) -> Option<Duties> {
    let Some(node) = root.take("duties") else {
        return Some(Duties {
            inquiry: None,
            suspension: None,
            withdrawal: None,
            correction: None,
        });
    };
    let mut table = node.table()?;
    let inquiry = route::optional(&mut table, "inquiry", duty);
    let suspension = route::optional(&mut table, "suspension", duty);
    let withdrawal = route::optional(&mut table, "withdrawal", duty);
    let correction = route::optional(&mut table, "correction", duty);
    table.finish();
    Some(Duties {
        inquiry: inquiry?,
        suspension: suspension?,
        withdrawal: withdrawal?,
        correction: correction?,
    })
}

/// Reads which departments may do something; without `departments` every one may.
pub(crate) fn duty(node: &Node<'_>) -> Option<Duty> {
    let mut table = node.table()?;
    let (departments, clause, mark) = (table.ids("departments"), table.clause(), table.mark());
    table.finish();
    mark?;
    Some(Duty {
        departments: departments?,
        clause: clause?,
    })
}

fn backdating(node: &Node<'_>) -> Option<Span> {
    let mut table = node.table()?;
    let span = table.need("span").and_then(|n| n.span());
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    clause.and(mark).and(span)
}

fn approval(node: &Node<'_>) -> Option<ApprovalDuty> {
    let mut table = node.table()?;
    let (office, clause, mark) = (table.id("office"), table.clause(), table.mark());
    table.finish();
    mark?;
    Some(ApprovalDuty {
        office: office?,
        clause: clause?,
    })
}
