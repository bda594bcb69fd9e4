//! The route: stages that no case reaches, routes on which none closes, ways back that never end.

use redress_kernel::definition::{Definition, Stage};
use redress_kernel::form::FieldKind;
use redress_kernel::guard::{All, Any, AtLeast, Guard, Is, Known, Not};
use redress_kernel::value::{Path, Scope, Value};

use super::Check;
use super::guards::{Target, find};
use crate::fault::FaultCode;

impl<'a> Check<'a> {
    pub(super) fn route(&mut self) {
        let definition = self.definition;
        if definition.stages.is_empty() {
            self.fault(
                "stages",
                FaultCode::DeadEnd,
                "the route has no stage",
                "add at least the stage that closes a case",
            );
            return;
        }
        let closing = definition.stage_index(definition.closes_at_end_of.as_str());
        for (stage, index) in definition.stages.iter().zip(0usize..) {
            self.reached(stage, index);
            self.detour_of(stage, index, closing);
            self.counted(stage, index);
            if Some(index) == closing && stage.called_for.is_some() {
                self.fault(
                    &format!("stages.{}.called_for", stage.id),
                    FaultCode::DeadEnd,
                    format!("a case that does not visit `{}` never closes", stage.id),
                    "close at the end of a stage that every case visits",
                );
            }
        }
        self.anchored(closing);
    }

    fn reached(&mut self, stage: &Stage, index: usize) {
        let Some(guard) = &stage.called_for else {
            return;
        };
        let definition = self.definition;
        let targeted = definition
            .stages
            .iter()
            .any(|s| s.detour.as_ref().is_some_and(|d| d.to == stage.id));
        if !targeted && !may_hold(definition, guard, index) {
            self.fault(
                &format!("stages.{}.called_for", stage.id),
                FaultCode::UnreachableStage,
                format!("no case ever reaches `{}`", stage.id),
                "its condition can never hold when the route comes by: read a form reported before it, or add a detour to it",
            );
        }
    }

    fn detour_of(&mut self, stage: &Stage, index: usize, closing: Option<usize>) {
        let Some(detour) = &stage.detour else { return };
        let definition = self.definition;
        let path = format!("stages.{}.detour", stage.id);
        let Some(to) = definition.stage_index(detour.to.as_str()) else {
            return;
        };
        if to > index {
            self.fault(
                &format!("{path}.to"),
                FaultCode::Contradiction,
                format!("a detour leads back, and `{}` lies ahead", detour.to),
                "to leave stages out, give them a `called_for`",
            );
            return;
        }
        if closing.is_some_and(|closing| index >= closing && to <= closing) {
            self.fault(
                &format!("{path}.to"),
                FaultCode::Contradiction,
                "the case is closed by then, and does not open again",
                "take the detour before the stage that closes",
            );
        }
        let changes = detour.when.paths().iter().any(|path| match &path.scope {
            Scope::Stage(s) => definition
                .stage_index(s.as_str())
                .is_some_and(|i| (to..=index).contains(&i)),
            _ => false,
        });
        if !changes || always(&detour.when) {
            self.fault(
                &format!("{path}.when"),
                FaultCode::EndlessDetour,
                format!(
                    "once this holds it holds for ever: the way from `{}` to `{}` changes nothing of it",
                    detour.to, stage.id
                ),
                format!("let it read a form that is reported anew on the way, such as `{}.…`", stage.id),
            );
        }
    }

    fn counted(&mut self, stage: &Stage, index: usize) {
        let Some(from) = &stage.counts_from else {
            return;
        };
        let path = format!("stages.{}.counts_from", stage.id);
        let from_index = self.definition.stage_index(from.as_str());
        if from_index.is_some_and(|from| from >= index) {
            self.fault(
                &path,
                FaultCode::Contradiction,
                format!("`{from}` does not lie before `{}`", stage.id),
                "a limit counts from an earlier stage, or from its own opening",
            );
        } else if stage.limits.is_empty() {
            self.fault(
                &path,
                FaultCode::Contradiction,
                format!("`{}` has no limit that could count", stage.id),
                "add `limits`, or take `counts_from` out",
            );
        }
    }

    /// What hangs on the end of a stage must hang on one that every case visits, in time.
    fn anchored(&mut self, closing: Option<usize>) {
        let definition = self.definition;
        let clock = definition.clock.as_ref();
        let clock = clock.and_then(|c| c.starts_at_end_of.as_ref());
        let number = definition.numbering.as_ref();
        let number = number.and_then(|n| n.at_end_of.as_ref());
        let facts = definition.facts.iter().map(|f| {
            let path = format!("facts.{}.needed_at_end_of", f.id);
            (path, "a fact needed", f.needed_at_end_of.as_ref())
        });
        let anchors: Vec<_> = [
            (
                "clock.starts_at_end_of".to_owned(),
                "the clock that starts",
                clock,
            ),
            ("numbering.at_end_of".to_owned(), "the number given", number),
        ]
        .into_iter()
        .chain(facts)
        .collect();
        for (path, what, stage) in anchors {
            let Some(stage) = stage.and_then(|s| definition.stage(s.as_str())) else {
                continue;
            };
            if stage.called_for.is_some() {
                self.fault(
                    &path,
                    FaultCode::SkippableAnchor,
                    format!(
                        "{what} at the end of `{}`: some cases never visit it",
                        stage.id
                    ),
                    "name a stage without `called_for`",
                );
            }
            let starts = definition.stage_index(stage.id.as_str());
            let late = starts.zip(closing).is_some_and(|(s, c)| s >= c);
            if path.starts_with("clock") && late {
                self.fault(
                    &path,
                    FaultCode::Contradiction,
                    format!(
                        "`{}` does not lie before the stage that closes the case",
                        stage.id
                    ),
                    "the clock of a case runs until its closing; start it earlier",
                );
            }
        }
    }
}

/// Whether a condition can hold when the route comes to this place, detours included.
fn may_hold(definition: &Definition, guard: &Guard, index: usize) -> bool {
    match guard {
        Guard::Is(Is { path, .. })
        | Guard::AtLeast(AtLeast { path, .. })
        | Guard::Known(Known { path, known: true }) => knowable(definition, path, index),
        Guard::Known(_) => true,
        Guard::Any(Any { any }) => any.iter().any(|g| may_hold(definition, g, index)),
        Guard::All(All { all }) => {
            all.iter().all(|g| may_hold(definition, g, index)) && !contradicts(definition, all)
        }
        Guard::Not(Not { not }) => !always(not),
    }
}

/// Whether a path can have a value by the time: it stands before, or a detour leads from behind it to before here.
fn knowable(definition: &Definition, path: &Path, index: usize) -> bool {
    let Scope::Stage(stage) = &path.scope else {
        return true;
    };
    let Some(stands) = definition.stage_index(stage.as_str()) else {
        return false;
    };
    let comes_back = |(from, stage): (usize, &Stage)| {
        from >= stands
            && stage
                .detour
                .as_ref()
                .and_then(|d| definition.stage_index(d.to.as_str()))
                .is_some_and(|to| to <= index)
    };
    stands < index || definition.stages.iter().enumerate().any(comes_back)
}

/// Whether a list of conditions asks one field to be two things at once.
fn contradicts(definition: &Definition, all: &[Guard]) -> bool {
    let several = |path: &Path| {
        matches!(
            find(definition, path, None),
            Ok(Target::Field(field)) if matches!(field.kind, FieldKind::Choices { .. } | FieldKind::Parties)
        )
    };
    let asked: Vec<(&Path, &Value)> = all
        .iter()
        .filter_map(|guard| match guard {
            Guard::Is(Is { path, is }) if !several(path) => Some((path, is)),
            _ => None,
        })
        .collect();
    asked.iter().any(|(path, is)| {
        asked
            .iter()
            .any(|(other, other_is)| path == other && is != other_is)
    })
}

/// Whether a condition holds whatever is known.
fn always(guard: &Guard) -> bool {
    match guard {
        Guard::All(All { all }) => all.iter().all(always),
        Guard::Any(Any { any }) => any.iter().any(always),
        Guard::Not(Not { not }) => never(not),
        _ => false,
    }
}

fn never(guard: &Guard) -> bool {
    match guard {
        Guard::All(All { all }) => all.iter().any(never),
        Guard::Any(Any { any }) => any.iter().all(never),
        Guard::Not(Not { not }) => always(not),
        _ => false,
    }
}
