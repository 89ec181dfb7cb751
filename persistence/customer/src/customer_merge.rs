//! Merges of files in the database. Locks: both files in the order of their ids, then their standings. `[CUS-3]`

use crate::{
    customer_file::{
        self, CUSTOMER, CustomerRef, load, rules,
        scope::seen,
        view::{CustomerColumns, refer_to},
    },
    organisation::{Register, referred},
    ownership,
    schema::{customer_merges, customer_standings as standings, customers},
    spine::{
        Failure, Filter, Instant, Key, Page, Part, Reader, Refers, Slice, Stored, Tx, View, Where, columns,
        db, guard, narrow, orders, paged, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    customer_file::{Customer, CustomerContent, CustomerId, Standing},
    customer_merge::{CustomerMerge, Side, Taken, Undoing, may_merge},
    spine::{AnyId, Id, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = customer_merges, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    kept_id: Key,
    merged_id: Key,
    taken: String,
    reason: String,
    merged_by_id: Key,
    merged_at: Instant,
    undone: Option<String>,
    version: Version,
}

impl Row {
    fn of(merge: &CustomerMerge) -> Result<Self, Failure> {
        let CustomerMerge { id, kept, merged, taken, reason, by, at, undone, version } = merge;
        Ok(Self {
            id: (*id).into(),
            kept_id: (*kept).into(),
            merged_id: (*merged).into(),
            taken: serde_json::to_string(taken)?,
            reason: reason.clone(),
            merged_by_id: (*by).into(),
            merged_at: (*at).into(),
            undone: undone.as_ref().map(serde_json::to_string).transpose()?,
            version: *version,
        })
    }
}

impl TryFrom<Row> for CustomerMerge {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, kept_id, merged_id, taken, reason, merged_by_id, merged_at, undone, version } = row;
        Ok(Self {
            id: id.into(),
            kept: kept_id.into(),
            merged: merged_id.into(),
            taken: serde_json::from_str(&taken)?,
            reason,
            by: merged_by_id.into(),
            at: merged_at.into(),
            undone: undone.as_deref().map(serde_json::from_str::<Undoing>).transpose()?,
            version,
        })
    }
}

impl Stored<crate::Customer> for CustomerMerge {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, customer_merges, &row, before)?)
    }
}

/// A file with what is known around it.
struct Known {
    file: Customer,
    standing: Standing,
    owner: Option<String>,
    is_in_the_midst: bool,
}

impl Known {
    fn of(reader: &mut Reader<'_>, id: CustomerId) -> Result<Self, Failure> {
        let ownership = ownership::load(reader, id)?;
        let (book, now, zone) = (ownership::book(reader)?, reader.now(), reader.zone());
        let derived = ownership.as_of(&book, now, zone);
        let is_in_the_midst =
            derived.dispute.is_some() || derived.credits.iter().any(|credit| credit.is_open);
        let register = Register::of(reader)?;
        let standing = ownership.standing;
        let owner = standing.owner.map(|owner| register.named(owner)).transpose()?.map(|owner| owner.name);
        Ok(Self { file: load(reader, id)?, standing, owner, is_in_the_midst })
    }

    fn side(&self) -> Side<'_> {
        let owner = self.owner.as_deref();
        Side { file: &self.file, standing: &self.standing, owner, is_in_the_midst: self.is_in_the_midst }
    }
}

/// Both files, locked in the order of their ids, so that of two merges at once the second finds what the first left.
fn both(tx: &mut Tx<'_>, kept: CustomerId, merged: CustomerId) -> Result<(Known, Known), Failure> {
    tx.connection().hold_rows("customers", &[kept.into(), merged.into()])?;
    Ok((Known::of(tx, kept)?, Known::of(tx, merged)?))
}

/// Merges a file in sight into another in sight.
///
/// # Errors
/// What [`may_merge`] refuses; what the company's rules find wrong with the kept file as it would be.
pub fn merge(
    tx: &mut Tx<'_>,
    kept: CustomerId,
    merged: CustomerId,
    reason: String,
) -> Result<MergeView, Failure> {
    referred(customer_file::find(tx, kept), "/kept_id")?;
    referred(customer_file::find(tx, merged), "/merged_id")?;
    let now = tx.now();
    let (keeper, behind) = both(tx, kept, merged)?;
    may_merge(&keeper.side(), &behind.side(), tx.actor())?;
    let (content, taken) = Taken::of(keeper.file.content.clone(), &behind.file.content);
    say(tx, keeper.file, content)?;
    customer_file::apply(tx, behind.file.merge_into(kept, now)?)?;
    let change = CustomerMerge::done(tx.id(), (kept, merged), taken, reason, tx.actor(), now);
    let merge = tx.apply(change)?;
    show(tx, merge)
}

/// Undoes a merge: the kept file gives back what it took, as far as it still has it.
///
/// # Errors
/// What [`CustomerMerge::undo`] refuses.
pub fn undo(tx: &mut Tx<'_>, merge: CustomerMerge, reason: String) -> Result<CustomerMerge, Failure> {
    let (now, today) = (tx.now(), tx.today());
    let (keeper, behind) = both(tx, merge.kept, merge.merged)?;
    let content = merge.taken.give_back(keeper.file.content.clone(), &behind.file.content);
    let days = rules(tx, today)?.content.unmerge_within_days;
    let change = merge.undo((&keeper.side(), &behind.side()), reason, days, (tx.actor(), now))?;
    customer_file::apply(tx, behind.file.unmerge(today))?;
    say(tx, keeper.file, content)?;
    tx.apply(change)
}

fn say(tx: &mut Tx<'_>, file: Customer, content: CustomerContent) -> Result<(), Failure> {
    let today = tx.today();
    let rules = rules(tx, today)?;
    match file.revise(content, &rules, today)? {
        Some(change) => customer_file::apply(tx, change).map(drop),
        None => Ok(()),
    }
}

crate::spine::resource! { crate::Customer: CustomerMerge as MergeView; find, apply, show = show }

/// Writes a change of a merge.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(
    tx: &mut Tx<'_>,
    change: domain::spine::Change<CustomerMerge>,
) -> Result<CustomerMerge, Failure> {
    tx.apply(change)
}

/// One merge, if the caller sees the file that was kept.
///
/// # Errors
/// Not found where they do not.
pub fn find(reader: &mut Reader<'_>, id: Id<CustomerMerge>) -> Result<CustomerMerge, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| customer_merges::table
        .filter(customer_merges::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    customer_file::find(reader, row.kept_id.into())?;
    row.try_into()
}

/// A merge of two files.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerMerge)]
pub struct MergeView {
    /// Its identity.
    pub id: AnyId,
    /// The file that is kept.
    pub kept: CustomerRef,
    /// The file behind it.
    pub merged: CustomerRef,
    /// What the kept file took of the other, by its members.
    #[schema(max_items = 10)]
    pub taken: Vec<&'static str>,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The account that merged them.
    pub merged_by: UserId,
    /// When.
    pub merged_at: Timestamp,
    /// When it was undone; null where it was not.
    pub undone_at: Option<Timestamp>,
    /// The account that undid it.
    pub undone_by: Option<UserId>,
    /// Why.
    #[schema(max_length = 500)]
    pub undone_reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for MergeView {
    const REFERS: &'static [Refers] = &[Refers::to("kept", &CUSTOMER)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/customer-merges/{}", self.id))
    }
}

/// How a merge at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, merge: CustomerMerge) -> Result<MergeView, Failure> {
    let kept = refer_to(reader, merge.kept)?;
    shown(reader, merge, kept)
}

/// One merge, if the caller sees the file that was kept.
///
/// # Errors
/// Not found where they do not.
pub fn view(reader: &mut Reader<'_>, id: Id<CustomerMerge>) -> Result<MergeView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

fn shown(reader: &mut Reader<'_>, merge: CustomerMerge, kept: CustomerRef) -> Result<MergeView, Failure> {
    let CustomerMerge { id, kept: _, merged, taken, reason, by, at, undone, version } = merge;
    let (undone_at, undone_by, undone_reason) = match undone {
        Some(Undoing { at, by, reason }) => (Some(at), Some(by), Some(reason)),
        None => (None, None, None),
    };
    Ok(MergeView {
        id: id.uuid().into(),
        kept,
        merged: refer_to(reader, merged)?,
        taken: taken.members(),
        reason,
        merged_by: by,
        merged_at: at,
        undone_at,
        undone_by,
        undone_reason,
        version,
    })
}

/// Which merges are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct MergeFilter {
    /// Only where this file was kept.
    pub kept_id: Option<CustomerId>,
    /// Only where this file stands behind.
    pub merged_id: Option<CustomerId>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: MergeOrder,
}

impl Filter for MergeFilter {}

orders! {
    /// By what merges are ordered.
    pub MergeOrder of Row in customer_merges by id, descending:
    created_at = id;
}

type Found = (Row, CustomerColumns);

/// The merges whose kept file lies within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &MergeFilter, page: &Page) -> Result<Slice<MergeView>, Failure> {
    let mut wanted = Where::new();
    if let Some(seen) = seen(reader)? {
        let seen = standings::table.filter(seen).select(standings::customer_id);
        wanted.also(customer_merges::kept_id.eq_any(seen));
    }
    narrow!(wanted, customer_merges, filter; kept_id = kept_id, merged_id = merged_id);
    let found = paged!(reader, page, filter.sort, wanted;
        customer_merges::table.inner_join(customers::table.on(customers::id.eq(customer_merges::kept_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    found.try_map(|(row, kept)| shown(reader, row.try_into()?, kept.into()))
}

columns! { MergeView as "customer-merges" "客户档案合并" "Merges of files", domain::spine::Permission::ExportCustomers:
    kept "保留客户编号" "Kept" = |one| one.kept.number.as_str();
    merged "并入客户编号" "Merged" = |one| one.merged.number.as_str();
    reason "原因" "Reason";
    merged_at "合并时间" "Merged at";
    undone_at "撤销时间" "Undone at";
}
