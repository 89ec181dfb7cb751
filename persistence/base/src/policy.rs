//! Policies: versions, what is in force on a day, and what ships with the product. `[REG-4]`

mod amend;
mod content;
mod kind;
mod ship;
mod version;
mod withdraw;

pub use amend::{Amendment, amend};
pub use content::{ContentSchema, kept, schema_of, schemas, shown};
pub use kind::{Clauses, Kind, check, is_clause_known, obstacles};
pub use ship::{Shipped, ShippedContent, ship_all};
pub use version::{Dated, all_in_force, all_of_kind, in_force, may_follow};
pub use withdraw::{hold_ahead, withdraw};

use crate::{
    organisation::literally,
    schema::policies,
    search,
    spine::{
        ActionView, Failure, Filter, House, Instant, Key, Master, Page, Place, Placed, Reader, Several,
        Slice, Stored, Tx, View, Where, columns, db, guard, is_taken, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::spine::{
    AnyId, BusinessDate, Change, Id, Permission, Policy, PolicyAction, PolicyStatus, Refusal, Timestamp,
    UserId, Version, search_text,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = policies, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    code: String,
    number: i32,
    title: String,
    status: String,
    effective_from: BusinessDate,
    content: String,
    clause: String,
    published_by: Option<Key>,
    published_at: Option<Instant>,
    version: Version,
    search_text: String,
}

impl From<&Policy> for Row {
    fn from(policy: &Policy) -> Self {
        let Policy { id, code, number, title, status, effective_from, content, clause, published, version } =
            policy;
        Self {
            id: (*id).into(),
            code: code.clone(),
            number: *number,
            title: title.clone(),
            status: status_text(*status).to_owned(),
            effective_from: *effective_from,
            content: content.to_string(),
            clause: clause.clone(),
            published_by: published.map(|(by, _)| by.into()),
            published_at: published.map(|(_, at)| at.into()),
            search_text: search_text(&[title], &[code, clause]),
            version: *version,
        }
    }
}

impl TryFrom<Row> for Policy {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            status: status_of(&row)?,
            content: serde_json::from_str(&row.content)?,
            code: row.code,
            number: row.number,
            title: row.title,
            effective_from: row.effective_from,
            clause: row.clause,
            published: row.published_by.zip(row.published_at).map(|(by, at)| (by.into(), at.into())),
            version: row.version,
        })
    }
}

fn status_text(status: PolicyStatus) -> &'static str {
    match status {
        PolicyStatus::Draft => "draft",
        PolicyStatus::Published => "published",
    }
}

fn status_of(row: &Row) -> Result<PolicyStatus, Failure> {
    match row.status.as_str() {
        "draft" => Ok(PolicyStatus::Draft),
        "published" => Ok(PolicyStatus::Published),
        _ => Err(Failure::corrupt("policies", "status", row.id.0)),
    }
}

impl Stored<crate::Base> for Policy {
    const MASTER: Option<Master> = Some(POLICIES);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        if before.is_some() {
            return guard(save_row!(tx, policies, &row, before)?);
        }
        match db!(tx, |c| diesel::insert_into(policies::table).values(&row).execute(c)) {
            // Somebody else drafted the same number meanwhile: done again, this becomes the next.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            inserted => Ok(inserted.map(drop)?),
        }
    }
}

/// Policies as a kind of master data.
pub(crate) const POLICIES: Master = Master("policies");

crate::spine::resource! { crate::Base: Policy as PolicyView; find, apply, view = view }

/// Writes a change of a policy.
pub fn apply(tx: &mut Tx<'_>, change: Change<Policy>) -> Result<Policy, Failure> {
    tx.apply(change)
}

/// One version.
pub fn find(reader: &mut Reader<'_>, id: Id<Policy>) -> Result<Policy, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| policies::table.filter(policies::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// The number the next version of a code gets.
pub fn next_version_number(reader: &mut Reader<'_>, code: &str) -> Result<i32, Failure> {
    let last: Option<i32> = db!(reader, |c| policies::table
        .filter(policies::code.eq(code))
        .select(diesel::dsl::max(policies::number))
        .first(c))?;
    Ok(last.unwrap_or(0) + 1)
}

/// The first day a new version of a code may take effect: today, since days gone by have been decided on. The very first
/// version may reach back as far as it likes, and so may the first that a company writes itself of a kind that decides
/// documents alone, as long as none was handed in.
pub fn earliest_start(reader: &mut Reader<'_>, code: &str) -> Result<BusinessDate, Failure> {
    let published: i64 = db!(reader, |c| policies::table
        .filter(policies::code.eq(code).and(policies::status.eq("published")))
        .count()
        .get_result(c))?;
    if published == 0 {
        return Ok(BusinessDate::MIN);
    }
    let is_first = decides_documents(reader, code)? && ship::is_the_products_own(reader, code)?;
    if is_first && !withdraw::is_anything_handed_in(reader)? {
        return Ok(BusinessDate::MIN);
    }
    Ok(reader.today())
}

fn decides_documents(reader: &Reader<'_>, code: &str) -> Result<bool, Refusal> {
    Ok(Kind::of_code(reader.house(), code)?.is_of_documents)
}

type PolicyActionView = ActionView<PolicyAction>;

/// A version of a policy, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PolicyVersion)]
pub struct PolicyView {
    /// Identity of this version.
    pub id: AnyId,
    /// `kind/name`.
    #[schema(example = "approval-chain/expense-claim", max_length = 100)]
    pub code: String,
    /// The number of this version.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// Its course.
    pub status: PolicyStatus,
    /// The first business day it decides for.
    pub effective_from: NaiveDate,
    /// The content, by its kind.
    #[schema(value_type = ContentSchema)]
    pub content: serde_json::Value,
    /// The clause it enforces.
    #[schema(max_length = 200)]
    pub clause: String,
    /// Who published it.
    pub published_by: Option<UserId>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<PolicyActionView>,
    /// Its version for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PolicyView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/policies/{}", self.id))
    }
}

impl PolicyView {
    fn of(house: &House, row: Row) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            status: status_of(&row)?,
            content: content::shown(house, &row.code, serde_json::from_str(&row.content)?),
            code: row.code,
            number: row.number,
            title: row.title,
            effective_from: row.effective_from,
            clause: row.clause,
            published_by: row.published_by.map(Into::into),
            published_at: row.published_at.map(Into::into),
            actions: Vec::new(),
            version: row.version,
        })
    }
}

/// One version, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<Policy>) -> Result<PolicyView, Failure> {
    let policy = find(reader, id)?;
    let mut view = PolicyView::of(reader.house(), Row::from(&policy))?;
    if reader.actor().may(Permission::ManagePolicies) {
        let follows = may_follow(reader, &policy)?;
        let actions = policy.actions(reader.today()).map(|(action, allowed)| match action {
            PolicyAction::Publish => (action, allowed.and_then(|()| follows.clone())),
            PolicyAction::Revise | PolicyAction::Withdraw => (action, allowed),
        });
        view.actions = ActionView::listed(&format!("/api/v1/policies/{id}"), actions);
    }
    Ok(view)
}

impl Placed<crate::Base> for PolicyAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Publish => Place::Post("/publish"),
            Self::Withdraw => Place::Post("/withdraw"),
        }
    }
}

/// Which versions are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PolicyFilter {
    /// Only this kind, such as `approval-chain`.
    #[validate(length(max = 60))]
    #[param(max_length = 60)]
    pub kind: Option<String>,
    /// Only this code, such as `approval-chain/expense-claim`.
    #[validate(length(max = 100))]
    #[param(max_length = 100)]
    pub code: Option<String>,
    /// Only these states, separated by commas.
    #[param(inline, example = "published")]
    pub status: Several<PolicyStatus>,
    /// Only what decides from this day on or later.
    #[serde(rename = "effective_from[gte]")]
    pub effective_from: Option<NaiveDate>,
    /// Only what decides from this day on or earlier.
    #[serde(rename = "effective_from[lte]")]
    pub effective_to: Option<NaiveDate>,
    /// Only where this stands in code, name or clause; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "bxspl")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: PolicyOrder,
}

impl Filter for PolicyFilter {}

orders! {
    /// By what policy versions are ordered.
    pub PolicyOrder of Row in policies by id, ascending:
    created_at = id;
    code;
    effective_from;
}

/// The versions of policies, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PolicyFilter,
    page: &Page,
) -> Result<Slice<PolicyView>, Failure> {
    let mut wanted = Where::new();
    if let Some(kind) = &filter.kind {
        wanted.also(policies::code.like(format!("{}/%", literally(kind))).escape('\\'));
    }
    narrow!(wanted, policies, filter;
        code = code, status in status, effective_from >= effective_from, effective_from <= effective_to);
    search!(wanted, filter, policies::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        policies::table => Row::as_select(); |row: &Row| row);
    let house = reader.house();
    found.try_map(|row| PolicyView::of(house, row))
}

columns! { PolicyView as "policies" "政策版本" "Policies":
    code "编码" "Code";
    number "版本号" "Number";
    title "名称" "Title";
    status "状态" "Status";
    effective_from "生效日期" "Effective from";
    clause "依据条款" "Clause";
    published_at "发布时间" "Published at";
    content "内容" "Content" = |policy| policy.content.to_string();
}
