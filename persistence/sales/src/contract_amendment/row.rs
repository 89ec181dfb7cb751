//! Rows of amendments.

use crate::{
    approval::document::StandingColumns,
    sales_order::returned::returned_in_all,
    schema::contract_amendments,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    contract_amendment::{
        AmendmentContent, AmendmentEffect, AmendmentKind, ContractAmendment, ContractAmendmentId,
        ContractAmendmentState,
    },
    product::ProductId,
    sales_contract::SalesContractId,
    spine::{Currency, Money, Version},
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = contract_amendments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub contract_id: Key,
    pub kind: String,
    pub lines: String,
    pub discount_minor: i64,
    pub currency: String,
    pub refunds: bool,
    pub grounds: String,
    pub effect: Option<String>,
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
    fn of(amendment: &ContractAmendment, tx: &Tx<'_>) -> Result<Self, Failure> {
        let ContractAmendment { id, petition, department, content, effect, version } = amendment;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let AmendmentContent { contract, kind, lines, discount, refunds, grounds } = content;
        let (at, reason) = standing.told();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            contract_id: (*contract).into(),
            kind: kind.code().to_owned(),
            lines: serde_json::to_string(lines)?,
            discount_minor: discount.minor(),
            currency: Currency::Cny.code().to_owned(),
            refunds: *refunds,
            grounds: grounds.clone(),
            effect: effect.as_ref().map(serde_json::to_string).transpose()?,
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: amendment.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
        })
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<ContractAmendmentState, Failure> {
        ContractAmendmentState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// What becomes of the contract, as it is kept.
    pub fn kind(&self) -> Result<AmendmentKind, Failure> {
        AmendmentKind::from_code(&self.kind).ok_or_else(|| self.corrupt("kind"))
    }

    /// What it came to, as it is kept.
    pub fn effect(&self) -> Result<Option<AmendmentEffect>, Failure> {
        Ok(self.effect.as_deref().map(serde_json::from_str).transpose()?)
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("contract_amendments", column, self.id.0)
    }

    fn standing(&self) -> Result<Standing, Failure> {
        let status = match self.state()? {
            ContractAmendmentState::InForce => "approved",
            state => state.code(),
        };
        let (status, reason) = (status.to_owned(), self.status_reason.clone());
        StandingColumns { status, at: self.status_at, reason }.standing("contract_amendments", self.id)
    }

    fn amendment(self) -> Result<ContractAmendment, Failure> {
        let (standing, kind, effect) = (self.standing()?, self.kind()?, self.effect()?);
        Ok(ContractAmendment {
            id: self.id.into(),
            department: self.department_id.into(),
            content: AmendmentContent {
                contract: self.contract_id.into(),
                kind,
                lines: serde_json::from_str(&self.lines)?,
                discount: Money::from_minor(self.discount_minor, Currency::Cny),
                refunds: self.refunds,
                grounds: self.grounds,
            },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            effect,
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for ContractAmendment {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, contract_amendments, &row, before)?)
    }
}

/// One amendment, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: ContractAmendmentId) -> Result<ContractAmendment, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = contract_amendments::table.filter(contract_amendments::id.eq(key)).into_boxed();
        within!(query, sight, contract_amendments, "contract_amendment").select(Row::as_select()).first(c)
    })?;
    row.amendment()
}

/// One amendment whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: ContractAmendmentId,
) -> Result<ContractAmendment, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| contract_amendments::table
        .filter(contract_amendments::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.amendment()
}

/// The number of another amendment of the same contract that waits for its reviewers.
pub(super) fn another_pending(
    reader: &mut Reader<'_>,
    amendment: &ContractAmendment,
) -> Result<Option<String>, Failure> {
    let (contract, own) = (Key::from(amendment.content.contract), Key::from(amendment.id));
    Ok(db!(reader, |c| contract_amendments::table
        .filter(contract_amendments::contract_id.eq(contract).and(contract_amendments::id.ne(own)))
        .filter(contract_amendments::status.eq(ContractAmendmentState::InApproval.code()))
        .select(contract_amendments::number)
        .first(c)
        .optional())?)
}

/// What had come back of each product when a contract was last amended: its quantities are net of that since.
pub(crate) fn absorbed(
    reader: &mut Reader<'_>,
    contract: SalesContractId,
) -> Result<BTreeMap<ProductId, i64>, Failure> {
    let key = Key::from(contract);
    let known: Option<Option<String>> = db!(reader, |c| contract_amendments::table
        .filter(contract_amendments::contract_id.eq(key).and(contract_amendments::effect.is_not_null()))
        .filter(contract_amendments::kind.eq(AmendmentKind::Amend.code()))
        .order(contract_amendments::status_at.desc())
        .select(contract_amendments::effect)
        .first(c)
        .optional())?;
    let Some(text) = known.flatten() else { return Ok(BTreeMap::new()) };
    let effect: AmendmentEffect = serde_json::from_str(&text)?;
    Ok(effect.returned.into_iter().collect())
}

/// What has come back of each product of a contract by now, since it was signed.
pub(super) fn returned_by_now(
    reader: &mut Reader<'_>,
    contract: SalesContractId,
) -> Result<Vec<(ProductId, i64)>, Failure> {
    Ok(returned_in_all(reader, contract)?.into_iter().filter(|(_, back)| *back > 0).collect())
}
