//! How an ERP's list of pay-outs, settlements and repayments of advances compares with ours. `[EXP-10, EXP-14]`
//!
//! Ours are what stands in the books: the pay-out and repayments by the day the money moved — also those recorded by
//! mistake, and the counter-entries that undo them —, what a claim settles by the day the claim was posted. An entry is known by the number of its advance, its kind and its reference.

mod row;

use crate::spine::{Failure, Key, Reader, View};
use chrono::NaiveDate;
use domain::{
    finance::cash_advance::{MovementKind, ReversalKind},
    spine::{AnyId, BusinessDate, Money},
};
use row::{MovedRow, PayoutRow, UndoneRow, money, moved, payouts, undone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;

/// What an entry of an advance is in the books.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CashAdvanceEntryKind)]
pub enum EntryKind {
    /// The money went out; the reference is the payment's.
    Payout,
    /// A claim settled part of it; the reference is the claim's number.
    Claim,
    /// Cash came back; the reference is the payment's.
    Repayment,
    /// A pay-out was undone; the reference is the counter-entry's.
    PayoutReversal,
    /// A repayment was undone; the reference is the counter-entry's.
    RepaymentReversal,
}

domain::labels! { EntryKind = "CashAdvanceEntryKind":
    Payout = "payout", "付款", "Pay-out";
    Claim = "claim", "报销核销", "Settled by a claim";
    Repayment = "repayment", "还款", "Paid back";
    PayoutReversal = "payout_reversal", "付款冲销", "Pay-out reversed";
    RepaymentReversal = "repayment_reversal", "还款冲销", "Repayment reversed";
}

/// What the ERP has of one advance.
#[derive(Clone, Debug)]
pub struct TheirEntry {
    /// The advance's number.
    pub number: String,
    /// What it is.
    pub kind: EntryKind,
    /// The payment's reference, or the claim's number.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The day; where absent it is not compared.
    pub booked_on: Option<BusinessDate>,
}

/// In what two lists of entries differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CashAdvanceDifferenceKind)]
pub enum EntryDifferenceKind {
    /// They name an advance we do not know (or they may not see).
    UnknownHere,
    /// They have an entry of an advance we know, and we have not.
    MissingHere,
    /// We have it in the period, they did not name it.
    MissingThere,
    /// They name it more than once.
    TwiceThere,
    /// The claim that settles is not posted here.
    NotPosted,
    /// It is known under another reference.
    Reference,
    /// It is another amount.
    Amount,
    /// It is of another day.
    Day,
}

domain::labels! { EntryDifferenceKind = "CashAdvanceDifferenceKind":
    UnknownHere = "unknown_here", "本系统无此借款", "Unknown here";
    MissingHere = "missing_here", "本系统缺此笔", "Missing here";
    MissingThere = "missing_there", "对方缺此笔", "Missing there";
    TwiceThere = "twice_there", "对方重复", "Twice there";
    NotPosted = "not_posted", "报销单尚未入账", "Claim not posted";
    Reference = "reference", "流水号不一致", "Reference";
    Amount = "amount", "金额不一致", "Amount";
    Day = "day", "日期不一致", "Day";
}

/// One difference.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceDifference)]
pub struct EntryDifferenceView {
    /// The advance's number.
    #[schema(max_length = 60, example = "CA-2026-000012")]
    pub number: String,
    /// The advance, where we know it.
    pub advance_id: Option<AnyId>,
    /// Whether it is the pay-out, a settlement or a repayment.
    pub entry: EntryKind,
    /// The payment's reference, or the claim's number.
    #[schema(max_length = 60)]
    pub reference: String,
    /// In what it differs.
    pub kind: EntryDifferenceKind,
    /// What we have.
    #[schema(max_length = 100)]
    pub ours: Option<String>,
    /// What they have.
    #[schema(max_length = 100)]
    pub theirs: Option<String>,
}

/// What comparing the lists gave.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceReconciliation)]
pub struct AdvanceReconciliationView {
    /// How many entries stand in our books of the period.
    #[schema(minimum = 0)]
    pub ours: usize,
    /// How many they named.
    #[schema(minimum = 0)]
    pub theirs: usize,
    /// How many of these agree.
    #[schema(minimum = 0)]
    pub agree: usize,
    /// Every difference: theirs in their order, then what is missing there.
    #[schema(max_items = 20000)]
    pub differences: Vec<EntryDifferenceView>,
}

impl View for AdvanceReconciliationView {}

/// Number, kind and reference: what an entry is known by.
type EntryKey = (String, EntryKind, String);

/// An entry of ours.
struct Entry {
    advance: Key,
    amount: Money,
    /// The day it was booked; none while the claim that settles is not posted.
    on: Option<BusinessDate>,
    in_period: bool,
}

/// What we have of a period, and of the advances that were named.
struct Ours {
    entries: BTreeMap<EntryKey, Entry>,
    /// Identity and state of the advances that were named.
    known: HashMap<String, (Key, String)>,
}

/// Compares what the ERP has with what stands in our books within a period of days (both ends included).
pub fn reconcile(
    reader: &mut Reader<'_>,
    from: NaiveDate,
    to: NaiveDate,
    theirs: &[TheirEntry],
) -> Result<AdvanceReconciliationView, Failure> {
    let ours = Ours::load(reader, (from, to), theirs)?;
    let named: HashSet<EntryKey> = theirs.iter().map(key_of).collect();
    let (mut seen, mut differences, mut agree) = (HashSet::new(), Vec::new(), 0);
    for item in theirs {
        let found = differences.len();
        match ours.find(item, &named) {
            None => differences.push(ours.unknown(item)),
            Some((key, entry)) if !seen.insert(key) => {
                let theirs = Some(text(item.amount));
                differences.push(difference(item, entry, EntryDifferenceKind::TwiceThere, None, theirs));
            }
            Some((key, entry)) => compare(key, entry, item, &mut differences),
        }
        agree += usize::from(differences.len() == found);
    }
    let in_period = || ours.entries.iter().filter(|(_, entry)| entry.in_period);
    let missing = in_period().filter(|(key, _)| !seen.contains(key));
    differences.extend(missing.map(|((number, kind, reference), entry)| EntryDifferenceView {
        number: number.clone(),
        advance_id: Some(entry.advance.into()),
        entry: *kind,
        reference: reference.clone(),
        kind: EntryDifferenceKind::MissingThere,
        ours: Some(text(entry.amount)),
        theirs: None,
    }));
    Ok(AdvanceReconciliationView { ours: in_period().count(), theirs: theirs.len(), agree, differences })
}

fn key_of(item: &TheirEntry) -> EntryKey {
    (item.number.clone(), item.kind, item.reference.clone())
}

fn text(money: Money) -> String {
    format!("{money} {}", money.currency())
}

fn difference(
    item: &TheirEntry,
    entry: &Entry,
    kind: EntryDifferenceKind,
    ours: Option<String>,
    theirs: Option<String>,
) -> EntryDifferenceView {
    EntryDifferenceView {
        number: item.number.clone(),
        advance_id: Some(entry.advance.into()),
        entry: item.kind,
        reference: item.reference.clone(),
        kind,
        ours,
        theirs,
    }
}

fn compare(
    (_, _, reference): &EntryKey,
    entry: &Entry,
    item: &TheirEntry,
    differences: &mut Vec<EntryDifferenceView>,
) {
    use EntryDifferenceKind::{Amount, Day, NotPosted, Reference};
    let mut differ = |kind, ours: Option<String>, theirs: Option<String>| {
        differences.push(difference(item, entry, kind, ours, theirs));
    };
    if *reference != item.reference {
        differ(Reference, Some(reference.clone()), Some(item.reference.clone()));
    }
    if entry.amount != item.amount {
        differ(Amount, Some(text(entry.amount)), Some(text(item.amount)));
    }
    match (entry.on, item.booked_on) {
        (None, theirs) => differ(NotPosted, None, theirs.map(|day| day.to_string())),
        (Some(ours), Some(theirs)) if ours != theirs => {
            differ(Day, Some(ours.to_string()), Some(theirs.to_string()));
        }
        _ => {}
    }
}

impl Ours {
    /// Our entry that an entry of theirs means: the one with its reference; else, as an advance is paid out once and
    /// again only where that was undone, its pay-out that no other entry of theirs names.
    fn find(&self, item: &TheirEntry, named: &HashSet<EntryKey>) -> Option<(&EntryKey, &Entry)> {
        let exact = self.entries.get_key_value(&key_of(item));
        if exact.is_some() || item.kind != EntryKind::Payout {
            return exact;
        }
        let first = (item.number.clone(), EntryKind::Payout, String::new());
        let mut payouts = self
            .entries
            .range(first..)
            .take_while(|(key, _)| key.0 == item.number && key.1 == EntryKind::Payout);
        payouts.find(|(key, _)| !named.contains(*key))
    }

    fn unknown(&self, item: &TheirEntry) -> EntryDifferenceView {
        let known = self.known.get(&item.number);
        EntryDifferenceView {
            number: item.number.clone(),
            advance_id: known.map(|(id, _)| (*id).into()),
            entry: item.kind,
            reference: item.reference.clone(),
            kind: match known {
                None => EntryDifferenceKind::UnknownHere,
                Some(_) => EntryDifferenceKind::MissingHere,
            },
            ours: known.map(|(_, state)| state.clone()),
            theirs: Some(text(item.amount)),
        }
    }

    fn load(
        reader: &mut Reader<'_>,
        (from, to): (BusinessDate, BusinessDate),
        theirs: &[TheirEntry],
    ) -> Result<Self, Failure> {
        let numbers: Vec<&str> =
            theirs.iter().map(|item| item.number.as_str()).collect::<HashSet<_>>().into_iter().collect();
        let mut ours = Self { entries: BTreeMap::new(), known: HashMap::new() };
        let in_period = |on: Option<BusinessDate>| on.is_some_and(|day| (from..=to).contains(&day));
        for row in payouts(reader, (from, to), &numbers)? {
            let PayoutRow { id, number, status, currency, amount_minor, reference, paid_on } = row;
            if let Some(reference) = reference {
                let entry = Entry {
                    advance: id,
                    amount: money(id, &currency, amount_minor)?,
                    on: paid_on,
                    in_period: in_period(paid_on),
                };
                ours.entries.insert((number.clone(), EntryKind::Payout, reference), entry);
            }
            ours.known.insert(number, (id, status));
        }
        for row in moved(reader, (from, to), &numbers)? {
            let MovedRow { advance, number, currency, kind, reference, amount_minor, moved_on, claim } = row;
            let corrupt = || Failure::corrupt("cash_advance_movements", "kind", advance.0);
            let (kind, reference, on) = match (MovementKind::from_code(&kind), reference, claim) {
                (Some(MovementKind::Repayment), Some(reference), _) => {
                    (EntryKind::Repayment, reference, Some(moved_on))
                }
                (Some(MovementKind::Claim), _, (Some(claim), posted_on)) => {
                    (EntryKind::Claim, claim, posted_on)
                }
                _ => return Err(corrupt()),
            };
            let amount = money(advance, &currency, amount_minor)?;
            let entry = Entry { advance, amount, on, in_period: in_period(on) };
            ours.entries.insert((number, kind, reference), entry);
        }
        for row in undone(reader, (from, to), &numbers)? {
            let UndoneRow { advance, number, currency, kind, amount_minor, original, counter } = row;
            let kind = ReversalKind::from_code(&kind)
                .ok_or_else(|| Failure::corrupt("cash_advance_reversals", "kind", advance.0))?;
            let (was, counter_kind) = match kind {
                ReversalKind::Payout => (EntryKind::Payout, EntryKind::PayoutReversal),
                ReversalKind::Repayment => (EntryKind::Repayment, EntryKind::RepaymentReversal),
            };
            let amount = money(advance, &currency, amount_minor)?;
            for (kind, (reference, on)) in [(was, original), (counter_kind, counter)] {
                let on = Some(on);
                let entry = Entry { advance, amount, on, in_period: in_period(on) };
                ours.entries.insert((number.clone(), kind, reference), entry);
            }
        }
        Ok(ours)
    }
}
