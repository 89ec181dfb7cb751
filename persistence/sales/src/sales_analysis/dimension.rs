//! Sums of credit entries by what they are grouped by, over days. `[ANA-1]`

use crate::{
    customer_file::{CustomerRef, view::refer_to_all},
    merged,
    organisation::{NamedRef, PersonRef, Register},
    product,
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

/// So many are asked for at once.
const PIECE: usize = 500;

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

/// How many customers each group sold to for the first time ever.
fn new_customers(
    reader: &mut Reader<'_>,
    by: Dimension,
    mut within: Where,
    days: Days,
) -> Result<Sums, Failure> {
    within.also(credit_entries::net_minor.gt(0));
    macro_rules! by {
        ($column:ident: $type:ty) => {{
            let rows: Vec<($type, Key)> = db!(reader, |c| credit_entries::table
                .filter(&within)
                .select((credit_entries::$column, credit_entries::customer_id))
                .distinct()
                .load(c))?;
            rows.into_iter().map(|(group, customer)| (group.into(), customer)).collect()
        }};
    }
    let met: Vec<(Group, Key)> = match by {
        Dimension::Department => by!(department_id: Key),
        Dimension::Person => by!(employee_id: Option<Key>),
        Dimension::Customer => by!(customer_id: Key),
        Dimension::Product => by!(product_id: Key),
        Dimension::Region => by!(region: Option<String>),
        Dimension::Channel => by!(channel: Option<String>),
    };
    let all: BTreeSet<Key> = met.iter().map(|(_, customer)| *customer).collect();
    let stands = merged::survivors(reader, all)?;
    let stands_for = |key: Key| stands.get(&key).copied().unwrap_or(key);
    // Two files of one customer are one customer.
    let met: BTreeSet<(Group, Key)> = met
        .into_iter()
        .map(|(group, customer)| match (by, group) {
            (Dimension::Customer, _) => (Group::Record(stands_for(customer)), stands_for(customer)),
            (_, group) => (group, stands_for(customer)),
        })
        .collect();
    let all: BTreeSet<Key> = met.iter().map(|(_, customer)| *customer).collect();
    let known = known_before(reader, &Vec::from_iter(all), days)?;
    let mut sums = Sums::new();
    for (group, _) in met.into_iter().filter(|(_, customer)| !known.contains(customer)) {
        sums.entry(group).or_default().value += 1;
    }
    Ok(sums)
}

/// Those to whom something was sold before these days, by anybody.
fn known_before(reader: &mut Reader<'_>, customers: &[Key], days: Days) -> Result<BTreeSet<Key>, Failure> {
    let mut known = BTreeSet::new();
    let stands_for = merged::families(reader, customers)?;
    let all: Vec<Key> = stands_for.keys().copied().collect();
    for piece in all.chunks(PIECE) {
        known.extend::<Vec<Key>>(db!(reader, |c| credit_entries::table
            .filter(credit_entries::customer_id.eq_any(piece))
            .filter(credit_entries::counted_on.lt(days.from))
            .select(credit_entries::customer_id)
            .distinct()
            .load::<Key>(c))?);
    }
    Ok(known.into_iter().filter_map(|key| stands_for.get(&key).copied()).collect())
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
