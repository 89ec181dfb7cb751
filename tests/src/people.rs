//! Departments, employees and accounts for stories, made over HTTP by an administrator.

use crate::{
    App, Caller,
    app::{ForStories, block_on},
};
use api::{
    Settings,
    identity::{create_administrator, rotate_aged_keys, rotate_keys},
};
use domain::identity::Secret;
use serde_json::{Value, json};

/// The password of everybody in the stories.
pub const PASSWORD: &str = "correct horse battery";

impl App {
    /// An administrator who is signed in.
    pub fn administrator(&self) -> Caller {
        let settings = Settings::for_stories();
        let made = create_administrator(&self.database, &settings.identity, "boss", Secret::new(PASSWORD));
        if let Err(problem) = block_on(made) {
            // Made before in this story.
            assert_eq!(problem.code(), "validation.not_unique", "{problem}");
        }
        self.sign_in("boss", PASSWORD)
    }

    /// Makes a new key for signing tokens; returns its id.
    pub fn rotate_signing_keys(&self) -> String {
        let settings = Settings::for_stories();
        block_on(rotate_keys(&self.database, &settings.identity)).expect("a new key")
    }

    /// What a server does every minute: lets a new signing key follow one of so many days; whether one was
    /// due.
    pub fn rotate_aged_signing_keys(&self, days: i64) -> bool {
        let mut settings = Settings::for_stories();
        settings.identity.signing_key_days = days;
        block_on(rotate_aged_keys(&self.database, &settings.identity)).expect("keys of no great age")
    }

    /// What a server does every minute: completes the leavings whose day has come.
    pub fn complete_leavings(&self) {
        block_on(api::finish_leavings(&self.database)).expect("completed leavings");
    }

    /// Ships what the product ships with, as every start of a server does.
    pub fn seed(&self) {
        let seed = |tx: &mut persistence::spine::Tx<'_>| {
            persistence::seed(tx)?;
            Ok(persistence::spine::StoredAnswer::default())
        };
        block_on(self.database.write(persistence::spine::Request::system("seed"), seed))
            .expect("what is shipped");
    }

    /// Forgets the tokens of sessions that are over, as a server does every minute.
    pub fn forget_tokens(&self) {
        block_on(api::identity::forget_tokens(&self.database)).expect("forgotten tokens");
    }

    /// Lets the absences that begin today take effect, as the server does at the turn of the day.
    pub fn begin_absences(&self) {
        block_on(api::begin_absences(&self.database)).expect("absences in effect");
    }

    /// Lets the last days of grants take effect that have passed, as the server does at the turn of the day.
    pub fn release_expired(&self) {
        block_on(api::release_expired(&self.database)).expect("released tasks");
    }

    /// Signs in; the caller sends the access token.
    #[track_caller]
    pub fn sign_in(&self, username: &str, password: &str) -> Caller {
        let body = json!({"username": username, "password": password});
        let tokens = self.anonymous().post("/api/v1/sessions", body).expect(201);
        self.with_token(&tokens.text("/access_token"))
    }

    /// Sets up a department; returns its id.
    #[track_caller]
    pub fn department(&self, by: &Caller, code: &str, parent: Option<&str>) -> String {
        let body = json!({"code": code, "name_zh": format!("{code}部"), "parent_id": parent});
        by.post("/api/v1/departments", body).expect(201).text("/id")
    }

    /// Takes somebody on since the beginning of 2025; returns their id. The number spells the name, so that
    /// lists by number are lists by name.
    #[track_caller]
    pub fn hire(&self, by: &Caller, name: &str, department: &str, superior: Option<&str>) -> String {
        let spelled: String = name.bytes().map(|byte| format!("{byte:02X}")).collect();
        let number = format!("E{spelled}");
        let body = json!({"number": number, "name": name, "joined_on": "2025-01-01",
            "department_id": department, "superior_id": superior});
        by.post("/api/v1/employees", body).expect(201).text("/id")
    }

    /// Opens the account of an employee with a role and signs them in.
    #[track_caller]
    pub fn person(&self, by: &Caller, username: &str, employee: &str, role: &str, scope: &str) -> Caller {
        let user = self.account(by, username, Some(employee));
        self.grant(by, &user, role, scope, None);
        self.sign_in(username, PASSWORD)
    }

    /// Opens the account of a person, who need not change the password; returns its id.
    #[track_caller]
    pub fn account(&self, by: &Caller, username: &str, employee: Option<&str>) -> String {
        let body = json!({"username": username, "kind": "person", "name": "某人", "employee_id": employee,
            "password": PASSWORD, "must_change_password": false});
        by.post("/api/v1/users", body).expect(201).text("/id")
    }

    /// Grants a shipped role; returns the grant's id.
    #[track_caller]
    pub fn grant(
        &self,
        by: &Caller,
        user: &str,
        role: &str,
        scope: &str,
        department: Option<&str>,
    ) -> String {
        let role = self.role(by, role);
        let body = json!({"role_id": role, "scope": scope, "department_id": department});
        by.post(&format!("/api/v1/users/{user}/grants"), body).expect(201).text("/id")
    }

    /// The id of a role by its code.
    #[track_caller]
    pub fn role(&self, by: &Caller, code: &str) -> String {
        let roles = by.get("/api/v1/roles?limit=200").expect(200).at("/data");
        let roles = roles.as_array().cloned().unwrap_or_default();
        let found = roles.iter().find(|role| role["code"] == code);
        found.and_then(|role| role["id"].as_str()).unwrap_or_else(|| panic!("no role {code}")).to_owned()
    }
}

/// The values of a member of each item of a list.
pub fn column(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
}
