//! What stands on the forms: real where the source says something, invented where it does not.

use redress_kernel::actor::By;
use redress_kernel::id::{EmployeeId, FieldId, IdError, OfficeId};
use redress_kernel::organisation::Period;
use redress_kernel::time::Instant;
use redress_kernel::value::{Value, Values};

use crate::demo::company::{self, GENERAL_MANAGER, PLANT_MANAGER};
use crate::demo::dice::Dice;
use crate::demo::fate::{Fate, Handling};
use crate::demo::source::Received;
use crate::demo::words;

/// A form that is being filled.
#[derive(Debug, Default)]
pub(crate) struct Form {
    values: Values,
    fault: Option<IdError>,
}

impl Form {
    fn with(mut self, field: &str, value: Value) -> Self {
        match FieldId::new(field) {
            Ok(id) => {
                self.values.insert(id, value);
            }
            Err(fault) => self.fault = Some(fault),
        }
        self
    }

    fn text(self, field: &str, text: impl Into<String>) -> Self {
        self.with(field, Value::Text(text.into()))
    }

    fn number(self, field: &str, number: i64) -> Self {
        self.with(field, Value::Integer(number))
    }

    fn yes(self, field: &str, yes: bool) -> Self {
        self.with(field, Value::Boolean(yes))
    }

    fn list(self, field: &str, list: &[&str]) -> Self {
        let list = list.iter().map(|text| (*text).to_owned()).collect();
        self.with(field, Value::List(list))
    }

    /// The filled form.
    pub(crate) fn filled(self) -> Result<Values, IdError> {
        match self.fault {
            None => Ok(self.values),
            Some(fault) => Err(fault),
        }
    }
}

/// Product, component, dates and text are the source's; the rest is acted.
pub(crate) fn complaint(received: &Received, fate: &Fate, dice: &mut Dice, again: u32) -> Form {
    let country = match (fate.wrong_country, fate.overseas()) {
        (false, _) => fate.country,
        (true, true) => "CN",
        (true, false) => "US",
    };
    let mut form = Form::default()
        .text("customer", fate.customer.clone())
        .text("country", country)
        .text("product", received.product())
        .text("order_no", fate.order_no.clone())
        .text("item_no", fate.item_no.clone())
        .number("quantity", fate.quantity)
        .text("ship_date", fate.shipped.to_string())
        .text("description", description(received))
        .yes("loss_caused", true)
        .list("demand", &[fate.handling.word()])
        .text("opinion", dice.text(words::OPINIONS));
    form = match fate.slip {
        Some(slip) => form.text("kind", "non-quality").text("cause", slip),
        None => form.text("kind", "quality"),
    };
    form = if fate.quantities_pending {
        form.with("defect_quantity", Value::PENDING)
    } else {
        form.number("defect_quantity", fate.defects)
    };
    if fate.handling == Handling::Return {
        form = if fate.quantities_pending {
            form.with("return_quantity", Value::PENDING)
        } else {
            form.number("return_quantity", fate.defects)
        };
    }
    let reasons = if again > 0 {
        dice.text(words::REFUSALS)
    } else {
        dice.text(words::DEMANDS)
    };
    form.text("reasons", reasons)
}

/// The sender's words, with what the authority noted beside them.
fn description(received: &Received) -> String {
    let mut text = format!(
        "{} (received as {} on {}, happened on {}",
        received.component, received.complaint_id, received.received_date, received.incident_date
    );
    if received.crash == "Y" {
        text.push_str("; crash");
    }
    if received.fire == "Y" {
        text.push_str("; fire");
    }
    if received.injured > 0 {
        text.push_str(&format!("; injured: {}", received.injured));
    }
    text.push_str("): ");
    text.push_str(&received.text);
    text
}

/// An abnormality notice (M3).
pub(crate) fn notice(received: &Received, fate: &Fate) -> Form {
    Form::default()
        .text("customer", fate.customer.clone())
        .text("product", received.product())
        .text("order_no", fate.order_no.clone())
        .text("item_no", fate.item_no.clone())
        .number("quantity", fate.quantity)
        .list(
            "concerned",
            &["department:quality", "department:manufacturing"],
        )
        .text("description", description(received))
}

/// The call for a joint inspection (M9-2).
pub(crate) fn inspection(received: &Received, fate: &Fate) -> Form {
    let reason = match (received.fire.as_str(), received.injured) {
        ("Y", _) => "a fire is reported: cause to be seen on the spot before anything is moved",
        (_, 1..) => "somebody was injured: cause to be seen on the spot",
        _ => "a crash is reported: parts to be secured",
    };
    Form::default()
        .text("customer", fate.customer.clone())
        .text("product", received.product())
        .text("called_quality", "quality")
        .text("called_manufacturing", "manufacturing")
        .text("reason", reason)
        .text("place", "at the customer's")
}

/// What the report of a stage is told.
pub(crate) struct Desk<'a> {
    /// The complaint.
    pub(crate) received: &'a Received,
    /// What befalls it.
    pub(crate) fate: &'a Fate,
    /// How often the stage has been visited, this visit included.
    pub(crate) round: u32,
    /// The office that has the authority to decide.
    pub(crate) decides: Option<OfficeId>,
    /// When the general manager travels.
    pub(crate) away: Period,
    /// The moment.
    pub(crate) at: Instant,
}

/// Who reports a stage, and what stands in the report; none for a stage that the demo does not know.
pub(crate) fn report(
    stage: &str,
    desk: &Desk<'_>,
    dice: &mut Dice,
) -> Result<Option<(By, Values)>, IdError> {
    let fate = desk.fate;
    let calls_for_opinion = fate.opinion_called_at == Some(stage) && desk.round == 1;
    let form = Form::default();
    let (by, form) = match stage {
        "acceptance" => (company::by(fate.desks.office)?, form),
        "investigation" => (
            company::by(fate.desks.quality)?,
            investigation(desk, calls_for_opinion),
        ),
        "countermeasure" => {
            let form = form
                .text("abnormality_cause", fate.finding.cause)
                .text("countermeasure", fate.finding.countermeasure)
                .text("unit", format!("unit:{}", fate.unit))
                .list("workers", &[&format!("person:{}", fate.desks.plant)])
                .text("production_date", fate.made.to_string())
                .text("shift", dice.text(&["day", "night"]))
                .yes("technical_opinion", calls_for_opinion);
            (company::by(fate.desks.plant)?, form)
        }
        "technical-opinion" => (
            company::by(fate.desks.rnd)?,
            form.text("opinion", fate.finding.opinion),
        ),
        "review" => {
            let form = form
                .text("opinion", dice.text(words::REVIEWS))
                .yes("technical_opinion", calls_for_opinion);
            (company::by(fate.desks.office)?, form)
        }
        "handling-proposal" => (company::by(fate.desks.sales)?, proposal(fate, dice)),
        "consolidation" => (
            company::by(fate.desks.office)?,
            form.text("opinion", dice.text(words::REVIEWS)),
        ),
        "approval" => (decider(desk)?, decision(fate, dice)),
        "settlement" => (company::by(fate.desks.sales)?, settlement(fate, dice)),
        "attendance" => {
            let form = form.yes("attends", !fate.quality_absent);
            let form = if fate.quality_absent {
                form.text(
                    "remark",
                    "everybody is out; the earliest would be tomorrow afternoon",
                )
            } else {
                form.list("who", &[&format!("person:{}", fate.desks.quality)])
            };
            (company::by(fate.desks.quality)?, form)
        }
        "appointment" => {
            let form = form.text("appointed", format!("person:{}", fate.desks.plant));
            (company::general_manager(desk.away, desk.at)?, form)
        }
        "inspection" => {
            let who = if fate.quality_absent {
                fate.desks.plant
            } else {
                fate.desks.quality
            };
            let form = form.text("findings", fate.finding.cause).list(
                "present",
                &[
                    &format!("person:{who}"),
                    &format!("person:{}", fate.desks.sales),
                ],
            );
            (company::by(who)?, form)
        }
        "report" => {
            let form = form.text("abnormality", fate.finding.cause).text(
                "handling",
                "parts secured and photographed; the customer has the vehicle towed to us",
            );
            (company::by(fate.desks.quality)?, form)
        }
        "instruction" => (
            company::general_manager(desk.away, desk.at)?,
            form.text("instruction", dice.text(words::INSTRUCTIONS)),
        ),
        "handling" => (
            company::by(fate.desks.quality)?,
            form.text("improvement", fate.finding.countermeasure),
        ),
        _ => return Ok(None),
    };
    Ok(Some((by, form.filled()?)))
}

fn investigation(desk: &Desk<'_>, calls_for_opinion: bool) -> Form {
    let fate = desk.fate;
    let responsible = match fate.slip {
        Some("order-entered-wrongly" | "requirement-not-passed-on") => "department:sales",
        Some("storage-or-transport" | "misdelivery") => "department:service",
        _ => "department:manufacturing",
    };
    let component = desk
        .received
        .component
        .split(':')
        .next()
        .unwrap_or_default();
    Form::default()
        .text("cause_category", component.trim().to_lowercase())
        .text("findings", fate.finding.cause)
        .list("responsible_departments", &[responsible])
        .yes("technical_opinion", calls_for_opinion)
}

fn proposal(fate: &Fate, dice: &mut Dice) -> Form {
    if fate.not_established {
        return Form::default()
            .list("handling", &["none"])
            .text(
                "negotiation",
                "explained to the customer with the findings; no concession is due",
            )
            .yes("customer_accepts", !fate.customer_refuses)
            .yes("not_established", true);
    }
    let form = Form::default()
        .list("handling", &[fate.handling.word()])
        .text("negotiation", dice.text(words::OUTCOMES))
        .yes("customer_accepts", true);
    let form = concession(form, fate);
    match &fate.rate {
        Some(rate) => form.text("exchange_rate", rate.clone()),
        None => form,
    }
}

fn concession(form: Form, fate: &Fate) -> Form {
    match fate.handling {
        Handling::Return => form
            .number("return_quantity", fate.defects)
            .with("return_unit_price", Value::Money(fate.amount)),
        handling => form.with(handling.word(), Value::Money(fate.amount)),
    }
}

/// What the decision states beyond what was proposed.
fn decision(fate: &Fate, dice: &mut Dice) -> Form {
    if fate.not_established {
        return Form::default()
            .text("outcome", "not_established")
            .yes("our_fault", false)
            .text("remark", "not established; collect what is owed");
    }
    let form = Form::default()
        .text("outcome", "granted")
        .text("occurred_at_unit", format!("unit:{}", fate.unit))
        .yes("our_fault", fate.our_fault)
        .text("handling", dice.text(words::PROPOSALS));
    if !fate.our_fault {
        return form;
    }
    let form = form.yes("improvement_tracked", fate.slip.is_none());
    match fate.slip {
        Some(_) => form.text("improvement_exempt_reason", "a person's slip"),
        None => form,
    }
}

fn settlement(fate: &Fate, dice: &mut Dice) -> Form {
    if fate.not_established {
        return Form::default().text("kind", "collection");
    }
    let form = concession(Form::default().text("kind", fate.handling.word()), fate);
    match fate.handling {
        Handling::Allowance => form.text(
            "evidence",
            dice.text(&["allowance-certificate", "allowance-photocopy"]),
        ),
        Handling::Return => form.text(
            "evidence",
            dice.text(&[
                "invoice-taken-back",
                "stamped-photocopy",
                "return-certificate",
            ]),
        ),
        _ => form,
    }
}

/// The holder of the office that decides; for the general manager, while he travels, his deputy.
fn decider(desk: &Desk<'_>) -> Result<By, IdError> {
    match &desk.decides {
        Some(office) if office.as_str() != "general-manager" => {
            let holder = company::holder(office.as_str()).unwrap_or(GENERAL_MANAGER);
            Ok(By {
                employee: EmployeeId::new(holder)?,
                office: Some(office.clone()),
                principal: None,
            })
        }
        _ => company::general_manager(desk.away, desk.at),
    }
}

/// Who endorses the report of a stage, and with what remark.
pub(crate) fn endorsement(stage: &str, dice: &mut Dice) -> Result<(By, Option<String>), IdError> {
    match stage {
        "countermeasure" => Ok((
            company::by(PLANT_MANAGER)?,
            Some(dice.text(words::INSTRUCTIONS).to_owned()),
        )),
        _ => Ok((company::by(company::SALES_MANAGER)?, None)),
    }
}
