//! Sites in the database. `[OWN-6, OWN-9]`

use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, department, referred, unless_taken},
    ownership,
    schema::sites,
    setup::{self, SetupStep},
    spine::{
        Failure, Filter, Key, Page, Part, Reader, Refers, Sight, Slice, Stored, Tx, View, Where, columns, db,
        guard, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    ownership::OWNERSHIP_POLICY,
    site::{NO_SUCH_POLICY, Site, SiteDetails},
    spine::{AnyId, BusinessDate, Change, Citation, DepartmentId, Id, Refusal, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&SITES];

/// Where customers are received and registered.
const SITES: SetupStep = SetupStep {
    code: "sites",
    zh: "登记销售现场，选定其客户归属规则，再排号接待",
    en: "Enter the sites where customers are received, each with the rules of ownership it goes by",
    href: "/api/v1/sites",
    is_required: false,
    missing: |reader| {
        Ok(setup::unless(db!(reader, |c| diesel::select(diesel::dsl::exists(
            sites::table.select(sites::id)
        ))
        .get_result(c))?))
    },
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = sites, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Key,
    code: String,
    name: String,
    department_id: Key,
    policy: String,
    opens_on: Option<BusinessDate>,
    lunch_duty_id: Option<Key>,
    version: Version,
}

impl From<&Site> for Row {
    fn from(site: &Site) -> Self {
        let Site { id, details, lunch_duty, version } = site.clone();
        let SiteDetails { code, name, department, policy, opens_on } = details;
        Self {
            id: id.into(),
            code,
            name,
            department_id: department.into(),
            policy,
            opens_on,
            lunch_duty_id: lunch_duty.map(Into::into),
            version,
        }
    }
}

impl From<Row> for Site {
    fn from(row: Row) -> Self {
        let Row { id, code, name, department_id, policy, opens_on, lunch_duty_id, version } = row;
        let details = SiteDetails { code, name, department: department_id.into(), policy, opens_on };
        Self { id: id.into(), details, lunch_duty: lunch_duty_id.map(Into::into), version }
    }
}

impl Stored<crate::Customer> for Site {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(unless_taken(save_row!(tx, sites, &row, before), "/code", &row.code)?)
    }
}

crate::spine::resource! { crate::Customer: Site as SiteView; find, apply, show = show }

/// Writes a change of a site.
///
/// # Errors
/// A code that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Site>) -> Result<Site, Failure> {
    tx.apply(change)
}

/// Whether a site may be so: of a department in reach, by rules that there are.
///
/// # Errors
/// A department that is not in reach; `site.no_such_policy`.
pub fn check(tx: &mut Tx<'_>, details: &SiteDetails) -> Result<(), Failure> {
    department::refer(tx, details.department, "/department_id")?;
    referred(department::ensure_within_reach(tx, details.department), "/department_id")?;
    let (book, today, now) = (ownership::book(tx)?, tx.today(), tx.now());
    let code = format!("{OWNERSHIP_POLICY}/{}", details.policy);
    // Where there are none of the name the general ones rule: that is not what a name is given for.
    if book.ruling(&details.policy, today, now).is_some_and(|ruling| ruling.code == code) {
        return Ok(());
    }
    let refusal = Refusal::new(NO_SUCH_POLICY).with("policy", details.policy.clone());
    Err(refusal.citing(Citation::rule("OWN-6")).at("/policy").into())
}

/// One site whoever asks: whoever receives there need not see its department.
///
/// # Errors
/// Where there is none.
pub fn load(reader: &mut Reader<'_>, id: Id<Site>) -> Result<Site, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| sites::table.filter(sites::id.eq(key)).select(Row::as_select()).first(c))?;
    Ok(row.into())
}

/// One site within reach, or of the caller's own department.
///
/// # Errors
/// Not found where it is neither.
pub fn find(reader: &mut Reader<'_>, id: Id<Site>) -> Result<Site, Failure> {
    let site = load(reader, id)?;
    let department = site.details.department;
    let is_own = reader.actor().department == Some(department);
    if reader.reach().covers(department, is_own) { Ok(site) } else { Err(Failure::NotFound) }
}

/// Where customers are received.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub struct SiteView {
    /// Its identity.
    pub id: AnyId,
    /// Its code.
    #[schema(max_length = 40, example = "north")]
    pub code: String,
    /// Its name.
    #[schema(max_length = 100, example = "城北售楼处")]
    pub name: String,
    /// The department that receives there.
    pub department: NamedRef,
    /// The name of the policy of ownership that rules there.
    #[schema(max_length = 60, example = "real-estate")]
    pub policy: String,
    /// The day from which calls give ownership; null where they always do.
    pub opens_on: Option<NaiveDate>,
    /// Who is on lunch duty now.
    pub lunch_duty: Option<PersonRef>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SiteView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("lunch_duty", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sites/{}", self.id))
    }
}

/// How a site is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, site: Site) -> Result<SiteView, Failure> {
    shown(&*Register::of(reader)?, site)
}

fn shown(register: &Register, site: Site) -> Result<SiteView, Failure> {
    let Site { id, details, lunch_duty, version } = site;
    Ok(SiteView {
        id: id.uuid().into(),
        department: register.placed(details.department)?,
        code: details.code,
        name: details.name,
        policy: details.policy,
        opens_on: details.opens_on,
        lunch_duty: lunch_duty.map(|who| register.named(who)).transpose()?,
        version,
    })
}

/// Which sites are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SiteFilter {
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: SiteOrder,
}

impl Filter for SiteFilter {}

orders! {
    /// By what sites are ordered.
    pub SiteOrder of Row in sites by id, ascending:
    code;
}

/// The sites within reach, and those of one's own department.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &SiteFilter, page: &Page) -> Result<Slice<SiteView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of_concerned(reader));
    if !sight.all {
        wanted.also(sites::department_id.eq_any(sight.departments));
    }
    narrow!(wanted, sites, filter; department_id = department_id);
    let found = paged!(reader, page, filter.sort, wanted; sites::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, row.into()))
}

columns! { SiteView as "sites" "销售现场" "Sites", domain::spine::Permission::ExportCustomers:
    code "编码" "Code";
    name "名称" "Name";
    department "部门" "Department";
    policy "归属规则" "Policy";
    opens_on "开盘日期" "Opens on";
    lunch_duty "午间值班" "Lunch duty";
}
