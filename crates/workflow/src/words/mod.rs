//! The words of workflow files in both languages: keys, units, marks, conditions.

mod money;

use redress_core::sentence::Lang;
use redress_kernel::calendar::{Span, Unit};
use redress_kernel::definition::Mark;
use redress_kernel::guard::{All, Any, AtLeast, Guard, Is, Known, Not};
use redress_kernel::value::Value;

/// A condition as a page shows it, in the words of the file.
pub(crate) fn condition(guard: &Guard) -> String {
    let list = |guards: &[Guard], word: &str| {
        let all: Vec<String> = guards.iter().map(condition).collect();
        format!("({})", all.join(word))
    };
    match guard {
        Guard::Is(Is { path, is }) => format!("{path} = {}", value(is)),
        Guard::AtLeast(AtLeast { path, at_least }) => format!("{path} ≥ {at_least}"),
        Guard::Known(Known { path, known: true }) => format!("{path} ≠ ∅"),
        Guard::Known(Known { path, .. }) => format!("{path} = ∅"),
        Guard::Any(Any { any }) => list(any, " ∨ "),
        Guard::All(All { all }) => list(all, " ∧ "),
        Guard::Not(Not { not }) => format!("¬ {}", condition(not)),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Boolean(yes) => yes.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

/// A unit of time.
pub(crate) fn unit(unit: Unit, lang: Lang) -> &'static str {
    match (unit, lang) {
        (Unit::NaturalDay, Lang::Zh) => "自然日",
        (Unit::NaturalDay, Lang::En) => "natural days",
        (Unit::NaturalHour, Lang::Zh) => "小时",
        (Unit::NaturalHour, Lang::En) => "hours",
        (Unit::WorkingDay, Lang::Zh) => "工作日",
        (Unit::WorkingDay, Lang::En) => "working days",
        (Unit::WorkingHour, Lang::Zh) => "工作小时",
        (Unit::WorkingHour, Lang::En) => "working hours",
        (Unit::CivilDay, Lang::Zh) => "日（民法典）",
        (Unit::CivilDay, Lang::En) => "days of the Civil Code",
        (Unit::Month, Lang::Zh) => "个月",
        (Unit::Month, Lang::En) => "months",
    }
}

/// A length of time.
pub(crate) fn span(span: Span, lang: Lang) -> String {
    let text = span.to_string();
    let amount = text.trim_end_matches(span.unit().word());
    let unit = unit(span.unit(), lang);
    let one = span.halves() <= 2 && lang == Lang::En;
    let unit = if one {
        unit.replacen("days", "day", 1)
            .replacen("hours", "hour", 1)
            .replacen("months", "month", 1)
    } else {
        unit.to_owned()
    };
    format!("{amount}{unit}")
}

/// A part of a whole, from basis points: `5000` is 50 %.
pub(crate) fn percent(bp: u32, lang: Lang) -> String {
    let (whole, rest) = (bp / 100, bp % 100);
    let rest = match rest {
        0 => String::new(),
        tenths if tenths % 10 == 0 => format!(".{}", tenths / 10),
        hundredths => format!(".{hundredths:02}"),
    };
    match lang {
        Lang::Zh => format!("{whole}{rest}%"),
        Lang::En => format!("{whole}{rest} %"),
    }
}

/// Where a value comes from.
pub(crate) fn mark(mark: Mark, lang: Lang) -> &'static str {
    match (mark, lang) {
        (Mark::Source, Lang::Zh) => "原文",
        (Mark::Source, Lang::En) => "source",
        (Mark::Recovered, Lang::Zh) => "补全",
        (Mark::Recovered, Lang::En) => "recovered",
        (Mark::Default, Lang::Zh) => "默认",
        (Mark::Default, Lang::En) => "default",
        (Mark::Example, Lang::Zh) => "示例",
        (Mark::Example, Lang::En) => "example",
    }
}

/// What a word of the file is called where a key allows only certain words; the word itself if it has no other.
pub(crate) fn value_word<'a>(topic: &str, key: &str, word: &'a str, lang: Lang) -> &'a str {
    if let Some((zh, en)) = money::value_word(topic, key, word) {
        return match lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
    }
    let known = match (lang, key) {
        (Lang::Zh, "kind") => KINDS,
        (Lang::Zh, "to") => ADDRESSEES,
        _ => return word,
    };
    known
        .iter()
        .find(|(w, _)| *w == word)
        .map_or(word, |(_, zh)| zh)
}

const KINDS: &[(&str, &str)] = &[
    ("text", "文字"),
    ("integer", "整数"),
    ("boolean", "是或否"),
    ("date", "日期"),
    ("instant", "时刻"),
    ("money", "金额"),
    ("choice", "单选"),
    ("choices", "多选"),
    ("party", "单位或人员"),
    ("parties", "若干单位或人员"),
    ("shares", "分摊比率"),
];

const ADDRESSEES: &[(&str, &str)] = &[
    ("department", "部门"),
    ("head", "部门主管"),
    ("office", "职务"),
];

/// What a key is called within a topic; the key itself if it has no other word.
pub(crate) fn key<'a>(topic: &str, key: &'a str, lang: Lang) -> &'a str {
    let known = money::key(topic, key).or_else(|| {
        let known = KEYS.iter().find(|(word, _, _)| *word == key);
        known.map(|(_, zh, en)| (*zh, *en))
    });
    match (known, lang) {
        (Some((zh, _)), Lang::Zh) => zh,
        (Some((_, en)), Lang::En) => en,
        (None, _) => key,
    }
}

const KEYS: &[(&str, &str, &str)] = &[
    ("id", "编号", "id"),
    ("version", "版本", "version"),
    ("category", "事件流类别", "category of streams"),
    ("domain", "领域", "domain"),
    ("calendar", "日历", "calendar"),
    ("closes_at_end_of", "结案阶段", "closes at the end of"),
    ("max_backdating", "补录期限", "furthest backdating"),
    ("opening", "立案", "opening"),
    ("approved_by", "核准", "approved by"),
    ("departments", "部门", "departments"),
    ("department", "部门", "department"),
    ("offices", "职务", "offices"),
    ("office", "职务", "office"),
    ("facts", "判定事项", "facts"),
    ("given_by", "取自", "given by"),
    ("derived_from", "推定自", "derived from"),
    ("cases", "对应", "cases"),
    ("from", "若为", "from"),
    ("to", "至", "to"),
    ("otherwise", "其余", "otherwise"),
    ("needed_at_end_of", "最迟确定于", "needed at the end of"),
    ("clock", "案件期限", "clock of the case"),
    ("starts_at_end_of", "起算阶段", "starts at the end of"),
    ("limits", "期限", "limits"),
    ("span", "时限", "limit"),
    ("when", "条件", "when"),
    ("stages", "阶段", "stages"),
    ("form", "表单", "form"),
    ("called_for", "需要时办理", "visited when"),
    ("counts_from", "起算自", "counts from the opening of"),
    ("detour", "回退", "detour"),
    ("endorsement", "核阅", "endorsement"),
    ("revisitable", "可退回至此", "may be sent back to"),
    ("sends_back", "可退回", "may send back"),
    ("numbering", "编号", "numbering"),
    ("series", "系列", "series"),
    ("at_end_of", "编号于", "given at the end of"),
    ("digits", "流水号位数", "digits of the serial"),
    ("prefix", "前缀", "prefix"),
    ("reminders", "催办", "reminders"),
    (
        "notice_percent",
        "到期预告（期限百分比）",
        "due-soon notice at percent of the limit",
    ),
    ("levels", "级别", "levels"),
    ("after", "逾期后", "after the due instant"),
    ("duties", "职责", "duties"),
    ("inquiry", "洽办", "inquiry"),
    ("suspension", "中止计时", "suspension"),
    ("withdrawal", "撤回", "withdrawal"),
    ("correction", "更正", "correction"),
    ("forms", "表单", "forms"),
    ("fields", "栏目", "fields"),
    ("kind", "类型", "kind"),
    ("required", "必填", "required"),
    ("deferrable", "可暂缺", "may be \"not yet determined\""),
    ("binds", "对应事项", "binds"),
    ("choices", "选项", "choices"),
    ("min", "最小", "least"),
    ("max", "最大", "most"),
    ("min_minor", "最小（最小货币单位）", "least, in minor units"),
    ("max_chars", "最多字符", "most characters"),
    ("authority", "核决权限", "authority"),
    ("rows", "各级", "rows"),
    ("up_to", "至（含）", "up to and including"),
    ("copies", "联次", "copies"),
    ("number", "第几联", "copy"),
    ("regulation", "投诉规定", "regulation of complaints"),
    ("proposal_stage", "拟定处理阶段", "stage of the proposal"),
    ("decision_stage", "核决阶段", "stage of the decision"),
    ("settlement_stage", "执行阶段", "stage of the settlement"),
    ("currency", "币种", "currency"),
    ("answer", "答复客户", "answer to the customer"),
    (
        "refusal_by_customer",
        "客户不接受",
        "refusal by the customer",
    ),
    ("objection", "部门异议", "objection of a department"),
    (
        "customer_objection",
        "客户异议",
        "objection of the customer",
    ),
    ("ruled_by", "裁定", "ruled by"),
    ("third_party", "第三方责任", "third parties"),
    (
        "money",
        "损失、处分与奖罚职责",
        "duties about losses, discipline and bonuses",
    ),
    (
        "keeps",
        "列明损失、判定责任、月度结算",
        "states losses, determines responsibility, settles months",
    ),
    ("proposes", "提出责任归属", "proposes responsibility"),
    (
        "goods",
        "登记退回与转售货物",
        "records goods that came back and were resold",
    ),
    (
        "decides",
        "核定处分与奖罚通知单",
        "decides discipline, approves penalty notices",
    ),
    ("announces", "公布处分", "announces discipline"),
    (
        "pay",
        "登记奖金、基点与基数",
        "records bonuses, base points and base units",
    ),
    ("improvement", "改善追踪职责", "duties about improvements"),
    ("opens", "开立改善表", "opens the improvement form"),
    ("drafts", "拟定改善项目", "drafts the items"),
    (
        "confirms",
        "确认或退回草案",
        "confirms or returns the draft",
    ),
    ("carries_out", "办理改善项目", "carry out the items"),
    ("judges", "认定效果", "judges the effect"),
    ("loss", "损失金额核算基准", "loss basis"),
    ("penalty", "罚扣判定基准", "penalty criteria"),
    ("discipline", "行政处分标准", "discipline"),
    ("month", "月度结算", "settlement of a month"),
];
