//! Sites over HTTP. `[OWN-6, OWN-9]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    site::{Site, SiteDetails},
    spine::{DepartmentId, EmployeeId, perm},
};
use persistence::{
    organisation::employee,
    site::{self as sites, SiteFilter, SiteView},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "sites", [list_sites, set_up_site, show_site, revise_site, set_lunch_duty]);
}

/// List sites. `[OWN-6]`
///
/// Those of departments in reach, and of one's own.
#[utoipa::path(get, path = "/api/v1/sites")]
async fn list_sites(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<SiteFilter>,
    reading: Reading,
) -> List<SiteView> {
    reading.list(who, wanted, sites::list).await
}

/// Show a site. `[OWN-6]`
#[utoipa::path(get, path = "/api/v1/sites/{id}")]
async fn show_site(who: Can<perm::ReadCustomers>, id: PathId<Site>, reading: Reading) -> Reply<SiteView> {
    reading
        .read(who, move |reader| {
            let site = sites::find(reader, *id)?;
            sites::show(reader, site)
        })
        .await
}

/// A new site.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUpSite {
    /// Its code.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "north")]
    code: String,
    /// Its name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "城北售楼处")]
    name: String,
    /// The department that receives there.
    department_id: DepartmentId,
    /// The name of the policy of ownership that rules there; the general one where absent.
    #[serde(default = "general")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "real-estate")]
    policy: String,
    /// The day from which calls give ownership.
    #[serde(default)]
    opens_on: Option<NaiveDate>,
}

impl Merged for SetUpSite {
    const PATCH: &'static str = "ReviseSite";
    const FILLED: &'static [&'static str] = &["policy"];
}

impl From<SiteDetails> for SetUpSite {
    fn from(details: SiteDetails) -> Self {
        let SiteDetails { code, name, department, policy, opens_on } = details;
        Self { code, name, department_id: department, policy, opens_on }
    }
}

impl From<SetUpSite> for SiteDetails {
    fn from(body: SetUpSite) -> Self {
        let SetUpSite { code, name, department_id, policy, opens_on } = body;
        Self { code, name, department: department_id, policy, opens_on }
    }
}

fn general() -> String {
    domain::ownership::GENERAL.to_owned()
}

/// Set up a site. `[OWN-6, OWN-12]`
#[utoipa::path(post, path = "/api/v1/sites")]
async fn set_up_site(
    who: Can<perm::ManageSites>,
    body: Valid<SetUpSite>,
    work: UnitOfWork,
) -> Created<SiteView> {
    work.write(who, move |tx| {
        let details = body.0.clone().into();
        sites::check(tx, &details)?;
        let change = Site::set_up(tx.id(), details)?;
        let site = sites::apply(tx, change)?;
        sites::show(tx, site)
    })
    .await
}

/// Change a site. `[OWN-6, OWN-12]`
///
/// What was registered there before stays judged by the rules of its day.
#[utoipa::path(patch, path = "/api/v1/sites/{id}")]
async fn revise_site(
    who: Can<perm::ManageSites>,
    at: At<Site>,
    patch: Merge<SetUpSite>,
    work: UnitOfWork,
) -> Reply<SiteView> {
    work.moves(who, at, move |site, tx| {
        let details = patch.over(&site.details.clone().into())?.into();
        sites::check(tx, &details)?;
        Ok(site.revise(details)?)
    })
    .await
}

/// Who is on lunch duty.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetLunchDuty {
    /// Who; null once it is over.
    employee_id: Option<EmployeeId>,
}

/// Say who is on lunch duty. `[OWN-9; 002 §5(二)4]`
///
/// From now on until somebody else is, or nobody: new customers whom that person receives meanwhile are theirs.
#[utoipa::path(post, path = "/api/v1/sites/{id}/set-lunch-duty")]
async fn set_lunch_duty(
    who: Can<perm::ManageSites>,
    at: At<Site>,
    body: Valid<SetLunchDuty>,
    work: UnitOfWork,
) -> Reply<SiteView> {
    work.moves(who, at, move |site, tx| {
        if let Some(who) = body.employee_id {
            employee::refer(tx, who, "/employee_id")?;
        }
        Ok(site.on_lunch_duty(body.employee_id))
    })
    .await
}
