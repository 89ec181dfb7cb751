//! Channel partners in the database, and what they brought. `[COM-12, PROD]`

/// What partners brought.
pub mod deal;

use crate::{
    customer_file::view::refer_to,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, employee, referred, unless_taken},
    schema::partners,
    search,
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Refers, Sight, Slice, Stored, Target, Tx, View, Where,
        columns, db, guard, in_json, narrow, orders, paged, reached, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    partner::{Partner, PartnerDetails, PartnerId},
    spine::{Change, DepartmentId, EmployeeId, Permission, Version, search_text},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = partners, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    code: String,
    name: String,
    owner_id: Key,
    department_id: Key,
    channel: Option<String>,
    customer_id: Option<Key>,
    rate_bp: i32,
    is_active: bool,
    search_text: String,
    changed_at: Instant,
    version: Version,
}

impl Row {
    fn of(partner: &Partner, tx: &Tx<'_>) -> Self {
        let Partner { id, details, version } = partner;
        let PartnerDetails { code, name, owner, department, channel, customer, rate_bp, is_active } = details;
        Self {
            id: (*id).into(),
            code: code.clone(),
            name: name.clone(),
            owner_id: (*owner).into(),
            department_id: (*department).into(),
            channel: channel.clone(),
            customer_id: customer.map(Into::into),
            rate_bp: i32::try_from(*rate_bp).unwrap_or(i32::MAX),
            is_active: *is_active,
            search_text: search_text(&[name], &[code]),
            changed_at: tx.now().into(),
            version: *version,
        }
    }

    fn partner(self) -> Result<Partner, Failure> {
        let corrupt = |_| Failure::corrupt("partners", "rate_bp", self.id.0);
        Ok(Partner {
            id: self.id.into(),
            details: PartnerDetails {
                code: self.code,
                name: self.name,
                owner: self.owner_id.into(),
                department: self.department_id.into(),
                channel: self.channel,
                customer: self.customer_id.map(Into::into),
                rate_bp: u32::try_from(self.rate_bp).map_err(corrupt)?,
                is_active: self.is_active,
            },
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for Partner {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(unless_taken(save_row!(tx, partners, &row, before), "/code", &row.code)?)
    }
}

crate::spine::resource! { crate::Sales: Partner as PartnerView; find, apply, show = show }

/// Writes a change of a partner.
///
/// # Errors
/// Where it moved meanwhile; a code that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Partner>) -> Result<Partner, Failure> {
    tx.apply(change)
}

/// Looks at what is said of a partner: an owner who works here, a department that is there.
///
/// # Errors
/// A refusal that names the field.
pub fn complete(reader: &mut Reader<'_>, details: PartnerDetails) -> Result<PartnerDetails, Failure> {
    employee::refer(reader, details.owner, "/owner_id")?;
    referred(Register::of(reader)?.placed(details.department), "/department_id")?;
    if let Some(customer) = details.customer {
        referred(refer_to(reader, customer), "/customer_id")?;
    }
    Ok(details)
}

/// That a partner is looked after by the caller, or by a department in reach.
fn covered(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), partners, owner_id)
}

/// One partner, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: PartnerId) -> Result<Partner, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(partners::id.eq(key));
    let row: Row = db!(reader, |c| partners::table.filter(wanted).select(Row::as_select()).first(c))?;
    row.partner()
}

/// One partner whoever asks: for rules, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: PartnerId) -> Result<Partner, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| partners::table.filter(partners::id.eq(key)).select(Row::as_select()).first(c))?;
    row.partner()
}

/// A channel partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Partner)]
pub struct PartnerView {
    /// Its identity.
    pub id: PartnerId,
    /// Its code.
    #[schema(max_length = 40, example = "P-HZ-01")]
    pub code: String,
    /// What it is called.
    #[schema(max_length = 100, example = "杭州康源医疗器械有限公司")]
    pub name: String,
    /// Who looks after it.
    pub owner: PersonRef,
    /// The department that does.
    pub department: NamedRef,
    /// The channel it sells in.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// As which customer it buys.
    pub customer_id: Option<CustomerId>,
    /// What of the net of a sale it is paid, in basis points.
    #[schema(minimum = 0, maximum = 10000)]
    pub rate_bp: u32,
    /// Whether it sells for the company.
    pub is_active: bool,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PartnerView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("owner", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/partners/{}", self.id))
    }
}

/// A partner where something refers to it.
pub static PARTNER: Target =
    Target { permission: Permission::ReadContracts, look: |reader, id| in_json(view(reader, id.into())) };

/// One partner, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: PartnerId) -> Result<PartnerView, Failure> {
    let partner = find(reader, id)?;
    show(reader, partner)
}

/// How a partner at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, partner: Partner) -> Result<PartnerView, Failure> {
    let register = Register::of(reader)?;
    shown(&register, partner)
}

fn shown(register: &Register, partner: Partner) -> Result<PartnerView, Failure> {
    let Partner { id, details, version } = partner;
    let PartnerDetails { code, name, owner, department, channel, customer, rate_bp, is_active } = details;
    let (owner, department) = (register.named(owner)?, register.placed(department)?);
    let customer_id = customer;
    Ok(PartnerView { id, code, name, owner, department, channel, customer_id, rate_bp, is_active, version })
}

/// Which partners are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PartnerFilter {
    /// Only those that this person looks after.
    pub owner_id: Option<EmployeeId>,
    /// Only those that this department looks after.
    pub department_id: Option<DepartmentId>,
    /// Only those that sell for the company, or only those that do not.
    pub active: Option<bool>,
    /// Only where this stands in code or name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "康源")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PartnerOrder,
}

impl Filter for PartnerFilter {}

orders! {
    /// By what partners are ordered.
    pub PartnerOrder of Row in partners by id, descending:
    created_at = id;
    code;
}

/// Partners within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PartnerFilter,
    page: &Page,
) -> Result<Slice<PartnerView>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, partners, filter;
        owner_id = owner_id, department_id = department_id, is_active = active);
    search!(wanted, filter, partners::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        partners::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row: Row| shown(&register, row.partner()?))
}

columns! { PartnerView as "partners" "渠道伙伴" "Partners", domain::spine::Permission::ExportSales:
    code "编码" "Code";
    name "名称" "Name";
    owner "负责人" "Owner";
    department "部门" "Department";
    rate_bp "佣金比例（万分比）" "Rate (bp)";
    is_active "是否合作中" "Active";
}
