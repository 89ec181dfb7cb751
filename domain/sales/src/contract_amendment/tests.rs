use super::{effect::shipped_of, *};
use crate::{
    product::ProductId,
    quantity::Quantity,
    sales_contract::{ContractKind, SalesContractContent},
};
use std::collections::BTreeMap;

fn product(number: u128) -> ProductId {
    ProductId::from_uuid(Uuid::from_u128(number))
}

fn line(number: u128, pieces: i64, price: i64) -> ContractLine {
    let quantity = Quantity::from_scaled(pieces * 10_000);
    let price = Money::from_minor(price, Currency::Cny);
    ContractLine { product: product(number), quantity, price, tax_rate_bp: 1_300 }
}

fn content(lines: Vec<ContractLine>, discount: i64) -> SalesContractContent {
    SalesContractContent {
        customer: Id::from_uuid(Uuid::from_u128(9)),
        kind: ContractKind::Sale,
        subject: "监护仪采购".to_owned(),
        region: None,
        channel: None,
        lines,
        discount: Money::from_minor(discount, Currency::Cny),
        review: Vec::new(),
        instalments: Vec::new(),
    }
}

#[test]
fn what_was_shipped_comes_off_the_lines_of_a_product_in_their_order_and_whole_it_is_the_whole() {
    let content = content(vec![line(1, 2, 3_333), line(2, 1, 100), line(1, 3, 3_334)], 1);
    let known = |pieces: i64| Performed {
        shipped: BTreeMap::from([(product(1), (pieces * 10_000, "M-1".to_owned()))]),
        ..Performed::default()
    };
    let pieces = |of: i64| -> Vec<i64> {
        let shipped = shipped_of(&content, &known(of)).expect("amounts");
        shipped.iter().map(|(quantity, _)| quantity.scaled() / 10_000).collect()
    };
    assert_eq!((pieces(0), pieces(3), pieces(9)), (vec![0, 0, 0], vec![2, 0, 1], vec![2, 0, 3]));
    let whole: i64 =
        shipped_of(&content, &known(5)).expect("amounts").iter().map(|(_, gross)| gross.minor()).sum();
    let other: i64 = content.amounts().expect("amounts")[1].gross.minor();
    assert_eq!(whole + other, content.total().expect("a total").minor());
}

#[test]
fn a_termination_has_no_lines_and_an_amendment_has_some() {
    let of = |kind, lines: Vec<ContractLine>| AmendmentContent {
        contract: Id::from_uuid(Uuid::from_u128(7)),
        kind,
        lines,
        discount: Money::zero(Currency::Cny),
        refunds: false,
        grounds: "客户减单".to_owned(),
    };
    let code = |content: AmendmentContent| content.check().err().map(|refusal| refusal.findings[0].code.code);
    assert_eq!(code(of(AmendmentKind::Amend, vec![line(1, 1, 100)])), None);
    assert_eq!(code(of(AmendmentKind::Amend, Vec::new())), Some(codes::OUT_OF_RANGE.code));
    assert_eq!(code(of(AmendmentKind::Terminate, Vec::new())), None);
    let lines = vec![line(1, 1, 100)];
    assert_eq!(code(of(AmendmentKind::Terminate, lines)), Some(LINES_OF_TERMINATION.code));
}
