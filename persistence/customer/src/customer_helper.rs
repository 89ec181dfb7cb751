//! Who helps with whose customers, in the database. `[OWN-16]`

use crate::{
    customer_file::{self, CUSTOMER, CustomerRef, scope::seen, standing, view::CustomerColumns},
    organisation::{EMPLOYEE, PersonRef, Register, employee},
    schema::{customer_helpers, customer_standings as standings, customers},
    spine::{
        Failure, Filter, Follows, House, Instant, Key, Page, Part, Reader, Refers, Slice, Stored, Told, Tx,
        View, Where, columns, db, guard, is_taken, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    customer_helper::{CustomerHelper, HelperAccess, NewHelper},
    spine::{AnyId, BusinessDate, Change, EmployeeId, Id, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Follows { wants, then: follow }];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = customer_helpers, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    customer_id: Key,
    employee_id: Key,
    access: String,
    until_on: BusinessDate,
    granted_by_id: Key,
    granted_at: Instant,
    ended_at: Option<Instant>,
    live: Option<String>,
    version: Version,
}

impl From<&CustomerHelper> for Row {
    fn from(helper: &CustomerHelper) -> Self {
        let CustomerHelper {
            id,
            customer,
            employee,
            access,
            until,
            granted_by,
            granted_at,
            ended_at,
            version,
        } = helper;
        Self {
            id: (*id).into(),
            customer_id: (*customer).into(),
            employee_id: (*employee).into(),
            access: access.code().to_owned(),
            until_on: *until,
            granted_by_id: (*granted_by).into(),
            granted_at: (*granted_at).into(),
            ended_at: ended_at.map(Into::into),
            live: ended_at.is_none().then(|| format!("{customer}:{employee}")),
            version: *version,
        }
    }
}

impl TryFrom<Row> for CustomerHelper {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, customer_id, employee_id, access, until_on, granted_by_id, granted_at, .. } = row;
        let access = HelperAccess::from_code(&access);
        Ok(Self {
            id: id.into(),
            customer: customer_id.into(),
            employee: employee_id.into(),
            access: access.ok_or_else(|| Failure::corrupt("customer_helpers", "access", id.0))?,
            until: until_on,
            granted_by: granted_by_id.into(),
            granted_at: granted_at.into(),
            ended_at: row.ended_at.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Customer> for CustomerHelper {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        match save_row!(tx, customer_helpers, &row, before) {
            // Somebody let the same one in meanwhile: done again, it says until when.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

crate::spine::resource! { crate::Customer: CustomerHelper as HelperView; find, apply, show = show }

/// Writes a change of a helper.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<CustomerHelper>) -> Result<CustomerHelper, Failure> {
    tx.apply(change)
}

/// Lets somebody in to help with a customer in sight.
///
/// # Errors
/// What [`CustomerHelper::grant`] refuses; somebody who does not work here.
pub fn grant(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    (employee, access, until): (EmployeeId, HelperAccess, BusinessDate),
) -> Result<HelperView, Failure> {
    let (now, today) = (tx.now(), tx.today());
    customer_file::refer(tx, customer, "/customer_id")?.ensure_active()?;
    employee::refer_superior(tx, employee, today, "/employee_id")?;
    let standing = standing::of(tx, customer)?;
    let known = live(tx, customer)?.into_iter().find(|known| known.employee == employee);
    let new = NewHelper { id: tx.id(), employee, access, until };
    let change = CustomerHelper::grant(new, &standing, known.as_ref(), tx.actor(), (now, today))?;
    if let Some(over) = known {
        apply(tx, over.over(now))?;
    }
    let helper = apply(tx, change)?;
    show(tx, helper)
}

/// Ends somebody's help.
///
/// # Errors
/// What [`CustomerHelper::end`] refuses.
pub fn end(tx: &mut Tx<'_>, helper: CustomerHelper) -> Result<Change<CustomerHelper>, Failure> {
    let standing = standing::of(tx, helper.customer)?;
    Ok(helper.end(&standing, tx.actor(), tx.now())?)
}

/// Who helps with a customer and was not ended, whoever asks.
fn live(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<CustomerHelper>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Row> = db!(reader, |c| customer_helpers::table
        .filter(customer_helpers::customer_id.eq(key).and(customer_helpers::ended_at.is_null()))
        .order(customer_helpers::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

fn wants(_: &'static House, kind: &'static str) -> bool {
    kind == "customer_ownership.changed"
}

/// Help that was given by one owner does not outlast them.
fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    if told.facts.get("owner_id") == told.facts.get("owner_before_id") {
        return Ok(());
    }
    let now = tx.now();
    for helper in live(tx, Id::from_uuid(told.entity))? {
        apply(tx, helper.over(now))?;
    }
    Ok(())
}

/// One helper, if the caller sees the customer.
///
/// # Errors
/// Not found where they do not.
pub fn find(reader: &mut Reader<'_>, id: Id<CustomerHelper>) -> Result<CustomerHelper, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| customer_helpers::table
        .filter(customer_helpers::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    customer_file::find(reader, row.customer_id.into())?;
    row.try_into()
}

/// Somebody who helps with a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerHelper)]
pub struct HelperView {
    /// Its identity.
    pub id: AnyId,
    /// With which customer.
    pub customer: CustomerRef,
    /// Who.
    pub employee: PersonRef,
    /// What they may do.
    pub access: HelperAccess,
    /// The last day.
    pub until: NaiveDate,
    /// The account that let them in.
    pub granted_by: UserId,
    /// When.
    pub granted_at: Timestamp,
    /// When it was ended before its day; null where it was not.
    pub ended_at: Option<Timestamp>,
    /// Whether they help today.
    pub is_current: bool,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for HelperView {
    const REFERS: &'static [Refers] = &[Refers::to("customer", &CUSTOMER), Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/customer-helpers/{}", self.id))
    }
}

/// How a helper at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, helper: CustomerHelper) -> Result<HelperView, Failure> {
    let customer = customer_file::view::refer_to(reader, helper.customer)?;
    shown(&*Register::of(reader)?, helper, customer, reader.today())
}

/// One helper, if the caller sees the customer.
///
/// # Errors
/// Not found where they do not.
pub fn view(reader: &mut Reader<'_>, id: Id<CustomerHelper>) -> Result<HelperView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

fn shown(
    register: &Register,
    helper: CustomerHelper,
    customer: CustomerRef,
    today: BusinessDate,
) -> Result<HelperView, Failure> {
    let CustomerHelper {
        id,
        customer: _,
        employee,
        access,
        until,
        granted_by,
        granted_at,
        ended_at,
        version,
    } = helper;
    Ok(HelperView {
        id: id.uuid().into(),
        customer,
        employee: register.named(employee)?,
        access,
        until,
        granted_by,
        granted_at,
        ended_at,
        is_current: ended_at.is_none() && until >= today,
        version,
    })
}

/// Which helpers are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct HelperFilter {
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only those whose last day is this one or later.
    #[serde(rename = "until[gte]")]
    pub until_from: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: HelperOrder,
}

impl Filter for HelperFilter {}

orders! {
    /// By what helpers are ordered.
    pub HelperOrder of Row in customer_helpers by id, descending:
    created_at = id;
}

type Found = (Row, CustomerColumns);

/// Those who help, or helped, with customers within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &HelperFilter,
    page: &Page,
) -> Result<Slice<HelperView>, Failure> {
    let mut wanted = Where::new();
    if let Some(seen) = seen(reader)? {
        let seen = standings::table.filter(seen).select(standings::customer_id);
        wanted.also(customer_helpers::customer_id.eq_any(seen));
    }
    narrow!(wanted, customer_helpers, filter; customer_id = customer_id, employee_id = employee_id,
        until_on >= until_from);
    let found = paged!(reader, page, filter.sort, wanted;
        customer_helpers::table.inner_join(customers::table.on(customers::id.eq(customer_helpers::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let (register, today) = (Register::of(reader)?, reader.today());
    found.try_map(|(row, customer)| shown(&register, row.try_into()?, customer.into(), today))
}

columns! { HelperView as "customer-helpers" "客户协作人" "Helpers with customers", domain::spine::Permission::ExportCustomers:
    customer_number "客户编号" "Customer number" = |one| one.customer.number.as_str();
    customer "客户" "Customer" = |one| one.customer.name.as_str();
    employee "协作人" "Helper";
    access "权限" "Access";
    until "有效期至" "Until";
    is_current "是否有效" "Current";
    granted_at "安排时间" "Granted at";
}
