//! Master data is kept in memory, and nobody can tell: what is read is what the database holds.

use domain::{
    organisation::{DepartmentDetails, DepartmentTree},
    spine::{DepartmentId, POLICY_UNKNOWN_KIND, Refusal},
};
use persistence::{
    organisation::{Register, department},
    spine::{Database, Failure, Options, Reader, Request},
};
use serde_json::json;
use tests::{App, block_on, stories};

stories! {
    what_one_server_changes_another_sees_at_its_next_look,
    what_was_rehearsed_or_rolled_back_is_seen_by_its_own_unit_alone,
}

fn named(reader: &mut Reader<'_>, id: DepartmentId) -> Result<String, Failure> {
    let register = Register::of(reader)?;
    Ok(register.department(id).map(|department| department.name_zh.clone()).unwrap_or_default())
}

fn name_of(database: &Database, id: DepartmentId) -> String {
    block_on(database.read(Request::system("story"), move |reader| named(reader, id))).expect("a name")
}

fn what_one_server_changes_another_sees_at_its_next_look(app: App) {
    let company = app.company();
    let id: DepartmentId = company.departments["marketing"].parse().expect("an id");
    let elsewhere = Database::open(Options::at(app.database_url(), &persistence::HOUSE)).expect("a database");
    assert_eq!([name_of(&app.database, id), name_of(&elsewhere, id)], ["marketing部", "marketing部"]);
    let path = format!("/api/v1/departments/{id}");
    for name in ["品牌部", "市场部"] {
        let version = company.boss.get(&path).expect(200).version();
        company.boss.at(version).patch(&path, json!({"name_zh": name})).expect(200);
        assert_eq!([name_of(&app.database, id), name_of(&elsewhere, id)], [name, name]);
    }
}

fn what_was_rehearsed_or_rolled_back_is_seen_by_its_own_unit_alone(app: App) {
    let company = app.company();
    let id: DepartmentId = company.departments["marketing"].parse().expect("an id");
    assert_eq!(name_of(&app.database, id), "marketing部");
    let path = format!("/api/v1/departments/{id}");
    let version = company.boss.get(&path).expect(200).version();
    let rehearsed = format!("{path}?validate_only=true");
    company.boss.at(version).patch(&rehearsed, json!({"name_zh": "品牌部"})).expect(200);
    assert_eq!(name_of(&app.database, id), "marketing部");
    let refused = block_on(app.database.write(Request::system("story"), move |tx| {
        let before = department::load(tx, id)?;
        let details = DepartmentDetails { name_zh: "市场部".to_owned(), ..before.details.clone() };
        department::apply(tx, before.change(details, &DepartmentTree::default())?)?;
        assert_eq!(named(tx, id)?, "市场部", "a unit of work sees what it has changed itself");
        Err(Refusal::new(POLICY_UNKNOWN_KIND).into())
    }));
    assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
    assert_eq!(name_of(&app.database, id), "marketing部");
}
