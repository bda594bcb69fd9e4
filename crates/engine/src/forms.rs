//! Reports of stages as typed values.

use redress_core::event::Means;
use redress_kernel::id::{CaseId, DefinitionId, FieldId, IdError, StageId};
use redress_kernel::money::Money;
use redress_kernel::value::{Value, Values};

use crate::error::Error;

/// A filled-in form. Fields are named as the workflow's files name them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    values: Values,
    fault: Option<IdError>,
}

impl Fields {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Enters a value.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<FieldValue>) -> Self {
        match FieldId::new(field) {
            Ok(id) => {
                self.values.insert(id, value.into().0);
            }
            Err(fault) => self.fault = self.fault.or(Some(fault)),
        }
        self
    }

    /// Enters a value if there is one.
    #[must_use]
    pub fn with_some(self, field: &str, value: Option<impl Into<FieldValue>>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    /// Says that a value is not yet determined (M9-1).
    #[must_use]
    pub fn pending(self, field: &str) -> Self {
        self.with(field, FieldValue(Value::PENDING))
    }

    pub(crate) fn values(self) -> Result<Values, Error> {
        match self.fault {
            None => Ok(self.values),
            Some(fault) => Err(Error::invalid(
                fault.to_string(),
                "values",
                "name the field as the workflow's form does",
            )),
        }
    }
}

impl From<Values> for Fields {
    fn from(values: Values) -> Self {
        Self {
            values,
            fault: None,
        }
    }
}

/// A value on its way into a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue(pub Value);

macro_rules! field_value {
    ($($from:ty => |$v:ident| $value:expr;)*) => {
        $(impl From<$from> for FieldValue {
            fn from($v: $from) -> Self {
                Self($value)
            }
        })*
    };
}
field_value! {
    &str => |v| Value::text(v);
    String => |v| Value::Text(v);
    bool => |v| Value::Boolean(v);
    i64 => |v| Value::Integer(v);
    Money => |v| Value::Money(v);
    Vec<String> => |v| Value::List(v);
    Value => |v| v;
}

/// The report of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageForm {
    /// The stage.
    pub stage: String,
    /// The form.
    pub fields: Fields,
    /// The visit that is expected to be open; none: whichever is.
    pub visit: Option<u32>,
}

impl StageForm {
    /// The report of a stage, with an empty form.
    #[must_use]
    pub fn of(stage: &str) -> Self {
        Self {
            stage: stage.to_owned(),
            fields: Fields::new(),
            visit: None,
        }
    }

    /// Enters a value.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<FieldValue>) -> Self {
        self.fields = self.fields.with(field, value);
        self
    }

    /// Takes a whole form.
    #[must_use]
    pub fn values(mut self, fields: impl Into<Fields>) -> Self {
        self.fields = fields.into();
        self
    }

    /// Names the visit that is expected to be open.
    #[must_use]
    pub fn visit(mut self, visit: u32) -> Self {
        self.visit = Some(visit);
        self
    }

    pub(crate) fn stage_id(&self) -> Result<StageId, Error> {
        stage(&self.stage)
    }
}

pub(crate) fn stage(name: &str) -> Result<StageId, Error> {
    StageId::new(name).map_err(|e| {
        Error::invalid(
            e.to_string(),
            "stage",
            "name the stage as the workflow's route does",
        )
    })
}

/// A case to be opened: the complaint form (M9-1), an abnormality notice (M3), a joint inspection (M9-2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lodging {
    /// The form.
    pub fields: Fields,
    /// The workflow; none: `customer-complaint`.
    pub definition: Option<DefinitionId>,
    /// The closed case whose conclusion the customer does not accept (M9-9).
    pub follows: Option<CaseId>,
    /// The joint inspection that came before (M9-2).
    pub joint_inspection: Option<CaseId>,
    /// The abnormality notice that is raised to a complaint (M3).
    pub raised_from: Option<CaseId>,
}

impl Lodging {
    /// A lodging by its form.
    #[must_use]
    pub fn new(fields: impl Into<Fields>) -> Self {
        Self {
            fields: fields.into(),
            ..Self::default()
        }
    }

    /// Enters a value.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<FieldValue>) -> Self {
        self.fields = self.fields.with(field, value);
        self
    }

    /// Says that a value is not yet determined (M9-1).
    #[must_use]
    pub fn pending(mut self, field: &str) -> Self {
        self.fields = self.fields.pending(field);
        self
    }

    /// Names the workflow.
    #[must_use]
    pub fn of(mut self, definition: DefinitionId) -> Self {
        self.definition = Some(definition);
        self
    }

    /// Names the closed case whose conclusion the customer does not accept (M9-9).
    #[must_use]
    pub fn follows(mut self, case: CaseId) -> Self {
        self.follows = Some(case);
        self
    }

    /// Names the joint inspection that came before (M9-2).
    #[must_use]
    pub fn joint_inspection(mut self, case: CaseId) -> Self {
        self.joint_inspection = Some(case);
        self
    }
}

/// An answer to the customer (M9-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerAnswer {
    /// How.
    pub means: Means,
    /// What is said.
    pub text: String,
    /// What is promised or conceded.
    pub concedes: Option<Money>,
}
