//! The loss on goods that came back, after the month to resell them (D1, A17).

use redress_kernel::money::Money;

use super::{Source, Steps};

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
    let text = say!(
        lang,
        "The month to resell begins: {quantity} pieces came back, each {grade_a} as grade A, each {lost} lost if it is not sold",
        "变卖期一个月起算：退回 {quantity} 件，A级品每件 {grade_a}，未售出每件实际损失 {lost}"
    );
    steps.push("D1", Some(resale.from), text);
    let in_time = resale.sales.iter().filter(|(at, _)| *at <= resale.until);
    let mut sold = Vec::new();
    for (at, resold) in in_time {
        let (pieces, proceeds) = (resold.quantity, resold.proceeds);
        let text = say!(
            lang,
            "{pieces} pieces sold for {proceeds}",
            "售出 {pieces} 件，得 {proceeds}"
        );
        steps.push("D1", Some(*at), text);
        sold.push(resold);
    }
    let text = say!(
        lang,
        "The month to resell ends with this second",
        "变卖期至此秒届满"
    );
    steps.push("D1", Some(resale.until), text);
    let Some((at, loss)) = &source.complaint.d_loss else {
        return;
    };
    let at = Some(*at);
    let currency = grade_a.currency();
    let pieces = sold.iter().map(|resold| resold.quantity).sum::<i64>();
    let proceeds = Money::sum(currency, sold.iter().map(|resold| resold.proceeds)).ok();
    let zero = Money::zero(currency);
    let value = grade_a.checked_mul(pieces).ok();
    let rest = value
        .zip(proceeds)
        .and_then(|(value, proceeds)| value.checked_sub(proceeds).ok())
        .map(|rest| if rest.is_negative() { zero } else { rest });
    let agrees = steps.agrees(loss.sold_loss, rest);
    let (told, from, amount) = (
        value.map_or_else(String::new, |value| value.to_string()),
        loss.proceeds,
        loss.sold_loss,
    );
    let text = say!(
        lang,
        "Sold: {pieces} × {grade_a} = {told}, less proceeds {from}, never below 0 = {amount}{agrees}",
        "已售：{pieces} × {grade_a} = {told}，减所得 {from}，不低于 0 = {amount}{agrees}"
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
        "The loss on the goods: {sold} + {unsold} = {amount}{agrees}, by which discipline is graded{graded}; the month of {month}",
        "退回货品损失：{sold} + {unsold} = {amount}{agrees}，以此定等级{graded}；属 {month}"
    );
    steps.push("A17", Some(loss.known_at), text);
}
