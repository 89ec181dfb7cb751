//! The rules of ownership as data: an ordered list, each with its clause, and the numbers of protection and pool. Shipped in
//! two versions: one for the sale of property, one for everything else. `[REG-4, OWN-12, OWN-15]`

use crate::spine::{
    BusinessDate, Citation, Finding, Findings, PolicyContent, PolicyVersion, Timestamp, codes, wording,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What the codes of these policies begin with.
pub const OWNERSHIP_POLICY: &str = "ownership";
/// The name of the policy for the sale of property.
pub const REAL_ESTATE: &str = "real-estate";
/// The name of the policy where no other is said.
pub const GENERAL: &str = "general";
/// The policy for the sale of property, as shipped.
pub const SHIPPED_REAL_ESTATE: &str = include_str!("shipped/real_estate.json");
/// The general policy, as shipped.
pub const SHIPPED_GENERAL: &str = include_str!("shipped/general.json");

/// All of a share, in basis points.
pub const WHOLE_BP: u32 = 10_000;
/// No period of a policy is longer: ten years, in days.
const DAYS_MAX: u32 = 3_660;

crate::refusals! { OWNERSHIP_POLICY_REFUSALS:
    RULE_TWICE = "ownership_policy.rule_twice", Invalid, "同一规则只能列一次", "A rule is listed once";
    RULE_MISSING = "ownership_policy.rule_missing", Invalid, "缺少必备规则“{rule}”", "The rule \"{rule}\" must be listed";
    RULE_NUMBER = "ownership_policy.rule_number", Invalid, "该规则须给出天数或比例", "This rule needs its number of days or its share";
}

/// A rule of ownership: a condition that the product knows, and what follows from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipRule)]
pub enum RuleKind {
    /// Answers of the first inquiry are missing: it does not count until they are there.
    IncompleteInquiry,
    /// A call before the project opens.
    BeforeOpening,
    /// They were a leaver's: only the manager assigns them.
    LeaverCustomer,
    /// They were the receiver's own and fell into the pool a short time ago.
    WaitingTime,
    /// The receiver only began in another's place.
    Entrusted,
    /// Two sites on one day.
    TwoSitesOneDay,
    /// They remember nobody who called, and name the receiver.
    PhoneForgotten,
    /// A registration by phone that was not followed up.
    PhoneLapsed,
    /// Another holds a valid registration.
    AlreadyOwned,
    /// A relative or friend, registered before.
    Relative,
    /// A customer brought them.
    Introduced,
    /// They ask for somebody.
    Named,
    /// Received in the lunch duty.
    LunchDuty,
    /// Passed on by the company.
    AssignedByCompany,
    /// Received by somebody who did not register them.
    UnregisteredReception,
    /// The first contact.
    FirstContact,
    /// A ruling on a dispute.
    Ruling,
    /// Their owner left.
    Leaving,
    /// Assigned by whoever leads.
    Assignment,
    /// Claimed from the pool.
    Claim,
    /// Given up.
    Release,
    /// Not followed up, or no deal, in time.
    Protection,
    /// Not taken from the department's pool in time.
    CentrePool,
    /// Handed on as was agreed.
    Transfer,
}

crate::labels! { RuleKind = "OwnershipRule":
    IncompleteInquiry = "incomplete_inquiry", "首问未完成", "First inquiry incomplete";
    BeforeOpening = "before_opening", "开盘前来电", "Call before the opening";
    LeaverCustomer = "leaver_customer", "离职人员客户", "A leaver's customer";
    WaitingTime = "waiting_time", "原归属人等待期", "The former owner waits";
    Entrusted = "entrusted", "受委托接待", "Received in another's place";
    TwoSitesOneDay = "two_sites_one_day", "同日两处接待", "Two sites on one day";
    PhoneForgotten = "phone_forgotten", "来电客户未记得接待人", "Caller remembers nobody";
    PhoneLapsed = "phone_lapsed", "来电登记失效", "Phone registration lapsed";
    AlreadyOwned = "already_owned", "已有归属", "Owned already";
    Relative = "relative", "亲友客户", "Relative or friend";
    Introduced = "introduced", "老客户介绍", "Brought by a customer";
    Named = "named", "客户指名", "Asked for by name";
    LunchDuty = "lunch_duty", "午间值班", "Lunch duty";
    AssignedByCompany = "assigned_by_company", "公司转介", "Passed on by the company";
    UnregisteredReception = "unregistered_reception", "接待未登记", "Received, not registered";
    FirstContact = "first_contact", "第一接触", "First contact";
    Ruling = "ruling", "裁决", "Ruling";
    Leaving = "leaving", "业务员离职", "The owner left";
    Assignment = "assignment", "主管分配", "Assigned";
    Claim = "claim", "公海领取", "Claimed";
    Release = "release", "退回公海", "Released";
    Protection = "protection", "保护期", "Protection";
    CentrePool = "centre_pool", "转入中心公海", "Falls to the centre's pool";
    Transfer = "transfer", "客户移交", "Transferred";
}

impl RuleKind {
    /// The rule of the specification.
    pub const fn spec(self) -> &'static str {
        match self {
            Self::IncompleteInquiry => "OWN-2",
            Self::BeforeOpening | Self::PhoneForgotten | Self::PhoneLapsed => "OWN-12",
            Self::LeaverCustomer | Self::Leaving => "OWN-8",
            Self::Entrusted | Self::Introduced => "OWN-3",
            Self::TwoSitesOneDay => "OWN-6",
            Self::AlreadyOwned | Self::FirstContact => "OWN-1",
            Self::Relative => "OWN-4",
            Self::Named => "OWN-5",
            Self::LunchDuty => "OWN-9",
            Self::AssignedByCompany => "OWN-11",
            Self::UnregisteredReception => "OWN-7",
            Self::Ruling => "OWN-14",
            Self::WaitingTime
            | Self::Assignment
            | Self::Claim
            | Self::Release
            | Self::Protection
            | Self::CentrePool => "OWN-15",
            Self::Transfer => "OWN-16",
        }
    }

    /// Whether it is asked of a registration.
    pub const fn is_of_registrations(self) -> bool {
        !matches!(
            self,
            Self::IncompleteInquiry
                | Self::Ruling
                | Self::Leaving
                | Self::Assignment
                | Self::Claim
                | Self::Release
                | Self::Protection
                | Self::CentrePool
                | Self::Transfer
        )
    }

    const fn needs_gap(self) -> bool {
        matches!(self, Self::PhoneForgotten | Self::PhoneLapsed)
    }

    const fn needs_share(self) -> bool {
        matches!(self, Self::PhoneForgotten | Self::TwoSitesOneDay)
    }
}

/// The rules without which nobody could say whose a customer is.
const NEEDED: [RuleKind; 7] = [
    RuleKind::AlreadyOwned,
    RuleKind::FirstContact,
    RuleKind::Ruling,
    RuleKind::Leaving,
    RuleKind::Assignment,
    RuleKind::Claim,
    RuleKind::Transfer,
];

/// A rule as a policy lists it. The first that holds decides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnershipListedRule)]
pub struct OwnershipRule {
    /// Which.
    pub when: RuleKind,
    /// The clause it enforces.
    pub clause: String,
    /// So many days may lie between two contacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_days: Option<u32>,
    /// The share of whoever comes second, in basis points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_bp: Option<u32>,
}

/// How long an owner of a customer of a tier is safe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnershipTierProtection)]
pub struct TierProtection {
    /// The tier; `standard` for those without one.
    pub tier: String,
    /// So many days may pass between two qualified contacts.
    pub follow_up_days: u32,
    /// So many days may pass until a deal.
    pub deal_days: u32,
}

/// The numbers of protection and pool. `[OWN-15]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnershipPoolNumbers)]
pub struct PoolNumbers {
    /// By tier, where it is to be other than the tier model says; the first stands for customers without a tier.
    pub tiers: Vec<TierProtection>,
    /// Warnings come so many days before, the most first.
    pub warning_days: Vec<u32>,
    /// After so many days the department's pool gives them to the centre's.
    pub department_days: u32,
    /// So many customers one may claim a day.
    pub claims_per_day: u32,
    /// So many customers one may own at once for claiming more.
    pub owned_max: u32,
    /// So many days the former owner waits.
    pub waiting_days: u32,
    /// A lock lasts so many days at most.
    pub lock_days_max: u32,
}

/// The numbers of the reception. `[QUE-1, OWN-10]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnershipReceptionNumbers)]
pub struct ReceptionNumbers {
    /// The owner has so many minutes to answer who wants to assist; then whoever leads is asked.
    pub assist_minutes: u32,
    /// Whether a customer that turns out to be another's uses up a turn.
    pub mistaken_uses_turn: bool,
}

/// The numbers of a dispute. `[OWN-14]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnershipDisputeNumbers)]
pub struct DisputeNumbers {
    /// Evidence is taken for so many days.
    pub evidence_days: u32,
}

/// Who owns a customer, why and how long.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnershipPolicy {
    /// The rules in their order.
    pub rules: Vec<OwnershipRule>,
    /// Protection and pool.
    pub pool: PoolNumbers,
    /// The reception.
    pub reception: ReceptionNumbers,
    /// Disputes.
    pub dispute: DisputeNumbers,
}

impl OwnershipPolicy {
    /// A rule, where it is listed.
    pub fn rule(&self, kind: RuleKind) -> Option<&OwnershipRule> {
        self.rules.iter().find(|rule| rule.when == kind)
    }

    /// How long an owner is safe: days between contacts, and until a deal. Of a tier that is listed as the list says, of
    /// another as the tier model said when it was given, without one as the first of the list says.
    pub fn protection(&self, tier: Option<(&str, Option<(u32, u32)>)>) -> Option<(u32, u32)> {
        let tiers = &self.pool.tiers;
        let listed = tier.and_then(|(code, _)| tiers.iter().find(|listed| listed.tier == code));
        let given = tier.and_then(|(_, days)| days).filter(|_| listed.is_none());
        let days = |listed: &TierProtection| (listed.follow_up_days, listed.deal_days);
        given.or_else(|| listed.or_else(|| tiers.first()).map(days))
    }

    fn check_rules(&self, findings: &mut Findings) {
        let mut seen = BTreeSet::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let at = format!("/content/rules/{index}");
            if !seen.insert(rule.when) {
                findings.add(format!("{at}/when"), RULE_TWICE);
            }
            wording::check(findings, &format!("{at}/clause"), &rule.clause, 200);
            let (gap, share) = (rule.gap_days, rule.share_bp);
            if rule.when.needs_gap() != gap.is_some() || rule.when.needs_share() != share.is_some() {
                findings.add(at.clone(), RULE_NUMBER);
            }
            check_days(findings, format!("{at}/gap_days"), gap.unwrap_or(1));
            if share.is_some_and(|share| !(1..WHOLE_BP).contains(&share)) {
                let range = [("min", json!(1)), ("max", json!(WHOLE_BP - 1))];
                findings.add_with(format!("{at}/share_bp"), codes::OUT_OF_RANGE, range);
            }
        }
        for rule in NEEDED.into_iter().filter(|rule| !seen.contains(rule)) {
            findings.add_with("/content/rules", RULE_MISSING, [("rule", json!(rule.labels().0))]);
        }
    }
}

fn check_days(findings: &mut Findings, at: String, days: u32) {
    findings.within(at, days, 1..=DAYS_MAX);
}

impl PolicyContent for OwnershipPolicy {
    const KIND: &'static str = OWNERSHIP_POLICY;
    const EXAMPLE: &'static str = SHIPPED_GENERAL;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        self.check_rules(&mut findings);
        let PoolNumbers { tiers, warning_days, department_days, .. } = &self.pool;
        if tiers.is_empty() {
            findings.add("/content/pool/tiers", codes::REQUIRED);
        }
        for (index, tier) in tiers.iter().enumerate() {
            let at = format!("/content/pool/tiers/{index}");
            wording::check(&mut findings, &format!("{at}/tier"), &tier.tier, 40);
            check_days(&mut findings, format!("{at}/follow_up_days"), tier.follow_up_days);
            check_days(&mut findings, format!("{at}/deal_days"), tier.deal_days);
        }
        for (index, days) in warning_days.iter().enumerate() {
            check_days(&mut findings, format!("/content/pool/warning_days/{index}"), *days);
        }
        check_days(&mut findings, "/content/pool/department_days".to_owned(), *department_days);
        check_days(&mut findings, "/content/pool/lock_days_max".to_owned(), self.pool.lock_days_max);
        check_days(&mut findings, "/content/dispute/evidence_days".to_owned(), self.dispute.evidence_days);
        findings.into_vec()
    }
}

/// A version of a policy of ownership, the first day it rules and when it was published.
#[derive(Clone, Debug)]
pub struct DatedPolicy {
    /// The first business day.
    pub from: BusinessDate,
    /// When it was published; what decided an instant before does not know it.
    pub published_at: Timestamp,
    /// The version.
    pub version: PolicyVersion<OwnershipPolicy>,
}

/// All published versions.
#[derive(Clone, Default, Debug)]
pub struct PolicyBook(pub Vec<DatedPolicy>);

impl PolicyBook {
    /// What ruled on a day, as far as it was published by an instant: that of the scope, else the general one. The first
    /// version of a code rules what came before it too.
    pub fn ruling(
        &self,
        scope: &str,
        on: BusinessDate,
        known: Timestamp,
    ) -> Option<&PolicyVersion<OwnershipPolicy>> {
        let named = |name: &str| {
            let code = format!("{OWNERSHIP_POLICY}/{name}");
            let versions = || self.0.iter().filter(|dated| dated.version.code == code);
            let latest = versions().filter(|dated| dated.from <= on && dated.published_at <= known);
            let latest = latest.max_by_key(|dated| (dated.from, dated.version.number));
            latest.or_else(|| versions().min_by_key(|dated| dated.version.number)).map(|dated| &dated.version)
        };
        named(scope).or_else(|| named(GENERAL))
    }
}

/// What a rule of a version rests on.
pub fn cite(version: &PolicyVersion<OwnershipPolicy>, kind: RuleKind) -> Citation {
    let clause = version.content.rule(kind).map(|rule| rule.clause.as_str());
    version.cite(kind.spec(), clause)
}
