//! What the complaint regulation sets beyond the route: authority, copies, answers, objections, third parties.

use redress_core::regulation::{
    AuthorityRow, AuthorityTable, Copy, DecidingDuty, ImprovementDuties, MoneyDuties, Regulation,
    RuledDuty,
};
use redress_kernel::definition::Definition;
use redress_kernel::money::{Currency, Money};

use super::{Root, route, tables, topics};
use crate::fault::FaultCode;
use crate::tree::Node;

/// Reads the regulation; none for a definition without a domain. The outer none is a fault.
pub(crate) fn regulation(
    root: &mut Root<'_>,
    definition: Option<&Definition>,
) -> Option<Option<Regulation>> {
    let authority = topics::optional(root, "authority", authority);
    let copies = topics::list(root, "copies", copy);
    let has_domain = definition.map(|d| d.domain.is_some());
    let tables = tables::tables(root, has_domain);
    let node = root.take("regulation");
    let Some(node) = node else {
        if has_domain == Some(true) {
            root.need("regulation");
        }
        return Some(None);
    };
    if has_domain == Some(false) {
        node.fault(
            FaultCode::Contradiction,
            "`regulation` stands in a workflow without a domain",
            "add `domain = \"complaint\"`, or take `regulation` out",
        );
    }
    let mut table = node.table()?;
    let proposal_stage = table.id("proposal_stage");
    let decision_stage = table.id("decision_stage");
    let settlement_stage = table.id("settlement_stage");
    let currency = table.need("currency").and_then(|n| currency(&n));
    let answer = table.need("answer").and_then(|n| topics::duty(&n));
    let refusal_by_customer = table
        .need("refusal_by_customer")
        .and_then(|n| topics::duty(&n));
    let objection = table.need("objection").and_then(|n| ruled(&n));
    let customer_objection = table.need("customer_objection").and_then(|n| ruled(&n));
    let third_party = table.need("third_party").and_then(|n| topics::duty(&n));
    let money = route::optional(&mut table, "money", money_duties);
    let improvement = route::optional(&mut table, "improvement", improvement_duties);
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    clause.and(mark)?;
    Some(Some(Regulation {
        proposal_stage: proposal_stage?,
        decision_stage: decision_stage?,
        settlement_stage: settlement_stage?,
        currency: currency?,
        authority: authority?,
        copies: copies?,
        answer: answer?,
        refusal_by_customer: refusal_by_customer?,
        objection: objection?,
        customer_objection: customer_objection?,
        third_party: third_party?,
        money: money?,
        improvement: improvement?,
        tables: tables?,
    }))
}

fn money_duties(node: &Node<'_>) -> Option<MoneyDuties> {
    let mut table = node.table()?;
    let mut duty = |name| table.need(name).and_then(|n| topics::duty(&n));
    let (keeps, proposes) = (duty("keeps"), duty("proposes"));
    let (goods, announces, pay) = (duty("goods"), duty("announces"), duty("pay"));
    let decides = table.need("decides").and_then(|n| deciding(&n));
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    clause.and(mark)?;
    Some(MoneyDuties {
        keeps: keeps?,
        proposes: proposes?,
        goods: goods?,
        decides: decides?,
        announces: announces?,
        pay: pay?,
    })
}

fn improvement_duties(node: &Node<'_>) -> Option<ImprovementDuties> {
    let mut table = node.table()?;
    let mut duty = |name| table.need(name).and_then(|n| topics::duty(&n));
    let (opens, drafts, confirms) = (duty("opens"), duty("drafts"), duty("confirms"));
    let (carries_out, judges) = (duty("carries_out"), duty("judges"));
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    clause.and(mark)?;
    Some(ImprovementDuties {
        opens: opens?,
        drafts: drafts?,
        confirms: confirms?,
        carries_out: carries_out?,
        judges: judges?,
    })
}

fn deciding(node: &Node<'_>) -> Option<DecidingDuty> {
    let mut table = node.table()?;
    let offices = table.need("offices").and_then(|n| n.ids());
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(DecidingDuty {
        offices: offices?,
        clause: clause?,
    })
}

fn currency(node: &Node<'_>) -> Option<Currency> {
    let text = node.raw_text()?;
    let currency = text.parse().ok();
    if currency.is_none() {
        node.fault(
            FaultCode::BadCurrency,
            format!("`{}` is no known currency", crate::tree::shown(text)),
            "write the code of ISO 4217, such as `CNY`",
        );
    }
    currency
}

pub(crate) fn money(node: &Node<'_>) -> Option<Money> {
    let text = node.raw_text()?;
    match text.parse::<Money>() {
        Ok(money) => Some(money),
        Err(why) => {
            node.fault(
                FaultCode::BadMoney,
                crate::tree::told(&why.to_string()),
                "write the amount and the currency: `10000.00 CNY`",
            );
            None
        }
    }
}

fn ruled(node: &Node<'_>) -> Option<RuledDuty> {
    let mut table = node.table()?;
    let departments = table.ids("departments");
    let ruled_by = table.need("ruled_by").and_then(|n| n.ids());
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(RuledDuty {
        departments: departments?,
        ruled_by: ruled_by?,
        clause: clause?,
    })
}

fn authority(node: &Node<'_>) -> Option<AuthorityTable> {
    let mut table = node.table()?;
    let rows = table.need("rows").and_then(|n| {
        let rows: Vec<_> = n.list()?.iter().map(row).collect();
        rows.into_iter().collect()
    });
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    Some(AuthorityTable {
        clause: clause?,
        mark: mark?,
        rows: rows?,
    })
}

fn row(node: &Node<'_>) -> Option<AuthorityRow> {
    let mut table = node.table()?;
    let up_to = route::optional(&mut table, "up_to", money);
    let office = table.id("office");
    table.finish();
    Some(AuthorityRow {
        up_to: up_to?,
        office: office?,
    })
}

fn copy(node: &Node<'_>) -> Option<Copy> {
    let mut table = node.table()?;
    let number = table.need("number").and_then(|n| n.integer(1, 99));
    let department = table.id("department");
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    clause.and(mark)?;
    Some(Copy {
        number: u8::try_from(number?).ok()?,
        department: department?,
    })
}
