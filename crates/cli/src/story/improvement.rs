//! What events about improvements say, and how far one is, in words.

use redress_core::event::ComplaintEvent;
use redress_core::improvement::Standing;
use redress_kernel::definition::Definition;

use super::department;
use crate::output::{Cell, Zones};
use crate::settings::Lang;

/// How far an improvement is.
pub(crate) fn standing(standing: Standing, lang: Lang) -> Cell {
    let shown = match standing {
        Standing::Tracked => lang.pick("列案待开表", "tracked, not opened"),
        Standing::Opened => lang.pick("待拟定", "to be drafted"),
        Standing::Drafted => lang.pick("草案待确认", "draft to be confirmed"),
        Standing::Returned => lang.pick("草案退回", "draft returned"),
        Standing::UnderWay => lang.pick("办理中", "under way"),
        Standing::CarriedOut => lang.pick("效果待认定", "carried out, effect to be judged"),
        Standing::Ineffective => lang.pick("无成效，待再拟", "without effect, to be drafted again"),
        Standing::Done => lang.pick("已结案", "done"),
    };
    Cell::word(standing.id(), shown)
}

/// The gist of an event about an improvement; none for any other.
pub(super) fn told(
    event: &ComplaintEvent,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) -> Option<String> {
    let colon = lang.pick("：", ": ");
    let round = |round: u32| match lang {
        Lang::Zh => format!("第 {round} 轮"),
        Lang::En => format!("round {round}"),
    };
    Some(match event {
        ComplaintEvent::ImprovementTracked(_)
        | ComplaintEvent::ImprovementReleased(_)
        | ComplaintEvent::ImprovementOpened(_) => String::new(),
        ComplaintEvent::ImprovementDrafted(e) => {
            let items = e.items.iter().map(|item| {
                let by = department(&item.department, definition, lang).shown(lang, zones);
                let until = lang.pick("至", "until");
                format!(
                    "{} {by} {until} {}{colon}{}",
                    item.item, item.until, item.what
                )
            });
            let items: Vec<String> = items.collect();
            let items = items.join(lang.pick("；", "; "));
            format!("{}{colon}{items}", round(e.round))
        }
        ComplaintEvent::ImprovementReturned(e) => {
            format!("{}{colon}{}", round(e.round), e.reason)
        }
        ComplaintEvent::ImprovementConfirmed(e) => round(e.round),
        ComplaintEvent::ImprovementCarriedOut(e) => format!("{}{colon}{}", e.item, e.done),
        ComplaintEvent::ImprovementFoundEffective(e) => {
            format!("{}{colon}{}", round(e.round), e.finding)
        }
        ComplaintEvent::ImprovementFoundIneffective(e) => {
            format!("{}{colon}{}", round(e.round), e.finding)
        }
        _ => return None,
    })
}
