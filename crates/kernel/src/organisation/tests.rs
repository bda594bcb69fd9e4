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

/// The periods of employment, by their days.
fn employed(said: &[(&str, &str)]) -> Vec<(Instant, Option<Instant>)> {
    let periods = organisation(said).employment(&"E1".parse().unwrap());
    let days = periods.iter().map(|period| (period.from, period.until));
    days.collect()
}

#[test]
fn who_joins_works_here_until_leaving_and_again_from_coming_back() {
    let said = [("joins", "03-05"), ("leaves", "03-20")];
    assert_eq!(employed(&said), [(at("03-05"), Some(at("03-20")))]);
    let said = [
        ("leaves", "04-10"),
        ("joins", "01-01"),
        ("joins", "04-01"),
        ("leaves", "03-20"),
        ("joins", "05-02"),
    ];
    let periods = [
        (at("01-01"), Some(at("03-20"))),
        (at("04-01"), Some(at("04-10"))),
        (at("05-02"), None),
    ];
    assert_eq!(employed(&said), periods);
}

#[test]
fn a_transfer_interrupts_no_employment() {
    let said = [("joins", "03-05"), ("joins", "04-01"), ("leaves", "05-20")];
    assert_eq!(employed(&said), [(at("03-05"), Some(at("05-20")))]);
    let said = [("joins", "03-05"), ("leaves", "04-01"), ("joins", "04-01")];
    assert_eq!(employed(&said), [(at("03-05"), None)]);
}

#[test]
fn who_never_worked_here_was_never_employed() {
    assert_eq!(employed(&[]), []);
    assert_eq!(employed(&[("leaves", "03-20")]), []);
    // Said of one instant, the last word counts.
    let said = [("joins", "03-20"), ("leaves", "03-20")];
    assert_eq!(employed(&said), []);
}
