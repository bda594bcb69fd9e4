//! The loss on goods that came back, after the month to resell them (D1, A17).

use redress_kernel::money::Money;

use super::words;
use super::{Ground, Source, Steps};
use crate::event::ComplaintEvent;

pub(super) fn all(source: &Source<'_>, of: Money, steps: &mut Steps) {
    let lang = steps.lang;
    let Some(resale) = &source.complaint.resale else {
        return;
    };
    let (quantity, grade_a, lost) = (
        resale.returned.quantity,
        resale.returned.grade_a,
        resale.returned.actual_loss,
    );
    steps.on(source.event(|event| matches!(event, ComplaintEvent::GoodsTakenBack(_))));
    let text = say!(
        lang,
        "The resale month begins with the decision: {quantity} pieces came back, each {grade_a} as grade A, each {lost} lost if it is not sold",
        "转售时间自核决起算：退回 {quantity} 件，A级售价每件 {grade_a}，未售出每件实际损失 {lost}"
    );
    steps.push("D1", Some(resale.from), text);
    let grounds: Vec<&Ground> = source
        .complaint_events()
        .filter(|(_, event)| matches!(event, ComplaintEvent::GoodsResold(_)))
        .map(|(happened, _)| &happened.ground)
        .collect();
    // Told in the order in which it was sold, which need not be that in which it was entered.
    let mut in_time: Vec<_> = (0..).zip(&resale.sales).collect();
    in_time.retain(|(_, (at, _))| *at <= resale.until);
    in_time.sort_by_key(|(_, (at, _))| *at);
    let mut sold = Vec::new();
    for (nth, (at, resold)) in in_time {
        let nth: usize = nth;
        let (pieces, proceeds) = (resold.quantity, resold.proceeds);
        steps.on(grounds.get(nth).copied());
        let text = say!(
            lang,
            "{pieces} pieces sold for {proceeds}",
            "售出 {pieces} 件，得 {proceeds}"
        );
        steps.push("D1", Some(*at), text);
        sold.push(resold);
    }
    let settled = source.complaint.d_loss.as_ref();
    let sold_out = settled.filter(|(_, loss)| loss.known_at < resale.until);
    let text = match sold_out {
        Some(_) => say!(
            lang,
            "With this sale everything is sold: the loss is known before the resale month ends",
            "至此全部售出：转售时间届满前损失已确定"
        ),
        None => say!(
            lang,
            "The resale month ends with this second",
            "转售时间至此秒届满"
        ),
    };
    let ended = sold_out.map_or(resale.until, |(_, loss)| loss.known_at);
    if sold_out.is_none() {
        steps.on(source.event(|event| matches!(event, ComplaintEvent::GoodsTakenBack(_))));
    }
    steps.push("D1", Some(ended), text);
    let Some((at, loss)) = settled else {
        return;
    };
    let at = Some(*at);
    steps.on(source.event(|event| matches!(event, ComplaintEvent::ResaleSettled(_))));
    let currency = grade_a.currency();
    let pieces = sold.iter().map(|resold| resold.quantity).sum::<i64>();
    let proceeds = Money::sum(currency, sold.iter().map(|resold| resold.proceeds)).ok();
    let zero = Money::zero(currency);
    let value = grade_a.checked_mul(pieces).ok();
    let rest = value
        .zip(proceeds)
        .and_then(|(value, proceeds)| value.checked_sub(proceeds).ok());
    let never = match rest.is_some_and(Money::is_negative) {
        true => words::pick(lang, ", never below 0", "（不低于 0）"),
        false => "",
    };
    let rest = rest.map(|rest| if rest.is_negative() { zero } else { rest });
    let agrees = steps.agrees(loss.sold_loss, rest);
    let (told, from, amount) = (
        value.map_or_else(String::new, |value| value.to_string()),
        loss.proceeds,
        loss.sold_loss,
    );
    let text = say!(
        lang,
        "Sold: {pieces} × {grade_a} = {told}, less proceeds of {from} = {amount}{never}{agrees}",
        "已售：{pieces} × {grade_a} = {told}，减转售所得 {from} = {amount}{never}{agrees}"
    );
    steps.push("D1", at, text);
    let left = quantity.saturating_sub(pieces);
    let (amount, reckoned) = (loss.unsold_loss, lost.checked_mul(left).ok());
    let agrees = steps.agrees(amount, reckoned);
    let text = say!(
        lang,
        "Not sold: {quantity} − {pieces} = {left}; {left} × {lost} = {amount}{agrees}",
        "未售：{quantity} − {pieces} = {left}；{left} × {lost} = {amount}{agrees}"
    );
    steps.push("D1", at, text);
    let (sold, unsold, amount, month) = (loss.sold_loss, loss.unsold_loss, loss.amount, loss.month);
    let agrees = steps.agrees(amount, sold.checked_add(unsold).ok());
    let graded = steps.agrees(of, Some(amount));
    let text = say!(
        lang,
        "The loss on the goods: {sold} + {unsold} = {amount}{agrees}, by which discipline is graded{graded}; it is known in {month}",
        "退回货物损失：{sold} + {unsold} = {amount}{agrees}，据以定处分种类{graded}；于 {month} 确定"
    );
    steps.push("A17", Some(loss.known_at), text);
}
