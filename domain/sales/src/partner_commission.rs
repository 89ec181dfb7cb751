//! What partners are paid of sales (渠道佣金): like commission, at a rate that freezes when the sale closes, booked as money comes in, and
//! taken back with it; settled by an expense claim. `[COM-12, COM-10b]`

use crate::{
    commission::{Due, Earned},
    dated,
    partner::{Partner, PartnerId},
    sale::{Sale, SaleId},
    spine::{
        BusinessDate, Change, Citation, Currency, DepartmentId, Entity, Id, Money, MoneyError, Refusal,
        RefusalCode, Timestamp, UserId, Version,
    },
    working_time::Period,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of what a partner is paid of a sale.
pub type PartnerCommissionId = Id<PartnerCommission>;
/// The id of a settlement.
pub type PartnerSettlementId = Id<PartnerSettlement>;

crate::refusals! { PARTNER_COMMISSION_REFUSALS:
    SETTLEMENT_NOT_A_MONTH = "partner_settlement.not_a_month", Invalid, "渠道佣金按月结算，须指明月份", "Commission of partners is settled by the month";
    SETTLEMENT_AHEAD = "partner_settlement.ahead", Invalid, "{month} 尚未开始，不能结算", "{month} has not begun; there is nothing to settle";
    NOTHING_TO_SETTLE = "partner_settlement.nothing_due", Conflict, "截至 {month}，该渠道伙伴应付佣金为 {amount}，无可结算", "By {month} the partner is owed {amount}; there is nothing to settle";
    SETTLEMENT_OPEN = "partner_settlement.open", Conflict, "该渠道伙伴的结算 {number} 尚未报销", "The settlement {number} of this partner is not claimed yet";
    CLAIMED_ALREADY = "partner_settlement.claimed_already", Conflict, "结算 {number} 已由报销单 {claim} 报销", "The settlement {number} was claimed by {claim} already";
    CLAIM_NOT_APPROVED = "partner_settlement.claim_not_approved", Conflict, "报销单 {claim} 尚未批准", "The claim {claim} is not approved";
    CLAIM_DIFFERS = "partner_settlement.claim_differs", Conflict, "报销单 {claim} 应付 {payable}，与结算金额 {amount} 不一致", "The claim {claim} pays {payable}, not the {amount} that is settled";
    CLAIM_USED = "partner_settlement.claim_used", Conflict, "报销单 {claim} 已用于另一笔结算", "The claim {claim} pays another settlement";
}

crate::events! { PARTNER_COMMISSION_EVENTS:
    FROZEN = "partner_commission.frozen", "渠道佣金条件已冻结", "What a partner is paid of a sale was frozen";
    BOOKED = "partner_commission.booked", "渠道佣金已计提", "Commission of a partner was booked";
    COMPILED = "partner_settlement.compiled", "渠道佣金结算已编制", "Commission of a partner was compiled for its settlement";
    CLAIMED = "partner_settlement.claimed", "渠道佣金结算已报销", "Commission of a partner was settled by an expense claim";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PARTNER_COMMISSION_REFUSALS],
    events: &[PARTNER_COMMISSION_EVENTS],
    enums: &[PartnerSettlementState::LABELS],
};

/// An entry: append-only, below nothing where it is taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartnerEntry {
    /// Identity: what a settlement names.
    pub id: Uuid,
    /// In minor units of the book currency.
    pub amount: i64,
    /// When.
    pub at: Timestamp,
    /// The business day.
    pub on: BusinessDate,
}

/// What a partner is paid of a sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartnerCommission {
    /// Identity.
    pub id: PartnerCommissionId,
    /// Of which sale.
    pub sale: SaleId,
    /// The number of its contract or order.
    pub number: String,
    /// Its department.
    pub department: DepartmentId,
    /// Whose.
    pub partner: PartnerId,
    /// What of the net it is paid, in basis points, as agreed when the sale closed.
    pub rate_bp: u32,
    /// What is booked.
    pub entries: Vec<PartnerEntry>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PartnerCommission {
    const KIND: &'static str = "partner_commission";
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

impl PartnerCommission {
    /// Freezes what a partner is paid of a sale that closed just now.
    pub fn freeze(id: PartnerCommissionId, sale: &Sale, partner: &Partner) -> Change<Self> {
        let rate_bp = partner.details.rate_bp;
        let (number, department) = (sale.number.clone(), sale.department);
        let frozen = Self {
            id,
            sale: sale.id,
            number,
            department,
            partner: partner.id,
            rate_bp,
            entries: Vec::new(),
            version: 0,
        };
        let facts = json!({"sale_id": sale.id, "partner_id": partner.id, "rate_bp": rate_bp});
        Change::created(frozen, FROZEN, facts)
    }

    /// What is booked in all, in minor units.
    pub fn booked(&self) -> i64 {
        self.entries.iter().map(|entry| entry.amount).sum()
    }

    /// What is due by what was received of the sale as it stands, at the frozen rate; nothing while whose it is is not decided.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn due(&self, sale: &Sale) -> Result<i64, MoneyError> {
        if sale.attribution().is_none() {
            return Ok(0);
        }
        let net = sale.lines.iter().map(|line| line.net).sum();
        let earned = Earned::at_rate(net, self.rate_bp);
        Due { earned, received: sale.received, total: sale.total }.so_far()
    }

    /// Follows its sale: books the difference to what is due by now; nothing where that is booked.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn follow(
        self,
        sale: &Sale,
        (at, on): (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Option<Change<Self>>, MoneyError> {
        let amount = self.due(sale)? - self.booked();
        if amount == 0 {
            return Ok(None);
        }
        let mut after = self.clone();
        after.entries.push(PartnerEntry { id: fresh(), amount, at, on });
        let facts = json!({"sale_id": self.sale, "partner_id": self.partner, "amount_minor": amount});
        Ok(Some(Change::updated(self, after, BOOKED, facts)))
    }
}

/// Where a settlement stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PartnerSettlementStatus)]
pub enum PartnerSettlementState {
    /// It waits for its claim.
    Compiled,
    /// An expense claim pays it.
    Claimed,
}

crate::labels! { PartnerSettlementState = "PartnerSettlementStatus":
    Compiled = "compiled", "待报销", "Compiled";
    Claimed = "claimed", "已报销", "Claimed";
}

/// What a partner is paid for a month: every entry by its end that no settlement has yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartnerSettlement {
    /// Identity.
    pub id: PartnerSettlementId,
    /// Its number, such as `PS-2026-000012`.
    pub number: String,
    /// Whose.
    pub partner: PartnerId,
    /// The department that looks after the partner.
    pub department: DepartmentId,
    /// Which month.
    pub month: Period,
    /// The entries, each in one settlement.
    pub entries: Vec<Uuid>,
    /// What they come to, in minor units; above nothing.
    pub amount: i64,
    /// The claim that pays it, its number, who said so and when.
    pub claim: Option<Claimed>,
    /// Counts its states.
    pub version: Version,
}

/// By which claim a settlement is paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claimed {
    /// The claim.
    pub claim: Uuid,
    /// Its number.
    pub number: String,
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

impl Entity for PartnerSettlement {
    const KIND: &'static str = "partner_settlement";
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

impl PartnerSettlement {
    /// Whether a period is a month that has begun.
    ///
    /// # Errors
    /// `partner_settlement.not_a_month`, `partner_settlement.ahead`.
    pub fn check_month(month: Period, today: BusinessDate) -> Result<(), Refusal> {
        dated::check_month(month, today, (SETTLEMENT_NOT_A_MONTH, SETTLEMENT_AHEAD)).map_err(cite)
    }

    /// Compiles what is owed; what is below nothing waits for what is earned later.
    ///
    /// # Errors
    /// `partner_settlement.nothing_due`.
    pub fn compile(settlement: Self) -> Result<Change<Self>, Refusal> {
        if settlement.amount <= 0 {
            let refusal = Refusal::new(NOTHING_TO_SETTLE).with("month", settlement.month.to_string());
            return Err(cite(refusal.with("amount", yuan(settlement.amount))));
        }
        let facts = settlement.facts();
        Ok(Change::created(settlement, COMPILED, facts))
    }

    /// That one of the partner waits for its claim.
    pub fn is_open(&self) -> Refusal {
        self.refuse(SETTLEMENT_OPEN)
    }

    /// That the claim pays another settlement.
    pub fn is_used(&self, claim: &str) -> Refusal {
        self.refuse(CLAIM_USED).with("claim", claim.to_owned()).at("/expense_claim_id")
    }

    /// An approved expense claim pays it, to the fen.
    ///
    /// # Errors
    /// `partner_settlement.claimed_already`, `partner_settlement.claim_not_approved`, `partner_settlement.claim_differs`.
    pub fn claim_by(
        self,
        claimed: Claimed,
        (is_approved, payable): (bool, Money),
    ) -> Result<Change<Self>, Refusal> {
        if let Some(known) = &self.claim {
            return Err(self.refuse(CLAIMED_ALREADY).with("claim", known.number.clone()));
        }
        if !is_approved {
            let refusal = self.refuse(CLAIM_NOT_APPROVED).with("claim", claimed.number);
            return Err(refusal.at("/expense_claim_id"));
        }
        if payable != Money::from_minor(self.amount, Currency::Cny) {
            let refusal = self.refuse(CLAIM_DIFFERS).with("claim", claimed.number);
            let refusal = refusal.with("payable", payable.to_string()).with("amount", yuan(self.amount));
            return Err(refusal.at("/expense_claim_id"));
        }
        let after = Self { claim: Some(claimed), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, CLAIMED, facts))
    }

    /// Where it stands.
    pub const fn state(&self) -> PartnerSettlementState {
        match self.claim {
            None => PartnerSettlementState::Compiled,
            Some(_) => PartnerSettlementState::Claimed,
        }
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.number.clone()))
    }

    fn facts(&self) -> Value {
        json!({"number": self.number, "partner_id": self.partner, "month": self.month, "amount_minor": self.amount,
            "claim_id": self.claim.as_ref().map(|claimed| claimed.claim)})
    }
}

fn yuan(minor: i64) -> String {
    Money::from_minor(minor, Currency::Cny).to_string()
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("COM-12", "002 §5"))
}
