//! From what a unit is charged to what each of its people is charged (P3 to P5, A24).

use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

use crate::apportionment::apportion;
use crate::refusal;
use crate::responsibility::Carried;
use crate::staff::Roster;
use crate::tables::UnitKind;

/// A member of a unit that is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who.
    pub employee: EmployeeId,
    /// Base points in hundredths; none for a person who is named alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_points: Option<u32>,
}

/// What a member is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberShare {
    /// Who.
    pub employee: EmployeeId,
    /// Base points in hundredths; none for a person who is named alone, who carries the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_points: Option<u32>,
    /// How much.
    pub amount: Money,
}

/// The people of a party, by id: the person who is named, or the members of the unit with base points.
///
/// # Errors
/// `no_base_points` if the unit has none (A24).
pub fn members_of(carried: &Carried, roster: Roster<'_>) -> Result<Vec<Member>, Refusal> {
    let members = people_of(carried, roster)?;
    if members.is_empty() && carried.is_ours() {
        return Err(Refusal::new(refusal::NO_BASE_POINTS, "A24")
            .with("party", &carried.party)
            .with("day", roster.day));
    }
    Ok(members)
}

/// As [`members_of`], but a unit without base points has nobody.
pub(crate) fn people_of(carried: &Carried, roster: Roster<'_>) -> Result<Vec<Member>, Refusal> {
    let id = carried.id();
    let members = match carried.kind {
        None => return Ok(Vec::new()),
        Some(UnitKind::Person) => {
            let employee = id.parse();
            let employee = employee.map_err(|_| {
                Refusal::new(refusal::NOT_A_RESPONSIBLE_PARTY, "P2").with("party", &carried.party)
            })?;
            return Ok(vec![Member {
                employee,
                base_points: None,
            }]);
        }
        Some(UnitKind::Department) if carried.party.starts_with("department:") => {
            let department = carried.department.as_ref();
            department.map_or_else(Vec::new, |d| roster.members_of_department(d))
        }
        Some(_) => roster.members(id),
    };
    let member = |(employee, points)| Member {
        employee,
        base_points: Some(points),
    };
    Ok(members.into_iter().map(member).collect())
}

/// A unit's sum to its people, each once, by id: by base points (P4); a person who is named alone has all of it.
///
/// # Errors
/// `out_of_range` for a sum below 0.
pub fn shares(sum: Money, members: &[Member]) -> Result<Vec<MemberShare>, Refusal> {
    if let [
        Member {
            employee,
            base_points: None,
        },
    ] = members
    {
        return Ok(vec![MemberShare {
            employee: employee.clone(),
            base_points: None,
            amount: sum,
        }]);
    }
    let weights: Vec<(EmployeeId, u64)> = members
        .iter()
        .map(|member| {
            let points = member.base_points.unwrap_or_default();
            (member.employee.clone(), u64::from(points))
        })
        .collect();
    let points_of = |employee: &EmployeeId| {
        let theirs = members.iter().filter(|member| member.employee == *employee);
        theirs
            .filter_map(|member| member.base_points)
            .reduce(u32::saturating_add)
    };
    let shares = apportion(sum, &weights)?.into_iter();
    Ok(shares
        .map(|(employee, amount)| MemberShare {
            base_points: points_of(&employee),
            employee,
            amount,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use redress_kernel::organisation::Organisation;
    use redress_kernel::time::Zone;

    use super::*;
    use crate::staff::{Staff, StaffCommand};

    fn money(figure: &str) -> Money {
        format!("{figure} CNY").parse().unwrap()
    }

    fn staff() -> Staff {
        let mut staff = Staff::default();
        let unit = || "G3".parse().unwrap();
        let from = "2026-01-01".parse().unwrap();
        let mut said = vec![StaffCommand::FormUnit {
            unit: unit(),
            kind: UnitKind::Group,
            department: "manufacturing".parse().unwrap(),
            from,
        }];
        for (employee, points) in [("E1", 500), ("E2", 300), ("E3", 200), ("E4", 150)] {
            said.push(StaffCommand::SetBasePoints {
                unit: unit(),
                employee: employee.parse().unwrap(),
                points,
                from,
            });
        }
        for fact in said {
            let event = staff.decide(&fact).unwrap();
            staff.evolve(&event);
        }
        staff
    }

    fn members(carried: &Carried) -> Result<Vec<Member>, Refusal> {
        let roster = Roster {
            staff: &staff(),
            organisation: &Organisation::default(),
            zone: &Zone::default(),
            day: "2026-02-11".parse().unwrap(),
        };
        members_of(carried, roster)
    }

    fn party(party: &str, kind: Option<UnitKind>) -> Carried {
        Carried {
            party: party.to_owned(),
            basis_points: 10_000,
            amount: money("0"),
            charged: money("0"),
            deducts: true,
            why_not_smaller: None,
            department: kind.map(|_| "manufacturing".parse().unwrap()),
            kind,
        }
    }

    fn figures(sum: &str, of: &Carried) -> Vec<(String, String)> {
        let members = members(of).unwrap();
        let shares = shares(money(sum), &members).unwrap().into_iter();
        shares
            .map(|share| (share.employee.into(), share.amount.decimal()))
            .collect()
    }

    #[test]
    fn a_unit_is_charged_to_its_members_by_base_points() {
        let of = party("unit:G3", Some(UnitKind::Group));
        let told = |figures: [&str; 4]| {
            ["E1", "E2", "E3", "E4"]
                .into_iter()
                .zip(figures)
                .map(|(id, figure)| (id.to_owned(), figure.to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            figures("1000.00", &of),
            told(["434.78", "260.87", "173.91", "130.44"])
        );
        assert_eq!(
            figures("555.56", &of),
            told(["241.55", "144.93", "96.62", "72.46"])
        );
    }

    #[test]
    fn a_person_who_is_named_alone_carries_all() {
        let of = party("person:E9", Some(UnitKind::Person));
        assert_eq!(figures("1000.01", &of), [("E9".into(), "1000.01".into())]);
    }

    #[test]
    fn a_departments_people_are_charged_like_a_sections() {
        let of = party("department:manufacturing", Some(UnitKind::Department));
        assert_eq!(figures("11.50", &of).len(), 4);
    }

    #[test]
    fn an_outside_party_has_no_members() {
        let members = members(&party("supplier:S4", None));
        assert_eq!(members, Ok(Vec::new()));
    }

    #[test]
    fn a_unit_without_base_points_is_refused() {
        let of = party("unit:G4", Some(UnitKind::Group));
        let refusal = members(&of).unwrap_err();
        assert_eq!(
            (refusal.code, &*refusal.clause),
            (refusal::NO_BASE_POINTS, "A24")
        );
    }

    #[test]
    fn who_is_named_twice_has_one_share_of_both_points() {
        let member = |employee: &str, points| Member {
            employee: employee.parse().unwrap(),
            base_points: Some(points),
        };
        let members = [member("E2", 100), member("E1", 100), member("E2", 200)];
        let shares = shares(money("4.00"), &members).unwrap();
        let minor: Vec<i64> = shares.iter().map(|share| share.amount.minor()).collect();
        assert_eq!(minor, [100, 300]);
        let points: Vec<_> = shares.iter().map(|share| share.base_points).collect();
        assert_eq!(points, [Some(100), Some(300)]);
    }
}
