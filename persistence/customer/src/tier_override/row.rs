//! Rows of overrides.

use crate::{
    approval::document::StandingColumns,
    schema::tier_overrides as overrides,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    customer_file::CustomerId,
    spine::{BusinessDate, Entity, Id, Version},
    tier_override::{OverrideContent, TierOverride},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = overrides, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub customer_id: Key,
    pub department_id: Key,
    pub tier: String,
    pub until_on: BusinessDate,
    pub reason: String,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
}

impl From<&TierOverride> for Row {
    fn from(drafted: &TierOverride) -> Self {
        let TierOverride { id, petition, department, content, version } = drafted;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let OverrideContent { customer, tier, until, reason } = content;
        let StandingColumns { status, at, reason: status_reason } = StandingColumns::of(standing);
        Self {
            id: (*id).into(),
            number: number.clone(),
            customer_id: (*customer).into(),
            department_id: (*department).into(),
            tier: tier.clone(),
            until_on: *until,
            reason: reason.clone(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            status,
            status_at: at,
            status_reason,
            approval_id: approval.map(Into::into),
            version: *version,
        }
    }
}

impl TryFrom<Row> for TierOverride {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, number, customer_id, department_id, tier, until_on, reason, creator_id, .. } = row;
        let Row { creator_employee_id, submitter_id, created_at, status, status_at, .. } = row;
        let Row { status_reason, approval_id, version, .. } = row;
        let columns = StandingColumns { status, at: status_at, reason: status_reason };
        Ok(Self {
            id: id.into(),
            petition: Petition {
                number,
                creator: creator_id.into(),
                creator_employee: creator_employee_id.map(Into::into),
                submitter: submitter_id.into(),
                created_at: created_at.into(),
                standing: columns.standing("tier_overrides", id)?,
                approval: approval_id.map(Into::into),
            },
            department: department_id.into(),
            content: OverrideContent { customer: customer_id.into(), tier, until: until_on, reason },
            version,
        })
    }
}

impl Stored<crate::Customer> for TierOverride {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, overrides, &row, before)?)
    }
}

/// Forgets why overrides of a customer's tier were asked for; that they were stays. Answers which they are.
pub(crate) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    /// What stands for it.
    const ERASED: &str = "（已删除）";
    let of = overrides::customer_id.eq(Key::from(customer));
    db!(tx, |c| diesel::update(overrides::table.filter(of)).set(overrides::reason.eq(ERASED)).execute(c))?;
    Ok(db!(tx, |c| overrides::table.filter(of).select(overrides::id).load(c))?)
}

/// One override whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: Id<TierOverride>) -> Result<TierOverride, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| overrides::table.filter(overrides::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One override, if the caller may see it: who asked, whoever reaches the department, and its approvers.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<TierOverride>) -> Result<TierOverride, Failure> {
    let (sight, drafted) = (Sight::of(reader), find_unscoped(reader, id)?);
    let is_own = drafted.petition.is_own(reader.actor());
    let (key, department) = (Key::from(drafted.id), Key::from(drafted.department));
    if sight.covers(reader, TierOverride::KIND, key, department, is_own)? {
        Ok(drafted)
    } else {
        Err(Failure::NotFound)
    }
}
