//! The forms of the shipped complaint workflow as types. Another workflow's forms are [`StageForm`]s and
//! [`Lodging`]s of one's own.

use redress_kernel::money::Money;
use redress_kernel::time::Date;
use redress_kernel::value::Value;

use crate::forms::{FieldValue, Fields, Lodging, StageForm};

/// A value that may not be known yet (M9-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Determined<T> {
    /// It is this.
    Known(T),
    /// It is not yet determined, and completed later.
    NotYet,
}

impl<T: Into<FieldValue>> From<Determined<T>> for FieldValue {
    fn from(value: Determined<T>) -> Self {
        match value {
            Determined::Known(value) => value.into(),
            Determined::NotYet => Self(Value::PENDING),
        }
    }
}

impl From<Date> for FieldValue {
    fn from(date: Date) -> Self {
        Self(Value::Text(date.to_string()))
    }
}

impl From<&[&str]> for FieldValue {
    fn from(list: &[&str]) -> Self {
        Self(Value::List(list.iter().map(|s| (*s).to_owned()).collect()))
    }
}

fn list(texts: &[String]) -> FieldValue {
    FieldValue(Value::List(texts.to_vec()))
}

fn given(texts: &[String]) -> Option<FieldValue> {
    (!texts.is_empty()).then(|| list(texts))
}

/// The complaint form (客户抱怨处理表, M9-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The customer, `customer:C17`.
    pub customer: String,
    /// The customer's country, two letters; it decides between domestic and overseas (A8).
    pub country: Option<String>,
    /// `domestic` or `overseas`, where it does not go by the country.
    pub market: Option<String>,
    /// The product.
    pub product: String,
    /// Order number (M7).
    pub order_no: String,
    /// Item number (M7).
    pub item_no: String,
    /// Quantity shipped.
    pub quantity: i64,
    /// When it was shipped.
    pub ship_date: Date,
    /// How many are defective.
    pub defect_quantity: Option<Determined<i64>>,
    /// `quality` or `non-quality` (M5).
    pub kind: String,
    /// The cause out of the catalogue, if not of quality (M5).
    pub cause: Option<String>,
    /// What is wrong.
    pub description: Option<String>,
    /// Whether a loss was caused; without one it is an abnormality notice (M3).
    pub loss_caused: bool,
    /// What the customer demands: `allowance`, `return`, `replacement`, `rework`, `compensation`, `other`.
    pub demand: Vec<String>,
    /// How much is to be returned, if a return is demanded.
    pub return_quantity: Option<Determined<i64>>,
    /// The customer's reasons.
    pub reasons: String,
    /// The samples.
    pub samples: Option<String>,
    /// The opinion of sales.
    pub opinion: Option<String>,
}

/// What was shipped and is complained of (M7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goods<'a> {
    /// The product.
    pub product: &'a str,
    /// Order number.
    pub order_no: &'a str,
    /// Item number.
    pub item_no: &'a str,
    /// Quantity shipped.
    pub quantity: i64,
    /// When it was shipped.
    pub ship_date: Date,
}

impl Complaint {
    /// A complaint of quality that caused a loss; what is otherwise is to be set field by field.
    #[must_use]
    pub fn about(
        goods: Goods<'_>,
        customer: &str,
        country: &str,
        demand: &[&str],
        reasons: &str,
    ) -> Self {
        Self {
            customer: customer.to_owned(),
            country: Some(country.to_owned()),
            market: None,
            product: goods.product.to_owned(),
            order_no: goods.order_no.to_owned(),
            item_no: goods.item_no.to_owned(),
            quantity: goods.quantity,
            ship_date: goods.ship_date,
            defect_quantity: None,
            kind: "quality".to_owned(),
            cause: None,
            description: None,
            loss_caused: true,
            demand: demand.iter().map(|text| (*text).to_owned()).collect(),
            return_quantity: None,
            reasons: reasons.to_owned(),
            samples: None,
            opinion: None,
        }
    }
}

impl From<Complaint> for Lodging {
    fn from(form: Complaint) -> Self {
        Self::new(
            Fields::new()
                .with("customer", form.customer)
                .with_some("country", form.country)
                .with_some("market", form.market)
                .with("product", form.product)
                .with("order_no", form.order_no)
                .with("item_no", form.item_no)
                .with("quantity", form.quantity)
                .with("ship_date", form.ship_date)
                .with_some("defect_quantity", form.defect_quantity)
                .with("kind", form.kind)
                .with_some("cause", form.cause)
                .with_some("description", form.description)
                .with("loss_caused", form.loss_caused)
                .with("demand", list(&form.demand))
                .with_some("return_quantity", form.return_quantity)
                .with("reasons", form.reasons)
                .with_some("samples", form.samples)
                .with_some("opinion", form.opinion),
        )
    }
}

/// Quality's report (stage 2, M9-4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Investigation {
    /// What was found.
    pub findings: String,
    /// The departments responsible, `department:manufacturing`.
    pub responsible_departments: Vec<String>,
    /// The persons responsible, as proposed.
    pub responsible_persons: Vec<String>,
    /// Category of the cause.
    pub cause_category: Option<String>,
    /// Whether R&D's opinion is called for (A11).
    pub technical_opinion: bool,
}

impl Investigation {
    /// What was found, and the department responsible.
    #[must_use]
    pub fn found(findings: &str, department: &str) -> Self {
        Self {
            findings: findings.to_owned(),
            responsible_departments: vec![format!("department:{department}")],
            ..Self::default()
        }
    }
}

impl From<Investigation> for StageForm {
    fn from(form: Investigation) -> Self {
        Self::of("investigation").values(
            Fields::new()
                .with("findings", form.findings)
                .with(
                    "responsible_departments",
                    list(&form.responsible_departments),
                )
                .with_some("responsible_persons", given(&form.responsible_persons))
                .with_some("cause_category", form.cause_category)
                .with("technical_opinion", form.technical_opinion),
        )
    }
}

/// Manufacturing's report (stage 3, M9-4); the plant manager's office endorses it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Countermeasure {
    /// The cause of the abnormality.
    pub abnormality_cause: String,
    /// What is done against it.
    pub countermeasure: String,
    /// The unit (M7).
    pub unit: Option<String>,
    /// The workers (M7).
    pub workers: Vec<String>,
    /// When it was produced.
    pub production_date: Option<Date>,
    /// Whether R&D's opinion is called for (A11).
    pub technical_opinion: bool,
}

impl From<Countermeasure> for StageForm {
    fn from(form: Countermeasure) -> Self {
        Self::of("countermeasure").values(
            Fields::new()
                .with("abnormality_cause", form.abnormality_cause)
                .with("countermeasure", form.countermeasure)
                .with_some("unit", form.unit)
                .with_some("workers", given(&form.workers))
                .with_some("production_date", form.production_date)
                .with("technical_opinion", form.technical_opinion),
        )
    }
}

macro_rules! opinion {
    ($(#[$doc:meta])* $name:ident, $stage:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct $name {
            /// The opinion.
            pub opinion: String,
        }

        impl From<$name> for StageForm {
            fn from(form: $name) -> Self {
                Self::of($stage).with("opinion", form.opinion)
            }
        }
    };
}

opinion!(
    /// R&D's opinion, where it is called for (stage 4, A11).
    TechnicalOpinion, "technical-opinion"
);
opinion!(
    /// The GM office draws the views together (stage 7, M9-6).
    Consolidation, "consolidation"
);

/// The GM office's review (stage 5, M9-4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    /// The opinion.
    pub opinion: String,
    /// Whether R&D's opinion is called for (A11).
    pub technical_opinion: bool,
}

impl From<Review> for StageForm {
    fn from(form: Review) -> Self {
        Self::of("review")
            .with("opinion", form.opinion)
            .with("technical_opinion", form.technical_opinion)
    }
}

/// What sales proposes and negotiated (stage 6, M9-5); its superior endorses it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandlingProposal {
    /// `allowance`, `return`, `replacement`, `rework`, `compensation`, `none`.
    pub handling: Vec<String>,
    /// The outcome of the negotiation.
    pub negotiation: String,
    /// What the customer gets.
    pub concessions: Concessions,
    /// The rate at which another currency is reckoned, a decimal (A25).
    pub exchange_rate: Option<String>,
    /// Whether the customer accepts.
    pub customer_accepts: Option<bool>,
}

impl From<HandlingProposal> for StageForm {
    fn from(form: HandlingProposal) -> Self {
        let fields = Fields::new()
            .with("handling", list(&form.handling))
            .with("negotiation", form.negotiation)
            .with_some("exchange_rate", form.exchange_rate)
            .with_some("customer_accepts", form.customer_accepts);
        Self::of("handling-proposal").values(form.concessions.on(fields))
    }
}

/// What the customer gets (A25).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concessions {
    /// Allowance.
    pub allowance: Option<Money>,
    /// Compensation.
    pub compensation: Option<Money>,
    /// Cost of the replacement.
    pub replacement: Option<Money>,
    /// Cost of the rework.
    pub rework: Option<Money>,
    /// Freight borne.
    pub freight: Option<Money>,
    /// Quantity to be returned.
    pub return_quantity: Option<i64>,
    /// Unit price of what is returned.
    pub return_unit_price: Option<Money>,
}

impl Concessions {
    fn on(self, fields: Fields) -> Fields {
        fields
            .with_some("allowance", self.allowance)
            .with_some("compensation", self.compensation)
            .with_some("replacement", self.replacement)
            .with_some("rework", self.rework)
            .with_some("freight", self.freight)
            .with_some("return_quantity", self.return_quantity)
            .with_some("return_unit_price", self.return_unit_price)
    }
}

/// The decision by authority (stage 8, M9-7, M11). Without concessions of its own it grants what was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// Whether the complaint is established; if not, nothing is granted (M9-14).
    pub established: bool,
    /// What the customer gets, where it differs from the proposal.
    pub concessions: Concessions,
    /// Where it occurred; a decision that grants must say so (M9-7).
    pub occurred_at_unit: Option<String>,
    /// If the fault is ours: how it is handled.
    pub our_fault: Option<OurFault>,
    /// An instruction.
    pub remark: Option<String>,
}

/// What a decision says when the fault is ours (M9-7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OurFault {
    /// How it is handled.
    pub handling: String,
    /// Why the improvement is not tracked; none: it is.
    pub untracked_because: Option<String>,
}

impl From<Decision> for Fields {
    fn from(decision: Decision) -> Self {
        let outcome = match decision.established {
            true => "granted",
            false => "not_established",
        };
        let fields = Self::new()
            .with("outcome", outcome)
            .with_some("occurred_at_unit", decision.occurred_at_unit)
            .with("our_fault", decision.our_fault.is_some())
            .with_some("remark", decision.remark);
        let fields = match decision.our_fault {
            Some(fault) => fields
                .with("handling", fault.handling)
                .with("improvement_tracked", fault.untracked_because.is_none())
                .with_some("improvement_exempt_reason", fault.untracked_because),
            None => fields,
        };
        decision.concessions.on(fields)
    }
}

/// How sales carried the decision out (stage 9, M13).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settlement {
    /// `allowance`, `compensation`, `return`, `rework`, `replacement`, `collection`, `none`.
    pub kind: String,
    /// What the customer got.
    pub concessions: Concessions,
    /// The evidence, as the workflow's form names it.
    pub evidence: Option<String>,
    /// A remark.
    pub remark: Option<String>,
}

impl From<Settlement> for Fields {
    fn from(settlement: Settlement) -> Self {
        let fields = Self::new()
            .with("kind", settlement.kind)
            .with_some("evidence", settlement.evidence)
            .with_some("remark", settlement.remark);
        settlement.concessions.on(fields)
    }
}
