//! The customers within the caller's sight. `[CUS-1, CUS-5, INT-4]`

use super::{
    row::Row,
    scope::{Unmasked, shown, unmasked},
    standing::{self, StandingView},
    view::PhoneView,
};
use crate::{
    organisation::{Register, like},
    schema::{customer_phones as phones, customer_standings as standings, customers},
    spine::{Failure, Filter, Page, Reader, Several, Slice, View, Where, columns, narrow, orders, paged},
};
use diesel::prelude::*;
use domain::{
    customer_file::{
        CustomerChannel, CustomerId, CustomerImportance, CustomerKind, CustomerSensitivity, CustomerState,
        Phone, Standing, StandingState,
    },
    spine::{DepartmentId, EmployeeId, Timestamp, Version, typed},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// So many digits at least are sought as the last of a phone: fewer are everybody's. A mask shows as many; more are sought
/// among those of whom the caller sees all.
const SUFFIX_DIGITS_MIN: usize = 4;

/// A customer in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerSummary)]
pub struct CustomerSummary {
    /// Its identity.
    pub id: CustomerId,
    /// Its number.
    #[schema(max_length = 60, example = "CU-2026-000012")]
    pub number: String,
    /// Who it is.
    pub kind: CustomerKind,
    /// Its name.
    #[schema(max_length = 100, example = "李娜")]
    pub name: String,
    /// Whether personal data are masked for the caller.
    pub is_masked: bool,
    /// The phone to call first, perhaps masked.
    pub phone: Option<PhoneView>,
    /// The industry.
    #[schema(max_length = 60)]
    pub industry: Option<String>,
    /// The region.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// By which channel they came.
    pub channel: Option<CustomerChannel>,
    /// Tags.
    #[schema(max_items = 30)]
    pub tags: Vec<String>,
    /// How important it is.
    pub importance: CustomerImportance,
    /// How sensitive what is known of it is.
    pub sensitivity: CustomerSensitivity,
    /// How complete the file is.
    #[schema(minimum = 0, maximum = 100)]
    pub completeness: u32,
    /// Where the file stands.
    pub status: CustomerState,
    /// Whose customer it is now.
    pub standing: StandingView,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When the file last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CustomerSummary {}

impl CustomerSummary {
    fn department_names(&self) -> (&str, &str) {
        (&self.standing.department.name_zh, &self.standing.department.name_en)
    }
}

/// Which customers are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CustomerFilter {
    /// Only persons, or companies.
    #[param(inline, example = "person")]
    pub kind: Several<CustomerKind>,
    /// Only files in these states, separated by commas; those in use where absent.
    #[param(inline, example = "active")]
    pub status: Several<CustomerState>,
    /// Only of these classes of importance, separated by commas.
    #[param(inline, example = "important,key")]
    pub importance: Several<CustomerImportance>,
    /// Only who came by these channels, separated by commas.
    #[param(inline, example = "walk_in,call")]
    pub channel: Several<CustomerChannel>,
    /// Only in these states of ownership, separated by commas.
    #[param(inline, example = "owned")]
    pub standing: Several<StandingState>,
    /// Only of this tier.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "A")]
    pub tier: Option<String>,
    /// Only of this owner.
    pub owner_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only with this phone, as people type it; found also where it is sealed. Among those whose personal data the caller sees;
    /// whether another is known is asked by `POST /customers/look-up`.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "13812345678")]
    pub phone: Option<String>,
    /// Only with this tag.
    #[validate(length(min = 1, max = 30))]
    #[param(min_length = 1, max_length = 30)]
    pub tag: Option<String>,
    /// Only at most so complete, 0 to 100.
    #[validate(range(min = 0, max = 100))]
    #[param(minimum = 0, maximum = 100)]
    #[serde(rename = "completeness[lte]")]
    pub completeness_to: Option<i32>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in name, number or tags, however that is written or read; or the last four digits of a phone;
    /// more of them among those whose personal data the caller sees.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "李娜")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CustomerOrder,
}

impl Filter for CustomerFilter {}

orders! {
    /// By what customers are ordered.
    pub CustomerOrder of Row in customers by id, descending:
    created_at = id;
    changed_at;
    name;
    completeness;
}

/// The condition that a text is meant: in names and tags, or as the last digits of a phone.
fn meant(reader: &mut Reader<'_>, text: &str) -> Result<Where, Failure> {
    let mut named = Where::new();
    named.also(customers::search_text.like(like(text)).escape('\\'));
    let folded = typed::normalised(text);
    let mut any = vec![named];
    if folded.len() >= SUFFIX_DIGITS_MIN && folded.bytes().all(|byte| byte.is_ascii_digit()) {
        let from: String = folded.chars().rev().collect();
        // Behind every number that begins so, digits being what a tail is made of.
        let until = format!("{from}:");
        let found = phones::table
            .filter(phones::tail.ge(from).and(phones::tail.lt(until)))
            .select(phones::customer_id);
        let mut called = Where::new();
        called.also(customers::id.eq_any(found));
        if folded.len() > SUFFIX_DIGITS_MIN {
            called.also_all(unmasked(reader)?);
        }
        any.push(called);
    }
    let mut wanted = Where::new();
    wanted.also_any(any);
    Ok(wanted)
}

/// What a filter asks of customers.
fn asked(reader: &mut Reader<'_>, filter: &CustomerFilter) -> Result<Where, Failure> {
    let mut wanted = shown(reader)?;
    narrow!(wanted, customers, filter; kind in kind, importance in importance, channel in channel,
        changed_at >= changed_from, changed_at < changed_before, completeness <= completeness_to);
    match filter.status.codes().as_slice() {
        [] => wanted.also(customers::status.eq(CustomerState::Active.code())),
        several => wanted.also(customers::status.eq_any(several.to_vec())),
    }
    narrow!(wanted, standings, filter; owner_id = owner_id, department_id = department_id, state in standing);
    if let Some(tier) = &filter.tier {
        wanted.also(standings::tier.eq(Some(tier.clone())));
    }
    if let Some(tag) = &filter.tag {
        let quoted = serde_json::to_string(tag)?;
        wanted.also(customers::tags.like(like_as_it_is(&quoted)).escape('\\'));
    }
    if let Some(text) = &filter.phone {
        let lookups =
            super::phone::lookups(reader, &Phone::read(text).map_err(|refusal| refusal.at("phone"))?)?;
        let found = phones::table.filter(phones::lookup.eq_any(lookups)).select(phones::customer_id);
        wanted.also(customers::id.eq_any(found));
        wanted.also_all(unmasked(reader)?);
    }
    if let Some(text) = &filter.q {
        wanted.also_all(meant(reader, text)?);
    }
    Ok(wanted)
}

/// The pattern of a text anywhere, in the case it has.
fn like_as_it_is(text: &str) -> String {
    format!("%{}%", crate::organisation::literally(text))
}

type Found = (Row, standing::Row);

/// Customers within the caller's sight.
///
/// # Errors
/// A phone that is none; where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CustomerFilter,
    page: &Page,
) -> Result<Slice<CustomerSummary>, Failure> {
    let wanted = asked(reader, filter)?;
    let found = paged!(reader, page, filter.sort, wanted;
        customers::table.inner_join(standings::table.on(standings::customer_id.eq(customers::id)))
        => (Row::as_select(), standing::Row::as_select());
        |found: &Found| &found.0);
    let (register, unmasked) = (Register::of(reader)?, Unmasked::to(reader)?);
    found.try_map(|(row, standing)| summary(reader, &register, &unmasked, row, standing.try_into()?))
}

fn summary(
    reader: &mut Reader<'_>,
    register: &Register,
    unmasked: &Unmasked,
    row: Row,
    standing: Standing,
) -> Result<CustomerSummary, Failure> {
    let is_masked = !unmasked.covers(&standing);
    let changed_at = row.changed_at.into();
    let customer = row.customer(reader)?;
    let content = customer.content;
    let first = content.personal.all_phones().next();
    Ok(CustomerSummary {
        id: customer.id,
        number: customer.number,
        kind: content.kind,
        is_masked,
        phone: first.map(|(_, phone)| PhoneView::of(phone, is_masked)),
        name: content.name,
        industry: content.industry,
        region: content.region,
        channel: content.channel,
        tags: content.tags,
        importance: customer.importance,
        sensitivity: customer.sensitivity,
        completeness: customer.completeness,
        status: customer.status.state(),
        standing: StandingView::of(register, &standing)?,
        created_at: customer.created_at,
        changed_at,
        version: customer.version,
    })
}

columns! { CustomerSummary as "customers" "客户" "Customers", domain::spine::Permission::ExportCustomers:
    number "客户编号" "Number";
    kind "类型" "Kind";
    name "名称" "Name";
    phone "电话" "Phone" = |customer| customer.phone.as_ref().map(|phone| phone.display.as_str());
    industry "行业" "Industry";
    region "地区" "Region";
    channel "来源渠道" "Channel";
    tags "标签" "Tags" = |customer| customer.tags.join("；");
    importance "重要性" "Importance";
    sensitivity "敏感级别" "Sensitivity";
    completeness "完整度" "Completeness";
    status "状态" "Status";
    tier "客户等级" "Tier" = |customer| customer.standing.tier.as_deref();
    standing "归属状态" "Ownership" = |customer| customer.standing.state.labels();
    owner "归属人" "Owner" = |customer| customer.standing.owner.as_ref().map(|owner| owner.name.as_str());
    department "部门" "Department" = |customer| customer.department_names();
    created_at "建档时间" "Entered at";
    changed_at "更新时间" "Changed at";
}
