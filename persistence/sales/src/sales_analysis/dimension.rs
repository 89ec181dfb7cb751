//! Sums of credit entries by what they are grouped by, over days. `[ANA-1]`

use crate::{
    customer_file::{CustomerRef, view::refer_to_all},
    merged,
    organisation::{NamedRef, PersonRef, Register},
    product,
    sale::counted::{self, CreditRow},
    schema::credit_entries,
    spine::{Failure, Key, Reader, Sight, Where, db},
};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    product::ProductId,
    sales_analysis::{AnalysisMeasure, Days, Dimension},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;

/// What a group is told by: a record, a text, or nothing where nobody said it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Group {
    /// Of nobody, or of what was not said.
    None,
    /// A person, department, customer or product.
    Record(Key),
    /// A region or a channel.
    Text(String),
}

/// What a group came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    /// In the unit of the measure.
    pub value: i64,
    /// How many entries had no cost, and are left out of profit.
    pub without_cost: i64,
}

/// What a group came to, by group.
pub(super) type Sums = BTreeMap<Group, Sum>;

impl From<Key> for Group {
    fn from(key: Key) -> Self {
        Self::Record(key)
    }
}
impl From<Option<Key>> for Group {
    fn from(key: Option<Key>) -> Self {
        key.map_or(Self::None, Self::Record)
    }
}
impl From<Option<String>> for Group {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::None, Self::Text)
    }
}

/// That an entry counts for the caller or a department in reach.
pub(super) fn seen(reader: &Reader<'_>) -> Where {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if !sight.all {
        let own = credit_entries::employee_id.eq(Some(sight.employee));
        wanted.also(own.or(credit_entries::department_id.eq_any(sight.departments).nullable()));
    }
    wanted
}

/// What each group came to between two days, of the entries that are wanted beside.
pub(super) fn sums(
    reader: &mut Reader<'_>,
    (by, measure): (Dimension, AnalysisMeasure),
    wanted: Where,
    days: Days,
) -> Result<Sums, Failure> {
    let mut within = wanted;
    within.also(credit_entries::counted_on.between(days.from, days.to));
    if measure == AnalysisMeasure::NewCustomers {
        return new_customers(reader, by, within, days);
    }
    // Exact on both engines; diesel's own sum would go through a decimal type.
    let value = sql::<BigInt>(match measure {
        AnalysisMeasure::Quantity => "CAST(SUM(credit_entries.quantity) AS BIGINT)",
        AnalysisMeasure::Profit => {
            "CAST(COALESCE(SUM(credit_entries.net_minor - credit_entries.cost_minor), 0) AS BIGINT)"
        }
        _ => "CAST(SUM(credit_entries.net_minor) AS BIGINT)",
    });
    let without =
        sql::<BigInt>("CAST(SUM(CASE WHEN credit_entries.cost_minor IS NULL THEN 1 ELSE 0 END) AS BIGINT)");
    macro_rules! by {
        ($column:ident: $type:ty) => {{
            let rows: Vec<($type, i64, i64)> = db!(reader, |c| credit_entries::table
                .filter(&within)
                .group_by(credit_entries::$column)
                .select((credit_entries::$column, value.clone(), without.clone()))
                .load(c))?;
            rows.into_iter()
                .map(|(group, value, without_cost)| (group.into(), Sum { value, without_cost }))
                .collect()
        }};
    }
    Ok(match by {
        Dimension::Department => by!(department_id: Key),
        Dimension::Person => by!(employee_id: Option<Key>),
        Dimension::Customer => {
            let sums: Sums = by!(customer_id: Key);
            of_survivors(reader, sums)?
        }
        Dimension::Product => by!(product_id: Key),
        Dimension::Region => by!(region: Option<String>),
        Dimension::Channel => by!(channel: Option<String>),
    })
}

/// What was sold to a file that was merged since counts for the one that stands for it. `[CUS-3]`
fn of_survivors(reader: &mut Reader<'_>, sums: Sums) -> Result<Sums, Failure> {
    let keys = sums.keys().filter_map(|group| if let Group::Record(key) = group { Some(*key) } else { None });
    let stands = merged::survivors(reader, keys)?;
    let mut shown = Sums::new();
    for (group, Sum { value, without_cost }) in sums {
        let group = match group {
            Group::Record(key) => Group::Record(stands.get(&key).copied().unwrap_or(key)),
            other => other,
        };
        let sum = shown.entry(group).or_default();
        sum.value += value;
        sum.without_cost += without_cost;
    }
    Ok(shown)
}

/// How many customers each group sold to for the first time ever: each is new by their first sale alone, and for its primary.
fn new_customers(reader: &mut Reader<'_>, by: Dimension, within: Where, days: Days) -> Result<Sums, Failure> {
    let before = days.to.succ_opt().unwrap_or(days.to);
    let found = counted::newcomers(reader, (days.from, before))?;
    let seen: BTreeSet<Key> =
        db!(reader, |c| credit_entries::table.filter(within).select(credit_entries::id).load::<Key>(c))?
            .into_iter()
            .collect();
    let mut sums = Sums::new();
    for new in &found {
        let said =
            if by == Dimension::Product { new.products.as_slice() } else { std::slice::from_ref(&new.entry) };
        // Of a narrowed analysis: where any of what was sold first is wanted.
        let is_wanted = |entry: &CreditRow| seen.contains(&entry.id);
        let mut groups: Vec<Group> = Vec::new();
        for entry in said.iter().filter(|entry| {
            is_wanted(entry) || (by != Dimension::Product && new.products.iter().any(is_wanted))
        }) {
            groups.push(match by {
                Dimension::Department => entry.department_id.into(),
                Dimension::Person => entry.employee_id.into(),
                Dimension::Customer => new.customer.into(),
                Dimension::Product => entry.product_id.into(),
                Dimension::Region => entry.region.clone().into(),
                Dimension::Channel => entry.channel.clone().into(),
            });
        }
        for group in groups {
            sums.entry(group).or_default().value += new.value;
        }
    }
    Ok(sums)
}

/// What a group is called; only what was grouped by is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SalesAnalysisGroup)]
pub struct SalesAnalysisGroup {
    /// The department.
    pub department: Option<NamedRef>,
    /// The person.
    pub person: Option<PersonRef>,
    /// The customer.
    pub customer: Option<CustomerRef>,
    /// The product.
    pub product: Option<NamedRef>,
    /// The region; null also for what names none.
    #[schema(max_length = 40)]
    pub region: Option<String>,
    /// The channel; null also for what names none.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
}

impl SalesAnalysisGroup {
    /// What people read, Chinese or English.
    pub fn name(&self, chinese: bool) -> String {
        let of = |named: &NamedRef| if chinese { named.name_zh.clone() } else { named.name_en.clone() };
        let Self { department, person, customer, product, region, channel } = self;
        let named = department.as_ref().or(product.as_ref()).map(of);
        let named = named.or_else(|| person.as_ref().map(|person| person.name.clone()));
        let named = named.or_else(|| customer.as_ref().map(|customer| customer.name.clone()));
        named.or_else(|| region.clone()).or_else(|| channel.clone()).unwrap_or_else(|| "—".to_owned())
    }
}

/// The names behind groups, looked up once for those that are shown.
pub(super) fn named(
    reader: &mut Reader<'_>,
    by: Dimension,
    groups: &[Group],
) -> Result<Vec<SalesAnalysisGroup>, Failure> {
    let register = Register::of(reader)?;
    let keys: Vec<Key> = groups
        .iter()
        .filter_map(|group| if let Group::Record(key) = group { Some(*key) } else { None })
        .collect();
    let customers =
        if by == Dimension::Customer { refer_to_all(reader, keys.iter().copied())? } else { HashMap::new() };
    let products = match by {
        Dimension::Product => product::names(reader, keys.iter().map(|key| (*key).into()))?,
        _ => product::names(reader, [])?,
    };
    let shown = groups.iter().map(|group| {
        let mut shown = SalesAnalysisGroup::default();
        match (by, group) {
            (Dimension::Department, Group::Record(key)) => {
                shown.department = Some(register.placed((*key).into())?);
            }
            (Dimension::Person, Group::Record(key)) => shown.person = Some(register.named((*key).into())?),
            (Dimension::Customer, Group::Record(key)) => shown.customer = customers.get(key).cloned(),
            (Dimension::Product, Group::Record(key)) => {
                shown.product = products.get(&ProductId::from(*key)).cloned();
            }
            (Dimension::Region, Group::Text(text)) => shown.region = Some(text.clone()),
            (Dimension::Channel, Group::Text(text)) => shown.channel = Some(text.clone()),
            _ => {}
        }
        Ok(shown)
    });
    shown.collect()
}
