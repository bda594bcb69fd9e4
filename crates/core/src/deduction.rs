//! From what a unit is charged to what each of its people is charged (P3 to P5, A24).

use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Date;
use serde::{Deserialize, Serialize};

use crate::apportionment::apportion;
use crate::refusal;
use crate::responsibility::Carried;
use crate::staff::Staff;
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

/// The people of a party on a day, by id: the person who is named, or the members of the unit with base points.
///
/// # Errors
/// `no_base_points` if the unit has none (A24).
pub fn members_of(carried: &Carried, staff: &Staff, day: Date) -> Result<Vec<Member>, Refusal> {
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
            department.map_or_else(Vec::new, |d| staff.members_of_department(d, day))
        }
        Some(_) => staff.members(id, day),
    };
    if members.is_empty() {
        return Err(Refusal::new(refusal::NO_BASE_POINTS, "A24")
            .with("party", &carried.party)
            .with("day", day));
    }
    let member = |(employee, points)| Member {
        employee,
        base_points: Some(points),
    };
    Ok(members.into_iter().map(member).collect())
}

/// A unit's sum to its people: by base points; a person who is named alone has all of it.
///
/// # Errors
/// `nothing_to_share` without base points, `out_of_range` for a sum below 0.
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
    let weights: Vec<(String, u64)> = members
        .iter()
        .map(|member| {
            let points = member.base_points.unwrap_or_default();
            (member.employee.to_string(), u64::from(points))
        })
        .collect();
    let parts = apportion(sum, &weights)?;
    let mut shares = Vec::with_capacity(members.len());
    for member in members {
        // They stand by id.
        let place = parts.binary_search_by(|(id, _)| id.as_str().cmp(member.employee.as_str()));
        if let Some((_, amount)) = place.ok().and_then(|place| parts.get(place)) {
            shares.push(MemberShare {
                employee: member.employee.clone(),
                base_points: member.base_points,
                amount: *amount,
            });
        }
    }
    Ok(shares)
}
