//! The words of the tables about money, where a key means something of its own.

type Words = (&'static str, &'static str);

/// What a key of these topics is called, in Chinese and English.
pub(super) fn key(topic: &str, key: &str) -> Option<Words> {
    Some(match (topic, key) {
        ("loss", "rows") => ("损失种类", "kinds of loss"),
        ("loss", "returned") => (
            "数量 × 单价 − 变卖所得或残值，不低于零",
            "quantity × unit price − what the goods fetch or are worth, never below 0",
        ),
        ("penalty", "rows") => ("判定", "criteria"),
        ("penalty", "cause") => ("原因", "cause"),
        ("penalty", "carried_by") => ("归属至", "carried by"),
        ("penalty", "charged_bp") => ("罚扣损失的", "part of the loss that is charged"),
        ("penalty", "charged") => ("罚扣部门", "charged departments"),
        ("penalty", "smallest") => ("最小单位", "smallest unit"),
        ("penalty", "otherwise") => ("未能明确归属时", "where none can be named,"),
        ("penalty", "ceiling") => ("罚扣最高金额", "ceiling of deductions"),
        ("penalty", "bonus_bp") => ("全月奖金的", "of the whole month's bonus"),
        ("discipline", "rows") => ("个人责任负担金额", "a person's share"),
        ("discipline", "from") => ("自（含）", "from (included)"),
        ("discipline", "grade") => ("处分", "grade"),
        ("discipline", "fines") => ("罚扣折算（最低）", "least fines"),
        ("discipline", "warning") => ("警告一次", "each warning"),
        ("discipline", "minor_demerit") => ("小过一次每基数", "each minor demerit, per base unit,"),
        ("discipline", "resale") => ("转售时间", "time to resell"),
        ("month", "due_day") => ("次月截止日", "due by the end of this day of the next month"),
        ("month", "confirmed_by") => (
            "责任归属及比率由其主管确认",
            "responsibility and ratios confirmed by the heads of",
        ),
        ("month", "without_head") => (
            "部门没有主管时代为确认",
            "for a department without a head confirmed by",
        ),
        _ => return None,
    })
}

/// What a word of these topics is called, in Chinese and English.
pub(super) fn value_word(topic: &str, key: &str, word: &str) -> Option<Words> {
    Some(match (topic, key, word) {
        ("loss", "parts", "allowed") => ("折让金额", "amount allowed"),
        ("loss", "parts", "labour") => ("人工", "labour"),
        ("loss", "parts", "material") => ("材料", "material"),
        ("loss", "parts", "cost") => ("成本", "cost"),
        ("loss", "parts", "freight") => ("运费", "freight"),
        ("loss", "parts", "paid") => ("实付金额", "amount paid"),
        ("penalty", "smallest" | "otherwise" | "carried_by", unit) => match unit {
            "person" => ("个人", "person"),
            "shift" => ("班", "shift"),
            "group" => ("组", "group"),
            "section" => ("科", "section"),
            "department" => ("全部门", "whole department"),
            _ => return None,
        },
        ("discipline", "grade", grade) => match grade {
            "none" => ("不予处分", "none"),
            "warning" => ("警告", "warning"),
            "minor_demerit" => ("小过", "minor demerit"),
            "major_demerit" => ("大过", "major demerit"),
            _ => return None,
        },
        _ => return None,
    })
}
