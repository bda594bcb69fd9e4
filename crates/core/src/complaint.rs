//! A complaint: a case, and what the complaint domain knows beyond it.

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::case::{Case, Meta};
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId};
use redress_kernel::time::{Instant, Month};

use crate::event::money::{
    Counted, DisciplineDecided, DisciplineProposed, LossStated, NoticeIssued,
    ResponsibilityDetermined, ResponsibilityProposed,
};
use crate::event::{
    Answered, ComplaintEvent, Decided, Event, ObjectionFiled, ObjectionRuled, ThirdPartyNamed,
};
use crate::improvement::{self, Improvement};
use crate::loss::{DLoss, Resale};
use crate::regulation::Copy;
use crate::tables::Grade;

/// What is known of a complaint, or of a case of a definition that is data alone (then only `case` is filled).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The case.
    pub case: Case,
    /// The decision.
    pub decision: Option<(Instant, Decided)>,
    /// The recipients of the copies.
    pub copies: Vec<Copy>,
    /// Answers to the customer.
    pub answers: Vec<(Instant, Answered)>,
    /// Petitions, with the department that filed each and the ruling.
    pub objections: Vec<Objection>,
    /// Third parties.
    pub third_parties: Vec<(Instant, ThirdPartyNamed)>,
    /// The case that the customer's refusal opened, the last one where an earlier was withdrawn.
    pub successor: Option<CaseId>,
    /// Statements of the loss; the last counts.
    pub losses: Vec<(Instant, LossStated)>,
    /// Proposals of who is responsible; the last counts.
    pub proposals: Vec<(Instant, ResponsibilityProposed)>,
    /// Determinations of who carries the loss; the last counts.
    pub determinations: Vec<(Instant, ResponsibilityDetermined)>,
    /// Goods that came back, and what was sold of them.
    pub resale: Option<Resale>,
    /// The loss on them, once known.
    pub d_loss: Option<(Instant, DLoss)>,
    /// Petitions for discipline; a person's last counts.
    pub petitions: Vec<(Instant, DisciplineProposed)>,
    /// Decided discipline; a person's last counts, those before it were corrected (M9-12).
    pub sentences: Vec<(Instant, DisciplineDecided)>,
    /// Who filed the last petition about each person.
    pub petitioners: BTreeMap<EmployeeId, BTreeSet<EmployeeId>>,
    /// The petition on which each person's last sentence rests.
    pub grounds: BTreeMap<EmployeeId, DisciplineProposed>,
    /// Whose sentence may be corrected, as a petition against a resolution was upheld since (M9-12).
    pub contested: BTreeSet<EmployeeId>,
    /// Whose discipline was announced: which of the person's sentences last, from 1, and when.
    pub announced: BTreeMap<EmployeeId, (u32, Instant)>,
    /// Whose discipline a closed month settled: which of the person's sentences last, from 1.
    pub settled: BTreeMap<EmployeeId, u32>,
    /// Penalty notices, one a month at most.
    pub notices: Vec<(Instant, NoticeIssued)>,
    /// The months that counted it: the first for its closing, others for what was corrected or decided since.
    pub counted: Vec<(Instant, Counted)>,
    /// The improvement, where it is tracked (M9-7).
    pub improvement: Option<Improvement>,
}

/// A petition and its ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// When it was filed.
    pub filed_at: Instant,
    /// Who filed it.
    pub filed_by: BTreeSet<EmployeeId>,
    /// The department that filed it.
    pub department: Option<DepartmentId>,
    /// The petition.
    pub filed: ObjectionFiled,
    /// When and how it was ruled on.
    pub ruled: Option<(Instant, ObjectionRuled)>,
}

impl Complaint {
    /// Folds one event into what is known. INVARIANT: it only copies.
    pub fn fold(complaint: Option<Self>, event: &Event, meta: &Meta) -> Option<Self> {
        match (complaint, event) {
            (None, Event::Case(event)) => Case::fold(None, event, meta).map(|case| Self {
                case,
                decision: None,
                copies: Vec::new(),
                answers: Vec::new(),
                objections: Vec::new(),
                third_parties: Vec::new(),
                successor: None,
                losses: Vec::new(),
                proposals: Vec::new(),
                determinations: Vec::new(),
                resale: None,
                d_loss: None,
                petitions: Vec::new(),
                sentences: Vec::new(),
                petitioners: BTreeMap::new(),
                grounds: BTreeMap::new(),
                contested: BTreeSet::new(),
                announced: BTreeMap::new(),
                settled: BTreeMap::new(),
                notices: Vec::new(),
                counted: Vec::new(),
                improvement: None,
            }),
            (None, Event::Complaint(_)) => None,
            (Some(complaint), Event::Case(event)) => {
                let Self { case, .. } = complaint;
                Case::fold(Some(case), event, meta).map(|case| Self { case, ..complaint })
            }
            (Some(mut complaint), Event::Complaint(event)) => {
                complaint.case.person_acted(meta);
                complaint.apply(event, meta);
                Some(complaint)
            }
        }
    }

    /// The loss as it was stated last (M9-7).
    pub fn loss(&self) -> Option<&LossStated> {
        self.losses.last().map(|(_, stated)| stated)
    }

    /// Who carries it, as determined last (M9-7, M12).
    pub fn determined(&self) -> Option<&ResponsibilityDetermined> {
        self.determinations.last().map(|(_, determined)| determined)
    }

    /// The last petition for somebody's discipline (D6).
    pub fn petition_of(&self, employee: &EmployeeId) -> Option<&DisciplineProposed> {
        let petitions = self.petitions.iter().rev().map(|(_, petition)| petition);
        petitions
            .into_iter()
            .find(|petition| petition.employee == *employee)
    }

    /// What the general manager decided about somebody last (D6, M9-12).
    pub fn sentence_of(&self, employee: &EmployeeId) -> Option<&DisciplineDecided> {
        let sentences = self.sentences.iter().rev().map(|(_, sentence)| sentence);
        sentences
            .into_iter()
            .find(|sentence| sentence.employee == *employee)
    }

    /// The month with which a sentence settles: that of the decision, or, where goods came back behind it, that in which the
    /// loss on them was known (A17).
    pub fn settles_with(&self, sentence: &DisciplineDecided) -> Month {
        let settled_before = |known_at: &Instant| {
            let mut counted = self.counted.iter();
            counted.any(|(at, counted)| {
                at < known_at && counted.disciplined.contains(&sentence.employee)
            })
        };
        let known = self.d_loss.as_ref();
        let known = known.filter(|(at, _)| !settled_before(at));
        known.map_or(sentence.month, |(_, loss)| loss.month.max(sentence.month))
    }

    /// Whether discipline waits for the loss on goods that came back (D1, A17).
    pub fn loss_pending(&self) -> bool {
        self.resale.is_some() && self.d_loss.is_none()
    }

    /// How often the general manager decided about somebody: the last sentence's number, from 1.
    pub fn sentences_on(&self, employee: &EmployeeId) -> u32 {
        let sentences = self.sentences.iter();
        let theirs = sentences.filter(|(_, sentence)| sentence.employee == *employee);
        u32::try_from(theirs.count()).unwrap_or(u32::MAX)
    }

    /// When personnel announced somebody's last sentence; none: not yet, or only one that was corrected since (M12, D6).
    pub fn announcement_of(&self, employee: &EmployeeId) -> Option<Instant> {
        let (number, at) = self.announced.get(employee)?;
        (*number == self.sentences_on(employee)).then_some(*at)
    }

    /// Whether somebody's last sentence is one to announce: discipline, or the end of discipline that was announced (M12).
    pub fn is_announceable(&self, employee: &EmployeeId) -> bool {
        let sentence = self.sentence_of(employee);
        sentence.is_some_and(|decided| {
            decided.sentence.grade != Grade::None || self.announced.contains_key(employee)
        })
    }

    fn apply(&mut self, event: &ComplaintEvent, meta: &Meta) {
        match event {
            ComplaintEvent::Decided(e) => self.decision = Some((meta.at, e.clone())),
            ComplaintEvent::CopiesDistributed(e) => self.copies.clone_from(&e.copies),
            ComplaintEvent::Answered(e) => self.answers.push((meta.at, e.clone())),
            ComplaintEvent::CustomerRefused(e) => self.successor = Some(e.successor),
            ComplaintEvent::ObjectionFiled(e) => self.objections.push(Objection {
                filed_at: meta.at,
                filed_by: meta.actor.persons().cloned().collect(),
                department: meta.actor.department().cloned(),
                filed: e.clone(),
                ruled: None,
            }),
            ComplaintEvent::ObjectionRuled(e) => {
                if let Some(o) = self
                    .objections
                    .iter_mut()
                    .find(|o| o.filed.objection == e.objection)
                {
                    o.ruled = Some((meta.at, e.clone()));
                }
                if e.upheld {
                    let sentenced = self.sentences.iter();
                    let sentenced = sentenced.map(|(_, sentence)| sentence.employee.clone());
                    self.contested.extend(sentenced);
                }
            }
            ComplaintEvent::ThirdPartyNamed(e) => self.third_parties.push((meta.at, e.clone())),
            ComplaintEvent::LossStated(e) => self.losses.push((meta.at, e.clone())),
            ComplaintEvent::ResponsibilityProposed(e) => self.proposals.push((meta.at, e.clone())),
            ComplaintEvent::ResponsibilityDetermined(e) => {
                self.determinations.push((meta.at, e.clone()));
            }
            ComplaintEvent::GoodsTakenBack(e) => {
                self.resale = Some(Resale {
                    from: e.from,
                    until: e.until,
                    returned: e.returned.clone(),
                    sales: Vec::new(),
                });
            }
            ComplaintEvent::GoodsResold(e) => {
                if let Some(resale) = &mut self.resale {
                    resale.sales.push((meta.at, e.resold.clone()));
                }
            }
            ComplaintEvent::ResaleSettled(e) => self.d_loss = Some((meta.at, e.loss.clone())),
            ComplaintEvent::DisciplineProposed(e) => {
                let filed_by = meta.actor.persons().cloned().collect();
                self.petitioners.insert(e.employee.clone(), filed_by);
                self.petitions.push((meta.at, e.clone()));
            }
            ComplaintEvent::DisciplineDecided(e) => {
                if let Some(petition) = self.petition_of(&e.employee).cloned() {
                    self.grounds.insert(e.employee.clone(), petition);
                }
                self.contested.remove(&e.employee);
                self.sentences.push((meta.at, e.clone()));
            }
            ComplaintEvent::DisciplineAnnounced(e) => {
                let number = self.sentences_on(&e.employee);
                self.announced.insert(e.employee.clone(), (number, meta.at));
            }
            ComplaintEvent::NoticeIssued(e) => self.notices.push((meta.at, e.clone())),
            ComplaintEvent::Counted(e) => {
                for employee in &e.disciplined {
                    let number = self.sentences_on(employee);
                    self.settled.insert(employee.clone(), number);
                }
                self.counted.push((meta.at, e.clone()));
            }
            ComplaintEvent::ImprovementTracked(_)
            | ComplaintEvent::ImprovementReleased(_)
            | ComplaintEvent::ImprovementOpened(_)
            | ComplaintEvent::ImprovementDrafted(_)
            | ComplaintEvent::ImprovementReturned(_)
            | ComplaintEvent::ImprovementConfirmed(_)
            | ComplaintEvent::ImprovementCarriedOut(_)
            | ComplaintEvent::ImprovementFoundEffective(_)
            | ComplaintEvent::ImprovementFoundIneffective(_) => {
                improvement::fold(&mut self.improvement, event, meta);
            }
        }
    }
}
