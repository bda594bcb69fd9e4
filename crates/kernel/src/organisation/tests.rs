use super::*;

fn at(day: &str) -> Instant {
    format!("2026-{day}T09:00:00+08:00").parse().unwrap()
}

/// What is said of one person: joins on these days, leaves on those.
fn organisation(said: &[(&str, &str)]) -> Organisation {
    let mut organisation = Organisation::default();
    for (what, day) in said {
        let employee: EmployeeId = "E1".parse().unwrap();
        let from = at(day);
        let change = match *what {
            "joins" => OrganisationCommand::Join {
                employee,
                department: "service".parse().unwrap(),
                unit: None,
                from,
            },
            _ => OrganisationCommand::Leave { employee, from },
        };
        organisation.evolve(&OrganisationEvent::Changed(Changed { change }));
    }
    organisation
}

fn left(said: &[(&str, &str)], by: &str) -> Option<Instant> {
    organisation(said).left_at(&"E1".parse().unwrap(), at(by))
}

#[test]
fn who_joins_and_leaves_within_days_has_left() {
    let said = [("joins", "03-05"), ("leaves", "03-20")];
    assert_eq!(left(&said, "03-31"), Some(at("03-20")));
    assert_eq!(left(&said, "03-20"), Some(at("03-20")));
    assert_eq!(left(&said, "03-19"), None);
}

#[test]
fn who_came_back_has_not_left_and_leaves_anew() {
    let said = [
        ("leaves", "04-10"),
        ("joins", "01-01"),
        ("joins", "04-01"),
        ("leaves", "03-20"),
    ];
    assert_eq!(left(&said, "03-31"), Some(at("03-20")));
    assert_eq!(left(&said, "04-02"), None);
    assert_eq!(left(&said, "05-01"), Some(at("04-10")));
}

#[test]
fn who_never_worked_here_has_not_left() {
    assert_eq!(left(&[], "03-31"), None);
    assert_eq!(left(&[("leaves", "03-20")], "03-31"), None);
    // Said of one instant, the last word counts.
    let said = [("joins", "03-20"), ("leaves", "03-20")];
    assert_eq!(left(&said, "03-31"), None);
}
