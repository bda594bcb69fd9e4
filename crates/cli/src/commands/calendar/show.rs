//! `redress calendar show [--year Y]`: the special days of a year, and how many days of each month are worked.

use redress_kernel::calendar::{Calendar, DayKind};
use redress_kernel::time::{Date, Month};

use super::Which;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Column, Listing, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The year; the newest published one if left out
    #[arg(long)]
    year: Option<i32>,
    #[command(flatten)]
    which: Which,
}

/// Prints it.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let calendar = args.which.read(session)?;
    let lang = session.output.lang;
    let year = match args.year.or_else(|| calendar.published().last().copied()) {
        Some(year) => year,
        None => {
            return Err(Failure::new(
                Exit::NotFound,
                "no_year",
                "the calendar has no published year",
            )
            .help("name one with `--year`"));
        }
    };
    let published = calendar.published().contains(&year);
    let mut record = Record::new("redress/calendar@1");
    record.member(
        column("calendar", "日历", "Calendar"),
        Cell::text(calendar.id()),
    );
    let title = lang
        .pick(&calendar.title().zh, &calendar.title().en)
        .to_owned();
    record.member(column("title", "名称", "Title"), Cell::Text(title));
    record.member(
        column("year", "年份", "Year"),
        Cell::Integer(i64::from(year)),
    );
    record.member(
        column("published", "已公布", "Published"),
        Cell::Boolean(published),
    );
    record.member(
        column("working_day_seconds", "工作日时长", "A working day"),
        Cell::Seconds(calendar.working_day_seconds()),
    );
    let months =
        months(&calendar, year).map_err(|e| Failure::usage("no_such_year", e.to_string()))?;
    record.part("special_days", special_days(&calendar, year, session));
    record.part("months", months);
    session.output.record(&record, &session.zones())
}

fn special_days(calendar: &Calendar, year: i32, session: &Session) -> Listing {
    let lang = session.output.lang;
    let columns: Vec<Column> = vec![
        column("date", "日期", "Date"),
        column("weekday", "星期", "Weekday"),
        column("kind", "性质", "Kind"),
        column("name", "名称", "Name"),
    ];
    let mut listing = Listing::new("redress/calendar@1", "special_days", columns);
    for date in calendar.special_days().keys().filter(|d| d.year() == year) {
        let (kind, zh, en, name) = match calendar.kind_of(*date) {
            DayKind::Holiday(name) => ("holiday", "放假", "holiday", name),
            DayKind::MakeUpWorkday(name) => {
                ("make_up_workday", "调休上班", "make-up day, worked", name)
            }
            DayKind::Workday | DayKind::Weekend => continue,
        };
        listing.row(vec![
            Cell::Date(*date),
            weekday(*date, session),
            Cell::word(kind, lang.pick(zh, en)),
            Cell::text(lang.pick(&name.zh, &name.en)),
        ]);
    }
    listing
}

fn weekday(date: Date, session: &Session) -> Cell {
    let number = date.weekday().number();
    let names = [
        ("monday", "周一", "Mon"),
        ("tuesday", "周二", "Tue"),
        ("wednesday", "周三", "Wed"),
        ("thursday", "周四", "Thu"),
        ("friday", "周五", "Fri"),
        ("saturday", "周六", "Sat"),
        ("sunday", "周日", "Sun"),
    ];
    names
        .get(usize::from(number.saturating_sub(1)))
        .map_or(Cell::Empty, |(id, zh, en)| {
            Cell::word(*id, session.output.pick(zh, en))
        })
}

fn months(calendar: &Calendar, year: i32) -> Result<Listing, redress_kernel::time::TimeError> {
    let columns = vec![
        column("month", "月份", "Month"),
        column("days", "天数", "Days"),
        column("worked_days", "工作日", "Worked"),
    ];
    let mut listing = Listing::new("redress/calendar@1", "months", columns);
    for number in 1..=12 {
        let month = Month::new(year, number)?;
        let worked = (1..=month.days())
            .filter(|day| calendar.is_worked(month.day_or_last(*day)))
            .count();
        listing.row(vec![
            Cell::Month(month),
            Cell::Integer(i64::from(month.days())),
            Cell::count(worked),
        ]);
    }
    Ok(listing)
}
