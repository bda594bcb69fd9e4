//! What events about money say, in a few words.

use redress_core::discipline::Fine;
use redress_core::event::ComplaintEvent;
use redress_core::tables::Grade;

use crate::output::Zones;
use crate::settings::Lang;

/// The gist of an event about losses, responsibility, discipline and notices; nothing for any other.
pub(super) fn told(event: &ComplaintEvent, lang: Lang, zones: &Zones) -> String {
    let (comma, colon) = (lang.pick("，", ", "), lang.pick("：", ": "));
    let list = |parts: Vec<String>| parts.join(lang.pick("；", "; "));
    let because = |reason: &Option<String>| {
        let reason = reason.as_ref();
        reason.map_or_else(String::new, |reason| format!("{colon}{reason}"))
    };
    match event {
        ComplaintEvent::LossStated(e) => {
            let lines = e.loss.lines.iter();
            let lines = lines.map(|line| format!("{} {}", line.entry.kind, line.amount));
            let lines = list(lines.collect());
            format!("{}{comma}{lines}{}", e.loss.amount, because(&e.reason))
        }
        ComplaintEvent::ResponsibilityProposed(e) => {
            let shares = e.shares.iter();
            let share = |bp: u32| format!("{}.{:02} %", bp / 100, bp % 100);
            list(
                shares
                    .map(|s| format!("{} {}", s.party, share(s.basis_points)))
                    .collect(),
            )
        }
        ComplaintEvent::ResponsibilityDetermined(e) => {
            let carried = e.carried.iter();
            let carried = carried.map(|c| format!("{} {}", c.party, c.amount));
            format!("{}{}", list(carried.collect()), because(&e.reason))
        }
        ComplaintEvent::GoodsTakenBack(e) => format!(
            "{} {}{comma}{} {}",
            e.returned.quantity,
            lang.pick("件", "pieces"),
            lang.pick("转售至", "to be resold until"),
            zones.shown.short(e.until)
        ),
        ComplaintEvent::GoodsResold(e) => format!(
            "{} {}{comma}{}",
            e.resold.quantity,
            lang.pick("件", "pieces"),
            e.resold.proceeds
        ),
        ComplaintEvent::ResaleSettled(e) => format!("{}{comma}{}", e.loss.amount, e.loss.month),
        ComplaintEvent::DisciplineProposed(e) => format!(
            "{}{comma}{}{comma}{}",
            e.employee,
            grade(e.applied.grade, lang),
            e.share
        ),
        ComplaintEvent::DisciplineDecided(e) => {
            let fine = match e.fine {
                Fine::None => String::new(),
                Fine::Sum(sum) => format!("{comma}{sum}"),
                Fine::WholeBonus => {
                    format!("{comma}{}", lang.pick("当月奖金全额", "the month's bonus"))
                }
            };
            let graded = grade(e.sentence.grade, lang);
            let corrected = match e.corrects {
                Some(_) => lang.pick("更正为", "corrected to "),
                None => "",
            };
            format!(
                "{}{comma}{corrected}{graded}{fine}{}",
                e.employee,
                because(&e.reason)
            )
        }
        ComplaintEvent::DisciplineAnnounced(e) => e.employee.to_string(),
        ComplaintEvent::NoticeIssued(e) => {
            let parties = e.parties.iter();
            let parties = parties.map(|party| format!("{} {}", party.party, party.charged));
            format!("{}{comma}{}", e.month, list(parties.collect()))
        }
        ComplaintEvent::Counted(e) => e.month.to_string(),
        _ => String::new(),
    }
}

/// A grade in words.
pub(crate) fn grade(grade: Grade, lang: Lang) -> &'static str {
    match grade {
        Grade::None => lang.pick("不予处分", "no discipline"),
        Grade::Warning => lang.pick("警告", "warning"),
        Grade::MinorDemerit => lang.pick("小过", "minor demerit"),
        Grade::MajorDemerit => lang.pick("大过", "major demerit"),
    }
}
