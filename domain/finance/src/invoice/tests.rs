use super::*;
use crate::finance::expense_policy::ExpensePolicy;
use crate::spine::codes;

fn policy() -> ExpensePolicy {
    ExpensePolicy::of_a_company()
}

fn day(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::Cny)
}

fn digital() -> Invoice {
    Invoice {
        kind: InvoiceKind::FullyDigitalSpecial,
        code: None,
        number: "26332000000012345678".into(),
        issued_on: day("2026-03-01"),
        seller: Party {
            name: "杭州云栖酒店有限公司".into(), tax_number: Some("91330100799655058B".into())
        },
        buyer: policy().buyers.first().cloned(),
        net: cny(100_000),
        tax: cny(6_000),
        total: cny(106_000),
        reimbursed: None,
    }
}

fn found(invoice: &Invoice, today: &str) -> Vec<(String, &'static str)> {
    let mut findings = Findings::new();
    invoice.check_shape("", Currency::Cny, &mut findings);
    invoice.check_policy("", day(today), &policy(), &mut findings);
    findings.into_vec().into_iter().map(|finding| (finding.pointer, finding.code.code)).collect()
}

#[track_caller]
fn check(change: impl FnOnce(&mut Invoice), expected: &[(&str, &str)]) {
    let mut invoice = digital();
    change(&mut invoice);
    let found = found(&invoice, "2026-03-05");
    let found: Vec<(&str, &str)> = found.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_good_invoice_has_no_findings() {
    check(|_| {}, &[]);
    check(|i| i.number = " ２６３３2000-0000 12345678".into(), &[]);
    check(
        |i| {
            (i.kind, i.code, i.number) =
                (InvoiceKind::VatSpecial, Some("0330021002".into()), "12345678".into());
        },
        &[],
    );
    check(
        |i| {
            (i.kind, i.code, i.number) =
                (InvoiceKind::VatGeneral, Some("033002100211".into()), "12345678".into());
        },
        &[],
    );
    check(|i| (i.kind, i.number, i.buyer) = (InvoiceKind::Other, "E2026-77".into(), None), &[]);
}

#[test]
fn numbers_and_codes_follow_the_kind() {
    check(|i| i.number = "2633200000001234567".into(), &[("/number", BAD_NUMBER.code)]);
    check(|i| i.number = "2633200000001234567X".into(), &[("/number", BAD_NUMBER.code)]);
    check(|i| i.code = Some("033002100211".into()), &[("/code", CODE_NOT_EXPECTED.code)]);
    check(|i| i.kind = InvoiceKind::VatSpecial, &[("/number", BAD_NUMBER.code), ("/code", BAD_CODE.code)]);
    check(|i| i.kind = InvoiceKind::Other, &[("/kind", KIND_MISSTATED.code)]);
    check(
        |i| (i.kind, i.code, i.number) = (InvoiceKind::Other, Some("033002100211".into()), "12345678".into()),
        &[("/kind", KIND_MISSTATED.code)],
    );
    check(
        |i| {
            (i.kind, i.code, i.number) =
                (InvoiceKind::VatGeneral, Some("03300210021".into()), "12345678".into());
        },
        &[("/code", BAD_CODE.code)],
    );
}

#[test]
fn the_parties_are_known() {
    check(
        |i| i.seller.tax_number = Some("913301007996550580".into()),
        &[("/seller/tax_number", BAD_TAX_NUMBER.code)],
    );
    check(|i| i.seller.tax_number = None, &[("/seller/tax_number", codes::REQUIRED.code)]);
    check(|i| i.buyer = None, &[("/buyer", codes::REQUIRED.code)]);
    check(
        |i| {
            i.buyer =
                Some(Party { name: "别的公司".into(), tax_number: Some("91350100M000100Y43".into()) });
        },
        &[("/buyer", NOT_OUR_COMPANY.code)],
    );
    check(|i| i.seller.name = "a\u{0}b".into(), &[("/seller/name", codes::BAD_CHARACTER.code)]);
}

#[test]
fn amounts_add_up_in_one_currency() {
    check(|i| i.total = cny(106_001), &[("/total", SUM_WRONG.code)]);
    check(|i| (i.net, i.tax) = (cny(-1), cny(106_001)), &[("/total", NEGATIVE.code)]);
    check(|i| (i.net, i.tax, i.total) = (cny(0), cny(0), cny(0)), &[("/total", NEGATIVE.code)]);
    check(
        |i| i.tax = Money::from_minor(6_000, Currency::Usd),
        &[("/tax/currency", codes::WRONG_CURRENCY.code)],
    );
}

#[test]
fn vat_invoices_are_in_yuan() {
    let mut invoice = digital();
    let usd = |minor| Money::from_minor(minor, Currency::Usd);
    (invoice.net, invoice.tax, invoice.total) = (usd(100), usd(6), usd(106));
    let mut findings = Findings::new();
    invoice.check_shape("", Currency::Usd, &mut findings);
    assert_eq!(findings.into_vec()[0].code, VAT_NOT_CNY);
}

#[test]
fn the_date_is_neither_in_the_future_nor_too_old() {
    for (today, expected) in [
        ("2026-02-28", Some(IN_FUTURE.code)),
        ("2026-03-01", None),
        ("2027-03-01", None),
        ("2027-03-02", Some(TOO_OLD.code)),
    ] {
        let found = found(&digital(), today);
        assert_eq!(found.first().map(|f| f.1), expected, "{today}");
    }
}

#[test]
fn the_same_paper_has_one_key_however_it_was_typed() {
    let invoice = digital();
    let key = invoice.unique_key();
    for number in [
        " 26332000000012345678",
        "２６３３２０００００００１２３４５６７８",
        "2633-2000-0000-1234-5678",
        "26332000\u{200B}000012345678",
        "26332000\u{AD}000012345678\u{FE0F}",
        "\u{202D}26332000\u{2060}000012345678\u{202C}",
    ] {
        assert_eq!(Invoice { number: number.into(), ..invoice.clone() }.unique_key(), key, "{number}");
    }
    let general = Invoice { kind: InvoiceKind::FullyDigitalGeneral, ..invoice.clone() };
    assert_eq!(general.unique_key(), key, "another classification is still the same paper");
    let other = Invoice { kind: InvoiceKind::Other, number: "e-77".into(), ..invoice };
    let spelled = Invoice { number: "Ｅ77".into(), ..other.clone() };
    assert_eq!(other.unique_key(), spelled.unique_key());
    let hidden = Invoice { number: "e\u{AD}77\u{E0041}".into(), ..other.clone() };
    assert_eq!(other.unique_key(), hidden.unique_key(), "what nobody sees makes no second receipt");
    let elsewhere = Invoice { seller: Party { name: "另一家".into(), tax_number: None }, ..other.clone() };
    assert_ne!(other.unique_key(), elsewhere.unique_key());
}

#[test]
fn tidying_keeps_the_key() {
    let typed = Invoice { number: " 2633-2000 0000 1234 5678 ".into(), code: Some("  ".into()), ..digital() };
    let tidy = typed.clone().tidied();
    assert_eq!(tidy.number, "26332000000012345678");
    assert_eq!(tidy.code, None);
    assert_eq!(tidy.unique_key(), typed.unique_key());
}

/// The key of a number under a kind that says nothing of it.
fn key(code: Option<&str>, number: &str) -> String {
    let (code, number) = (code.map(str::to_owned), number.to_owned());
    Invoice { kind: InvoiceKind::Other, code, number, ..digital() }.unique_key()
}

#[test]
fn a_paper_is_what_it_is_whatever_is_written_around_its_number() {
    let paper = digital().unique_key();
    for number in [
        "No26332000000012345678",
        "NO. 26332000000012345678",
        "26332000000012345678/1",
        "26332000000012345678-1",
        "(26332000000012345678)",
        "（26332000000012345678）",
        "26332000000012345678号",
        "发票号码：26332000000012345678 第一联",
        "٢٦٣٣٢٠٠٠٠٠٠٠١٢٣٤٥٦٧٨",
        "２６３３.2000.0000.1234.5678",
    ] {
        assert_eq!(key(None, number), paper, "{number}");
    }
    for (code, number) in [
        ("263320000000", "12345678"),
        ("000012345678", "26332000"),
        ("No 263320000000", "12345678号"),
        ("x", "26332000000012345678"),
        ("26332000000012345678", "1"),
    ] {
        assert_eq!(key(Some(code), number), paper, "{code} {number}");
    }
    assert_ne!(key(None, "26332000000012345679"), paper);
    let coded = key(Some("0330021002"), "12345678");
    assert_eq!(key(None, "0330021002-12345678"), coded);
    assert_eq!(key(None, "12345678 0330021002"), coded);
}

#[test]
fn a_receipt_without_official_numbers_is_known_by_its_seller_and_number() {
    let of = |seller: &str, number: &str| {
        let seller = Party { name: seller.into(), tax_number: None };
        Invoice { kind: InvoiceKind::Other, number: number.into(), seller, ..digital() }.unique_key()
    };
    let receipt = of("西湖茶楼有限公司", "1234567");
    for (seller, number) in [
        ("西湖茶楼", "1234567"),
        ("西湖茶楼有限公司。", "No.1234567"),
        ("西湖 茶楼 有限责任公司", "1234567/2"),
        ("西湖茶楼", "第1234567号"),
    ] {
        assert_eq!(of(seller, number), receipt, "{seller} {number}");
    }
    assert_eq!(of("Lake Tea Co., Ltd.", "A-1"), of("LAKE TEA", "a1"));
    assert_ne!(of("西湖茶楼", "1234568"), receipt);
    assert_ne!(of("西湖茶楼", "A1"), of("西湖茶楼", "B1"));
    assert_ne!(of("另一家", "1234567"), receipt);
}

#[test]
fn papers_are_entered_as_they_are_printed() {
    let bare = |kind, code: Option<&'static str>, number: &'static str| {
        move |i: &mut Invoice| {
            (i.kind, i.code, i.number) = (kind, code.map(Into::into), number.into());
            (i.seller.tax_number, i.buyer) = (None, None);
            (i.net, i.tax) = (i.total, cny(0));
        }
    };
    check(bare(InvoiceKind::RailTicket, None, "26339100000012345678"), &[]);
    check(bare(InvoiceKind::AirItinerary, None, "784-1234567890"), &[]);
    check(bare(InvoiceKind::AirItinerary, None, "26339100000012345678"), &[]);
    check(bare(InvoiceKind::PassengerTicket, Some("133001900001"), "12345678"), &[]);
    check(bare(InvoiceKind::TaxiReceipt, Some("133001900001"), "12345678"), &[]);
    check(bare(InvoiceKind::FixedAmount, Some("133001900001"), "12345678"), &[]);
    check(bare(InvoiceKind::FiscalReceipt, Some("33010121"), "0012345678"), &[]);
    check(bare(InvoiceKind::RailTicket, None, "E012345"), &[("/number", BAD_NUMBER.code)]);
    let missing = ["/seller/tax_number", "/buyer"].map(|at| (at, codes::REQUIRED.code));
    check(bare(InvoiceKind::Toll, Some("033001900112"), "12345678"), &missing);
}

#[test]
fn the_tax_of_a_ticket_is_computed_and_a_part_deducts_its_part() {
    let policy = policy();
    let ticket = Invoice {
        kind: InvoiceKind::RailTicket,
        net: cny(55_300),
        tax: cny(0),
        total: cny(55_300),
        ..digital()
    };
    assert_eq!(ticket.deductible_minor(&policy), 4_566, "553.00 / 1.09 × 9 %");
    let half = Invoice { reimbursed: Some(cny(27_650)), ..ticket.clone() };
    assert_eq!(half.deductible_minor(&policy), 2_283);
    check(
        |i| (i.kind, i.net, i.tax, i.total) = (InvoiceKind::RailTicket, cny(50_734), cny(4_566), cny(55_300)),
        &[],
    );
    check(
        |i| (i.kind, i.net, i.tax, i.total) = (InvoiceKind::RailTicket, cny(50_300), cny(5_000), cny(55_300)),
        &[("/tax", TAX_NOT_COMPUTED.code)],
    );
    assert_eq!(digital().deductible_minor(&policy), 6_000);
    assert_eq!(Invoice { kind: InvoiceKind::FullyDigitalGeneral, ..digital() }.deductible_minor(&policy), 0);
    check(|i| i.reimbursed = Some(cny(106_001)), &[("/reimbursed", SHARE_OUT_OF_RANGE.code)]);
    check(|i| i.reimbursed = Some(cny(0)), &[("/reimbursed", SHARE_OUT_OF_RANGE.code)]);
}
