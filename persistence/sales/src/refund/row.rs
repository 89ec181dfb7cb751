//! Rows of refunds.

use crate::{
    approval::document::StandingColumns,
    organisation::unless_taken,
    sale::deal_of,
    schema::refunds,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    refund::{Refund, RefundContent, RefundId, RefundPayment, RefundState},
    spine::{Money, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = refunds, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub contract_id: Option<Key>,
    pub order_id: Option<Key>,
    pub amount_minor: i64,
    pub currency: String,
    pub grounds: String,
    pub paid_at: Option<Instant>,
    pub paid_by_id: Option<Key>,
    pub reference: Option<String>,
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
    fn of(refund: &Refund, tx: &Tx<'_>) -> Self {
        let Refund { id, petition, department, content, payment, version } = refund;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let RefundContent { deal, amount, grounds } = content;
        let (at, reason) = standing.told();
        Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            contract_id: deal.contract().map(Into::into),
            order_id: deal.order().map(Into::into),
            amount_minor: amount.minor(),
            currency: amount.currency().code().to_owned(),
            grounds: grounds.clone(),
            paid_at: payment.as_ref().map(|payment| payment.at.into()),
            paid_by_id: payment.as_ref().map(|payment| payment.by.into()),
            reference: payment.as_ref().map(|payment| payment.reference.clone()),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: refund.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<RefundState, Failure> {
        RefundState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// How much it is.
    pub fn amount(&self) -> Result<Money, Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(Money::from_minor(self.amount_minor, currency))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("refunds", column, self.id.0)
    }

    fn standing(&self) -> Result<Standing, Failure> {
        let status = match self.state()? {
            RefundState::Paid => "approved",
            state => state.code(),
        };
        let (status, reason) = (status.to_owned(), self.status_reason.clone());
        StandingColumns { status, at: self.status_at, reason }.standing("refunds", self.id)
    }

    fn payment(&self) -> Result<Option<RefundPayment>, Failure> {
        let Some(at) = self.paid_at else { return Ok(None) };
        let missing = |column| move || self.corrupt(column);
        Ok(Some(RefundPayment {
            at: at.into(),
            by: self.paid_by_id.ok_or_else(missing("paid_by_id"))?.into(),
            reference: self.reference.clone().ok_or_else(missing("reference"))?,
        }))
    }

    fn refund(self) -> Result<Refund, Failure> {
        let (standing, payment, amount) = (self.standing()?, self.payment()?, self.amount()?);
        let deal = deal_of((self.contract_id, self.order_id)).ok_or_else(|| self.corrupt("contract_id"))?;
        Ok(Refund {
            id: self.id.into(),
            department: self.department_id.into(),
            content: RefundContent { deal, amount, grounds: self.grounds },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            payment,
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for Refund {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        let reference = row.reference.clone().unwrap_or_default();
        guard(unless_taken(save_row!(tx, refunds, &row, before), "/reference", &reference)?)
    }
}

/// One refund, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: RefundId) -> Result<Refund, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = refunds::table.filter(refunds::id.eq(key)).into_boxed();
        within!(query, sight, refunds, "refund").select(Row::as_select()).first(c)
    })?;
    row.refund()
}

/// One refund whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: RefundId) -> Result<Refund, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| refunds::table.filter(refunds::id.eq(key)).select(Row::as_select()).first(c))?;
    row.refund()
}
