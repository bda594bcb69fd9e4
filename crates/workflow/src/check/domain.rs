//! The domain: the stages that the complaint's rules look at, and the fields that they read.

use redress_kernel::form::{Field, FieldKind, Form};

use super::Check;
use super::names::choices;
use crate::fault::FaultCode;
use crate::tree::suggestion;

const BINDINGS: &[&str] = &[
    "country",
    "loss_caused",
    "concession",
    "concession_unit_price",
    "concession_quantity",
    "exchange_rate",
    "outcome",
    "production_date",
    "cause",
    "improvement_tracked",
];

impl<'a> Check<'a> {
    pub(super) fn domain(&mut self) {
        self.stages_of_regulation();
        let definition = self.definition;
        // A regulation without its domain is one fault, told already.
        if definition.domain.is_none() && self.workflow.regulation.is_some() {
            return;
        }
        for form in &definition.forms {
            for field in &form.fields {
                if let Some(binding) = &field.binds {
                    let path = format!("forms.{}.fields.{}.binds", form.id, field.id);
                    self.binding(&path, field, binding);
                }
            }
            self.prices(form);
        }
    }

    fn stages_of_regulation(&mut self) {
        let Some(regulation) = &self.workflow.regulation else {
            return;
        };
        let definition = self.definition;
        let decision = definition.stage_index(regulation.decision_stage.as_str());
        let closing = definition.stage_index(definition.closes_at_end_of.as_str());
        let differ = |a: Option<usize>, b: Option<usize>, wrong: fn(&usize, &usize) -> bool| {
            a.zip(b).is_some_and(|(a, b)| wrong(&a, &b))
        };
        if differ(decision, closing, usize::ne) {
            self.fault(
                "regulation.decision_stage",
                FaultCode::Contradiction,
                format!(
                    "the decision closes the case (M9-8), but it closes at the end of `{}`",
                    definition.closes_at_end_of
                ),
                "let `decision_stage` and `closes_at_end_of` name the same stage",
            );
        }
        let proposal = definition.stage_index(regulation.proposal_stage.as_str());
        if differ(proposal, decision, usize::ge) {
            self.fault(
                "regulation.proposal_stage",
                FaultCode::Contradiction,
                "the proposal does not lie before the decision",
                "name a stage before `decision_stage`",
            );
        }
        let settlement = definition.stage_index(regulation.settlement_stage.as_str());
        if differ(settlement, decision, usize::le) {
            self.fault(
                "regulation.settlement_stage",
                FaultCode::Contradiction,
                "the settlement does not follow the decision (M13)",
                "name a stage behind `decision_stage`",
            );
        }
        let deciding = definition.stage(regulation.decision_stage.as_str());
        if deciding.is_some_and(|stage| stage.offices.is_empty()) {
            self.fault(
                &format!("stages.{}", regulation.decision_stage),
                FaultCode::DeadEnd,
                "the decision is an office's (M11), and this stage names none",
                "add `offices = […]`, the lowest first",
            );
        }
    }

    fn binding(&mut self, path: &str, field: &Field, binding: &str) {
        if self.definition.domain.is_none() {
            self.fault(
                path,
                FaultCode::BadBinding,
                "a workflow without a domain has nothing to bind to",
                "take `binds` out",
            );
            return;
        }
        let kind = field.kind.name();
        let wanted = match binding {
            "cause" if kind == "choice" => "choice",
            "cause" => "text",
            "loss_caused" | "improvement_tracked" => "boolean",
            "concession" | "concession_unit_price" => "money",
            "concession_quantity" => "integer",
            "exchange_rate" | "country" => "text",
            "outcome" => "choice",
            "production_date" => "date",
            _ => {
                self.fault(
                    path,
                    FaultCode::BadBinding,
                    format!("the complaint knows no `{}`", crate::tree::shown(binding)),
                    suggestion(binding, BINDINGS),
                );
                return;
            }
        };
        if kind != wanted {
            self.fault(
                path,
                FaultCode::BadBinding,
                format!("`{binding}` is read from a field of kind `{wanted}`, not `{kind}`"),
                format!("write `kind = \"{wanted}\"`, or bind another field"),
            );
        } else if binding == "outcome" {
            let known = choices(field).unwrap_or_default();
            for wanted in ["granted", "not_established"] {
                if !known.contains(&wanted) {
                    self.fault(
                        path,
                        FaultCode::BadBinding,
                        format!("the outcome cannot be `{wanted}`"),
                        "its choices are `granted` and `not_established`",
                    );
                }
            }
        }
    }

    /// A unit price counts only together with a quantity of its form.
    fn prices(&mut self, form: &'a Form) {
        let bound = |to: &'static str| {
            form.fields
                .iter()
                .filter(move |f| f.binds.as_deref() == Some(to))
        };
        let quantities = bound("concession_quantity").count();
        if let Some(price) = bound("concession_unit_price").next()
            && quantities == 0
            && matches!(price.kind, FieldKind::Money { .. })
        {
            self.fault(
                &format!("forms.{}.fields.{}.binds", form.id, price.id),
                FaultCode::BadBinding,
                "a unit price without a quantity is worth nothing",
                "bind an integer of this form to `concession_quantity`",
            );
        }
        if let Some(second) = bound("concession_quantity").nth(1) {
            self.fault(
                &format!("forms.{}.fields.{}.binds", form.id, second.id),
                FaultCode::BadBinding,
                "a form has one quantity",
                "bind only one field to `concession_quantity`",
            );
        }
    }
}
