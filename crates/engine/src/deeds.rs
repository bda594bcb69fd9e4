//! Commands on a case as typed calls. Each takes its instant from the clock and draws its id; a service that
//! repeats commands, enters what happened earlier or expects a version uses [`Redress::execute`].

use redress_core::command::{Command, ComplaintCommand};
use redress_kernel::actor::By;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Link;
use redress_kernel::id::CaseId;
use redress_kernel::value::{Path, Value};

use crate::desk::Redress;
use crate::error::Error;
use crate::forms::{CustomerAnswer, Fields, Lodging, StageForm, stage};
use crate::links;
use crate::request::{Answer, CaseRef, Request};

impl Redress {
    /// Opens a case: lodges a complaint (M9-1), unless the lodging names another workflow. What it follows, the
    /// joint inspection before it and the notice that it is raised from are linked both ways in the same append.
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn lodge(&self, by: &By, lodging: Lodging) -> Result<CaseId, Error> {
        self.open_case(by, lodging).await.map(|answer| answer.case)
    }

    /// As [`Redress::lodge`], with the whole answer.
    ///
    /// # Errors
    /// As there.
    pub async fn open_case(&self, by: &By, lodging: Lodging) -> Result<Answer, Error> {
        let link = |relation: &str, case: Option<CaseId>| {
            case.map(|case| Link {
                relation: relation.to_owned(),
                case,
            })
        };
        let links = [
            link(links::FOLLOWS, lodging.follows),
            link(links::JOINT_INSPECTION, lodging.joint_inspection),
            link(links::RAISED_FROM, lodging.raised_from),
        ];
        let command = CaseCommand::Open {
            values: lodging.fields.values()?,
            links: links.into_iter().flatten().collect(),
        };
        let mut request = Request::new(by.clone(), command);
        request.definition = lodging.definition;
        self.execute(request).await
    }

    /// Raises an abnormality notice to a complaint (M3): both are linked in one append.
    ///
    /// # Errors
    /// As [`Redress::lodge`].
    pub async fn raise_notice(
        &self,
        notice: impl Into<CaseRef>,
        by: &By,
        mut lodging: Lodging,
    ) -> Result<CaseId, Error> {
        lodging.raised_from = Some(self.find(notice).await?);
        self.lodge(by, lodging).await
    }

    /// The GM office numbers and registers a complaint (M8).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn accept(&self, case: impl Into<CaseRef>, by: &By) -> Result<Answer, Error> {
        self.report(case, by, StageForm::of("acceptance")).await
    }

    /// Enters the report of the stage at which a case stands.
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn report(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        form: impl Into<StageForm>,
    ) -> Result<Answer, Error> {
        let form = form.into();
        let command = CaseCommand::Report {
            stage: form.stage_id()?,
            visit: form.visit,
            values: form.fields.values()?,
        };
        self.on_case(case, by, command).await
    }

    /// An office endorses a report (A16a).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn endorse(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        at_stage: &str,
        remark: Option<&str>,
    ) -> Result<Answer, Error> {
        let command = CaseCommand::Endorse {
            stage: stage(at_stage)?,
            visit: None,
            remark: remark.map(ToOwned::to_owned),
        };
        self.on_case(case, by, command).await
    }

    /// Sends a case back to an earlier stage (A12).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn send_back(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        to: &str,
        reason: &str,
    ) -> Result<Answer, Error> {
        let command = CaseCommand::SendBack {
            to: stage(to)?,
            visit: None,
            reason: reason.to_owned(),
        };
        self.on_case(case, by, command).await
    }

    /// The decision by authority, which closes a complaint (M9-8, M11).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn decide(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        decision: impl Into<Fields>,
    ) -> Result<Answer, Error> {
        self.report(case, by, StageForm::of("approval").values(decision))
            .await
    }

    /// Sales carries the decision out, after the closing (M13).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn settle(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        settlement: impl Into<Fields>,
    ) -> Result<Answer, Error> {
        self.report(case, by, StageForm::of("settlement").values(settlement))
            .await
    }

    /// Answers the customer (M9-11).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn answer(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        answer: CustomerAnswer,
    ) -> Result<Answer, Error> {
        let command = ComplaintCommand::Answer {
            means: answer.means,
            text: answer.text,
            concedes: answer.concedes,
        };
        self.on_case(case, by, command).await
    }

    /// Files a petition against a resolution (M9-12), or the customer's objection (M9-14).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn object(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        petition: &str,
        from_customer: bool,
    ) -> Result<Answer, Error> {
        let command = ComplaintCommand::Object {
            petition: petition.to_owned(),
            from_customer,
        };
        self.on_case(case, by, command).await
    }

    /// Rules on a petition (M9-12, M9-14).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn rule(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        objection: u32,
        upheld: bool,
        ruling: &str,
    ) -> Result<Answer, Error> {
        let command = ComplaintCommand::Rule {
            objection,
            upheld,
            ruling: ruling.to_owned(),
        };
        self.on_case(case, by, command).await
    }

    /// Records that a complaint is withdrawn.
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn withdraw(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        reason: &str,
    ) -> Result<Answer, Error> {
        let reason = reason.to_owned();
        self.on_case(case, by, CaseCommand::Withdraw { reason })
            .await
    }

    /// Lets the clocks of a case stand still, where its definition allows it.
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn suspend(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        reason: &str,
    ) -> Result<Answer, Error> {
        let reason = reason.to_owned();
        self.on_case(case, by, CaseCommand::Suspend { reason })
            .await
    }

    /// Lets the clocks of a case go on.
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn resume(&self, case: impl Into<CaseRef>, by: &By) -> Result<Answer, Error> {
        self.on_case(case, by, CaseCommand::Resume {}).await
    }

    /// Enters a value that was "not yet determined" (M9-1).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn complete(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        path: Path,
        value: Value,
    ) -> Result<Answer, Error> {
        self.on_case(case, by, CaseCommand::Complete { path, value })
            .await
    }

    /// Corrects a value (A8).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn correct(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        path: Path,
        value: Value,
        reason: &str,
    ) -> Result<Answer, Error> {
        let command = CaseCommand::Correct {
            path,
            value,
            reason: reason.to_owned(),
        };
        self.on_case(case, by, command).await
    }

    /// Asks a department why a visit was late (M14).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn inquire(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        visit: u32,
    ) -> Result<Answer, Error> {
        self.on_case(case, by, CaseCommand::Inquire { visit }).await
    }

    /// Answers an inquiry (M14).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn answer_inquiry(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        inquiry: u32,
        reason: &str,
    ) -> Result<Answer, Error> {
        let command = CaseCommand::AnswerInquiry {
            inquiry,
            reason: reason.to_owned(),
        };
        self.on_case(case, by, command).await
    }

    /// Names a third party that may be responsible (M9-13).
    ///
    /// # Errors
    /// A refusal, or what [`Redress::execute`] meets.
    pub async fn name_third_party(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        party: &str,
        reason: &str,
    ) -> Result<Answer, Error> {
        let command = ComplaintCommand::NameThirdParty {
            party: party.to_owned(),
            reason: reason.to_owned(),
        };
        self.on_case(case, by, command).await
    }

    async fn on_case(
        &self,
        case: impl Into<CaseRef>,
        by: &By,
        command: impl Into<Command>,
    ) -> Result<Answer, Error> {
        let case = self.find(case).await?;
        self.execute(Request::new(by.clone(), command).on(case))
            .await
    }
}
