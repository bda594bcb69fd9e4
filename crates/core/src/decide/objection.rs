//! Petitions against a resolution, and the ruling on them (M9-12, M9-14).

use redress_kernel::decide::{self as kernel, Context, Decision, of_department, of_office};
use redress_kernel::form::check_reason;
use redress_kernel::refusal::Refusal;

use super::{check_not_author, decided, one};
use crate::complaint::Complaint;
use crate::event::{ComplaintEvent, Event, ObjectionFiled, ObjectionRuled, Outcome};
use crate::refusal;
use crate::regulation::Regulation;

/// M9-12: any department against a resolution; M9-14: the customer's against "not established".
pub(super) fn object(
    regulation: &Regulation,
    complaint: &Complaint,
    petition: &str,
    from_customer: bool,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let rule = if from_customer {
        &regulation.customer_objection
    } else {
        &regulation.objection
    };
    let actor = kernel::actor(ctx, &[])?;
    of_department(&actor, &rule.departments, &rule.clause)?;
    let resolution = decided(complaint, &rule.clause)?;
    if from_customer && resolution.outcome != Outcome::NotEstablished {
        return Err(Refusal::new(refusal::ESTABLISHED, &rule.clause));
    }
    check_reason("petition", petition, &rule.clause)?;
    let objection = u32::try_from(complaint.objections.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let filed = ObjectionFiled {
        objection,
        from_customer,
        petition: petition.to_owned(),
    };
    one(actor, ComplaintEvent::ObjectionFiled(filed), ctx)
}

pub(super) fn rule(
    regulation: &Regulation,
    complaint: &Complaint,
    number: u32,
    upheld: bool,
    ruling: &str,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let objection = complaint
        .objections
        .iter()
        .find(|o| o.filed.objection == number)
        .ok_or_else(|| {
            Refusal::new(refusal::UNKNOWN_OBJECTION, "M9-12").with("objection", number)
        })?;
    let rule = if objection.filed.from_customer {
        &regulation.customer_objection
    } else {
        &regulation.objection
    };
    let actor = kernel::actor(ctx, &rule.ruled_by)?;
    of_office(&actor, &rule.ruled_by, &rule.clause)?;
    if objection.ruled.is_some() {
        return Err(Refusal::new(refusal::ALREADY_RULED, &rule.clause).with("objection", number));
    }
    // The customer's petition is only entered by whoever files it.
    if !objection.filed.from_customer {
        check_not_author(&actor, &objection.filed_by)?;
    }
    check_reason("ruling", ruling, &rule.clause)?;
    let ruled = ObjectionRuled {
        objection: number,
        upheld,
        ruling: ruling.to_owned(),
    };
    one(actor, ComplaintEvent::ObjectionRuled(ruled), ctx)
}
