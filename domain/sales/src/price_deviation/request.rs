//! A deviation that somebody asks for before they sell: of which product, to whom, how many, at which price. `[PRI-2, PRI-2a]`

use super::*;
use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Petition, RoutedField, Standing,
        facts,
    },
    customer_file::CustomerId,
    price_list::PriceId,
    product::ProductId,
    quantity::Quantity,
    spine::{
        Actor, BusinessDate, Change, Citation, Currency, DepartmentId, Entity, Findings, Id, Permission,
        Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a deviation.
pub type PriceDeviationId = Id<PriceDeviation>;

/// The chain that deviations meet.
pub const PRICE_DEVIATION_CHAIN: &str = "price-deviation";
/// The code under which that chain is kept.
pub const PRICE_DEVIATION_CHAIN_CODE: &str = "approval-chain/price-deviation";
/// That chain as shipped: a step for each role of the authority.
pub const SHIPPED_PRICE_DEVIATION_CHAIN: &str = include_str!("../shipped/price_deviation_chain.json");

/// By what deviations let their chain route: the role whose authority suffices, and the department; none where the chain is
/// another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[
        RoutedField::new("department_id", Holds::Department),
        RoutedField::new("authority", Holds::Text(|role| !role.trim().is_empty())),
    ];
    (chain == PRICE_DEVIATION_CHAIN_CODE).then_some(FIELDS)
}

/// How often a deviation is used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PriceDeviationMode)]
pub enum DeviationMode {
    /// Once: what is not used then lapses.
    Once,
    /// Until its quantity or its days are over.
    DrawDown,
}

crate::labels! { DeviationMode = "PriceDeviationMode":
    Once = "once", "一次使用", "Once";
    DrawDown = "draw_down", "分次使用", "In parts";
}

/// What a deviation says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PriceDeviationContent {
    /// To whom.
    pub customer: CustomerId,
    /// Of what.
    pub product: ProductId,
    /// At most how many.
    pub quantity: Quantity,
    /// At which price of a unit, tax included.
    pub price: Money,
    /// In which region.
    pub region: Option<String>,
    /// In which channel.
    pub channel: Option<String>,
    /// How often.
    pub mode: DeviationMode,
    /// Why: 1 to 500 characters.
    pub grounds: String,
}

/// How that compares with the list, as it was when it was last written or submitted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Compared {
    /// The price of the list.
    pub list: Money,
    /// Which price that is; a price is never changed, so it says which version.
    pub price: PriceId,
    /// The role whose authority suffices.
    pub authority: String,
}

/// A price above or below the list that somebody asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PriceDeviation {
    /// Identity.
    pub id: PriceDeviationId,
    /// Who asks, and where it stands; the number is such as `PV-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department of whoever asks.
    pub department: DepartmentId,
    /// What it says.
    pub content: PriceDeviationContent,
    /// How that compares with the list.
    pub compared: Compared,
    /// The last day on which it can be taken, once it is approved.
    pub valid_to: Option<BusinessDate>,
    /// What holds it now.
    pub holder: Option<Holder>,
    /// How many were sold by it.
    pub drawn: Quantity,
    /// Whether it ended because its days were over.
    pub is_expired: bool,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PriceDeviation {
    const KIND: &'static str = "price_deviation";
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

impl Document for PriceDeviation {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("PRI-2"),
        ends_for_leavers: Some(Permission::SuperviseContracts),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.department
    }
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn facts(&self) -> Facts {
        let PriceDeviationContent { customer, product, quantity, price, .. } = &self.content;
        facts([
            ("department_id", json!(self.department)),
            ("customer_id", json!(customer)),
            ("product_id", json!(product)),
            ("quantity", json!(quantity)),
            ("price", json!(price)),
            ("list_price", json!(self.compared.list)),
        ])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

impl PriceDeviation {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        (content, compared): (PriceDeviationContent, Compared),
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check()?;
        let deviation = Self {
            id,
            petition,
            department,
            content,
            compared,
            valid_to: None,
            holder: None,
            drawn: Quantity::ZERO,
            is_expired: false,
            version: 0,
        };
        let facts = deviation.all_facts();
        Ok(Change::created(deviation, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever asks.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(
        self,
        (content, compared): (PriceDeviationContent, Compared),
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let after = Self { content, compared, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Its approvers agreed: it can be taken up to a day.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn agree(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        (now, valid_to): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        if !matches!(outcome, Outcome::Approved { .. }) {
            return self.settle(approval, outcome, now);
        }
        self.expect_settled_by(approval)?;
        let mut after = Self { valid_to: Some(valid_to), ..self.clone() };
        after.stand(Standing::Approved { at: now });
        let mut facts = after.all_facts();
        facts.insert("valid_to".to_owned(), json!(valid_to));
        Ok(Change::updated(self, after, APPROVED, facts.into()))
    }

    /// How far the price is from that of the list; none where the list says nothing to compare with.
    pub fn deviation(&self) -> Option<Deviation> {
        Deviation::of(self.content.price, self.compared.list)
    }
}

impl PriceDeviationContent {
    /// Whether it is well formed.
    ///
    /// # Errors
    /// What is not, all of it named.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/grounds", &self.grounds, 500);
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 40);
        wording::check_optional(&mut findings, "/channel", self.channel.as_deref(), 40);
        if self.price.currency() != Currency::Cny {
            findings.add("/price", WRONG_CURRENCY);
        } else if !self.price.is_positive() {
            findings.add("/price", codes::AMOUNT_NOT_POSITIVE);
        }
        findings.into_result().map_err(cite)
    }
}

pub(super) fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("PRI-2", "004 §5.3"))
}
