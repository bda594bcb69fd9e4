//! Words and figures that several memos share.

use redress_kernel::actor::Actor;
use redress_kernel::definition::Mark;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::{Currency, Money};

use crate::account::ItemKind;
use crate::sentence::Lang;
use crate::tables::{Grade, UnitKind};

/// A table whose row a step names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Table {
    Loss,
    Authority,
    Criteria,
    Discipline,
}

impl Table {
    pub(super) fn name(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Loss => ("loss basis", "损失金额核算基准"),
            Self::Authority => ("authority table", "核决权限表"),
            Self::Criteria => ("penalty criteria", "罚扣判定基准"),
            Self::Discipline => ("table of discipline", "处分标准表"),
        };
        pick(lang, en, zh)
    }
}

pub(super) fn pick(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

pub(super) fn mark(mark: Mark, lang: Lang) -> &'static str {
    let (en, zh) = match mark {
        Mark::Source => ("source", "原文"),
        Mark::Recovered => ("recovered", "据他本补回"),
        Mark::Default => ("default", "默认"),
        Mark::Example => ("*example*", "*示例*"),
    };
    pick(lang, en, zh)
}

pub(super) fn kind(kind: UnitKind, lang: Lang) -> &'static str {
    let (en, zh) = match kind {
        UnitKind::Person => ("person", "个人"),
        UnitKind::Shift => ("shift", "班"),
        UnitKind::Group => ("group", "组"),
        UnitKind::Section => ("section", "科"),
        UnitKind::Department => ("department", "部门"),
    };
    pick(lang, en, zh)
}

pub(super) fn grade(grade: Grade, lang: Lang) -> &'static str {
    let (en, zh) = match grade {
        Grade::None => ("no discipline", "不予处分"),
        Grade::Warning => ("warning", "警告"),
        Grade::MinorDemerit => ("minor demerit", "小过"),
        Grade::MajorDemerit => ("major demerit", "大过"),
    };
    pick(lang, en, zh)
}

pub(super) fn item(kind: ItemKind, lang: Lang) -> &'static str {
    let (en, zh) = match kind {
        ItemKind::WholeBonus => ("the whole bonus", "奖金全额罚扣"),
        ItemKind::Fine => ("a fine", "罚款"),
        ItemKind::Deduction => ("a deduction", "扣款"),
    };
    pick(lang, en, zh)
}

/// Who did something, and in whose name.
pub(super) fn actor(actor: &Actor, lang: Lang) -> String {
    let persons: Vec<&EmployeeId> = actor.persons().collect();
    match persons.as_slice() {
        [] => pick(lang, "nobody by name", "（无署名）").to_owned(),
        [employee] => employee.to_string(),
        [employee, principal, ..] => say!(
            lang,
            "{employee} for {principal}",
            "{employee}（代 {principal}）"
        ),
    }
}

/// What a part of a loss is called, where it is one of those that everybody knows.
pub(super) fn part(id: &str, lang: Lang) -> &str {
    match (lang, id) {
        (Lang::Zh, "labour") => "人工",
        (Lang::Zh, "material") => "材料",
        (Lang::Zh, "cost") => "成本",
        (Lang::Zh, "freight") => "运费",
        (Lang::Zh, "allowed") => "折让金额",
        (Lang::Zh, "paid") => "实付金额",
        _ => id,
    }
}

/// What is said of a figure that was rounded down: nothing where it is exact, `per` being the whole.
pub(super) fn rounded_down(product: i128, per: i128, lang: Lang) -> &'static str {
    match product.rem_euclid(per) {
        0 => "",
        _ => pick(lang, ", rounded down", "，向下取整"),
    }
}

/// What the smallest unit of a currency is called.
pub(super) fn cent(currency: Currency, lang: Lang) -> &'static str {
    match currency.minor_digits() {
        2 => pick(lang, "cent", "分"),
        _ => pick(lang, "smallest unit", "最小单位"),
    }
}

/// Hundredths with at least one digit behind the point: 500 is `5.0`, 125 is `1.25`.
pub(super) fn hundredths(value: i128) -> String {
    let (whole, rest) = (value.div_euclid(100), value.rem_euclid(100));
    match rest % 10 {
        0 => format!("{whole}.{}", rest / 10),
        _ => format!("{whole}.{rest:02}"),
    }
}

/// Basis points as per cent: 10000 is `100 %`, 3750 is `37.5 %`.
pub(super) fn percent(basis_points: u32) -> String {
    match (basis_points / 100, basis_points % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{} %", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02} %"),
    }
}

/// A number that has so many digits behind the point.
pub(super) fn decimal(value: i128, digits: u32) -> String {
    let per_unit = 10_i128.checked_pow(digits).unwrap_or(1);
    let whole = value.div_euclid(per_unit);
    match usize::try_from(digits) {
        Ok(0) | Err(_) => format!("{whole}"),
        Ok(width) => format!("{whole}.{:0width$}", value.rem_euclid(per_unit)),
    }
}

/// Sums one behind another: `1.00 CNY + 2.00 CNY`.
pub(super) fn added(amounts: impl IntoIterator<Item = Money>) -> String {
    let amounts: Vec<String> = amounts.into_iter().map(|a| a.to_string()).collect();
    amounts.join(" + ")
}

/// Texts one behind another, as the language lists them.
pub(super) fn listed(texts: &[String], lang: Lang) -> String {
    texts.join(pick(lang, ", ", "、"))
}
