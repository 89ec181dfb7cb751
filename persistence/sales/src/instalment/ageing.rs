//! Receivables (应收账款) as they stood at the end of a day: not due, and overdue in the buckets that policy names, by customer,
//! owner or department. `[REC-1d; 001 第十七条]`

use super::row::covered;
use crate::{
    customer_file::{CustomerRef, view::refer_to_all},
    merged::{self, of_customer},
    organisation::{NamedRef, PersonRef, Register},
    receivable_terms,
    schema::{customer_standings as standings, instalment_entries as entries, instalments},
    spine::{Failure, Filter, Key, Page, Reader, Slice, View, Where, columns, db, narrow},
};
use chrono::NaiveDate;
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    customer_file::CustomerId,
    instalment::{AgeingKey, Bucket, buckets, place_of},
    spine::{BusinessDate, Currency, DepartmentId, EmployeeId, Money},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// So many are asked for at once.
const PIECE: usize = 500;

/// What one customer, owner or department owes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Receivable)]
pub struct ReceivableRow {
    /// The customer, where receivables are put together by them.
    pub customer: Option<CustomerRef>,
    /// The owner; null also for customers whom nobody owns.
    pub owner: Option<PersonRef>,
    /// The department.
    pub department: Option<NamedRef>,
    /// The day at whose end it stood so.
    pub as_of: NaiveDate,
    /// What is open of it in all.
    pub open: Money,
    /// What of that is not due yet.
    pub not_due: Money,
    /// What of it is overdue.
    pub overdue: Money,
    /// The same by how long.
    #[schema(max_items = 13)]
    pub buckets: Vec<ReceivableBucket>,
    /// For how many days the oldest of it is overdue; null where nothing is.
    #[schema(minimum = 1)]
    pub longest_overdue_days: Option<i64>,
    /// Where its instalments are.
    #[schema(max_length = 200, example = "/api/v1/instalments?customer_id=…")]
    pub instalments: String,
}

/// What is overdue for so many days.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ReceivableBucket)]
pub struct ReceivableBucket {
    /// From so many days on.
    #[schema(minimum = 1)]
    pub from_days: u32,
    /// Up to so many; null without end.
    #[schema(minimum = 1)]
    pub to_days: Option<u32>,
    /// How much.
    pub amount: Money,
}

impl View for ReceivableRow {}

/// Of whom receivables are wanted, by what, as of when.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReceivableFilter {
    /// By what they are put together; by customer where absent.
    #[param(inline)]
    pub by: AgeingKey,
    /// As they stood at the end of this day; today where absent.
    pub as_of: Option<NaiveDate>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of customers whom this person owns today.
    pub owner_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of those who owe something overdue, or only of those who do not.
    pub overdue: Option<bool>,
}

impl Filter for ReceivableFilter {}

/// What is open of an instalment, and whose it is.
struct Open {
    customer: Key,
    department: Key,
    due_on: Option<BusinessDate>,
    minor: i64,
}

/// Receivables within the caller's sight: who owes most that is overdue first.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ReceivableFilter,
    page: &Page,
) -> Result<Slice<ReceivableRow>, Failure> {
    let as_of = filter.as_of.unwrap_or(reader.today());
    let terms = receivable_terms::today(reader)?;
    let (open, register) = (open_at(reader, filter, as_of)?, Register::of(reader)?);
    let stands = merged::survivors(reader, open.iter().map(|one| one.customer))?;
    let stands_for = |key: Key| stands.get(&key).copied().unwrap_or(key);
    let owners = owners_of(reader, open.iter().map(|one| stands_for(one.customer)).collect())?;
    let mut groups: BTreeMap<Option<Key>, Vec<Open>> = BTreeMap::new();
    for one in open {
        let owner = owners.get(&stands_for(one.customer)).copied().flatten();
        if filter.owner_id.is_some_and(|wanted| owner != Some(wanted.into())) {
            continue;
        }
        let key = match filter.by {
            AgeingKey::Customer => Some(stands_for(one.customer)),
            AgeingKey::Owner => owner,
            AgeingKey::Department => Some(one.department),
        };
        groups.entry(key).or_default().push(one);
    }
    let named = if filter.by == AgeingKey::Customer {
        refer_to_all(reader, groups.keys().copied().flatten())?
    } else {
        HashMap::new()
    };
    let mut rows = Vec::with_capacity(groups.len());
    for (key, open) in groups {
        let mut row = aged(&open, &terms.content.bucket_last_days, as_of);
        let key_of = |name: &str| key.map(|key| format!("/api/v1/instalments?{name}={}", key.0));
        let place = match (filter.by, key) {
            (AgeingKey::Customer, Some(key)) => {
                row.customer = named.get(&key).cloned();
                key_of("customer_id")
            }
            (AgeingKey::Owner, Some(owner)) => {
                row.owner = Some(register.named(owner.into())?);
                key_of("owner_id")
            }
            (AgeingKey::Department, Some(department)) => {
                row.department = Some(register.placed(department.into())?);
                key_of("department_id")
            }
            (_, None) => None,
        };
        row.instalments = place.unwrap_or_else(|| "/api/v1/instalments".to_owned());
        if filter.overdue.is_none_or(|wanted| wanted == row.overdue.is_positive()) {
            rows.push(row);
        }
    }
    // By what is overdue, then by what is open; equals keep the order of their keys.
    rows.sort_by_key(|row| std::cmp::Reverse((row.overdue.minor(), row.open.minor())));
    Ok(Slice::of(rows, page))
}

/// What was open at the end of a day, of what is wanted and in sight.
fn open_at(
    reader: &mut Reader<'_>,
    filter: &ReceivableFilter,
    as_of: BusinessDate,
) -> Result<Vec<Open>, Failure> {
    let mut wanted = covered(reader);
    of_customer!(wanted, reader, instalments, filter);
    narrow!(wanted, instalments, filter; department_id = department_id);
    if as_of >= reader.today() {
        wanted.also(instalments::open_minor.gt(0));
    }
    let rows: Vec<(Key, Key, Key, Option<BusinessDate>)> = db!(reader, |c| instalments::table
        .filter(wanted)
        .order(instalments::id)
        .select((instalments::id, instalments::customer_id, instalments::department_id, instalments::due_on))
        .load(c))?;
    let mut open = Vec::with_capacity(rows.len());
    for piece in rows.chunks(PIECE) {
        let keys: Vec<Key> = piece.iter().map(|row| row.0).collect();
        let mut within = Where::new();
        within.also(entries::instalment_id.eq_any(keys));
        within.also(entries::counted_on.le(as_of));
        // Exact on both engines; diesel's own sum would go through a decimal type.
        let sum = sql::<BigInt>("CAST(SUM(instalment_entries.amount_minor) AS BIGINT)");
        let sums: Vec<(Key, i64)> = db!(reader, |c| entries::table
            .filter(within)
            .group_by(entries::instalment_id)
            .select((entries::instalment_id, sum))
            .load(c))?;
        let sums: HashMap<Key, i64> = sums.into_iter().collect();
        open.extend(piece.iter().filter_map(|(id, customer, department, due_on)| {
            let minor = sums.get(id).copied().filter(|minor| *minor > 0)?;
            Some(Open { customer: *customer, department: *department, due_on: *due_on, minor })
        }));
    }
    Ok(open)
}

/// What is open parted by how long it is overdue.
fn aged(open: &[Open], last_days: &[u32], as_of: BusinessDate) -> ReceivableRow {
    let parts = buckets(last_days);
    let (mut not_due, mut overdue, mut longest) = (0, vec![0; parts.len()], None);
    for one in open {
        let days = one.due_on.map_or(0, |due| (as_of - due).num_days());
        match place_of(days, last_days) {
            None => not_due += one.minor,
            Some(place) => {
                overdue[place] += one.minor;
                longest = longest.max(Some(days));
            }
        }
    }
    let (yuan, late) = (|minor| Money::from_minor(minor, Currency::Cny), overdue.iter().sum::<i64>());
    let bucket = |(Bucket { from, to }, minor): (Bucket, &i64)| ReceivableBucket {
        from_days: from,
        to_days: to,
        amount: yuan(*minor),
    };
    ReceivableRow {
        customer: None,
        owner: None,
        department: None,
        as_of,
        open: yuan(not_due + late),
        not_due: yuan(not_due),
        overdue: yuan(late),
        buckets: parts.into_iter().zip(&overdue).map(bucket).collect(),
        longest_overdue_days: longest,
        instalments: String::new(),
    }
}

/// Who owns each of some customers today.
fn owners_of(
    reader: &mut Reader<'_>,
    customers: BTreeSet<Key>,
) -> Result<HashMap<Key, Option<Key>>, Failure> {
    let (keys, mut owners) = (Vec::from_iter(customers), HashMap::new());
    for piece in keys.chunks(PIECE) {
        let rows: Vec<(Key, Option<Key>)> = db!(reader, |c| standings::table
            .filter(standings::customer_id.eq_any(piece))
            .select((standings::customer_id, standings::owner_id))
            .load(c))?;
        owners.extend(rows);
    }
    Ok(owners)
}

columns! { ReceivableRow as "receivables" "应收账款账龄" "Ageing of receivables", domain::spine::Permission::ExportSales:
    customer "客户" "Customer" = |row| row.customer.as_ref().map(|customer| customer.name.as_str());
    owner "负责人" "Owner" = |row| row.owner.as_ref().map(|owner| owner.name.as_str());
    department "部门" "Department" = |row| row.department.as_ref().map(|department| department.name_zh.as_str());
    as_of "截至" "As of";
    open "未收金额" "Open";
    not_due "未到期" "Not due";
    overdue "已逾期" "Overdue";
    currency "币种" "Currency" = |row| row.open.currency().code();
    longest_overdue_days "最长逾期天数" "Longest overdue";
}
