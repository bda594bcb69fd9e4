//! Who carries how much of a loss, what of it is charged, and what each member is (A23, A24, M12, P1 to P5).

use redress_kernel::money::Money;
use redress_kernel::time::{Date, Instant};

use super::reckon::{self, Part, Shared};
use super::words::{self, Table};
use super::{Row, Source, Steps};
use crate::deduction::MemberShare;
use crate::event::ComplaintEvent;
use crate::event::money::ResponsibilityDetermined;
use crate::responsibility::Carried;
use crate::sentence::Lang;

/// How shares are told.
pub(super) struct Telling<'a> {
    pub(super) sum: Money,
    pub(super) clause: &'a str,
    pub(super) at: Option<Instant>,
    /// A weight, or a total or remainder of weights, as it is written.
    pub(super) weight: fn(i128) -> String,
    /// One share alone.
    pub(super) only: Option<&'a str>,
    /// What was recorded.
    pub(super) recorded: &'a dyn Fn(&str) -> Option<Money>,
}

/// The floor of each share with its remainder, then what is left over and who gets it.
pub(super) fn tell(shared: &Shared, telling: &Telling<'_>, steps: &mut Steps) {
    let told = |part: &&Part| telling.only.is_none_or(|only| part.id == only);
    let agrees = |part: &Part, steps: &Steps| {
        let recorded = (telling.recorded)(&part.id);
        recorded.map_or_else(String::new, |recorded| {
            steps.agrees(recorded, Some(part.share))
        })
    };
    for part in shared.parts.iter().filter(told) {
        let mut text = floor(part, shared, telling, steps.lang);
        if part.rank > shared.left {
            text.push_str(&agrees(part, steps));
        }
        steps.push(telling.clause, telling.at, text);
    }
    let lang = steps.lang;
    let cent = words::cent(telling.sum.currency(), lang);
    let (floors, left) = (shared.floors, shared.left);
    let (sum, count) = (telling.sum, shared.parts.len());
    let plural = if left == 1 { " is" } else { "s are" };
    let text = match telling.only.and_then(|only| shared.of(only)) {
        _ if left == 0 => say!(
            lang,
            "All floors together: {floors}; nothing is left over",
            "各份向下取整合计 {floors}，无余数"
        ),
        None => {
            let lucky: Vec<String> = shared
                .lucky()
                .into_iter()
                .map(|part| format!("{} {}{}", part.id, part.share, agrees(part, steps)))
                .collect();
            let lucky = words::listed(&lucky, lang);
            say!(
                lang,
                "All floors together: {floors}; of {sum} {left} {cent}{plural} left over, one each to the largest remainders, of equal ones to the lowest id, byte by byte: {lucky}",
                "各份向下取整合计 {floors}，较 {sum} 少 {left} {cent}，按余数从大到小各加一{cent}，余数相同的代号小者先（逐字节比较）：{lucky}"
            )
        }
        Some(part) => {
            let (rank, share, agrees) = (part.rank, part.share, agrees(part, steps));
            if rank <= left {
                say!(
                    lang,
                    "All floors together: {floors}; of {sum} {left} {cent}{plural} left over, one each to the largest remainders, of equal ones to the lowest id, byte by byte; this remainder is no. {rank} of {count} and gets one: {share}{agrees}",
                    "各份向下取整合计 {floors}，较 {sum} 少 {left} {cent}，按余数从大到小各加一{cent}，余数相同的代号小者先（逐字节比较）；本份余数居 {count} 份中第 {rank} 位，加一{cent}：{share}{agrees}"
                )
            } else {
                say!(
                    lang,
                    "All floors together: {floors}; of {sum} {left} {cent}{plural} left over, one each to the largest remainders, of equal ones to the lowest id, byte by byte; this remainder is no. {rank} of {count} and gets none: {share}",
                    "各份向下取整合计 {floors}，较 {sum} 少 {left} {cent}，按余数从大到小各加一{cent}，余数相同的代号小者先（逐字节比较）；本份余数居 {count} 份中第 {rank} 位，不加：{share}"
                )
            }
        }
    };
    steps.push("A23", telling.at, text);
}

fn floor(part: &Part, shared: &Shared, telling: &Telling<'_>, lang: Lang) -> String {
    let (id, sum, floor) = (&part.id, telling.sum, part.floor);
    let weight = (telling.weight)(part.weight);
    let total = (telling.weight)(shared.total);
    if part.remainder == 0 {
        return say!(
            lang,
            "{id}: {sum} × {weight} ÷ {total} = {floor}",
            "{id}：{sum} × {weight} ÷ {total} = {floor}"
        );
    }
    let remainder = (telling.weight)(part.remainder);
    let cent = words::cent(sum.currency(), lang);
    say!(
        lang,
        "{id}: {sum} × {weight} ÷ {total} = {floor}, remainder {remainder}/{total} {cent}",
        "{id}：{sum} × {weight} ÷ {total} = {floor}，余 {remainder}/{total} {cent}"
    )
}

/// A determination: the parties' shares, and what of each is charged.
pub(super) fn determination(
    source: &Source<'_>,
    at: Instant,
    determined: &ResponsibilityDetermined,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let (number, loss) = (determined.determination, determined.loss);
    steps.on(source.event(|event| {
        matches!(event, ComplaintEvent::ResponsibilityDetermined(e) if e.determination == number)
    }));
    let text = match &determined.reason {
        Some(reason) => say!(
            lang,
            "Determination {number} of who carries the loss of {loss}: {reason}",
            "第 {number} 次责任归属判定，损失 {loss}，理由：{reason}"
        ),
        None => say!(
            lang,
            "Determination {number} of who carries the loss of {loss}",
            "第 {number} 次责任归属判定，损失 {loss}"
        ),
    };
    steps.push("M9-7", Some(at), text);
    let recorded = |id: &str| amount_of(&determined.carried, id);
    parties(
        loss,
        &determined.carried,
        ("A23", Some(at)),
        &recorded,
        steps,
    );
    for carried in &determined.carried {
        charged(source, at, determined, carried, steps);
    }
}

fn amount_of(carried: &[Carried], party: &str) -> Option<Money> {
    let found = carried.iter().find(|carried| carried.party == party);
    found.map(|carried| carried.amount)
}

/// A loss by the parties' basis points.
pub(super) fn parties(
    sum: Money,
    carried: &[Carried],
    (clause, at): (&str, Option<Instant>),
    recorded: &dyn Fn(&str) -> Option<Money>,
    steps: &mut Steps,
) -> Option<Shared> {
    let lang = steps.lang;
    let weights: Vec<(String, u64)> = carried
        .iter()
        .map(|carried| (carried.party.clone(), u64::from(carried.basis_points)))
        .collect();
    let shared = reckon::share(sum, &weights);
    match (carried, &shared) {
        ([alone], Some(_)) => {
            let party = &alone.party;
            let agrees = recorded(party).map_or_else(String::new, |r| steps.agrees(r, Some(sum)));
            let text = say!(
                lang,
                "{party} alone carries the whole: {sum}{agrees}",
                "{party} 一方承担全部：{sum}{agrees}"
            );
            steps.push(clause, at, text);
        }
        (_, Some(shared)) => {
            let telling = Telling {
                sum,
                clause,
                at,
                weight: |weight| weight.to_string(),
                only: None,
                recorded,
            };
            tell(shared, &telling, steps);
        }
        (_, None) => {
            let text = say!(
                lang,
                "{sum} cannot be shared by these ratios",
                "{sum} 无法按此比例分摊"
            );
            steps.push(clause, at, text);
        }
    }
    shared
}

/// What is charged to a party's people, or why nothing is.
fn charged(
    source: &Source<'_>,
    at: Instant,
    determined: &ResponsibilityDetermined,
    carried: &Carried,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let (party, amount) = (&carried.party, carried.amount);
    let table = source.tables().and_then(|tables| tables.penalty.as_ref());
    let clause = table.map_or("P3", |table| table.clause.as_str());
    let Some(kind) = carried.kind else {
        let text = match party.split_once(':') {
            Some(("customer", _)) => say!(
                lang,
                "{party} bears {amount} itself; nobody's bonus is deducted for it",
                "{party} 自行承担 {amount}，不从任何人奖金中扣除"
            ),
            _ => say!(
                lang,
                "{party}: {amount} are recovered from it; nobody's bonus is deducted for it",
                "{party}：{amount} 向其追偿，不从任何人奖金中扣除"
            ),
        };
        steps.push("M9-13", Some(at), text);
        return;
    };
    let unit = words::kind(kind, lang);
    let id = carried.department.as_ref().map_or("", |d| d.as_str());
    let department = source.department(id);
    let smallest = table.and_then(|table| {
        let mut charged = table.charged.iter();
        charged.find(|charged| charged.department.as_str() == id)
    });
    // A reason may also stand beside a unit that needs none.
    let larger = smallest.filter(|rule| kind > rule.smallest);
    if let (Some(why), Some(rule)) = (&carried.why_not_smaller, larger) {
        let smallest = words::kind(rule.smallest, lang);
        let text = say!(
            lang,
            "{party} ({unit}) is named and not a {smallest}, because: {why}",
            "{party}（{unit}）：未能明确归属至{smallest}，理由：{why}"
        );
        steps.push(&rule.clause, Some(at), text);
    }
    if !carried.deducts {
        let text = if smallest.is_none() {
            say!(
                lang,
                "{party} ({unit}) is of {department}, whose people are not charged: {amount} are stated and counted, nobody's bonus is deducted for it",
                "{party}（{unit}）属{department}，该部门人员不罚扣：{amount} 仅列明并统计，不从任何人奖金中扣除"
            )
        } else {
            say!(
                lang,
                "{party} ({unit}): for this cause the criteria let other kinds of unit carry the loss; {amount} are stated and counted, nobody's bonus is deducted for it",
                "{party}（{unit}）：按此原因的罚扣判定基准，损失归属其他种类的单位；{amount} 仅列明并统计，不从任何人奖金中扣除"
            )
        };
        steps.push("M12", Some(at), text);
        return;
    }
    let criteria = &determined.criteria;
    let row = Row {
        table: Table::Criteria,
        row: criteria.row,
        version: &criteria.version,
        mark: criteria.mark,
    };
    let (part, charged) = (words::percent(criteria.charged), carried.charged);
    let agrees = steps.agrees(charged, reckon::part(amount, criteria.charged));
    let product = i128::from(amount.minor()) * i128::from(criteria.charged);
    let rounded = words::rounded_down(product, 10_000, lang);
    let set = part_set(source, determined, lang);
    let text = say!(
        lang,
        "{party} ({unit}) is of {department}, whose people are charged (M12): {part} of {amount} = {charged}{rounded}{agrees}{set}",
        "{party}（{unit}）属{department}，该部门人员应罚扣（M12）：{amount} 的 {part} = {charged}{rounded}{agrees}{set}"
    );
    steps.by_row(clause, Some(at), &row, &text);
}

/// By whom and why another part was set than the row of the criteria charges; nothing where none was.
fn part_set(source: &Source<'_>, determined: &ResponsibilityDetermined, lang: Lang) -> String {
    if determined.criteria.ruled.is_none() {
        return String::new();
    }
    let events = source.complaint_events().rev();
    let mut events = events.filter_map(|(happened, event)| match event {
        ComplaintEvent::ResponsibilityDetermined(e) => Some((happened, e)),
        _ => None,
    });
    // A corrected loss, date or cause determines anew and takes over the part that was set before.
    let set = events.find(|(happened, earlier)| {
        earlier.determination <= determined.determination && !source.follows(happened)
    });
    let Some((happened, set)) = set else {
        return String::new();
    };
    let (number, who) = (set.determination, words::actor(&happened.meta.actor, lang));
    let reason = set.reason.as_deref().unwrap_or_default();
    let mut told = say!(
        lang,
        "; set with determination {number} by {who}: {reason}",
        "；系 {who} 于第 {number} 次判定所定，理由：{reason}"
    );
    if set.criteria.charged != determined.criteria.charged {
        let part = words::percent(set.criteria.charged);
        told = say!(
            lang,
            "; {part} was set with determination {number} by {who}: {reason}; the row for the cause charges less",
            "；{who} 于第 {number} 次判定定为 {part}，理由：{reason}；该原因所适用之行罚扣比例更低"
        );
    }
    let earlier = source.complaint_events().rev();
    let mut earlier = earlier.filter(|(ruled, _)| ruled.ground.version < happened.ground.version);
    let upheld = earlier.find_map(|(_, event)| match event {
        ComplaintEvent::ObjectionRuled(ruled) if ruled.upheld => Some(ruled),
        _ => None,
    });
    if let Some(upheld) = upheld {
        let (petition, ruling) = (upheld.objection, &upheld.ruling);
        told.push_str(&say!(
            lang,
            "; after the ruling that upheld petition {petition}: {ruling}",
            "；在第 {petition} 号签呈裁定成立之后：{ruling}"
        ));
    }
    told
}

/// A unit's sum to its members; gives the share of the one who is asked for.
pub(super) fn members(
    (party, sum): (&str, Money),
    members: &[MemberShare],
    day: Date,
    only: Option<&str>,
    (clause, at): (&str, Option<Instant>),
    steps: &mut Steps,
) -> Option<Money> {
    let lang = steps.lang;
    if let [
        alone @ MemberShare {
            base_points: None, ..
        },
    ] = members
    {
        let employee = &alone.employee;
        let agrees = steps.agrees(alone.amount, Some(sum));
        let text = say!(
            lang,
            "{employee} is named alone and carries the whole: {sum}{agrees}",
            "{employee} 单独列名，承担全部：{sum}{agrees}"
        );
        steps.push(clause, at, text);
        return Some(sum);
    }
    let weights: Vec<(String, u64)> = members
        .iter()
        .map(|member| {
            let points = member.base_points.unwrap_or_default();
            (member.employee.to_string(), points.into())
        })
        .collect();
    let shared = reckon::share(sum, &weights)?;
    let points: Vec<String> = shared
        .parts
        .iter()
        .map(|part| match only {
            // Whoever asks sees all base points, but not whose they are.
            Some(_) => words::hundredths(part.weight),
            None => format!("{} {}", part.id, words::hundredths(part.weight)),
        })
        .collect();
    let (points, total) = (points.join(" + "), words::hundredths(shared.total));
    let count = shared.parts.len();
    let text = say!(
        lang,
        "{party} on {day}: {count} members with base points {points} = {total}",
        "{party} 于 {day}：成员 {count} 人，基点 {points} = {total}"
    );
    steps.push("A24", at, text);
    let recorded = |id: &str| {
        let member = members.iter().find(|member| member.employee.as_str() == id);
        member.map(|member| member.amount)
    };
    let telling = Telling {
        sum,
        clause,
        at,
        weight: words::hundredths,
        only,
        recorded: &recorded,
    };
    tell(&shared, &telling, steps);
    only.and_then(|only| shared.of(only)).map(|part| part.share)
}
