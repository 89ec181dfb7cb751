//! Channel partners and agents (渠道伙伴): who sells for the company, whose they are, and what of a sale they are paid. `[COM-12, PROD; 004
//! §3]`
//!
//! Their name, code and owner, and the rate that was agreed with them; what else is known of partners is another wing's.

use crate::{
    customer_file::CustomerId,
    ownership::WHOLE_BP,
    sale::Deal,
    spine::{
        Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Refusal, Timestamp, UserId,
        Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The id of a partner.
pub type PartnerId = Id<Partner>;
/// The id of what a partner brought.
pub type PartnerDealId = Id<PartnerDeal>;

crate::refusals! { PARTNER_REFUSALS:
    PARTNER_INACTIVE = "partner.inactive", Conflict, "渠道伙伴 {name} 已停用", "The partner {name} is not active any more";
    DEAL_CLOSED = "partner_deal.closed", Conflict, "{number} 已成交，佣金条件已冻结，不能再指定或更换渠道伙伴", "{number} is closed and its terms are frozen; no partner is named for it any more";
    DEAL_TAKEN = "partner_deal.taken", Conflict, "{number} 已指定渠道伙伴", "A partner is named for {number} already";
}

crate::events! { PARTNER_EVENTS:
    CREATED = "partner.created", "渠道伙伴已建立", "A partner was entered";
    CHANGED = "partner.changed", "渠道伙伴已修改", "A partner was changed";
    NAMED = "partner_deal.named", "合同或订单已指定渠道伙伴", "A partner was named for a contract or an order";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[PARTNER_REFUSALS], events: &[PARTNER_EVENTS], enums: &[] };

/// What is known of a partner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartnerDetails {
    /// Its code; unique: 1 to 40 characters.
    pub code: String,
    /// What it is called: 1 to 100 characters.
    pub name: String,
    /// Who looks after it.
    pub owner: EmployeeId,
    /// The department that does.
    pub department: DepartmentId,
    /// The channel it sells in, by which prices may be its own: 1 to 40 characters.
    pub channel: Option<String>,
    /// As which customer it buys, where it does. `[PRI-3]`
    pub customer: Option<CustomerId>,
    /// What of the net of a sale it is paid, in basis points; what is agreed later holds for sales that close later.
    pub rate_bp: u32,
    /// Whether it sells for the company.
    pub is_active: bool,
}

/// A channel partner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Partner {
    /// Identity.
    pub id: PartnerId,
    /// What is known of it.
    #[serde(flatten)]
    pub details: PartnerDetails,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Partner {
    const KIND: &'static str = "partner";
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

impl PartnerDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/code", &self.code, 40);
        wording::check(&mut findings, "/name", &self.name, 100);
        wording::check_optional(&mut findings, "/channel", self.channel.as_deref(), 40);
        if self.rate_bp > WHOLE_BP {
            let range = [("min", json!(0)), ("max", json!(WHOLE_BP))];
            findings.add_with("/rate_bp", codes::OUT_OF_RANGE, range);
        }
        findings.into_result().map_err(cite)
    }
}

impl Partner {
    /// Enters a partner.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn enter(id: PartnerId, details: PartnerDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let partner = Self { id, details, version: 0 };
        let facts = partner.facts();
        Ok(Change::created(partner, CREATED, facts))
    }

    /// Rewrites what is known of it.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn revise(self, details: PartnerDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let after = Self { details, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    fn facts(&self) -> Value {
        json!({"code": self.details.code, "rate_bp": self.details.rate_bp, "is_active": self.details.is_active})
    }
}

/// That a partner brought a contract or an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartnerDeal {
    /// Identity.
    pub id: PartnerDealId,
    /// Which partner.
    pub partner: PartnerId,
    /// What it brought.
    pub deal: Deal,
    /// Its number.
    pub number: String,
    /// The department of that.
    pub department: DepartmentId,
    /// Who drew that up.
    pub submitter: EmployeeId,
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PartnerDeal {
    const KIND: &'static str = "partner_deal";
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

impl PartnerDeal {
    /// Names a partner for a contract or an order whose sale has not closed.
    ///
    /// # Errors
    /// `partner.inactive`, `partner_deal.closed`.
    pub fn name(deal: Self, partner: &Partner, is_closed: bool) -> Result<Change<Self>, Refusal> {
        if !partner.details.is_active {
            let name = partner.details.name.clone();
            return Err(cite(Refusal::new(PARTNER_INACTIVE).with("name", name).at("/partner_id")));
        }
        if is_closed {
            return Err(cite(Refusal::new(DEAL_CLOSED).with("number", deal.number)));
        }
        let facts = json!({"partner_id": deal.partner, "contract_id": deal.deal.contract(),
            "order_id": deal.deal.order(), "number": deal.number});
        Ok(Change::created(deal, NAMED, facts))
    }

    /// That one is named for it already.
    pub fn is_taken(&self) -> Refusal {
        cite(Refusal::new(DEAL_TAKEN).with("number", self.number.clone()))
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("COM-12", "002 §5"))
}
