//! The three ways, and packs as folders.

use super::{folder::Files, *};

#[test]
fn what_the_company_changed_stays_and_twice_changes_nothing() {
    let fate = |written, stands, says| three_way(written, stands, says, false);
    assert_eq!(fate(None, None, "1"), Fate::Made);
    assert_eq!(fate(Some("1"), Some("1"), "1"), Fate::Unchanged, "twice changes nothing");
    assert_eq!(fate(Some("1"), Some("1"), "2"), Fate::Updated);
    assert_eq!(fate(Some("1"), Some("own"), "1"), Fate::Kept);
    assert_eq!(fate(Some("1"), Some("own"), "2"), Fate::Conflicting);
    assert_eq!(fate(None, Some("own"), "1"), Fate::Conflicting, "the company had its own");
    assert_eq!(fate(Some("1"), None, "2"), Fate::StaysAway);
    assert_eq!(fate(Some("1"), Some("2"), "2"), Fate::Unchanged, "both came to the same");
    assert_eq!(three_way(Some("1"), Some("own"), "2", true), Fate::Taken);
    assert_eq!(
        three_way(Some("1"), Some("1"), "1", true),
        Fate::Unchanged,
        "what stands so is not written again"
    );
}

#[test]
fn a_folder_is_written_as_it_is_read() {
    let files = Files::from([
        ("pack.toml".to_owned(), "code = \"own\"\nedition = \"1.0\"\n".to_owned()),
        (
            "departments.toml".to_owned(),
            "[[department]]\ncode = \"shop\"\nname_zh = \"门店\"\nname_en = \"Shop\"\n".to_owned(),
        ),
        (
            "policies/a.json".to_owned(),
            r#"{"code": "sign-in/company", "title": "登录", "clause": "000 §1", "content": {}}"#.to_owned(),
        ),
    ]);
    let pack = folder::read(&files).expect("it reads");
    assert_eq!((pack.departments.len(), pack.policies.len()), (1, 1));
    let again = folder::read(&folder::write(&pack).expect("it is written")).expect("it reads again");
    assert_eq!(again, pack);
}

#[test]
fn what_is_wrong_is_told_by_file() {
    let mut files = Files::from([("pack.toml".to_owned(), "code = \"own\"\nedition = \"1\"\n".to_owned())]);
    files.insert("roles.toml".to_owned(), "[[role]]\ncode = 1\n".to_owned());
    let refused = folder::read(&files).unwrap_err();
    assert_eq!((refused.code, refused.findings[0].pointer.as_str()), (UNREADABLE, "/roles.toml"));
    let nothing = folder::read(&Files::new()).unwrap_err();
    assert_eq!(nothing.findings[0].pointer, "/pack.toml");
}

#[test]
fn every_pack_that_ships_is_read_and_says_what_it_needs() {
    let packs = folder::shipped().expect("they read");
    let mut known = std::collections::BTreeSet::new();
    for pack in &packs {
        assert!(
            pack.needs.iter().all(|needed| known.contains(needed)),
            "{} stands behind what it needs",
            pack.code
        );
        assert!(known.insert(pack.code.clone()), "{} twice", pack.code);
    }
    let mut claimed = std::collections::BTreeSet::new();
    for pack in &packs {
        for item in pack.departments.iter().chain(&pack.policies).chain(&pack.regulations) {
            assert!(claimed.insert(item.clone()), "{item} in two packs");
        }
    }
    for template in crate::organisation::DEPARTMENT_TEMPLATES {
        assert!(claimed.contains(template.code), "no pack brings {}", template.code);
    }
}

#[test]
fn an_item_stands_in_a_pack_once() {
    let department = |name: &str| PackDepartment {
        code: "shop".into(),
        name_zh: name.into(),
        name_en: String::new(),
        parent: None,
    };
    let pack = Pack {
        code: "own".into(),
        edition: "1".into(),
        departments: vec![department("门店"), department("店铺")],
        ..Pack::default()
    };
    assert_eq!(pack.check().unwrap_err().code, TWICE);
    let told =
        differences(&json!({"name_zh": "门店", "code": "shop"}), &json!({"name_zh": "店铺", "code": "shop"}));
    assert_eq!(told, [("name_zh".to_owned(), json!("门店"), json!("店铺"))]);
}
