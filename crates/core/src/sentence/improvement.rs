//! The sentences of the refusals about improvements (M9-7), in order of precedence.

use super::Row;
use crate::refusal as r;

pub(super) const ROWS: &[Row] = &[
    Row {
        code: r::IMPROVEMENT_NOT_TRACKED,
        en: "the improvement of this case is not tracked: the decision exempts it, or there is none",
        en_hint: "if it should be tracked, have the decision corrected after a petition",
        zh: "本案改善未列入追踪：核决免列，或无改善事项",
        zh_hint: "如应列案追踪，请签呈更正核决",
    },
    Row {
        code: r::IMPROVEMENT_DONE,
        en: "the improvement is done: its effect was confirmed at {at}",
        en_hint: "nothing more needs to be done",
        zh: "改善已结案：其效果已于 {at} 确认",
        zh_hint: "无须再办理",
    },
    Row {
        code: r::IMPROVEMENT_OPENED_ALREADY,
        en: "the improvement form has been opened already",
        en_hint: "go on with it: `draft_improvement`",
        zh: "改善表已经开立",
        zh_hint: "请继续办理（draft_improvement）",
    },
    Row {
        code: r::IMPROVEMENT_NOT_OPENED,
        en: "the improvement form has not been opened yet",
        en_hint: "let the general manager's office open it first: `open_improvement`",
        zh: "改善表尚未开立",
        zh_hint: "请先由总经理室开立（open_improvement）",
    },
    Row {
        code: r::IMPROVEMENT_DRAFTED_ALREADY,
        en: "round {round} has been drafted already",
        en_hint: "wait until the draft is confirmed or returned, or the effect is judged",
        zh: "第 {round} 轮改善项目已经拟定",
        zh_hint: "请待草案确认或退回，或效果认定后再拟",
    },
    Row {
        code: r::NO_DRAFT_TO_CONFIRM,
        en: "no draft of the improvement waits to be confirmed",
        en_hint: "let manufacturing draft the items first: `draft_improvement`",
        zh: "没有待确认的改善草案",
        zh_hint: "请制造部先拟定改善项目（draft_improvement）",
    },
    Row {
        code: r::IMPROVEMENT_NOT_CONFIRMED,
        en: "no confirmed items are in hand",
        en_hint: "let the general manager's office confirm the draft first: `confirm_improvement`",
        zh: "没有已确认的改善项目",
        zh_hint: "请先由总经理室确认草案（confirm_improvement）",
    },
    Row {
        code: r::NUMBER_OF_ITEMS,
        en: "a draft has 1 to {max} items, not {count}",
        en_hint: "name at least one item: what is to be done, by which department, until when",
        zh: "改善草案应有 1 至 {max} 个项目，不能是 {count} 个",
        zh_hint: "请至少列一个项目：改善内容、办理部门、完成日期",
    },
    Row {
        code: r::CARRIES_OUT_NOTHING,
        en: "item {item}: `{department}` carries out no improvements",
        en_hint: "name a department to which the workflow gives that duty",
        zh: "第 {item} 项：“{department}”不办理改善事项",
        zh_hint: "请填写流程规定可办理改善的部门",
    },
    Row {
        code: r::DATE_PASSED,
        en: "item {item} is due on {until}, before {today}",
        en_hint: "set today or a later day",
        zh: "第 {item} 项的完成日期 {until} 早于 {today}",
        zh_hint: "请填写当日或其后的日期",
    },
    Row {
        code: r::UNKNOWN_ITEM,
        en: "the round in hand has no item {item}",
        en_hint: "look the items up: `redress case show CASE`",
        zh: "本轮没有第 {item} 项",
        zh_hint: "请查看改善项目（redress case show CASE）",
    },
    Row {
        code: r::CARRIED_OUT_ALREADY,
        en: "item {item} was carried out at {at}",
        en_hint: "nothing needs to be done; what was done is not told twice",
        zh: "第 {item} 项已于 {at} 办理完成",
        zh_hint: "无须重复登记",
    },
    Row {
        code: r::ITEMS_OUTSTANDING,
        en: "item {item} has not been carried out yet by `{department}`",
        en_hint: "press the department; the effect is judged when every item is carried out",
        zh: "第 {item} 项尚未由“{department}”办理完成",
        zh_hint: "请督促该部门；全部项目办理完成后再认定效果",
    },
];
