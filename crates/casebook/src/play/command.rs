//! From a sentence to a command of the rules.

use std::sync::Arc;

use redress_core::command::{Command, ComplaintCommand};
use redress_core::regulation::{Regulation, Workflow};
use redress_kernel::actor::By;
use redress_kernel::adoption;
use redress_kernel::calendar::{Calendar, CalendarFile, NamedDays, YearFile};
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::Who;
use redress_kernel::definition::Definition;
use redress_kernel::event::Link;
use redress_kernel::form::Form;
use redress_kernel::id::{FieldId, StageId};
use redress_kernel::organisation::{OrganisationCommand, Period};
use redress_kernel::refusal::{Code, Refusal};
use redress_kernel::time::{Date, Instant};
use redress_kernel::value::{Path, Scope, Value, Values};

use super::{Play, Stop, by};
use crate::entry;
use crate::fault::{Wrong, wrong};
use crate::rules;
use crate::sentence::{Deed, Entry, Sentence};

impl Play<'_> {
    /// A deed on a case.
    pub(super) fn command(&mut self, sentence: &Sentence, at: Instant) -> Result<(), Stop> {
        let acting = sentence
            .who
            .as_ref()
            .ok_or_else(|| wrong("nobody does it", "say who"))?;
        let who = by(acting);
        if let Deed::Open {
            case,
            definition,
            usual,
        } = &sentence.deed
        {
            let workflow = match definition {
                Some(id) if *id != *self.main => self.workflow_of(id.as_str())?,
                _ => self.workflow_at(at)?,
            }
            .clone();
            let command = self.opening(&workflow, &sentence.entries, *usual, Vec::new())?;
            return self.open(case, &workflow, &command, &who, at);
        }
        if let Deed::Refile {
            case,
            successor,
            usual,
        } = &sentence.deed
        {
            return self.refile(case, successor, *usual, &sentence.entries, &who, at);
        }
        let (case, command) = self.command_on(sentence)?;
        self.decide(&case, &command, Who::Person(&who), at)
    }

    /// The new form with the old one attached (M9-9): both cases know of each other, or nothing is recorded.
    fn refile(
        &mut self,
        case: &str,
        successor: &str,
        usual: bool,
        entries: &[Entry],
        who: &By,
        at: Instant,
    ) -> Result<(), Stop> {
        let old = self.id(case)?;
        let new = self.id(successor)?;
        let told = self.told(case)?;
        let refused: Command = ComplaintCommand::CustomerRefuses { successor: new }.into();
        let first = self.decision(
            &told.workflow,
            Some(&told.complaint),
            &refused,
            Who::Person(who),
            at,
        )?;
        let old_workflow = told.workflow.clone();
        let workflow = self.workflow_at(at)?.clone();
        let link = Link {
            relation: "follows".to_owned(),
            case: old,
        };
        let command = self.opening(&workflow, entries, usual, vec![link])?;
        self.open(successor, &workflow, &command, who, at)?;
        self.remember(case, &old_workflow, first)
    }

    fn opening(
        &mut self,
        workflow: &Workflow,
        entries: &[Entry],
        usual: bool,
        mut links: Vec<Link>,
    ) -> Result<Command, Wrong> {
        let definition = &workflow.definition;
        let form = form(definition, definition.opening.form.as_str())?;
        let (linked, fields): (Vec<Entry>, Vec<Entry>) =
            entries.iter().cloned().partition(|e| e.name == "link");
        for entry in linked {
            let (relation, case) = entry.value.split_once(' ').ok_or_else(|| {
                wrong(
                    format!("`{}` links with nothing", entry.value),
                    "write `link = joint-inspection J1`",
                )
            })?;
            links.push(Link {
                relation: relation.to_owned(),
                case: self.id(case.trim())?,
            });
        }
        let values = self.fill(form, &fields, usual, &|_| None)?;
        Ok(CaseCommand::Open { values, links }.into())
    }

    /// The values of a form from the lines below a sentence.
    pub(super) fn fill<'c>(
        &self,
        form: &Form,
        entries: &[Entry],
        usual: bool,
        look_up: &dyn Fn(&Path) -> Option<&'c Value>,
    ) -> Result<Values, Wrong> {
        let mut values = Values::new();
        let mut left_out = Vec::new();
        for entry in entries {
            let id: FieldId = entry.name.parse().map_err(|_| {
                wrong(
                    format!("`{}` (line {}) is no field", entry.name, entry.line),
                    "write `field = value`",
                )
            })?;
            if entry.value == "-" {
                left_out.push(entry.name.clone());
                continue;
            }
            let kind = form.field(&entry.name).map(|f| &f.kind);
            let value = entry::value(kind, &entry.value, &self.story.zone);
            if values.insert(id, value).is_some() {
                return Err(wrong(
                    format!("`{}` stands there twice (line {})", entry.name, entry.line),
                    "write each field once",
                ));
            }
        }
        if usual {
            entry::fill_as_usual(form, &mut values, &left_out, look_up, &self.story.zone);
        }
        Ok(values)
    }

    pub(super) fn report(
        &self,
        case: &str,
        stage: &StageId,
        visit: Option<u32>,
        usual: bool,
        entries: &[Entry],
    ) -> Result<Command, Wrong> {
        let told = self.told(case)?;
        let definition = &told.workflow.definition;
        let known = definition
            .stage(stage.as_str())
            .and_then(|s| definition.form(s.form.as_str()));
        let empty = Form {
            id: definition.opening.form.clone(),
            title: definition.title.clone(),
            clause: String::new(),
            fields: Vec::new(),
        };
        let form = known.unwrap_or(&empty);
        let complaint = &told.complaint;
        let values = self.fill(form, entries, usual, &|path| complaint.case.value(path))?;
        Ok(CaseCommand::Report {
            stage: stage.clone(),
            visit,
            values,
        }
        .into())
    }

    fn regulation(&self, case: &str) -> Result<&Regulation, Wrong> {
        self.told(case)?
            .workflow
            .regulation
            .as_ref()
            .ok_or_else(|| {
                wrong(
                    format!("{case} is no complaint: nobody decides or settles it"),
                    "name the stage: `reports STAGE of …`",
                )
            })
    }

    fn command_on(&mut self, sentence: &Sentence) -> Result<(String, Command), Wrong> {
        let entries = &sentence.entries;
        let (case, command): (&String, Command) = match &sentence.deed {
            Deed::First { case, usual } => {
                let stages = &self.told(case)?.workflow.definition.stages;
                let first = stages
                    .first()
                    .map(|s| s.id.clone())
                    .ok_or_else(|| wrong("the route is empty", "mend the workflow"))?;
                (case, self.report(case, &first, None, *usual, entries)?)
            }
            Deed::Report {
                case,
                stage,
                visit,
                usual,
            } => (case, self.report(case, stage, *visit, *usual, entries)?),
            Deed::Decide { case, usual } => {
                let stage = self.regulation(case)?.decision_stage.clone();
                (case, self.report(case, &stage, None, *usual, entries)?)
            }
            Deed::Settle { case, usual } => {
                let stage = self.regulation(case)?.settlement_stage.clone();
                (case, self.report(case, &stage, None, *usual, entries)?)
            }
            Deed::Answer {
                case,
                means,
                concedes,
                text,
            } => {
                let command = ComplaintCommand::Answer {
                    means: *means,
                    text: text.clone(),
                    concedes: *concedes,
                };
                (case, command.into())
            }
            Deed::Object {
                case,
                from_customer,
                petition,
            } => {
                let command = ComplaintCommand::Object {
                    petition: petition.clone(),
                    from_customer: *from_customer,
                };
                (case, command.into())
            }
            Deed::Rule {
                case,
                objection,
                upheld,
                ruling,
            } => {
                let command = ComplaintCommand::Rule {
                    objection: *objection,
                    upheld: *upheld,
                    ruling: ruling.clone(),
                };
                (case, command.into())
            }
            Deed::ThirdParty {
                case,
                party,
                reason,
            } => {
                let command = ComplaintCommand::NameThirdParty {
                    party: party.clone(),
                    reason: reason.clone(),
                };
                (case, command.into())
            }
            Deed::Link {
                case,
                other,
                relation,
            } => {
                let command = CaseCommand::Link {
                    relation: relation.clone(),
                    case: self.id(other)?,
                };
                (case, command.into())
            }
            deed => {
                let (case, command) = self.plain(deed)?;
                (case, command.into())
            }
        };
        Ok((case.clone(), command))
    }

    /// Deeds that any case understands and that need no look at it.
    fn plain<'d>(&self, deed: &'d Deed) -> Result<(&'d String, CaseCommand), Wrong> {
        Ok(match deed {
            Deed::Endorse {
                case,
                stage,
                remark,
            } => (
                case,
                CaseCommand::Endorse {
                    stage: stage.clone(),
                    visit: None,
                    remark: remark.clone(),
                },
            ),
            Deed::SendBack { case, to, reason } => (
                case,
                CaseCommand::SendBack {
                    to: to.clone(),
                    visit: None,
                    reason: reason.clone(),
                },
            ),
            Deed::Complete { case, path, value } => (
                case,
                CaseCommand::Complete {
                    path: path.clone(),
                    value: self.value_at(case, path, value)?,
                },
            ),
            Deed::Correct {
                case,
                path,
                value,
                reason,
            } => (
                case,
                CaseCommand::Correct {
                    path: path.clone(),
                    value: self.value_at(case, path, value)?,
                    reason: reason.clone(),
                },
            ),
            Deed::Suspend { case, reason } => (
                case,
                CaseCommand::Suspend {
                    reason: reason.clone(),
                },
            ),
            Deed::Resume { case } => (case, CaseCommand::Resume {}),
            Deed::Withdraw { case, reason } => (
                case,
                CaseCommand::Withdraw {
                    reason: reason.clone(),
                },
            ),
            Deed::Inquire { case, visit } => (case, CaseCommand::Inquire { visit: *visit }),
            Deed::AnswerInquiry {
                case,
                inquiry,
                reason,
            } => (
                case,
                CaseCommand::AnswerInquiry {
                    inquiry: *inquiry,
                    reason: reason.clone(),
                },
            ),
            other => {
                return Err(wrong(
                    format!("{other:?} is no deed on a case"),
                    "this is a fault of the casebook",
                ));
            }
        })
    }

    fn value_at(&self, case: &str, path: &Path, text: &str) -> Result<Value, Wrong> {
        let definition = &self.told(case)?.workflow.definition;
        let form = match &path.scope {
            Scope::Opening => definition.form(definition.opening.form.as_str()),
            Scope::Stage(stage) => definition
                .stage(stage.as_str())
                .and_then(|s| definition.form(s.form.as_str())),
            Scope::Form | Scope::Fact => None,
        };
        let kind = form
            .and_then(|f| f.field(path.field.as_str()))
            .map(|f| &f.kind);
        Ok(entry::value(kind, text, &self.story.zone))
    }

    /// A change of the organisation.
    pub(super) fn organise(&mut self, sentence: &Sentence, at: Instant) -> Result<(), Stop> {
        let employee = sentence
            .who
            .as_ref()
            .map(|w| w.employee.clone())
            .ok_or_else(|| wrong("nobody is meant", "say who"))?;
        let command = match &sentence.deed {
            Deed::Join { department } => OrganisationCommand::Join {
                employee,
                department: department.clone(),
                unit: None,
                from: at,
            },
            Deed::Hold { office } => OrganisationCommand::HoldOffice {
                office: office.clone(),
                employee,
                from: at,
            },
            Deed::Head { department } => OrganisationCommand::Head {
                department: department.clone(),
                employee,
                from: at,
            },
            Deed::Deputise { principal, until } => OrganisationCommand::Deputise {
                principal: principal.clone(),
                deputy: employee,
                period: Period {
                    from: at,
                    until: *until,
                },
            },
            _ => OrganisationCommand::Leave { employee, from: at },
        };
        for event in self.organisation.decide(&command)? {
            self.organisation.evolve(&event);
        }
        Ok(())
    }

    /// A version of the rules takes effect (M15).
    pub(super) fn adopt(
        &mut self,
        sentence: &Sentence,
        version: &str,
        at: Instant,
    ) -> Result<(), Stop> {
        let acting = sentence
            .who
            .as_ref()
            .ok_or_else(|| wrong("nobody adopts it", "say who"))?;
        let mut workflow = (**self.workflow_at(at)?).clone();
        for entry in &sentence.entries {
            // Rules that nobody could read are refused like rules that nobody approved.
            workflow = rules::change(&workflow, entry).map_err(|wrong| {
                Refusal::new(Code("invalid_workflow"), "M15").with("why", wrong.sentence)
            })?;
        }
        version.clone_into(&mut workflow.definition.version);
        let in_force = &self.workflow_at(at)?.definition;
        adoption::approve(
            Some(in_force),
            &workflow.definition,
            &self.organisation,
            &by(acting),
            at,
        )?;
        self.adopted.push((at, Arc::new(workflow)));
        Ok(())
    }

    /// The holidays of a year are published.
    pub(super) fn publish(&mut self, year: i32, entries: &[Entry]) -> Result<(), Stop> {
        let workflow = self.workflow_of(&self.main)?.clone();
        let calendar = self.calendar_of(&workflow)?;
        let mut file = CalendarFile::from((*calendar).clone());
        let mut table = YearFile::new(year);
        for entry in entries {
            let days = named_days(entry)?;
            match entry.name.as_str() {
                "holiday" => table.holidays.push(days),
                "make-up day" => table.make_up_workdays.push(days),
                other => {
                    return Err(wrong(
                        format!("`{other}` is neither a holiday nor a make-up day"),
                        "write `holiday = 2027-01-01 元旦` or `make-up day = 2027-02-20 春节`",
                    )
                    .into());
                }
            }
        }
        file.years.retain(|y| y.year != year);
        file.years.push(table);
        file.published.insert(year);
        let calendar = Calendar::try_from(file)
            .map_err(|e| wrong(e.to_string(), "mend the days below the sentence"))?;
        self.rules.calendars.push(Arc::new(calendar));
        Ok(())
    }
}

fn named_days(entry: &Entry) -> Result<NamedDays, Wrong> {
    let hint = "write `holiday = 2027-01-01 元旦` or `holiday = 2027-02-05 to 2027-02-11 春节`";
    let not = || wrong(format!("`{}` names no days", entry.value), hint);
    let date = |text: &str| text.parse::<Date>().map_err(|_| not());
    let words: Vec<&str> = entry.value.split_whitespace().collect();
    let (from, to, name) = match words.as_slice() {
        [from, "to", to, name @ ..] => (date(from)?, Some(date(to)?), name.join(" ")),
        [from, name @ ..] => (date(from)?, None, name.join(" ")),
        [] => return Err(not()),
    };
    Ok(NamedDays {
        from,
        to,
        zh: name.clone(),
        en: name,
    })
}

pub(super) fn form<'d>(definition: &'d Definition, id: &str) -> Result<&'d Form, Wrong> {
    definition.form(id).ok_or_else(|| {
        wrong(
            format!("the workflow has no form `{id}`"),
            "mend the workflow",
        )
    })
}
