//! The items of a sample: rows, views, lists.

use crate::{
    finance::{expense_claim::EXPENSE_CLAIM, internal_audit::INTERNAL_AUDIT},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, lower},
    schema::{internal_audit_items as items, internal_audits as audits},
    search,
    spine::{
        ActionView, Amount, Amounts, Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Slice,
        Stored, Target, Tx, View, Where, db, guard, in_json, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        audit_risk::RiskSignal,
        internal_audit::{
            AuditItem, Auditor, Conclusion, DrawnClaim, InternalAudit, ItemOrigin, Verdict,
            actions::ItemAction,
        },
    },
    spine::{
        AnyId, BusinessDate, Change, Currency, DepartmentId, EmployeeId, Id, Money, Permission, Timestamp,
        UserId, Version,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = items, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    id: Key,
    audit_id: Key,
    position: i32,
    claim_id: Key,
    claim_number: String,
    claim_version: Version,
    creator_id: Option<Key>,
    submitter_id: Key,
    beneficiary_id: Key,
    department_id: Key,
    business_date: BusinessDate,
    payable_minor: i64,
    currency: String,
    origin: String,
    draw: Option<i32>,
    score: i32,
    signals: String,
    verdict: Option<String>,
    note: Option<String>,
    concluded_by: Option<Key>,
    concluded_at: Option<Instant>,
    version: Version,
}

impl Row {
    fn of(item: &AuditItem) -> Result<Self, Failure> {
        let AuditItem { id, audit, position, claim, origin, draw, score, signals, conclusion, version } =
            item;
        let DrawnClaim { id: claim_id, number, version: claim_version, creator, submitter, .. } = claim;
        let DrawnClaim { beneficiary, department, business_date, payable, .. } = claim;
        Ok(Self {
            id: (*id).into(),
            audit_id: (*audit).into(),
            position: *position,
            claim_id: (*claim_id).into(),
            claim_number: number.clone(),
            claim_version: *claim_version,
            creator_id: creator.map(Into::into),
            submitter_id: (*submitter).into(),
            beneficiary_id: (*beneficiary).into(),
            department_id: (*department).into(),
            business_date: *business_date,
            payable_minor: payable.minor(),
            currency: payable.currency().code().to_owned(),
            origin: origin.code().to_owned(),
            draw: *draw,
            score: i32::try_from(*score).map_err(Failure::fault)?,
            signals: serde_json::to_string(signals)?,
            verdict: conclusion.as_ref().map(|said| said.verdict.code().to_owned()),
            note: conclusion.as_ref().map(|said| said.note.clone()),
            concluded_by: conclusion.as_ref().map(|said| said.by.into()),
            concluded_at: conclusion.as_ref().map(|said| said.at.into()),
            version: *version,
        })
    }

    fn conclusion(&self) -> Result<Option<Conclusion>, Failure> {
        let said =
            self.verdict.as_deref().zip(self.note.clone()).zip(self.concluded_by).zip(self.concluded_at);
        let Some((((verdict, note), by), at)) = said else { return Ok(None) };
        let verdict = Verdict::from_code(verdict).ok_or_else(|| self.corrupt("verdict"))?;
        Ok(Some(Conclusion { verdict, note, by: by.into(), at: at.into() }))
    }

    fn corrupt(&self, column: &str) -> Failure {
        Failure::corrupt("internal_audit_items", column, self.id.0)
    }
}

impl TryFrom<Row> for AuditItem {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let currency = row.currency.parse().map_err(|_| row.corrupt("currency"))?;
        Ok(Self {
            conclusion: row.conclusion()?,
            origin: ItemOrigin::from_code(&row.origin).ok_or_else(|| row.corrupt("origin"))?,
            id: row.id.into(),
            audit: row.audit_id.into(),
            position: row.position,
            score: u32::try_from(row.score).map_err(Failure::fault)?,
            signals: serde_json::from_str(&row.signals)?,
            claim: DrawnClaim {
                id: row.claim_id.into(),
                number: row.claim_number,
                version: row.claim_version,
                creator: row.creator_id.map(Into::into),
                submitter: row.submitter_id.into(),
                beneficiary: row.beneficiary_id.into(),
                department: row.department_id.into(),
                business_date: row.business_date,
                payable: Money::from_minor(row.payable_minor, currency),
            },
            draw: row.draw,
            version: row.version,
        })
    }
}

impl Stored<crate::Finance> for AuditItem {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, items, &row, before)?)
    }
}

crate::spine::resource! { crate::Finance: AuditItem as AuditItemView; within_sight, apply, view = view }

/// Writes a change of an item.
pub fn apply(tx: &mut Tx<'_>, change: Change<AuditItem>) -> Result<AuditItem, Failure> {
    tx.apply(change)
}

/// An item of an audit within the caller's sight, with the audit.
pub fn find(reader: &mut Reader<'_>, id: Id<AuditItem>) -> Result<(AuditItem, InternalAudit), Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| items::table.filter(items::id.eq(key)).select(Row::as_select()).first(c))?;
    let audit = super::find(reader, row.audit_id.into())?;
    Ok((row.try_into()?, audit))
}

fn within_sight(reader: &mut Reader<'_>, id: Id<AuditItem>) -> Result<AuditItem, Failure> {
    Ok(find(reader, id)?.0)
}

/// What the caller may do with an item. An alias, because the derive would take a generic type apart.
type ItemActionView = ActionView<ItemAction>;

/// An item of a sample, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InternalAuditItem)]
pub struct AuditItemView {
    /// Identity.
    pub id: AnyId,
    /// The audit.
    pub audit_id: AnyId,
    /// Where it stands in the sample, counted from 1.
    #[schema(minimum = 1)]
    pub position: i32,
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub claim_number: String,
    /// Its version when it was drawn.
    #[schema(minimum = 1)]
    pub claim_version: Version,
    /// Who answered for it.
    pub submitter: PersonRef,
    /// Who received the money.
    pub beneficiary: PersonRef,
    /// Whose expense it was.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// What the beneficiary was owed when it was drawn, in the book currency.
    pub payable: Money,
    /// How it came into the sample.
    pub origin: ItemOrigin,
    /// The draw it came by, counted from 1.
    #[schema(minimum = 1)]
    pub draw: Option<i32>,
    /// What its signals weighed together.
    #[schema(minimum = 0)]
    pub score: u32,
    /// The signals as they were explained when it was drawn.
    #[schema(max_items = 2000)]
    pub signals: Vec<RiskSignal>,
    /// What the auditor concluded; null while open.
    pub verdict: Option<Verdict>,
    /// What was looked at and found.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Who concluded.
    pub concluded_by: Option<UserId>,
    /// When.
    pub concluded_at: Option<Timestamp>,
    /// What the caller may do with it now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<ItemActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AuditItemView {
    const REFERS: &'static [Refers] = &[
        Refers::to("audit", &INTERNAL_AUDIT).by("audit_id"),
        Refers::to("claim", &EXPENSE_CLAIM).by("claim_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("beneficiary", &EMPLOYEE),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/internal-audit-items/{}", self.id))
    }
}

fn shown(reader: &mut Reader<'_>, found: Vec<AuditItem>) -> Result<Vec<AuditItemView>, Failure> {
    let register = Register::of(reader)?;
    let view = |item: AuditItem| {
        let AuditItem { id, audit, position, claim, origin, draw, score, signals, conclusion, version } =
            item;
        let (said, by_at) = conclusion.map(|c| ((c.verdict, c.note), (c.by, c.at))).unzip();
        let ((verdict, note), (concluded_by, concluded_at)) = (said.unzip(), by_at.unzip());
        Ok(AuditItemView {
            id: id.uuid().into(),
            audit_id: audit.uuid().into(),
            position,
            claim_id: claim.id.uuid().into(),
            claim_number: claim.number,
            claim_version: claim.version,
            submitter: register.named(claim.submitter)?,
            beneficiary: register.named(claim.beneficiary)?,
            department: register.placed(claim.department)?,
            business_date: claim.business_date,
            payable: claim.payable,
            origin,
            draw,
            score,
            signals,
            verdict,
            note,
            concluded_by,
            concluded_at,
            actions: Vec::new(),
            version,
        })
    };
    found.into_iter().map(view).collect()
}

/// An item, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<AuditItem>) -> Result<AuditItemView, Failure> {
    let (item, audit) = find(reader, id)?;
    let actions = if reader.finds_by(Permission::ConductInternalAudits, |reader| find(reader, id))? {
        conclude(reader, &item, &audit)?
    } else {
        Vec::new()
    };
    let mut view = shown(reader, vec![item])?.pop().ok_or(Failure::NotFound)?;
    view.actions = actions;
    Ok(view)
}

/// An internal audit item where something refers to it.
pub static INTERNAL_AUDIT_ITEM: Target = Target {
    permission: Permission::ReadInternalAudits,
    look: |reader, id| in_json(view(reader, id.into())),
};

/// Whether the caller, who conducts the audit, may conclude on an item.
fn conclude(
    reader: &mut Reader<'_>,
    item: &AuditItem,
    audit: &InternalAudit,
) -> Result<Vec<ItemActionView>, Failure> {
    let allowed = match Auditor::employee_of(reader.actor()) {
        Err(refusal) => Err(refusal),
        Ok(own) => item.ensure_concludable(audit, &super::auditor(reader, own)?),
    };
    let base = format!("/api/v1/internal-audit-items/{}", item.id);
    Ok(ActionView::listed(&base, [(ItemAction::Conclude, allowed)]))
}

/// Which items are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AuditItemFilter {
    /// Only with these conclusions, separated by commas.
    #[param(inline, example = "exception")]
    pub verdict: Several<Verdict>,
    /// Only those concluded, or only those open.
    pub concluded: Option<bool>,
    /// Only those that came so into the sample, separated by commas.
    #[param(inline, example = "random,risk")]
    pub origin: Several<ItemOrigin>,
    /// Only of claims of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only of this department's claims.
    pub department_id: Option<DepartmentId>,
    /// Only with at least this payable amount, in its own currency.
    #[serde(rename = "payable[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub payable_from: Option<Amount>,
    /// Only with at most this payable amount, in its own currency.
    #[serde(rename = "payable[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub payable_to: Option<Amount>,
    /// Only where the books are kept in this currency.
    #[param(inline)]
    pub payable_currency: Option<Currency>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only where this stands in the claim's number or a name, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "EC-2026")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By position where absent.
    #[param(inline)]
    pub sort: AuditItemOrder,
}

impl AuditItemFilter {
    fn payable(&self) -> Amounts<'_> {
        let (from, to) = (self.payable_from.as_ref(), self.payable_to.as_ref());
        Amounts { name: "payable", from, to, currency: self.payable_currency }
    }
}

impl Filter for AuditItemFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.payable()]
    }
}

orders! {
    /// By what the items of a sample are ordered.
    pub AuditItemOrder of Row in items by position, ascending:
    position;
    score;
    payable = payable_minor;
}

/// The sample of an audit within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    audit: Id<InternalAudit>,
    filter: &AuditItemFilter,
    page: &Page,
) -> Result<Slice<AuditItemView>, Failure> {
    let audit = super::find(reader, audit)?;
    let mut wanted = Where::new();
    wanted.also(items::audit_id.eq(Key::from(audit.id)));
    narrow!(wanted, items, filter;
        verdict in verdict, origin in origin, submitter_id = submitter_id, department_id = department_id,
        (payable_minor, currency) within payable, business_date >= business_from, business_date <= business_to);
    match filter.concluded {
        Some(true) => wanted.also(items::verdict.is_not_null()),
        Some(false) => wanted.also(items::verdict.is_null()),
        None => {}
    }
    search!(wanted, filter, lower(items::claim_number); items::submitter_id, items::beneficiary_id);
    let found = paged!(reader, page, filter.sort, wanted; items::table => Row::as_select(); |row: &Row| row);
    found.try_map(AuditItem::try_from)?.show(|items| shown(reader, items))
}

/// Every item of an audit.
pub(super) fn all(reader: &mut Reader<'_>, audit: Id<InternalAudit>) -> Result<Vec<AuditItem>, Failure> {
    let mine = Key::from(audit);
    let rows: Vec<Row> = db!(reader, |c| items::table
        .inner_join(audits::table.on(audits::id.eq(items::audit_id)))
        .filter(items::audit_id.eq(mine))
        .order(items::position)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
