//! Vacancies and staffing over HTTP. `[ORG-2]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Chore, Created, Every, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes,
        UnitOfWork, Valid, Wanted, each, routes,
    },
};
use chrono::NaiveDate;
use domain::{
    approval::{Document, NewDocument},
    organisation::PositionId,
    spine::{DepartmentId, EmployeeId, perm},
    vacancy::{Vacancy, VacancyContent},
};
use persistence::{
    approval::document,
    spine::{Database, Failure, Request, Tx},
    vacancy::{
        self as vacancies, VacancyFilter, VacancySummary, VacancyView, deed,
        staffing::{self, StaffingFilter, StaffingRow},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "vacancies",
        [
            list_vacancies,
            create_vacancy,
            show_vacancy,
            revise_vacancy,
            preview_vacancy_approval,
            submit_vacancy,
            withdraw_vacancy,
            void_vacancy,
            cancel_vacancy,
            list_staffing,
        ]
    );
}

/// List vacancies. `[ORG-2b, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/vacancies")]
async fn list_vacancies(
    who: Can<perm::ReadVacancies>,
    wanted: Wanted<VacancyFilter>,
    reading: Reading,
) -> List<VacancySummary> {
    reading.list(who, wanted, vacancies::list).await
}

/// Show a vacancy. `[ORG-2b, ACT-1]`
#[utoipa::path(get, path = "/api/v1/vacancies/{id}")]
async fn show_vacancy(
    who: Can<perm::ReadVacancies>,
    id: PathId<Vacancy>,
    reading: Reading,
) -> Reply<VacancyView> {
    reading.read(who, move |reader| vacancies::view(reader, *id)).await
}

/// A new vacancy.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateVacancy {
    /// The department that needs people.
    department_id: DepartmentId,
    /// The position they are to hold.
    position_id: PositionId,
    /// How many; one where absent.
    #[serde(default = "one")]
    #[validate(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    places: u32,
    /// Who is replaced; absent where there is more to do.
    #[serde(default)]
    replaces_id: Option<EmployeeId>,
    /// The day by which they are needed.
    needed_by: NaiveDate,
    /// What is looked for.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "两年以上会展销售经验")]
    profile: String,
}

const fn one() -> u32 {
    1
}

impl Merged for CreateVacancy {
    const PATCH: &'static str = "ReviseVacancy";
    const FILLED: &'static [&'static str] = &["places"];
}

impl From<VacancyContent> for CreateVacancy {
    fn from(content: VacancyContent) -> Self {
        let VacancyContent { department, position, places, replaces, needed_by, profile } = content;
        Self {
            department_id: department,
            position_id: position,
            places,
            replaces_id: replaces,
            needed_by,
            profile,
        }
    }
}

impl From<CreateVacancy> for VacancyContent {
    fn from(body: CreateVacancy) -> Self {
        let CreateVacancy { department_id, position_id, places, replaces_id, needed_by, profile } = body;
        Self {
            department: department_id,
            position: position_id,
            places,
            replaces: replaces_id,
            needed_by,
            profile,
        }
    }
}

/// Ask for people. `[ORG-2b; 000 §2.3(3)]`
///
/// Starts a draft; its number is taken now and never used again.
#[utoipa::path(post, path = "/api/v1/vacancies")]
async fn create_vacancy(
    who: Can<perm::RequestVacancies>,
    body: Valid<CreateVacancy>,
    work: UnitOfWork,
) -> Created<VacancyView> {
    work.write(who, move |tx| {
        let content = VacancyContent::from(body.0.clone());
        vacancies::refer(tx, &content)?;
        let number = vacancies::next_number(tx)?;
        let new = NewDocument { id: tx.id(), number, submitter: None };
        let change = Vacancy::create(new, content, tx.actor(), tx.now())?;
        let vacancy = vacancies::apply(tx, change)?;
        vacancies::show(tx, vacancy)
    })
    .await
}

/// Change a vacancy. `[ORG-2b]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/vacancies/{id}")]
async fn revise_vacancy(
    who: Can<perm::RequestVacancies>,
    at: At<Vacancy>,
    patch: Merge<CreateVacancy>,
    work: UnitOfWork,
) -> Reply<VacancyView> {
    work.moves(who, at, move |vacancy, tx| revise(tx, vacancy, &patch)).await
}

fn revise(tx: &mut Tx<'_>, vacancy: Vacancy, patch: &Merge<CreateVacancy>) -> Result<Vacancy, Failure> {
    vacancy.may_revise(tx.actor())?;
    let content = VacancyContent::from(patch.over(&vacancy.content.clone().into())?);
    vacancies::refer(tx, &content)?;
    let change = vacancy.revise(content, tx.actor())?;
    vacancies::apply(tx, change)
}

/// Preview the approval of a vacancy. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/vacancies/{id}/approval-preview")]
async fn preview_vacancy_approval(
    who: Can<perm::ReadVacancies>,
    id: PathId<Vacancy>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let vacancy = vacancies::find(reader, *id)?;
            vacancies::preview(reader, &vacancy).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a vacancy for approval. `[ORG-2b; 000 §2.3(2)]`
///
/// The general manager is asked where there would be more people than the staffing standard says: those in the position
/// on the day they are needed, those to come, and the places of other open vacancies counted.
#[utoipa::path(post, path = "/api/v1/vacancies/{id}/submit")]
async fn submit_vacancy(
    who: Can<perm::RequestVacancies>,
    at: At<Vacancy>,
    work: UnitOfWork,
) -> Reply<VacancyView> {
    work.moves(who, at, move |vacancy, tx| deed::submit(tx, vacancy)).await
}

/// Withdraw a vacancy that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/vacancies/{id}/withdraw")]
async fn withdraw_vacancy(
    who: Can<perm::RequestVacancies>,
    at: At<Vacancy>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<VacancyView> {
    work.moves(who, at, move |vacancy, tx| document::withdraw(tx, &vacancy, body.note.clone())).await
}

/// Void a vacancy. `[ORG-2b]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/vacancies/{id}/void")]
async fn void_vacancy(
    who: Can<perm::RequestVacancies>,
    at: At<Vacancy>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<VacancyView> {
    work.moves(who, at, move |vacancy, tx| document::void(tx, vacancy, body.reason.clone())).await
}

/// Cancel an open vacancy. `[ORG-2b]`
///
/// By whoever asked for it, or who manages vacancies of the department. Whoever was taken on stays.
#[utoipa::path(post, path = "/api/v1/vacancies/{id}/cancel")]
async fn cancel_vacancy(
    who: Can<perm::RequestVacancies>,
    at: At<Vacancy>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<VacancyView> {
    work.moves(who, at, move |vacancy, tx| {
        Ok(vacancy.cancel(body.reason.clone(), tx.actor(), (tx.now(), tx.today()))?)
    })
    .await
}

/// Report how the centre is staffed. `[ORG-2a; 000 §2.3(2)]`
///
/// By department and position, on any day: how many people the standard then in force says, who is in place, who is to
/// come, which places of open vacancies nobody has taken, and how many are missing.
#[utoipa::path(get, path = "/api/v1/staffing")]
async fn list_staffing(
    who: Can<perm::ReadVacancies>,
    wanted: Wanted<StaffingFilter>,
    reading: Reading,
) -> List<StaffingRow> {
    reading.list(who, wanted, staffing::list).await
}

/// Vacancies whose last day has passed.
pub const EXPIRIES: &Chore = &Chore {
    name: "vacancy-expiries",
    every: Every::Day,
    run: |state| Box::pin(expire_vacancies(&state.database)),
};

/// Ends the vacancies whose last day has passed; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a vacancy that could not be ended, when the others have been.
pub async fn expire_vacancies(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("vacancy-expiries"), vacancies::due_to_expire).await?;
    each(database, "vacancy-expiries", due, deed::expire).await
}
