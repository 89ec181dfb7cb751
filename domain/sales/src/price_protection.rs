//! Price protection (价格保护): what a cut of the list costs a partner who bought before it, claimed within a window, verified by
//! finance, approved, credited. `[PRI-3; 000 §7.3]`
//!
//! What a partner had in stock at 24:00 before the cut is declared, and verified by finance; reports of stock take the place of that
//! declaration once partners send them. Never more than was bought in the days before.

use crate::{
    approval::check_reason,
    document_line::extended,
    partner::PartnerId,
    product::ProductId,
    quantity::Quantity,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id,
        Money, MoneyError, Refusal, RefusalCode, Timestamp, UserId, Version, wording,
    },
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a claim.
pub type PriceProtectionId = Id<PriceProtection>;

crate::refusals! { PRICE_PROTECTION_REFUSALS:
    NO_CUSTOMER = "price_protection.no_customer", Conflict, "渠道伙伴 {name} 未登记其进货所用的客户档案，无从核对进货", "No customer is known as which the partner {name} buys, so nothing it bought can be looked up";
    NO_CUT = "price_protection.no_cut", Conflict, "{date} 对该渠道伙伴没有降价：原价 {old}，新价 {new}", "On {date} nothing became cheaper for this partner: {old} before, {new} since";
    WINDOW_OVER = "price_protection.window_over", Conflict, "价保申报期已于 {until} 结束", "Price protection of this cut was to be claimed by {until}";
    CUT_AHEAD = "price_protection.cut_ahead", Conflict, "降价自 {date} 起，此前不能申报", "The cut holds from {date} on; it is not claimed before";
    REPORTED_LATE = "price_protection.reported_late", Invalid, "库存须在降价日 {date} 之前上报", "The stock must have been reported before the cut of {date}";
    CLAIMED_ALREADY = "price_protection.claimed_already", Conflict, "该渠道伙伴对此产品此次降价已申报", "The partner has claimed protection for this product and this cut already";
    BEYOND_CLAIM = "price_protection.beyond_claim", Invalid, "核实数量不得超过申报数量 {declared} 与降价前进货数量 {bought}", "No more can be verified than the {declared} that were declared and the {bought} that were bought before the cut";
    WRONG_STATE = "price_protection.wrong_state", Conflict, "价保申报 {number} 当前为“{state}”，不能办理", "The claim {number} is \"{state}\"; this cannot be done";
    OWN_CLAIM = "price_protection.own", Forbidden, "不得核实或批准本人经手的价保申报", "Nobody verifies or approves a claim that they made or verified";
    CREDITED_OTHERWISE = "price_protection.credited_otherwise", Conflict, "价保申报 {number} 已以“{reference}”入账", "The claim {number} was credited as \"{reference}\" already";
}

crate::events! { PRICE_PROTECTION_EVENTS:
    CLAIMED = "price_protection.claimed", "价保已申报", "Price protection was claimed";
    VERIFIED = "price_protection.verified", "价保库存已核实", "The stock of a claim was verified";
    APPROVED = "price_protection.approved", "价保已批准", "Price protection was approved";
    CREDITED = "price_protection.credited", "价保已入账", "Price protection was credited";
    REFUSED = "price_protection.refused", "价保已驳回", "Price protection was refused";
    LAPSED = "price_protection.lapsed", "价保已逾期失效", "A claim for price protection lapsed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PRICE_PROTECTION_REFUSALS],
    events: &[PRICE_PROTECTION_EVENTS],
    enums: &[PriceProtectionState::LABELS, StockSource::LABELS],
};

/// Where a claim stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PriceProtectionStatus)]
pub enum PriceProtectionState {
    /// Its stock is to be verified.
    Claimed,
    /// It is to be approved.
    Verified,
    /// It is to be credited.
    Approved,
    /// The partner has it.
    Credited,
    /// It was refused.
    Refused,
    /// Nobody verified it in time.
    Lapsed,
}

crate::labels! { PriceProtectionState = "PriceProtectionStatus":
    Claimed = "claimed", "待核实", "Claimed";
    Verified = "verified", "待批准", "Verified";
    Approved = "approved", "待入账", "Approved";
    Credited = "credited", "已入账", "Credited";
    Refused = "refused", "已驳回", "Refused";
    Lapsed = "lapsed", "已失效", "Lapsed";
}

/// From where the stock of a partner is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PartnerStockSource)]
pub enum StockSource {
    /// The partner declared it with its claim.
    Declared,
}

crate::labels! { StockSource = "PartnerStockSource":
    Declared = "declared", "渠道伙伴申报", "Declared by the partner";
}

/// A cut of the price of a product for a partner; amounts in minor units of the book currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cut {
    /// From this day on.
    pub on: BusinessDate,
    /// What a unit cost the partner the day before.
    pub old: Money,
    /// What it costs since.
    pub new: Money,
}

/// What a partner had in stock at 24:00 before the cut.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stock {
    /// From where that is known.
    pub source: StockSource,
    /// How many.
    pub quantity: Quantity,
    /// The day on which it was reported: before the cut.
    pub reported_on: BusinessDate,
    /// What shows it: 1 to 500 characters.
    pub evidence: String,
}

/// How claims are treated, by the terms in force as they are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// How many days after the cut it can be claimed.
    pub claim_days: u32,
    /// How many days later it lapses where nobody verified it.
    pub verify_days: u32,
}

/// What finance found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verified {
    /// How many are protected.
    pub quantity: Quantity,
    /// What is said to it: 1 to 500 characters.
    pub note: String,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A claim for price protection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PriceProtection {
    /// Identity.
    pub id: PriceProtectionId,
    /// Its number, such as `PP-2026-000012`.
    pub number: String,
    /// Whose.
    pub partner: PartnerId,
    /// The department that looks after the partner.
    pub department: DepartmentId,
    /// Who claimed it.
    pub submitter: EmployeeId,
    /// The account that did.
    pub claimed_by: UserId,
    /// Of which product.
    pub product: ProductId,
    /// Which cut.
    pub cut: Cut,
    /// How many the partner bought in the days before the cut.
    pub bought: Quantity,
    /// What it had in stock.
    pub stock: Stock,
    /// The last day on which it may be verified.
    pub verify_by: BusinessDate,
    /// What finance found.
    pub verified: Option<Verified>,
    /// Who approved it, and when.
    pub approved: Option<(UserId, Timestamp)>,
    /// Under what it was credited, and when.
    pub credited: Option<(String, Timestamp)>,
    /// When and why it was refused; without a reason where it lapsed.
    pub ended: Option<(Timestamp, Option<String>)>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PriceProtection {
    const KIND: &'static str = "price_protection";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl PriceProtection {
    /// The last day on which a cut can be claimed, and on which a claim may be verified.
    pub fn days(cut: BusinessDate, window: Window) -> (BusinessDate, BusinessDate) {
        let plus = |day: BusinessDate, days: u32| {
            day.checked_add_days(Days::new(days.into())).unwrap_or(BusinessDate::MAX)
        };
        let last = plus(cut, window.claim_days);
        (last, plus(last, window.verify_days))
    }

    /// Claims protection of a cut.
    ///
    /// # Errors
    /// `price_protection.no_cut`, `price_protection.window_over`, `price_protection.cut_ahead`, `price_protection.reported_late`; what
    /// is not well formed.
    pub fn claim(claim: Self, window: Window, today: BusinessDate) -> Result<Change<Self>, Refusal> {
        let Cut { on, old, new } = claim.cut;
        let named = |code| Refusal::new(code).with("date", json!(on));
        if today < on {
            return Err(cite(named(CUT_AHEAD).at("/cut_on")));
        }
        if new.minor() >= old.minor() {
            let refusal = named(NO_CUT).with("old", old.to_string()).with("new", new.to_string());
            return Err(cite(refusal.at("/cut_on")));
        }
        let (last, _) = Self::days(on, window);
        if last < today {
            return Err(cite(Refusal::new(WINDOW_OVER).with("until", json!(last)).at("/cut_on")));
        }
        let mut findings = Findings::new();
        wording::check(&mut findings, "/evidence", &claim.stock.evidence, 500);
        if claim.stock.reported_on >= on {
            findings.add_with("/reported_on", REPORTED_LATE, [("date", json!(on))]);
        }
        findings.into_result().map_err(cite)?;
        let facts = claim.facts();
        Ok(Change::created(claim, CLAIMED, facts))
    }

    /// That the partner has claimed this cut already.
    pub fn is_there() -> Refusal {
        cite(Refusal::new(CLAIMED_ALREADY))
    }

    /// Where it stands.
    pub const fn state(&self) -> PriceProtectionState {
        match (&self.ended, &self.credited, &self.approved, &self.verified) {
            (Some((_, Some(_))), ..) => PriceProtectionState::Refused,
            (Some((_, None)), ..) => PriceProtectionState::Lapsed,
            (None, Some(_), ..) => PriceProtectionState::Credited,
            (None, None, Some(_), _) => PriceProtectionState::Approved,
            (None, None, None, Some(_)) => PriceProtectionState::Verified,
            (None, None, None, None) => PriceProtectionState::Claimed,
        }
    }

    /// What it comes to: of what was verified, else of what can be at most.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn amount(&self) -> Result<Money, MoneyError> {
        let most = self.stock.quantity.min(self.bought).max(Quantity::ZERO);
        let quantity = self.verified.as_ref().map_or(most, |verified| verified.quantity);
        let Cut { old, new, .. } = self.cut;
        extended(quantity, Money::from_minor(old.minor() - new.minor(), old.currency()))
    }

    /// Finance verifies how many were in stock: of what was declared, and bought before the cut.
    ///
    /// # Errors
    /// `price_protection.beyond_claim`, `price_protection.own`, `price_protection.wrong_state`; no note.
    pub fn verify(
        self,
        (quantity, note): (Quantity, String),
        by: &Actor,
        at: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect(&[PriceProtectionState::Claimed])?;
        self.refuse_own(by)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/note", &note, 500);
        if quantity > self.stock.quantity.min(self.bought) || quantity < Quantity::ZERO {
            let said = |quantity: Quantity| json!(quantity.to_string());
            let named = [("declared", said(self.stock.quantity)), ("bought", said(self.bought))];
            findings.add_with("/quantity", BEYOND_CLAIM, named);
        }
        findings.into_result().map_err(cite)?;
        let verified = Some(Verified { quantity, note, by: by.user, at });
        Ok(self.becomes(VERIFIED, |after| after.verified = verified))
    }

    /// Somebody else approves it.
    ///
    /// # Errors
    /// `price_protection.own`, `price_protection.wrong_state`.
    pub fn approve(self, by: &Actor, at: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect(&[PriceProtectionState::Verified])?;
        self.refuse_own(by)?;
        let user = by.user;
        Ok(self.becomes(APPROVED, |after| after.approved = Some((user, at))))
    }

    /// Finance credits it under a reference, once.
    ///
    /// # Errors
    /// `price_protection.credited_otherwise`, `price_protection.wrong_state`; a reference that is not well formed.
    pub fn credit(self, reference: String, at: Timestamp) -> Result<Change<Self>, Refusal> {
        if let Some((known, _)) = &self.credited {
            let known = known.clone();
            return Err(self.refuse(CREDITED_OTHERWISE).with("reference", known));
        }
        self.expect(&[PriceProtectionState::Approved])?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 100);
        findings.into_result().map_err(cite)?;
        Ok(self.becomes(CREDITED, |after| after.credited = Some((reference, at))))
    }

    /// It is refused, before it is approved.
    ///
    /// # Errors
    /// `price_protection.wrong_state`; no reason.
    pub fn refuse_it(self, reason: String, at: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect(&[PriceProtectionState::Claimed, PriceProtectionState::Verified])?;
        check_reason(&reason)?;
        Ok(self.becomes(REFUSED, |after| after.ended = Some((at, Some(reason)))))
    }

    /// Nobody verified it in time; nothing where it is not so.
    pub fn lapse(self, at: Timestamp, today: BusinessDate) -> Option<Change<Self>> {
        let is_over = self.state() == PriceProtectionState::Claimed && self.verify_by < today;
        is_over.then(|| self.becomes(LAPSED, |after| after.ended = Some((at, None))))
    }

    fn refuse_own(&self, by: &Actor) -> Result<(), Refusal> {
        let verified = self.verified.as_ref().map(|verified| verified.by);
        if by.user == self.claimed_by || by.is(self.submitter) || verified == Some(by.user) {
            return Err(self.refuse(OWN_CLAIM));
        }
        Ok(())
    }

    fn expect(&self, states: &[PriceProtectionState]) -> Result<(), Refusal> {
        if states.contains(&self.state()) {
            return Ok(());
        }
        Err(self.refuse(WRONG_STATE).with_label("state", self.state()))
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.number.clone()))
    }

    fn becomes(self, kind: &'static EventKind, change: impl FnOnce(&mut Self)) -> Change<Self> {
        let mut after = self.clone();
        change(&mut after);
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    fn facts(&self) -> Value {
        json!({"number": self.number, "partner_id": self.partner, "product_id": self.product, "cut_on": self.cut.on,
            "state": self.state(), "amount": self.amount().ok()})
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("PRI-3", "000 §7.3"))
}
