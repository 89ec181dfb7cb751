//! What is paid to a partner for a month: every entry by its end that no settlement has yet, by an approved expense claim. `[COM-12]`

use crate::{
    organisation::{DEPARTMENT, NamedRef, Register, referred},
    partner::{self, PARTNER},
    sales_terms,
    schema::{partner_entries, partner_settlements},
    spine::{
        Failure, Filter, Gate, Instant, Key, Page, Reader, Refers, Several, Sight, Slice, Stored, Tx, View,
        Where, columns, db, guard, is_taken, narrow, orders, paged, reached, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    partner::PartnerId,
    partner_commission::{Claimed, PartnerSettlement, PartnerSettlementId, PartnerSettlementState},
    spine::{AnyId, Change, Currency, DepartmentId, Id, Money, Permission, Version},
    working_time::Period,
};
use domain_finance::finance::expense_claim::{ClaimState, ExpenseClaim};
use persistence_finance::expense_claim;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

/// Whoever compiles a settlement of a partner is alone.
const COMPILING: Gate = Gate { key: 7_221_054_091 };

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = partner_settlements, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    number: String,
    partner_id: Key,
    department_id: Key,
    month: String,
    amount_minor: i64,
    entries: String,
    claim_id: Option<Key>,
    claim_number: Option<String>,
    claimed_by_id: Option<Key>,
    claimed_at: Option<Instant>,
    status: String,
    changed_at: Instant,
    version: Version,
}

impl Row {
    fn of(settlement: &PartnerSettlement, tx: &Tx<'_>) -> Result<Self, Failure> {
        let PartnerSettlement { id, number, partner, department, month, entries, amount, claim, version } =
            settlement;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            partner_id: (*partner).into(),
            department_id: (*department).into(),
            month: month.to_string(),
            amount_minor: *amount,
            entries: serde_json::to_string(entries)?,
            claim_id: claim.as_ref().map(|claimed| Key(claimed.claim)),
            claim_number: claim.as_ref().map(|claimed| claimed.number.clone()),
            claimed_by_id: claim.as_ref().map(|claimed| claimed.by.into()),
            claimed_at: claim.as_ref().map(|claimed| claimed.at.into()),
            status: settlement.state().code().to_owned(),
            changed_at: tx.now().into(),
            version: *version,
        })
    }

    fn settlement(self) -> Result<PartnerSettlement, Failure> {
        let claim = match (self.claim_id, self.claim_number, self.claimed_by_id, self.claimed_at) {
            (Some(claim), Some(number), Some(by), Some(at)) => {
                Some(Claimed { claim: claim.0, number, by: by.into(), at: at.into() })
            }
            _ => None,
        };
        let corrupt = |_| Failure::corrupt("partner_settlements", "month", self.id.0);
        Ok(PartnerSettlement {
            id: self.id.into(),
            number: self.number,
            partner: self.partner_id.into(),
            department: self.department_id.into(),
            month: self.month.parse().map_err(corrupt)?,
            entries: serde_json::from_str(&self.entries)?,
            amount: self.amount_minor,
            claim,
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for PartnerSettlement {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        let saved = save_row!(tx, partner_settlements, &row, before);
        if let (true, Some(claimed)) = (saved.as_ref().is_err_and(is_taken), &self.claim) {
            return Err(self.is_used(&claimed.number).into());
        }
        guard(saved?)
    }
}

crate::spine::resource! { crate::Sales: PartnerSettlement as PartnerSettlementView; find, apply, show = show }

/// Writes a change of a settlement.
///
/// # Errors
/// Where it moved meanwhile; a claim that pays another.
pub fn apply(tx: &mut Tx<'_>, change: Change<PartnerSettlement>) -> Result<PartnerSettlement, Failure> {
    tx.apply(change)
}

/// Compiles what a partner in sight is owed by the end of a month; each entry goes into one settlement.
///
/// # Errors
/// A partner out of sight; `partner_settlement.nothing_due`, `partner_settlement.open`, `partner_settlement.ahead`.
pub fn compile(tx: &mut Tx<'_>, partner: PartnerId, month: Period) -> Result<PartnerSettlement, Failure> {
    PartnerSettlement::check_month(month, tx.today())?;
    let partner = referred(partner::find(tx, partner), "/partner_id")?;
    tx.hold_alone(COMPILING)?;
    let key = Key::from(partner.id);
    let open: Option<Row> = db!(tx, |c| partner_settlements::table
        .filter(partner_settlements::partner_id.eq(key))
        .filter(partner_settlements::status.eq(PartnerSettlementState::Compiled.code()))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    if let Some(open) = open {
        return Err(open.settlement()?.is_open().into());
    }
    let last = month.last();
    let due: Vec<(Key, i64)> = db!(tx, |c| partner_entries::table
        .filter(partner_entries::partner_id.eq(key).and(partner_entries::booked_on.le(last)))
        .filter(partner_entries::settlement_id.is_null())
        .order(partner_entries::id)
        .select((partner_entries::id, partner_entries::amount_minor))
        .load(c))?;
    let terms = sales_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.partner_prefix)?;
    let change = PartnerSettlement::compile(PartnerSettlement {
        id: tx.id(),
        number,
        partner: partner.id,
        department: partner.details.department,
        month,
        entries: due.iter().map(|(id, _)| id.0).collect(),
        amount: due.iter().map(|(_, amount)| amount).sum(),
        claim: None,
        version: 0,
    })?;
    let settlement = apply(tx, change)?;
    let (own, keys) = (Some(Key::from(settlement.id)), due.into_iter().map(|(id, _)| id));
    for piece in keys.collect::<Vec<_>>().chunks(500) {
        db!(tx, |c| diesel::update(partner_entries::table.filter(partner_entries::id.eq_any(piece)))
            .set(partner_entries::settlement_id.eq(own))
            .execute(c))?;
    }
    Ok(settlement)
}

/// An approved expense claim of the same amount pays a settlement.
///
/// # Errors
/// A claim out of sight; as of [`PartnerSettlement::claim_by`].
pub fn claim(
    tx: &mut Tx<'_>,
    settlement: PartnerSettlement,
    claim: Id<ExpenseClaim>,
) -> Result<Change<PartnerSettlement>, Failure> {
    let seen = tx.seeing_by(Permission::ReadExpenseClaims, |tx| expense_claim::find(tx, claim));
    let claim = referred(seen, "/expense_claim_id")?;
    let is_approved =
        matches!(claim.state(), ClaimState::Approved | ClaimState::Acknowledged | ClaimState::Posted);
    let payable = claim.payable()?;
    let (number, by, at) = (claim.petition.number, tx.actor().user, tx.now());
    let claimed = Claimed { claim: claim.id.uuid(), number, by, at };
    Ok(settlement.claim_by(claimed, (is_approved, payable))?)
}

/// That a settlement is of a department in reach.
fn covered(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), partner_settlements)
}

/// One settlement, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: PartnerSettlementId) -> Result<PartnerSettlement, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(partner_settlements::id.eq(key));
    let row: Row =
        db!(reader, |c| partner_settlements::table.filter(wanted).select(Row::as_select()).first(c))?;
    row.settlement()
}

/// What is paid to a partner for a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PartnerSettlement)]
pub struct PartnerSettlementView {
    /// Its identity.
    pub id: PartnerSettlementId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "PS-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: PartnerSettlementState,
    /// Whose.
    pub partner_id: PartnerId,
    /// The department that looks after the partner.
    pub department: NamedRef,
    /// Which month.
    #[schema(max_length = 7, example = "2026-03")]
    pub month: String,
    /// How many entries it has.
    #[schema(minimum = 1)]
    pub entries: i64,
    /// What they come to.
    pub amount: Money,
    /// The expense claim that pays it; null until it is claimed.
    pub expense_claim_id: Option<AnyId>,
    /// The number of that.
    #[schema(max_length = 60)]
    pub claim_number: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PartnerSettlementView {
    const REFERS: &'static [Refers] =
        &[Refers::to("partner", &PARTNER).by("partner_id"), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/partner-settlements/{}", self.id))
    }
}

/// One settlement, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: PartnerSettlementId) -> Result<PartnerSettlementView, Failure> {
    let settlement = find(reader, id)?;
    show(reader, settlement)
}

/// How a settlement at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(
    reader: &mut Reader<'_>,
    settlement: PartnerSettlement,
) -> Result<PartnerSettlementView, Failure> {
    let register = Register::of(reader)?;
    shown(&register, settlement)
}

fn shown(register: &Register, settlement: PartnerSettlement) -> Result<PartnerSettlementView, Failure> {
    let status = settlement.state();
    let (claim, claim_number): (Option<Uuid>, _) =
        settlement.claim.map(|claimed| (claimed.claim, claimed.number)).unzip();
    Ok(PartnerSettlementView {
        id: settlement.id,
        status,
        partner_id: settlement.partner,
        department: register.placed(settlement.department)?,
        month: settlement.month.to_string(),
        entries: i64::try_from(settlement.entries.len()).unwrap_or(i64::MAX),
        amount: Money::from_minor(settlement.amount, Currency::Cny),
        expense_claim_id: claim.map(Into::into),
        claim_number,
        number: settlement.number,
        version: settlement.version,
    })
}

/// Which settlements are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PartnerSettlementFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "compiled")]
    pub status: Several<PartnerSettlementState>,
    /// Only of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this month.
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-03")]
    pub month: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PartnerSettlementOrder,
}

impl Filter for PartnerSettlementFilter {}

orders! {
    /// By what settlements are ordered.
    pub PartnerSettlementOrder of Row in partner_settlements by id, descending:
    created_at = id;
}

/// Settlements of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PartnerSettlementFilter,
    page: &Page,
) -> Result<Slice<PartnerSettlementView>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, partner_settlements, filter;
        status in status, partner_id = partner_id, department_id = department_id, month = month);
    let found = paged!(reader, page, filter.sort, wanted;
        partner_settlements::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row: Row| shown(&register, row.settlement()?))
}

columns! { PartnerSettlementView as "partner-settlements" "渠道佣金结算" "Settlements of partners", domain::spine::Permission::ExportSales:
    number "编号" "Number";
    month "月份" "Month";
    status "状态" "Status";
    department "部门" "Department";
    amount "金额" "Amount";
    currency "币种" "Currency" = |row| row.amount.currency().code();
    claim_number "报销单" "Expense claim";
}
