//! Units (房源): held by one customer at a time, by a large deposit, until they are signed or released. `[ORD-2, OWN-13; 002 §5]`
//!
//! Reserving and the large deposit (大定) are one act; a small deposit (小订) holds nothing. Deliberately not here: what a unit
//! costs, and the contract by which it is bought.

use crate::{
    approval::check_reason,
    customer_file::CustomerId,
    product::ProductId,
    receipt::ReceiptId,
    sales_contract::SalesContractId,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Permission,
        Refusal, RefusalCode, Timestamp, Version, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a unit.
pub type UnitId = Id<Unit>;

crate::refusals! { UNIT_REFUSALS:
    UNIT_TAKEN = "unit.taken", Conflict, "房源 {code} 当前为“{state}”，不能预留", "The unit {code} is \"{state}\"; it cannot be reserved";
    UNIT_NOT_RESERVED = "unit.not_reserved", Conflict, "房源 {code} 未被预留", "The unit {code} is not reserved";
    UNIT_NOT_YOURS = "unit.not_yours", Forbidden, "只有预留人或其主管可以办理房源 {code}", "Only whoever reserved the unit {code}, or who supervises them, may do this";
    UNIT_OVERDUE = "unit.overdue", Forbidden, "房源 {code} 逾期未签（截止 {date}），只能由主管释放", "The unit {code} was to be signed by {date}; only who supervises may release it now";
    UNIT_OTHER_CONTRACT = "unit.other_contract", Invalid, "合同 {number} 不是该预留客户已签署的认购合同", "The contract {number} is no signed purchase of a unit by the customer who reserved it";
}

crate::events! { UNIT_EVENTS:
    CREATED = "unit.created", "房源已建立", "A unit was entered";
    RESERVED = "unit.reserved", "房源已预留", "A unit was reserved";
    SIGNED = "unit.signed", "房源已签约", "A unit was signed";
    RELEASED = "unit.released", "房源已释放", "A unit was released";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[UNIT_REFUSALS], events: &[UNIT_EVENTS], enums: &[UnitState::LABELS] };

/// Where a unit stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UnitStatus)]
pub enum UnitState {
    /// To be had.
    Available,
    /// Held by a large deposit.
    Reserved,
    /// Bought.
    Signed,
}

crate::labels! { UnitState = "UnitStatus":
    Available = "available", "可售", "Available";
    Reserved = "reserved", "已预留", "Reserved";
    Signed = "signed", "已签约", "Signed";
}

/// By whom a unit is held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reservation {
    /// For whom.
    pub customer: CustomerId,
    /// By which large deposit.
    pub deposit: ReceiptId,
    /// Who took it.
    pub by: EmployeeId,
    /// The department of whoever took it.
    pub department: DepartmentId,
    /// When.
    pub at: Timestamp,
    /// The last day on which it may be signed; afterwards only who supervises releases it.
    pub until: BusinessDate,
    /// The contract by which it is bought, once that is signed.
    pub contract: Option<SalesContractId>,
}

/// A unit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Unit {
    /// Identity.
    pub id: UnitId,
    /// Its code, such as `3-1201`; unique: 1 to 40 characters.
    pub code: String,
    /// Where it is: 1 to 100 characters.
    pub place: String,
    /// The product it is sold as.
    pub product: ProductId,
    /// By whom it is held.
    pub reservation: Option<Reservation>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Unit {
    const KIND: &'static str = "unit";
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

impl Unit {
    /// Enters a unit.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn enter(
        id: UnitId,
        (code, place): (String, String),
        product: ProductId,
    ) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/code", &code, 40);
        wording::check(&mut findings, "/place", &place, 100);
        findings.into_result().map_err(cite)?;
        let unit = Self { id, code, place, product, reservation: None, version: 0 };
        let facts = unit.facts();
        Ok(Change::created(unit, CREATED, facts))
    }

    /// Where it stands.
    pub const fn state(&self) -> UnitState {
        match &self.reservation {
            None => UnitState::Available,
            Some(Reservation { contract: Some(_), .. }) => UnitState::Signed,
            Some(_) => UnitState::Reserved,
        }
    }

    /// Whether it can be reserved: nobody holds it.
    ///
    /// # Errors
    /// `unit.taken`.
    pub fn expect_available(&self) -> Result<(), Refusal> {
        if self.state() == UnitState::Available {
            return Ok(());
        }
        Err(self.refuse(UNIT_TAKEN).with_label("state", self.state()))
    }

    /// Reserves it, with the large deposit that holds it.
    ///
    /// # Errors
    /// `unit.taken`.
    pub fn reserve(self, reservation: Reservation) -> Result<Change<Self>, Refusal> {
        self.expect_available()?;
        let after = Self { reservation: Some(reservation), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, RESERVED, facts))
    }

    /// It is bought by a contract of whoever holds it.
    ///
    /// # Errors
    /// `unit.not_reserved`; a stranger.
    pub fn sign(self, contract: SalesContractId, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.expect_of(by)?;
        let reservation = self.reservation.clone();
        let reservation = reservation.map(|held| Reservation { contract: Some(contract), ..held });
        let after = Self { reservation, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, SIGNED, facts))
    }

    /// Who holds it lets it go; once it should have been signed, only who supervises does.
    ///
    /// # Errors
    /// `unit.not_reserved`, `unit.overdue`; a stranger; no reason.
    pub fn release(self, reason: &str, by: &Actor, today: BusinessDate) -> Result<Change<Self>, Refusal> {
        let held = self.expect_of(by)?;
        check_reason(reason)?;
        if held.until < today && !supervises(held, by) {
            return Err(self.refuse(UNIT_OVERDUE).with("date", json!(held.until)));
        }
        Ok(self.let_go())
    }

    /// Its deposit went back, or bounced: nobody holds a unit without one. `[OWN-13]`
    pub fn let_go(self) -> Change<Self> {
        let after = Self { reservation: None, ..self.clone() };
        let facts = after.facts();
        Change::updated(self, after, RELEASED, facts)
    }

    fn expect_of(&self, by: &Actor) -> Result<&Reservation, Refusal> {
        let held = self.reservation.as_ref().filter(|held| held.contract.is_none());
        let held = held.ok_or_else(|| self.refuse(UNIT_NOT_RESERVED))?;
        if by.is(held.by) || supervises(held, by) { Ok(held) } else { Err(self.refuse(UNIT_NOT_YOURS)) }
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("code", self.code.clone()))
    }

    fn facts(&self) -> Value {
        let held = self.reservation.as_ref();
        json!({"code": self.code, "state": self.state(), "reserved_by": held.map(|held| held.by),
            "contract_id": held.and_then(|held| held.contract)})
    }
}

/// Whether somebody supervises contracts where whoever holds it works.
pub fn supervises(held: &Reservation, by: &Actor) -> bool {
    by.reach(Permission::SuperviseContracts).covers(held.department, false)
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("ORD-2", "002 §5"))
}
