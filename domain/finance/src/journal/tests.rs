use super::*;
use crate::finance::{
    expense_claim::{ExpenseClaim, Reduction},
    fixture::*,
};
use crate::spine::Entity;
use proptest::prelude::*;

fn entry(claim: &ExpenseClaim) -> JournalEntry {
    JournalEntry::of(&claim.content, Rules::shipped().all()).expect("it balances")
}

fn shown(entry: &JournalEntry) -> Vec<String> {
    let one = |p: &Posting| {
        let line = p.line.map(|line| format!(" line {line}")).unwrap_or_default();
        format!("{} {} {} {}{line}", p.side.code(), p.role.code(), p.account, p.amount)
    };
    entry.postings.iter().map(one).collect()
}

#[test]
fn travel_deducts_its_tax_and_entertainment_keeps_it_in_cost() {
    assert_eq!(
        shown(&entry(&approved())),
        [
            "debit expense 6601.09 1000.00 line 1",
            "debit input_vat 2221.01.01 60.00 line 1",
            "debit expense 6601.07 530.00 line 2",
            "credit payable 2241.01 1590.00",
        ]
    );
}

#[test]
fn a_general_invoice_deducts_nothing() {
    let mut content = content();
    content.lines[0].invoices[0].kind = crate::finance::invoice::InvoiceKind::FullyDigitalGeneral;
    let claim = draft_of(content);
    assert_eq!(shown(&entry(&claim))[0], "debit expense 6601.09 1060.00 line 1");
}

#[test]
fn a_reduced_line_deducts_in_proportion() {
    let mut claim = approved();
    let reduction = Reduction { approved: cny(53_000), reason: "超标".into(), by: id(3) };
    claim.content.lines[0].reduction = Some(reduction);
    assert_eq!(
        shown(&entry(&claim)),
        [
            "debit expense 6601.09 500.00 line 1",
            "debit input_vat 2221.01.01 30.00 line 1",
            "debit expense 6601.07 530.00 line 2",
            "credit payable 2241.01 1060.00",
        ]
    );
}

#[test]
fn a_reversal_mirrors_every_posting() {
    let entry = entry(&approved());
    let mirror = entry.mirrored(today());
    assert!(mirror.is_balanced());
    assert_eq!(mirror.total(Side::Credit), entry.total(Side::Debit));
    assert_eq!(mirror.mirrored(entry.date), entry);
}

#[test]
fn an_entry_that_does_not_balance_is_known_as_such() {
    let mut entry = entry(&approved());
    entry.postings[0].amount = cny(1);
    assert!(!entry.is_balanced());
    assert_eq!(entry.check().expect_err("unbalanced").code, UNBALANCED);
    entry.postings.clear();
    assert!(!entry.is_balanced(), "nothing is not an entry");
}

#[test]
fn a_category_without_an_account_is_not_ready() {
    let mut rules = Rules::shipped();
    for category in &mut rules.categories.content.categories {
        category.account = None;
    }
    let refusal = JournalEntry::of(&approved().content, rules.all()).expect_err("no account");
    assert_eq!(refusal.code, NO_ACCOUNT);
}

prop_compose! {
    fn any_line()(claimed in 1_i64..10_000_000, net in 0_i64..10_000_000, tax in 0_i64..2_000_000,
                  share in 0_i64..=100, kind in 0_usize..5, which in 0_usize..6) -> Line {
        let categories = ["entertainment.travel", "entertainment.client", "promotion.advertising",
            "other.software", "personnel.welfare", "entertainment.meeting"];
        let mut invoice = invoice(1, net, tax);
        invoice.kind = crate::finance::invoice::InvoiceKind::ALL[kind];
        let mut line = line(categories[which], claimed, vec![invoice]);
        if share < 100 {
            line.reduction = Some(Reduction { approved: cny(claimed * share / 100), reason: "核减".into(), by: id(3) });
        }
        line
    }
}

proptest! {
    #[test]
    fn every_entry_balances_to_the_fen(lines in prop::collection::vec(any_line(), 1..30),
                                       rate in 1_u64..2_000_000_000, foreign in 0_usize..16, remainder in 0_usize..3) {
        let mut rules = Rules::shipped();
        rules.policy.content.remainder_line = [RemainderLine::First, RemainderLine::Last, RemainderLine::Largest][remainder];
        let currency = Currency::ALL[foreign];
        let mut claim = draft();
        claim.content.exchange.currency = currency;
        if currency != Currency::Cny {
            claim.content.exchange.rate = rust_decimal::Decimal::new(i64::try_from(rate).expect("small"), 8).to_string().parse().expect("a rate");
        }
        let in_currency = |money: Money| Money::from_minor(money.minor(), currency);
        claim.content.lines = lines.into_iter().map(|mut line| {
            line.claimed = in_currency(line.claimed);
            if let Some(reduction) = &mut line.reduction { reduction.approved = in_currency(reduction.approved); }
            line
        }).collect();
        let entry = JournalEntry::of(&claim.content, rules.all()).expect("it balances");
        prop_assert!(entry.is_balanced());
        let payable = claim.payable().expect("in range").minor();
        prop_assert_eq!(entry.total(Side::Credit), payable);
        let vat: i64 = entry.postings.iter().filter(|p| p.role == Role::InputVat).map(|p| p.amount.minor()).sum();
        let expense: i64 = entry.postings.iter().filter(|p| p.role == Role::Expense).map(|p| p.amount.minor()).sum();
        prop_assert_eq!(vat + expense, payable);
        let remainders: Vec<i64> = entry.postings.iter().map(|p| p.remainder.minor()).filter(|r| *r != 0).collect();
        prop_assert!(remainders.len() <= 1, "the remainder is stated on one line");
        prop_assert!(remainders.iter().all(|r| *r > 0 && *r <= i64::try_from(claim.content.lines.len()).expect("small")));
        for posting in &entry.postings {
            let Some(line) = posting.line else { continue };
            let deducts = rules.categories.content.find(&claim.content.lines[line - 1].category).is_some_and(|c| c.deductible_vat);
            prop_assert!(posting.role != Role::InputVat || deducts, "only deductible categories deduct");
        }
        prop_assert!(entry.mirrored(entry.date).is_balanced());
        prop_assert_eq!(claim.version(), 1);
    }
}
