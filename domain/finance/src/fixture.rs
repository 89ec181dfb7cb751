//! A company, its people and a good claim for the tests of this folder.

use super::{
    expense_category::{EXPENSE_CATEGORIES_CODE, ExpenseCategories, SHIPPED_EXPENSE_CATEGORIES},
    expense_claim::*,
    expense_policy::{EXPENSE_POLICY_CODE, ExpensePolicy},
    expense_request_policy::{
        EXPENSE_REQUEST_POLICY_CODE, ExpenseRequestPolicy, SHIPPED_EXPENSE_REQUEST_POLICY,
    },
    invoice::{Invoice, InvoiceKind, Party},
};
use crate::spine::*;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

pub(super) fn day(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

pub(super) fn today() -> BusinessDate {
    day("2026-03-05")
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}

pub(super) fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::Cny)
}

pub(super) struct Rules {
    pub policy: PolicyVersion<ExpensePolicy>,
    pub categories: PolicyVersion<ExpenseCategories>,
    pub procurement: PolicyVersion<ExpenseRequestPolicy>,
}

impl Rules {
    pub fn shipped() -> Self {
        let version = |code: &str| (id(900), code.to_owned(), 1, "000 §9.3".to_owned());
        let (policy_id, code, number, clause) = version(EXPENSE_POLICY_CODE);
        let content = ExpensePolicy::of_a_company();
        let policy = PolicyVersion { id: policy_id, code, number, clause, content };
        let (categories_id, code, number, clause) = version(EXPENSE_CATEGORIES_CODE);
        let content = serde_json::from_str(SHIPPED_EXPENSE_CATEGORIES).expect("it reads");
        let categories = PolicyVersion { id: categories_id, code, number, clause, content };
        let (procurement_id, code, number, clause) = version(EXPENSE_REQUEST_POLICY_CODE);
        let content = serde_json::from_str(SHIPPED_EXPENSE_REQUEST_POLICY).expect("it reads");
        let procurement = PolicyVersion { id: procurement_id, code, number, clause, content };
        Self { policy, categories, procurement }
    }

    pub fn all(&self) -> ClaimRules<'_> {
        ClaimRules {
            policy: &self.policy,
            categories: &self.categories,
            procurement: &self.procurement,
            request: None,
            fellows: &[],
            applications: &[],
        }
    }
}

/// Person `n`: user `n`, employee `100 + n`, of department 500.
pub(super) fn person(n: u128, permissions: &[Permission]) -> Actor {
    Actor {
        kind: ActorKind::Person,
        user: id(n),
        name: format!("person {n}"),
        employee: Some(id(100 + n)),
        department: Some(id(500)),
        session: None,
        reaches: permissions.iter().map(|p| (*p, Reach::everything())).collect(),
    }
}

pub(super) fn submitter() -> Actor {
    person(1, &[Permission::SubmitExpenseClaims])
}

pub(super) fn approver() -> Actor {
    person(2, &[Permission::UseApprovals])
}

pub(super) fn finance() -> Actor {
    person(3, &[Permission::AccountExpenseClaims])
}

pub(super) fn invoice(number: u64, net: i64, tax: i64) -> Invoice {
    let policy = Rules::shipped().policy.content;
    Invoice {
        kind: InvoiceKind::FullyDigitalSpecial,
        code: None,
        number: format!("2633{number:016}"),
        issued_on: day("2026-03-01"),
        seller: Party {
            name: "杭州云栖酒店有限公司".into(), tax_number: Some("91330100799655058B".into())
        },
        buyer: policy.buyers.first().cloned(),
        net: cny(net),
        tax: cny(tax),
        total: cny(net + tax),
        reimbursed: None,
    }
}

pub(super) fn line(category: &str, claimed: i64, invoices: Vec<Invoice>) -> Line {
    Line {
        category: category.into(),
        description: "上海客户拜访".into(),
        occurred_on: day("2026-03-02"),
        claimed: cny(claimed),
        reduction: None,
        cost_centre: id(500),
        invoices,
        request_line: None,
        advertisement: None,
        quotes: Vec::new(),
        tender: None,
    }
}

pub(super) fn content() -> ClaimContent {
    ClaimContent {
        department: id(500),
        beneficiary: Beneficiary { employee: id(101), reason: None, payee: None },
        business_date: today(),
        campaign: None,
        region: None,
        request: None,
        advances: Vec::new(),
        exchange: Exchange::none(Currency::Cny),
        details: Details {
            background: Some("春季招商".into()),
            purpose: Some("签约拜访".into()),
            participants: Some("王芳、李强".into()),
            expected_effect: Some("签约两家".into()),
            customer: Some("上海某公司".into()),
            head_count: Some(4),
            route: Some("杭州—上海—杭州".into()),
            days: Some(2),
        },
        lines: vec![
            line("entertainment.travel", 106_000, vec![invoice(1, 100_000, 6_000)]),
            line("entertainment.client", 53_000, vec![invoice(2, 50_000, 3_000)]),
        ],
        attachments: vec![id(700)],
        metadata: BTreeMap::new(),
    }
}

pub(super) fn new_claim(n: u128) -> NewClaim {
    NewClaim {
        id: id(n),
        number: document_number("EC", 2026, i64::try_from(n).expect("small")),
        submitter: None,
        external: None,
    }
}

pub(super) fn draft_of(content: ClaimContent) -> ExpenseClaim {
    let rules = Rules::shipped();
    ExpenseClaim::create(new_claim(10), content, &submitter(), now(), rules.all())
        .expect("a good draft")
        .into_after()
}

pub(super) fn draft() -> ExpenseClaim {
    draft_of(content())
}

pub(super) fn submitted(claim: ExpenseClaim) -> ExpenseClaim {
    let rules = Rules::shipped();
    claim.submit(id(800), &submitter(), now(), today(), rules.all()).expect("submittable").into_after()
}

pub(super) fn approved() -> ExpenseClaim {
    submitted(draft()).approve(id(800), now(), Rules::shipped().all()).expect("in approval").into_after()
}
