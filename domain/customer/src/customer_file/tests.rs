use super::*;

fn day() -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 3, 5).expect("a day")
}

fn rules() -> Rules {
    PolicyVersion {
        id: Id::from_uuid(Uuid::nil()),
        code: policy::CUSTOMER_FILE_CODE.into(),
        number: 1,
        clause: "000 §5.1".into(),
        content: serde_json::from_str(policy::SHIPPED_CUSTOMER_FILE).expect("it reads"),
    }
}

fn content() -> CustomerContent {
    CustomerContent {
        kind: CustomerKind::Person,
        name: "李娜".into(),
        tax_number: None,
        industry: None,
        region: None,
        channel: Some(CustomerChannel::WalkIn),
        needs: None,
        tags: Vec::new(),
        external: None,
        metadata: BTreeMap::new(),
        personal: Personal {
            phones: vec![Phone::read("13812345678").expect("a number")],
            ..Personal::default()
        },
    }
}

fn entered(content: CustomerContent) -> Result<Customer, Refusal> {
    let new = NewCustomer { id: Id::from_uuid(Uuid::from_u128(1)), number: "CU-2026-000001".into() };
    let now = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    Customer::create(new, content, &rules(), &Actor::system(), (now, day())).map(Change::into_after)
}

#[test]
fn a_file_is_as_complete_as_what_it_says_weighs() {
    let customer = entered(content()).expect("a customer");
    assert_eq!(customer.completeness, 45, "phone 30 and channel 15 of 100");
    let needs = CustomerContent { needs: Some("两居室".into()), ..customer.content.clone() };
    let change = customer.revise(needs, &rules(), day()).expect("well formed").expect("a change");
    assert_eq!(change.after().completeness, 65);
    assert_eq!(change.happened()[0].facts["changed"], json!(["needs"]));
    let same = change.after().content.clone();
    assert!(change.into_after().revise(same, &rules(), day()).expect("well formed").is_none());
}

#[test]
fn everything_wrong_with_a_file_is_said_at_once() {
    let wrong = CustomerContent {
        name: " ".into(),
        tax_number: Some("91350100M000100Y43".into()),
        tags: vec!["x".into(); 31],
        personal: Personal {
            e_mail: Some("nobody".into()),
            id_number: Some("330106199001011234".into()),
            birthday: day().succ_opt(),
            ..Personal::default()
        },
        ..content()
    };
    let refusal = entered(wrong).expect_err("nothing of it is right");
    let at: Vec<_> = refusal.findings.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(at, ["/name", "/tags", "/tax_number", "/e_mail", "/id_number", "/birthday", "/phones"]);
    assert_eq!(refusal.citation.map(|citation| citation.rule), Some("CUS-1".to_owned()));
}

#[test]
fn an_identity_card_is_checked_by_its_last_character() {
    assert!(person::is_id_number("11010519491231002X") && !person::is_id_number("110105194912310021"));
}

#[test]
fn what_is_sealed_is_not_told_to_the_trail() {
    let mut sealed = content().personal;
    sealed.is_sealed = true;
    assert_eq!(serde_json::to_value(&sealed).expect("it writes"), json!({"sealed": ["phones"]}));
    sealed.is_sealed = false;
    let told = serde_json::to_value(&sealed).expect("it writes");
    assert_eq!(told["phones"], json!(["+8613812345678"]));
}
