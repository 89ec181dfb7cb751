//! A small company, set up through the product itself: who submits, who approves, and a first claim.

use crate::{Outcome, server};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tests::Caller;
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery";

/// Who works there.
pub struct Company {
    /// The department of the submitter and of the claims.
    pub department: Uuid,
    /// Employees the claims belong to.
    pub employees: Vec<Uuid>,
    /// A claim as the product writes it.
    pub pattern: Uuid,
}

/// Makes the first administrator.
pub fn administrator(url: &str) -> Outcome<()> {
    let arguments = ["--database-url", url, "admin", "create", "--username", "boss", "--password-stdin"];
    server::command(&arguments, PASSWORD).map(drop)
}

/// Signs in; returns the access token.
pub fn sign_in(address: SocketAddr, username: &str) -> String {
    let body = json!({"username": username, "password": PASSWORD});
    Caller::of(address, None).post("/api/v1/sessions", body).expect(201).text("/access_token")
}

/// Sets the company up on a running server.
pub fn set_up(address: SocketAddr) -> Outcome<Company> {
    let boss = Caller::of(address, Some(sign_in(address, "boss")));
    let department = boss
        .post("/api/v1/departments", json!({"code": "market", "name_zh": "市场部", "name_en": "Marketing"}))
        .expect(201);
    let (version, department) = (department.version(), department.text("/id"));
    let hire = |number: u32, name: &str| {
        let body = json!({"number": format!("E{number:04}"), "name": name, "joined_on": "2020-01-01",
            "department_id": department});
        boss.post("/api/v1/employees", body).expect(201).text("/id")
    };
    let (head, finance) = (hire(1, "张主管"), hire(2, "李财务"));
    let staff: Vec<String> = (3..23).map(|number| hire(number, "王业务")).collect();
    boss.at(version)
        .patch(&format!("/api/v1/departments/{department}"), json!({"head_id": head}))
        .expect(200);
    person(&boss, "head", &head, "department-head", "subtree");
    person(&boss, "finance", &finance, "finance", "all");
    person(&boss, "staff", staff.first().ok_or("nobody")?, "sales-representative", "own");
    let submitter = Caller::of(address, Some(sign_in(address, "staff")));
    let claim: Value = serde_json::from_str(&claim_body(0))?;
    let pattern = submitter.post("/api/v1/expense-claims", claim).expect(201).text("/id").parse()?;
    let employees = staff.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
    Ok(Company { department: department.parse()?, employees, pattern })
}

fn person(boss: &Caller, username: &str, employee: &str, role: &str, scope: &str) {
    let body = json!({"username": username, "kind": "person", "name": username, "employee_id": employee,
        "password": PASSWORD, "must_change_password": false});
    let user = boss.post("/api/v1/users", body).expect(201).text("/id");
    let roles = boss.get("/api/v1/roles?limit=200").expect(200).at("/data");
    let roles = roles.as_array().cloned().unwrap_or_default();
    let id = roles.iter().find(|known| known["code"] == role).map(|known| known["id"].clone());
    boss.post(&format!("/api/v1/users/{user}/grants"), json!({"role_id": id, "scope": scope})).expect(201);
}

/// The body of a new claim: two lines with an invoice each, whose numbers are used nowhere else.
pub fn claim_body(number: u64) -> String {
    let today = chrono::Local::now().date_naive();
    let line = |index: u64, net: u64| {
        let total = net + net * 6 / 100;
        let money =
            |minor: u64| json!({"amount": format!("{}.{:02}", minor / 100, minor % 100), "currency": "CNY"});
        json!({
            "category": "entertainment.travel", "description": "上海客户拜访：高铁与住宿",
            "occurred_on": today, "claimed": money(total),
            "invoices": [{
                "kind": "fully_digital_special", "number": format!("26{:018}", number * 2 + index),
                "issued_on": today, "net": money(net), "tax": money(total - net), "total": money(total),
                "seller": {"name": "杭州云栖酒店有限公司", "tax_number": "91330100799655058B"},
                "buyer": {"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"},
            }],
        })
    };
    json!({
        "details": {
            "background": "春季新品推广前的客户走访", "purpose": "确认华东区三家重点客户的陈列方案",
            "participants": "王业务、客户采购部两人", "expected_effect": "签订季度陈列协议",
            "route": "杭州—上海—杭州", "days": 2,
        },
        "lines": [line(0, 80_000), line(1, 46_000)],
    })
    .to_string()
}
