//! The ERP's books: a file of entries, only ever added to and on the disk before anything is said to the server.

/// What they say of orders.
pub mod orders;

use crate::Failure;
use chrono::NaiveDate;
use orders::{OrderStep, Orders};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

/// An amount as the server writes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Money {
    pub amount: String,
    pub currency: String,
}

/// A voucher of the ERP.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voucher {
    pub number: String,
    pub year: i32,
    pub posted_on: NaiveDate,
}

/// A payment of the ERP.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub reference: String,
    pub amount: Money,
    pub paid_on: NaiveDate,
}

/// One line of the books.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A claim was taken, in a batch that is acknowledged under this reference.
    Taken {
        claim_id: String,
        number: String,
        /// What was approved; books begun earlier did not write it down.
        #[serde(default)]
        approved: Option<Money>,
        payable: Money,
        business_date: NaiveDate,
        batch: String,
    },
    /// The server has heard that it was taken.
    Acknowledged { claim_id: String },
    /// It was posted.
    Posted { claim_id: String, voucher: Voucher },
    /// The server has heard of the voucher.
    PostingTold { claim_id: String },
    /// Money was sent to the bank.
    Paid { claim_id: String, payment: Payment },
    /// The server has heard of the payment.
    PaymentTold { claim_id: String, reference: String },
    /// The server recalled it before it was acknowledged: it is none of ours any more.
    Dropped { claim_id: String, code: String },
    /// A step of an order.
    Order(OrderStep),
}

/// What the books say of one claim.
#[derive(Clone, Debug)]
pub struct Claim {
    pub id: String,
    pub number: String,
    pub approved: Option<Money>,
    pub payable: Money,
    pub business_date: NaiveDate,
    pub batch: String,
    pub acknowledged: bool,
    pub voucher: Option<Voucher>,
    pub posting_told: bool,
    pub payments: Vec<(Payment, bool)>,
    pub dropped: bool,
}

/// The books, as they stand in the file.
pub struct Books {
    file: File,
    claims: BTreeMap<String, Claim>,
    orders: Orders,
    vouchers: u64,
    batches: u64,
}

impl Books {
    /// Opens the books, or begins them. A last line that was torn by a crash was never acted on: it is cut off.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole)?)?;
        file.seek(SeekFrom::End(0))?;
        let (claims, orders) = (BTreeMap::new(), Orders::default());
        let mut books = Self { file, claims, orders, vouchers: 0, batches: 0 };
        for line in text[..whole].lines() {
            books.note(serde_json::from_str(line)?)?;
        }
        Ok(books)
    }

    /// Writes entries down, and onto the disk.
    pub fn write(&mut self, entries: Vec<Entry>) -> Result<(), Failure> {
        let mut lines = String::new();
        for entry in &entries {
            lines.push_str(&serde_json::to_string(entry)?);
            lines.push('\n');
        }
        self.file.write_all(lines.as_bytes())?;
        self.file.sync_data()?;
        entries.into_iter().try_for_each(|entry| self.note(entry))
    }

    /// Every claim in the books.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.claims.values().filter(|claim| !claim.dropped)
    }

    /// Every order in the books.
    pub const fn orders(&self) -> &Orders {
        &self.orders
    }

    /// Whether a claim is in the books and was not dropped.
    pub fn knows(&self, claim_id: &str) -> bool {
        self.claims.get(claim_id).is_some_and(|claim| !claim.dropped)
    }

    /// The reference of the next batch.
    pub fn next_batch(&self) -> String {
        format!("ERP-{:06}", self.batches + 1)
    }

    /// The number of the voucher `ahead` of the last one.
    pub fn voucher_number(&self, ahead: u64) -> String {
        format!("记-{:06}", self.vouchers + ahead)
    }

    fn note(&mut self, entry: Entry) -> Result<(), Failure> {
        let of = |claims: &mut BTreeMap<String, Claim>, id: &str| -> Result<(), Failure> {
            claims
                .contains_key(id)
                .then_some(())
                .ok_or_else(|| format!("the books know no claim {id}").into())
        };
        match entry {
            Entry::Order(step) => {
                let is_known = self.orders.note(step);
                return is_known.then_some(()).ok_or_else(|| "the books know no such order".into());
            }
            Entry::Taken { claim_id, number, approved, payable, business_date, batch } => {
                let count = batch.trim_start_matches("ERP-").parse().unwrap_or(0);
                self.batches = self.batches.max(count);
                let claim = Claim {
                    id: claim_id.clone(),
                    number,
                    approved,
                    payable,
                    business_date,
                    batch,
                    acknowledged: false,
                    voucher: None,
                    posting_told: false,
                    payments: Vec::new(),
                    dropped: false,
                };
                self.claims.insert(claim_id, claim);
                return Ok(());
            }
            Entry::Acknowledged { ref claim_id }
            | Entry::Posted { ref claim_id, .. }
            | Entry::PostingTold { ref claim_id }
            | Entry::Paid { ref claim_id, .. }
            | Entry::PaymentTold { ref claim_id, .. }
            | Entry::Dropped { ref claim_id, .. } => of(&mut self.claims, claim_id)?,
        }
        self.note_step(entry);
        Ok(())
    }

    fn note_step(&mut self, entry: Entry) {
        let mut change = |id: &str, step: &dyn Fn(&mut Claim)| {
            if let Some(claim) = self.claims.get_mut(id) {
                step(claim);
            }
        };
        match entry {
            Entry::Taken { .. } | Entry::Order(_) => {}
            Entry::Acknowledged { claim_id } => change(&claim_id, &|claim| claim.acknowledged = true),
            Entry::Posted { claim_id, voucher } => {
                self.vouchers += 1;
                change(&claim_id, &|claim| claim.voucher = Some(voucher.clone()));
            }
            Entry::PostingTold { claim_id } => change(&claim_id, &|claim| claim.posting_told = true),
            Entry::Paid { claim_id, payment } => {
                change(&claim_id, &|claim| claim.payments.push((payment.clone(), false)));
            }
            Entry::PaymentTold { claim_id, reference } => change(&claim_id, &|claim| {
                for (payment, told) in &mut claim.payments {
                    *told |= payment.reference == reference;
                }
            }),
            Entry::Dropped { claim_id, .. } => change(&claim_id, &|claim| claim.dropped = true),
        }
    }
}
