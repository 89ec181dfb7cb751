//! Holidays from a spreadsheet: the announcement of a year makes a draft of the next version of the calendar, and says which days
//! are gained and lost and which dues would move. `[INT-5c, DUT-2i]`

use crate::spine::{
    Can, Label, Query, Reading, Reply, Routes, UnitOfWork, Upload, View,
    import::{Cells, Choice, ImportColumn, ImportReport, Imported, Outcome, Sheet, Template, TemplateFormat},
    routes,
};
use chrono::{Datelike, NaiveDate};
use domain::{
    organisation::working_calendar::{CalendarYear, Holiday, WORKING_CALENDAR_CODE, WorkingCalendar},
    spine::{
        BusinessDate, Finding, POLICY_UNSOUND, Policy, PolicyContent, PolicyStatus, PolicyVersion, Refusal,
        perm,
    },
};
use persistence::{
    duty::settle::{MovedDue, moved_by},
    policy,
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "working-calendar", [show_holiday_template, import_holidays]);
}

/// What becomes of the days of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DaySort {
    /// Nobody works.
    Off,
    /// A rest day that is worked in a holiday's stead.
    Worked,
}

domain::labels! { DaySort = "DaySort":
    Off = "off", "放假", "Off";
    Worked = "worked", "上班", "Worked";
}

/// A holiday, or days worked for it, as a row of a file says it.
#[derive(Clone, Debug)]
struct HolidayRow {
    name: String,
    english: Option<String>,
    from: NaiveDate,
    to: NaiveDate,
    sort: DaySort,
    /// The year it was announced with: that of its last day where nothing else is said.
    year: i32,
}

impl Imported for HolidayRow {
    const FILE: Label = Label { name: "holidays", zh: "放假安排", en: "Holidays" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::required("name", "名称", "Name", ("如 春节", "Such as 春节")),
        ImportColumn::optional(
            "name_en",
            "英文名称",
            "English name",
            ("空为中文名称", "Empty: the Chinese name"),
        ),
        ImportColumn::required("from", "开始日期", "From", ("第一天", "The first day")),
        ImportColumn::optional(
            "to",
            "结束日期",
            "To",
            ("最后一天；空为当天", "The last day; empty: the same"),
        ),
        ImportColumn::required(
            "sort",
            "放假或上班",
            "Off or worked",
            ("放假，或调休上班", "Off, or worked in a holiday's stead"),
        ),
        ImportColumn::optional(
            "year",
            "年度",
            "Year",
            ("跨年假期所属年度；空为最后一天的年份", "The year it belongs to; empty: that of the last day"),
        ),
    ];
    const ROWS_MAX: usize = 500;

    fn choices(column: &str) -> Vec<&'static str> {
        match column {
            "sort" => DaySort::ALL.iter().map(|sort| sort.labels().0).collect(),
            _ => Vec::new(),
        }
    }

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let sorts = DaySort::ALL.map(|sort| Choice::labelled(sort, sort.code(), sort.labels()));
        let (name, english) = (cells.text("name", 60), cells.text("name_en", 60));
        let (from, to) = (cells.date("from"), cells.date("to"));
        let (sort, year) = (cells.choice("sort", &sorts), cells.integer("year", 2000..=2100));
        let from = from?;
        let to = to.unwrap_or(from);
        let year = year.and_then(|year| i32::try_from(year).ok()).unwrap_or_else(|| to.year());
        Some(Self { name: name?, english, from, to, sort: sort?, year })
    }
}

/// Show which columns an import of holidays has. `[INT-5c]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in.
#[utoipa::path(get, path = "/api/v1/working-calendar/import-template")]
async fn show_holiday_template(
    who: Can<perm::ManagePolicies>,
    format: TemplateFormat,
    reading: Reading,
) -> Template {
    reading.value(who, |_| Ok(())).await?;
    reading.template::<HolidayRow>(format, Vec::new(), Vec::new()).await
}

/// How a file of holidays is meant.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
struct ImportHolidays {
    /// Whether the good rows shall be taken where others are bad.
    partial: Option<bool>,
    /// The first business day the new version shall hold for; today where absent.
    effective_from: Option<NaiveDate>,
    /// The announcement it rests on; that of the version in force where absent.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    clause: Option<String>,
}

/// What became of a file of holidays, and what its calendar would change.
#[derive(Serialize, ToSchema)]
struct HolidayImport {
    /// What became of each row.
    report: ImportReport,
    /// The days that are worked now and would be off.
    #[schema(max_items = 2000)]
    days_gained: Vec<NaiveDate>,
    /// The days that are off now and would be worked.
    #[schema(max_items = 2000)]
    days_lost: Vec<NaiveDate>,
    /// The open dues that would move, the first ones.
    #[schema(max_items = 200)]
    dues: Vec<MovedDue>,
    /// How many open dues would move.
    #[schema(minimum = 0)]
    dues_count: usize,
}

impl View for HolidayImport {}

/// So many dues are told.
const DUES_MAX: usize = 200;

/// Import holidays from CSV or XLSX. `[INT-5c, DUT-2i]`
///
/// What the file says of a year is the whole announcement of that year; years that are not in it stay. It makes a draft of the next
/// version of the policy `working-calendar/company`, and nothing moves before that is published. The answer says which days are
/// gained and lost, and which open dues would move. With `validate_only=true` no draft is made.
#[utoipa::path(post, path = "/api/v1/working-calendar/import")]
async fn import_holidays(
    who: Can<perm::ManagePolicies>,
    how: Query<ImportHolidays>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<HolidayImport> {
    let Query(how) = how;
    let (sheet, is_rehearsed) = (upload.sheet::<HolidayRow>().await?, work.is_rehearsal());
    work.write(who, move |tx| take(tx, sheet.clone(), &how, is_rehearsed)).await
}

fn take(
    tx: &mut Tx<'_>,
    mut sheet: Sheet<HolidayRow>,
    how: &ImportHolidays,
    is_rehearsed: bool,
) -> Result<HolidayImport, Failure> {
    let from = how.effective_from.unwrap_or_else(|| tx.today());
    let current = policy::in_force::<WorkingCalendar>(tx, "company", from)?;
    let calendar = sound(&mut sheet, &current.content)?;
    let rows: Vec<(usize, HolidayRow)> = sheet.good().map(|(index, row)| (index, row.clone())).collect();
    for (index, row) in &rows {
        sheet.came(*index, if stands(&current.content, row) { Outcome::Unchanged } else { Outcome::Created });
    }
    let is_same = calendar == current.content;
    if !is_same && !rows.is_empty() && !is_bad(&sheet, how) {
        let drafted = draft(tx, &current, &calendar, (from, how))?;
        sheet.made(format!("/api/v1/policies/{}", drafted.id));
    }
    let (dues, dues_count) = if is_same { (Vec::new(), 0) } else { moved_by(tx, &calendar, DUES_MAX)? };
    let days = |off_before: bool| changed_days(&current.content, &calendar, off_before);
    Ok(HolidayImport {
        report: sheet.report(how.partial.unwrap_or(false), is_rehearsed)?,
        days_gained: days(false),
        days_lost: days(true),
        dues,
        dues_count,
    })
}

/// Whether bad rows keep all out.
fn is_bad(sheet: &Sheet<HolidayRow>, how: &ImportHolidays) -> bool {
    sheet.has_refused() && how.partial != Some(true)
}

/// The calendar with the years of the good rows, once every row that makes it unsound is refused.
fn sound(sheet: &mut Sheet<HolidayRow>, base: &WorkingCalendar) -> Result<WorkingCalendar, Failure> {
    loop {
        let (calendar, places) = merged(sheet, base);
        let findings = calendar.findings();
        if findings.is_empty() {
            return Ok(calendar);
        }
        let at_rows: Vec<(usize, &Finding)> =
            findings.iter().filter_map(|finding| Some((place_of(&places, finding)?, finding))).collect();
        if at_rows.is_empty() {
            // What stands already is unsound: the file as a whole is at fault.
            let mut refusal = Refusal::new(POLICY_UNSOUND).with("count", findings.len());
            refusal.findings = findings;
            return Err(refusal.into());
        }
        for (row, finding) in at_rows {
            let column = if finding.pointer.ends_with("/to") { "to" } else { "from" };
            sheet.refuse(row, column, finding.code, finding.params.clone());
        }
    }
}

/// Which row says what stands at a place of the calendar: `years/0/holidays/1`.
type Places = BTreeMap<String, usize>;

fn merged(sheet: &Sheet<HolidayRow>, base: &WorkingCalendar) -> (WorkingCalendar, Places) {
    let (mut calendar, mut places) = (base.clone(), Places::new());
    let mut years: BTreeMap<i32, CalendarYear> = BTreeMap::new();
    let good: Vec<(usize, &HolidayRow)> = sheet.good().collect();
    for (_, row) in &good {
        let blank = CalendarYear { year: row.year, holidays: Vec::new(), make_up_days: Vec::new() };
        years.entry(row.year).or_insert(blank);
    }
    calendar.years.retain(|year| !years.contains_key(&year.year));
    let behind = calendar.years.len();
    for (index, row) in good {
        let at = behind + years.keys().position(|year| *year == row.year).unwrap_or_default();
        let Some(year) = years.get_mut(&row.year) else { continue };
        match row.sort {
            DaySort::Off => {
                places.insert(format!("years/{at}/holidays/{}", year.holidays.len()), index);
                // What the file leaves out of a holiday that stands is kept.
                let stood = base.years.iter().flat_map(|year| &year.holidays).find(|one| one.zh == row.name);
                let known = row.english.clone().or_else(|| stood.map(|one| one.en.clone()));
                let en = known.unwrap_or_else(|| row.name.clone());
                year.holidays.push(Holiday { zh: row.name.clone(), en, from: row.from, to: row.to });
            }
            DaySort::Worked => {
                for day in row.from.iter_days().take_while(|day| *day <= row.to).take(366) {
                    places.insert(format!("years/{at}/make_up_days/{}", year.make_up_days.len()), index);
                    year.make_up_days.push(day);
                }
            }
        }
    }
    calendar.years.extend(years.into_values());
    (calendar, places)
}

fn place_of(places: &Places, finding: &Finding) -> Option<usize> {
    let place = finding.pointer.strip_prefix("/content/")?;
    places
        .iter()
        .find(|(known, _)| place == known.as_str() || place.starts_with(&format!("{known}/")))
        .map(|(_, row)| *row)
}

/// Whether a calendar says already what a row says.
fn stands(calendar: &WorkingCalendar, row: &HolidayRow) -> bool {
    let Some(year) = calendar.years.iter().find(|year| year.year == row.year) else { return false };
    match row.sort {
        DaySort::Off => year
            .holidays
            .iter()
            .any(|holiday| (holiday.from, holiday.to) == (row.from, row.to) && holiday.zh == row.name),
        DaySort::Worked => {
            row.from.iter_days().take_while(|day| *day <= row.to).all(|day| year.make_up_days.contains(&day))
        }
    }
}

/// The days on which two calendars differ, of those that the first has off, or of those that it has not.
fn changed_days(before: &WorkingCalendar, after: &WorkingCalendar, off_before: bool) -> Vec<BusinessDate> {
    let years = before.years.iter().chain(&after.years).map(|year| year.year);
    let (first, last) =
        years.fold((i32::MAX, i32::MIN), |(first, last), year| (first.min(year), last.max(year)));
    let begin = NaiveDate::from_ymd_opt(first.saturating_sub(1), 1, 1);
    let days = begin.into_iter().flat_map(|day| day.iter_days());
    let days = days.take_while(|day| day.year() <= last.saturating_add(1));
    days.filter(|day| {
        let (was_off, is_off) = (before.kind_of(*day).is_off(), after.kind_of(*day).is_off());
        was_off != is_off && was_off == off_before
    })
    .take(2_000)
    .collect()
}

fn draft(
    tx: &mut Tx<'_>,
    current: &PolicyVersion<WorkingCalendar>,
    calendar: &WorkingCalendar,
    (effective_from, how): (BusinessDate, &ImportHolidays),
) -> Result<Policy, Failure> {
    let policy = Policy {
        id: tx.id(),
        code: WORKING_CALENDAR_CODE.to_owned(),
        number: policy::next_version_number(tx, WORKING_CALENDAR_CODE)?,
        title: "工作日历".to_owned(),
        status: PolicyStatus::Draft,
        effective_from,
        content: serde_json::to_value(calendar)?,
        clause: how.clause.clone().unwrap_or_else(|| current.clause.clone()),
        published: None,
        version: 0,
    };
    policy::apply(tx, policy.draft())
}
