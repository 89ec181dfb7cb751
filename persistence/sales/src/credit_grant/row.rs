//! Rows of grants of credit.

use crate::{
    approval::document::StandingColumns,
    schema::credit_grants,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    credit_grant::{
        CreditGrant, CreditGrantContent, CreditGrantId, CreditGrantKind, CreditGrantState, Granted,
    },
    customer_file::CustomerId,
    sales_order::SalesOrderId,
    spine::{BusinessDate, Currency, Money, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = credit_grants, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub customer_id: Key,
    pub kind: String,
    pub limit_minor: Option<i64>,
    pub currency: String,
    pub days: Option<i32>,
    pub valid_to: Option<BusinessDate>,
    pub order_id: Option<Key>,
    pub grounds: String,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
}

impl Row {
    fn of(grant: &CreditGrant, tx: &Tx<'_>) -> Self {
        let CreditGrant { id, petition, department, content, version } = grant;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let CreditGrantContent { customer, granted, grounds } = content;
        let (limit, days, valid_to, order) = match granted {
            Granted::Limit { limit, days, valid_to } => (Some(limit), Some(*days), *valid_to, None),
            Granted::Release { order } => (None, None, None, Some(*order)),
        };
        let (at, reason) = standing.told();
        Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            kind: granted.kind().code().to_owned(),
            limit_minor: limit.map(|limit| limit.minor()),
            currency: limit.map_or(Currency::Cny, |limit| limit.currency()).code().to_owned(),
            days: days.map(|days| i32::try_from(days).unwrap_or(i32::MAX)),
            valid_to,
            order_id: order.map(Into::into),
            grounds: grounds.clone(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: grant.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<CreditGrantState, Failure> {
        CreditGrantState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// The kind as it is kept.
    pub fn kind(&self) -> Result<CreditGrantKind, Failure> {
        CreditGrantKind::from_code(&self.kind).ok_or_else(|| self.corrupt("kind"))
    }

    /// The limit, where it is one.
    pub fn limit(&self) -> Result<Option<Money>, Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(self.limit_minor.map(|minor| Money::from_minor(minor, currency)))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("credit_grants", column, self.id.0)
    }

    fn granted(&self) -> Result<Granted, Failure> {
        let missing = |column| move || self.corrupt(column);
        Ok(match self.kind()? {
            CreditGrantKind::Limit => {
                let days = self.days.and_then(|days| u32::try_from(days).ok());
                Granted::Limit {
                    limit: self.limit()?.ok_or_else(missing("limit_minor"))?,
                    days: days.ok_or_else(missing("days"))?,
                    valid_to: self.valid_to,
                }
            }
            CreditGrantKind::Release => {
                Granted::Release { order: self.order_id.ok_or_else(missing("order_id"))?.into() }
            }
        })
    }

    fn standing(&self) -> Result<Standing, Failure> {
        let status = match self.state()? {
            CreditGrantState::InForce => "approved",
            CreditGrantState::Ended => "closed",
            state => state.code(),
        };
        let (status, reason) = (status.to_owned(), self.status_reason.clone());
        StandingColumns { status, at: self.status_at, reason }.standing("credit_grants", self.id)
    }

    fn grant(self) -> Result<CreditGrant, Failure> {
        let (standing, granted) = (self.standing()?, self.granted()?);
        Ok(CreditGrant {
            id: self.id.into(),
            department: self.department_id.into(),
            content: CreditGrantContent { customer: self.customer_id.into(), granted, grounds: self.grounds },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for CreditGrant {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, credit_grants, &row, before)?)
    }
}

/// One grant, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: CreditGrantId) -> Result<CreditGrant, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = credit_grants::table.filter(credit_grants::id.eq(key)).into_boxed();
        within!(query, sight, credit_grants, "credit_grant").select(Row::as_select()).first(c)
    })?;
    row.grant()
}

/// One grant whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: CreditGrantId) -> Result<CreditGrant, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| credit_grants::table
        .filter(credit_grants::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.grant()
}

/// The limits of a customer that were granted and not replaced, the latest first.
pub(super) fn limits_of(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<CreditGrant>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Row> = db!(reader, |c| credit_grants::table
        .filter(credit_grants::customer_id.eq(key).and(credit_grants::kind.eq(CreditGrantKind::Limit.code())))
        .filter(credit_grants::status.eq(CreditGrantState::InForce.code()))
        .order((credit_grants::status_at.desc(), credit_grants::id.desc()))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Row::grant).collect()
}

/// The limit of a customer that holds today.
pub(super) fn limit_in_force(
    reader: &mut Reader<'_>,
    customer: CustomerId,
) -> Result<Option<CreditGrant>, Failure> {
    let today = reader.today();
    let holds = |grant: &CreditGrant| match grant.content.granted {
        Granted::Limit { valid_to, .. } => valid_to.is_none_or(|last| today <= last),
        Granted::Release { .. } => false,
    };
    Ok(limits_of(reader, customer)?.into_iter().find(holds))
}

/// The release of an order that was not used.
pub(super) fn release_of(
    reader: &mut Reader<'_>,
    order: SalesOrderId,
) -> Result<Option<CreditGrant>, Failure> {
    let key = Some(Key::from(order));
    let row: Option<Row> = db!(reader, |c| credit_grants::table
        .filter(credit_grants::order_id.eq(key))
        .filter(credit_grants::status.eq(CreditGrantState::InForce.code()))
        .order(credit_grants::id)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(Row::grant).transpose()
}
