//! Discipline: the loss by which it is graded, the share, the row, the petition, the decision, the fine (D1 to D6).

use redress_kernel::case::Status;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::{Instant, Month};

use super::words::{self, Table};
use super::{Happened, Lang, Row, Source, Steps, deduction, ledger, loss, resale, shares};
use crate::account::{Account, ItemKey, ItemKind};
use crate::discipline::Fine;
use crate::event::ComplaintEvent;
use crate::event::money::{DisciplineDecided, DisciplineProposed, ResponsibilityDetermined};
use crate::tables::{DisciplineTable, Grade};

pub(super) fn all(
    source: &Source<'_>,
    employee: &EmployeeId,
    account: Option<&Account>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let complaint = source.complaint;
    let sentences: Vec<&(Instant, DisciplineDecided)> = complaint
        .sentences
        .iter()
        .filter(|(_, sentence)| sentence.employee == *employee)
        .collect();
    // What was decided is told by the petition on which it rests, also where another was filed since.
    let decided_at = source.happened(
        |event| matches!(event, ComplaintEvent::DisciplineDecided(e) if e.employee == *employee),
    );
    let is_new = |petition: &Happened| {
        decided_at.is_some_and(|decided| decided.ground.version < petition.ground.version)
    };
    let petitions = source.complaint_events().rev();
    let petitions = petitions.filter_map(|(happened, event)| match event {
        ComplaintEvent::DisciplineProposed(e) if e.employee == *employee => Some((happened, e)),
        _ => None,
    });
    let (new, behind): (Vec<_>, Vec<_>) = petitions.partition(|(happened, _)| is_new(happened));
    let Some((filed, petition)) = behind.first() else {
        let text = say!(
            lang,
            "No discipline of {employee} has been proposed; nothing is fined.",
            "未签呈提出对 {employee} 的处分，无罚款。"
        );
        steps.push("D6", None, text);
        return;
    };
    let mut determinations = complaint.determinations.iter();
    let determined = determinations.find(|(_, d)| d.determination == petition.determination);
    let at = filed.meta.at;
    graded_loss(source, (at, petition), determined, steps);
    steps.on(Some(&filed.ground));
    if let Some((_, determined)) = determined {
        share(employee, (at, petition), determined, steps);
    }
    let table = source.tables().and_then(|t| t.discipline.as_ref());
    grade(table, at, petition, steps);
    let Some(((at, sentence), earlier)) = sentences.split_last() else {
        let text = say!(
            lang,
            "The general manager has not decided yet; nothing takes effect without that decision.",
            "总经理尚未核定；未经核定不生效。"
        );
        steps.push("D4", None, text);
        return;
    };
    for (at, before) in earlier {
        steps.on(source
            .event(|event| matches!(event, ComplaintEvent::DisciplineDecided(e) if e == before)));
        let times = times(before, lang);
        let text = say!(
            lang,
            "The general manager had decided, and corrected it since: {times}",
            "总经理原核定（后已更正）：{times}"
        );
        steps.push("M9-12", Some(*at), text);
    }
    let sentenced = source
        .event(|event| matches!(event, ComplaintEvent::DisciplineDecided(e) if e == sentence));
    steps.on(sentenced);
    decided(*at, sentence, table, steps);
    if let Some(at) = complaint.announcement_of(employee) {
        steps.on(source.event(
            |event| matches!(event, ComplaintEvent::DisciplineAnnounced(e) if e.employee == *employee),
        ));
        let text = say!(lang, "Personnel announced it.", "人事单位已公布。");
        steps.push("D6", Some(at), text);
    } else if complaint.is_announceable(employee) {
        let text = say!(
            lang,
            "Personnel has not announced it yet; it costs nothing before.",
            "人事单位尚未公布；公布前不罚款。"
        );
        steps.push("D6", None, text);
    }
    changed_since(source, petition, steps);
    steps.on(sentenced);
    settles(source, *at, sentence, steps);
    if let Some((_, new)) = new.first() {
        let proposed = words::grade(new.applied.grade, lang);
        let text = say!(
            lang,
            "A new petition proposes {proposed}; the general manager has not decided on it yet",
            "另有新签呈提出：{proposed}；总经理尚未核定"
        );
        steps.push("M9-12", None, text);
    }
    if complaint.successor.is_some() || source.chain != source.key() {
        let text = say!(
            lang,
            "A chain of new forms has one fine: that of its last case in which something was decided about the person",
            "重新立案的各案合计只罚一次：以其中最后对该员作出核定之案为准"
        );
        steps.push("A16", None, text);
    }
    let case = source.chain;
    let key = |kind| ItemKey {
        case: case.to_owned(),
        kind,
    };
    // A correction may have left an item of the other kind, which was given back.
    let mut keys = vec![key(ItemKind::WholeBonus), key(ItemKind::Fine)];
    keys.retain(|key| account.is_some_and(|account| account.item(key).is_some()));
    if !keys.is_empty() || sentence.fine != Fine::None {
        ledger::lines(source, account, &keys, steps);
    }
}

/// With which month what was decided settles (A14, A17, M9-12).
fn settles(source: &Source<'_>, at: Instant, sentence: &DisciplineDecided, steps: &mut Steps) {
    let (lang, complaint) = (steps.lang, source.complaint);
    let pending = complaint.resale.as_ref().filter(|_| {
        complaint.loss_pending() && !complaint.settled.contains_key(&sentence.employee)
    });
    if let Some(resale) = pending {
        let until = source.zone.short(resale.until);
        let text = say!(
            lang,
            "Goods came back since: it waits until the loss on them is known, at the latest {until}",
            "其后有货物退回：俟退回货物损失确定后再行结算，至迟 {until}"
        );
        steps.push("A17", None, text);
        return;
    }
    let month = complaint.settles_with(sentence);
    let known = complaint.d_loss.as_ref().map(|(_, loss)| loss.month);
    let ground = complaint.grounds.get(&sentence.employee);
    let of_goods = ground.is_some_and(|petition| rests_on_goods(source, (at, petition)));
    let (clause, text) = if known == Some(month) && (of_goods || month != sentence.month) {
        (
            "A17",
            say!(
                lang,
                "It settles with {month}, the month in which the loss on the goods was known",
                "随 {month} 结算，即退回货物损失确定之月"
            ),
        )
    } else if sentence.corrects.is_some() && closed_in(source) != Some(month) {
        (
            "M9-12",
            say!(
                lang,
                "It settles with {month}, the month in which what it rests on changed: what was settled before stays as it is",
                "随 {month} 结算，即其依据变更之月；此前已月结者不变"
            ),
        )
    } else {
        (
            "A14",
            say!(
                lang,
                "It settles with {month}, the month to which the case belongs by its closing",
                "随 {month} 结算，即本案结案所属之月"
            ),
        )
    };
    steps.push(clause, Some(at), text);
    if let Some((at, counted)) = complaint.counted.first().filter(|(_, c)| c.month > month) {
        let taken = counted.month;
        let text = say!(
            lang,
            "{month} was closed already when the closing was recorded: {taken} took the case, and it settles with that",
            "结案登记时 {month} 已关账：由 {taken} 计入，随该月结算"
        );
        steps.push("A14", Some(*at), text);
    }
}

/// That the petition rests on another loss, or other shares, than hold by now (D2, D3).
fn changed_since(source: &Source<'_>, petition: &DisciplineProposed, steps: &mut Steps) {
    let (lang, complaint) = (steps.lang, source.complaint);
    let Some(determined) = complaint.determined().filter(|_| !complaint.loss_pending()) else {
        return;
    };
    let known = complaint.d_loss.as_ref().map(|(_, loss)| loss.amount);
    let (of, number) = (known.unwrap_or(determined.loss), determined.determination);
    if (of, number) == (petition.of, petition.determination) {
        return;
    }
    let text = say!(
        lang,
        "By now a loss of {of} and determination {number} hold: where the table gives another grade for them, no month goes \
         on with this one until the general manager has decided anew; otherwise it stands",
        "现以损失 {of}、第 {number} 次判定为准：按表应改为另一处分的，须俟总经理重新核定方可月结；否则原核定不变"
    );
    steps.push("D3", None, text);
}

/// Whether the petition's loss is that on the goods: known by then, or the same (A17).
fn rests_on_goods(source: &Source<'_>, (at, petition): (Instant, &DisciplineProposed)) -> bool {
    let known = source.complaint.d_loss.as_ref();
    known.is_some_and(|(known_at, loss)| *known_at <= at || loss.amount == petition.of)
}

fn closed_in(source: &Source<'_>) -> Option<Month> {
    match source.complaint.case.status {
        Status::Closed { month, .. } => Some(month),
        _ => None,
    }
}

/// The loss of which a share grades: the D-loss where goods came back, else the P-loss (A17).
fn graded_loss(
    source: &Source<'_>,
    (at, petition): (Instant, &DisciplineProposed),
    determined: Option<&(Instant, ResponsibilityDetermined)>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let of = petition.of;
    if rests_on_goods(source, (at, petition)) {
        resale::all(source, of, steps);
        return;
    }
    let Some((at, determined)) = determined else {
        return;
    };
    if let Some((stated_at, stated)) = deduction::behind(source, *at, determined) {
        loss::statement(source, *stated_at, stated, steps);
    }
    let number = determined.determination;
    steps.on(source.event(|event| {
        matches!(event, ComplaintEvent::ResponsibilityDetermined(e) if e.determination == number)
    }));
    let (loss, agrees) = (determined.loss, steps.agrees(of, Some(determined.loss)));
    let text = match source.complaint.resale {
        None => say!(
            lang,
            "No goods came back: discipline is graded by the loss of the case, {loss}{agrees}",
            "无退回货物：以本案损失 {loss} 定处分种类{agrees}"
        ),
        Some(_) => say!(
            lang,
            "No goods had come back when it was proposed: it was graded by the loss of the case, {loss}{agrees}",
            "签呈时尚无退回货物：当时以本案损失 {loss} 定处分种类{agrees}"
        ),
    };
    steps.push("A17", Some(*at), text);
}

/// A person's share of it (D2): the same ratios, a unit's share by base points, with the members that the petition names.
fn share(
    employee: &EmployeeId,
    (at, petition): (Instant, &DisciplineProposed),
    determined: &ResponsibilityDetermined,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let from = ("D2", Some(at));
    let recorded = |party: &str| {
        let part = petition.parts.iter().find(|part| part.party == party);
        part.map(|part| part.amount)
    };
    shares::parties(petition.of, &determined.carried, from, &recorded, steps);
    let mut theirs = Vec::new();
    for part in &petition.parts {
        let (of, only) = ((part.party.as_str(), part.amount), Some(employee.as_str()));
        theirs.extend(shares::members(
            of,
            &part.members,
            petition.members_on,
            only,
            from,
            steps,
        ));
    }
    let recorded = petition.share;
    let sum = Money::sum(recorded.currency(), theirs.iter().copied()).ok();
    let agrees = steps.agrees(recorded, sum);
    let terms = match theirs.as_slice() {
        [] | [_] => format!("{recorded}"),
        _ => format!("{} = {recorded}", words::added(theirs)),
    };
    let text = say!(
        lang,
        "The share of {employee}: {terms}{agrees}; it grades, and is not itself deducted (A18)",
        "{employee} 的个人责任负担金额：{terms}{agrees}；仅据以定处分种类，本身不扣（A18）"
    );
    steps.push("D2", Some(at), text);
}

fn grade(
    table: Option<&DisciplineTable>,
    at: Instant,
    petition: &DisciplineProposed,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let applied = &petition.applied;
    let row = Row {
        table: Table::Discipline,
        row: applied.row,
        version: &applied.version,
        mark: applied.mark,
    };
    let (share, from) = (petition.share, applied.from);
    let name = words::grade(applied.grade, lang);
    let reached = share.compare(from).is_ok_and(std::cmp::Ordering::is_ge);
    // The bound of the next row, which is not reached; none behind the last one.
    let next = table
        .filter(|_| reached)
        .and_then(|table| table.rows.get(usize::try_from(applied.row).ok()?))
        .map(|row| row.from);
    let within = next.is_none_or(|next| share.compare(next).is_ok_and(std::cmp::Ordering::is_lt));
    let agrees = match reached && within {
        true => String::new(),
        false => words::pick(lang, "; not in agreement", "；不一致").to_owned(),
    };
    let text = match next {
        Some(next) => say!(
            lang,
            "{share} reaches {from}, that figure included, and not {next}: {name}{agrees}",
            "{share} 达到 {from}（含本数），未达 {next}：{name}{agrees}"
        ),
        None => say!(
            lang,
            "{share} reaches {from}, that figure included: {name}{agrees}",
            "{share} 达到 {from}（含本数）：{name}{agrees}"
        ),
    };
    let clause = table.map_or("D3", |table| table.clause.as_str());
    steps.by_row(clause, Some(at), &row, &text);
    let text = say!(
        lang,
        "The general manager's office proposed by petition: {name}",
        "总经理室签呈提出：{name}"
    );
    steps.push("D6", Some(at), text);
}

fn decided(
    at: Instant,
    decided: &DisciplineDecided,
    table: Option<&DisciplineTable>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let times = times(decided, lang);
    let text = match (&decided.reason, decided.corrects) {
        (Some(reason), Some(_)) => say!(
            lang,
            "The general manager corrected it: {times}; reason: {reason}",
            "总经理更正核定：{times}；理由：{reason}"
        ),
        (Some(reason), None) => say!(
            lang,
            "The general manager decided: {times}; reason: {reason}",
            "总经理核定：{times}；理由：{reason}"
        ),
        (None, _) => say!(
            lang,
            "The general manager decided: {times}",
            "总经理核定：{times}"
        ),
    };
    steps.push(
        if decided.corrects.is_some() {
            "M9-12"
        } else {
            "D4"
        },
        Some(at),
        text,
    );
    let clause = table.map_or("D5", |table| table.fines_clause.as_str());
    let text = match decided.fine {
        Fine::None => say!(lang, "It costs nothing", "不罚款"),
        Fine::WholeBonus => say!(
            lang,
            "A major demerit costs the whole bonus of the month with which it settles",
            "大过：结算当月效益奖金全额罚扣"
        ),
        Fine::Sum(sum) => {
            cost(at, decided, sum, table, steps);
            return;
        }
    };
    steps.push(clause, Some(at), text);
}

/// A grade with its count: `2 × warning`.
fn times(decided: &DisciplineDecided, lang: Lang) -> String {
    let name = words::grade(decided.sentence.grade, lang);
    let count = decided.sentence.count;
    match decided.sentence.grade {
        Grade::Warning | Grade::MinorDemerit => {
            say!(lang, "{count} × {name}", "{name} {count} 次")
        }
        Grade::None | Grade::MajorDemerit => name.to_owned(),
    }
}

/// Count × rate, for a minor demerit × base units, with the floor.
fn cost(
    at: Instant,
    decided: &DisciplineDecided,
    sum: Money,
    table: Option<&DisciplineTable>,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let is_minor = decided.sentence.grade == Grade::MinorDemerit;
    let floor = table.map(|table| match is_minor {
        true => table.minor_demerit,
        false => table.warning,
    });
    let clause = table.map_or("D5", |table| table.fines_clause.as_str());
    let Some(rate) = decided.sentence.rate.or(floor) else {
        let text = say!(lang, "The fine: {sum}", "罚款：{sum}");
        steps.push(clause, Some(at), text);
        return;
    };
    let least = floor.unwrap_or(rate);
    let text = match decided.sentence.rate {
        Some(_) => say!(
            lang,
            "The rate: {rate}, as decided, not below the regulation's {least}",
            "罚款标准：核定为 {rate}，不低于规定的 {least}"
        ),
        None => say!(
            lang,
            "The rate: {rate}, the regulation's least, as no other was decided",
            "罚款标准：未另行核定，按规定最低额 {rate}"
        ),
    };
    steps.push(clause, Some(at), text);
    let count = decided.sentence.count;
    let each = match decided.base_units.filter(|_| is_minor) {
        None => Some(rate),
        Some(units) => per_units(at, rate, least, units, steps),
    };
    let total = each.and_then(|each| each.checked_mul(i64::from(count)).ok());
    let agrees = steps.agrees(sum, total);
    let each = each.map_or_else(String::new, |each| each.to_string());
    let text = say!(
        lang,
        "The fine: {count} × {each} = {sum}{agrees}",
        "罚款：{count} × {each} = {sum}{agrees}"
    );
    steps.push(clause, Some(at), text);
}

fn per_units(
    at: Instant,
    rate: Money,
    least: Money,
    units: u32,
    steps: &mut Steps,
) -> Option<Money> {
    let lang = steps.lang;
    let product = |each: Money| i128::from(each.minor()) * i128::from(units);
    let down = product(rate) / 100;
    let up = (product(least) + 99) / 100;
    let each = Money::new(i64::try_from(down.max(up)).ok()?, rate.currency()).ok()?;
    let told = words::hundredths(i128::from(units));
    let rounded = words::rounded_down(product(rate), 100, lang);
    let text = if up > down {
        say!(
            lang,
            "Per base unit: {rate} × {told} base units = {each}, rounded up, as it never lies below {least} × {told}",
            "按基数：{rate} × 基数 {told} = {each}，因不得低于 {least} × {told} 而进位"
        )
    } else {
        say!(
            lang,
            "Per base unit: {rate} × {told} base units = {each}{rounded}",
            "按基数：{rate} × 基数 {told} = {each}{rounded}"
        )
    };
    steps.push("A28", Some(at), text);
    Some(each)
}
