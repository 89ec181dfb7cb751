//! A small company, set up through the product itself: who submits, who approves, and a first claim.

use crate::{Outcome, server};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap, net::SocketAddr};
use tests::{Caller, budget_of};
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery";

/// Who works there.
#[derive(Serialize, Deserialize)]
pub struct Company {
    /// The department of the submitter and of the claims.
    pub department: Uuid,
    /// Employees the claims belong to.
    pub employees: Vec<Uuid>,
    /// A claim as the product writes it.
    pub pattern: Uuid,
    /// Departments that bear costs, with who works there.
    pub bearing: Vec<(Uuid, Vec<Uuid>)>,
    /// The active budget.
    pub budget: Uuid,
    /// The account that compiled it.
    pub compiler: Uuid,
}

/// Those who sign in while everything is measured.
pub const USERS: [&str; 7] = ["staff", "head", "finance", "spender", "director", "manager", "colleague"];

impl Company {
    /// Everybody whose records are filled in, with their departments; the submitter first.
    pub fn people(&self) -> Vec<(Uuid, Uuid)> {
        let own = self.employees.iter().map(|employee| (*employee, self.department));
        let bearing = self.bearing.iter();
        let others =
            bearing.flat_map(|(department, people)| people.iter().map(move |one| (*one, *department)));
        own.chain(others).collect()
    }
}

/// What everybody who signs in says who they are, by user name.
pub fn tokens(address: SocketAddr) -> BTreeMap<&'static str, String> {
    USERS.iter().map(|username| (*username, format!("Bearer {}", sign_in(address, username)))).collect()
}

/// So many departments bear the costs of the ledger that is filled in.
const BEARING: u32 = 20;
/// So many people work in each of them.
const PEOPLE: u32 = 5;

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
pub fn set_up(hands: &Hands) -> Outcome<Company> {
    let address = hands.address;
    let own = json!({"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"});
    hands.boss.post("/api/v1/own-companies", json!({"companies": [own]})).expect(200);
    let centre = hands.department("centre", "营销中心", None);
    let department = hands.department("market", "市场部", Some(&centre));
    let field = hands.department("field", "外勤部", Some(&centre));
    let (director, manager) = (hands.hire(&centre, "赵总监"), hands.hire(&centre, "钱总经理"));
    let (head, finance) = (hands.hire(&department, "张主管"), hands.hire(&department, "李财务"));
    let staff: Vec<String> = (0..20).map(|_| hands.hire(&department, "王业务")).collect();
    let spender = hands.hire(&field, "孙外勤");
    for (department, head) in [(&centre, &manager), (&department, &head), (&field, &director)] {
        hands.put_in_charge(department, head);
    }
    hands.person("director", &director, "marketing-director", "all");
    hands.person("manager", &manager, "general-manager", "all");
    hands.person("head", &head, "department-head", "subtree");
    hands.person("finance", &finance, "finance", "all");
    hands.person("staff", staff.first().ok_or("nobody")?, "sales-representative", "own");
    hands.person("spender", &spender, "sales-representative", "own");
    let colleague = hands.hire(&department, "吴客服");
    hands.person("colleague", &colleague, "customer-service", "department");
    let submitter = Caller::of(address, Some(sign_in(address, "staff")));
    let claim: Value = serde_json::from_str(&claim_body(0))?;
    let pattern = submitter.post("/api/v1/expense-claims", claim).expect(201).text("/id").parse()?;
    let mut bearing = Vec::new();
    for number in 0..BEARING {
        let department = hands.department(&format!("region{number:02}"), "区域", Some(&centre));
        let people = (0..PEOPLE).map(|_| hands.hire(&department, "周业务").parse());
        bearing.push((department.parse()?, people.collect::<Result<_, _>>()?));
    }
    let approvers = [("director", director), ("manager", manager), ("finance", finance)];
    let (budget, compiler) = activate_budget(address, &field, &approvers)?;
    let employees = staff.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
    Ok(Company { department: department.parse()?, employees, pattern, bearing, budget, compiler })
}

/// Who sets the company up, on a running server.
pub struct Hands {
    address: SocketAddr,
    boss: Caller,
    next: Cell<u32>,
}

impl Hands {
    /// The first administrator's.
    pub fn of(address: SocketAddr) -> Self {
        Self { address, boss: Caller::of(address, Some(sign_in(address, "boss"))), next: Cell::new(1) }
    }

    /// The first administrator.
    pub fn boss(&self) -> &Caller {
        &self.boss
    }

    /// Somebody who works there.
    pub fn who(&self, username: &str) -> Caller {
        Caller::of(self.address, Some(sign_in(self.address, username)))
    }

    fn department(&self, code: &str, name: &str, above: Option<&str>) -> String {
        let body = json!({"code": code, "name_zh": name, "name_en": code, "parent_id": above});
        self.boss.post("/api/v1/departments", body).expect(201).text("/id")
    }

    fn put_in_charge(&self, department: &str, head: &str) {
        let path = format!("/api/v1/departments/{department}");
        let version = self.boss.get(&path).expect(200).version();
        self.boss.at(version).patch(&path, json!({"head_id": head})).expect(200);
    }

    fn hire(&self, department: &str, name: &str) -> String {
        let number = self.next.replace(self.next.get() + 1);
        let body = json!({"number": format!("E{number:04}"), "name": name, "joined_on": "2020-01-01",
            "department_id": department});
        self.boss.post("/api/v1/employees", body).expect(201).text("/id")
    }

    fn person(&self, username: &str, employee: &str, role: &str, scope: &str) {
        let body = json!({"username": username, "kind": "person", "name": username, "employee_id": employee,
            "password": PASSWORD, "must_change_password": false});
        let user = self.boss.post("/api/v1/users", body).expect(201).text("/id");
        let roles = self.boss.get("/api/v1/roles?limit=200").expect(200).at("/data");
        let roles = roles.as_array().cloned().unwrap_or_default();
        let id = roles.iter().find(|known| known["code"] == role).map(|known| known["id"].clone());
        let grant = json!({"role_id": id, "scope": scope});
        self.boss.post(&format!("/api/v1/users/{user}/grants"), grant).expect(201);
    }
}

/// Compiles a budget for the travels of a department, has it approved and activates it: its id, and the account
/// that compiled it. No run ever uses it up.
fn activate_budget(
    address: SocketAddr,
    department: &str,
    approvers: &[(&str, String)],
) -> Outcome<(Uuid, Uuid)> {
    let sign = |username: &str| Caller::of(address, Some(sign_in(address, username)));
    let (compiler, finance) = (sign("director"), sign("finance"));
    let year = chrono::Local::now().date_naive().year();
    let line = json!({"category": "entertainment.travel", "period": year.to_string(), "control": "hard",
        "amount": {"amount": "6000000000000.00", "currency": "CNY"}});
    let body = budget_of(department, &year.to_string(), line);
    let made = compiler.post("/api/v1/budgets", body).expect(201);
    let path = format!("/api/v1/budgets/{}", made.text("/id"));
    let submitted = compiler.at(made.version()).act(&format!("{path}/submit")).expect(200);
    let approval = format!("/api/v1/approvals/{}", submitted.text("/approval_id"));
    loop {
        let read = finance.get(&approval).expect(200);
        let tasks = read.at("/tasks").as_array().cloned().unwrap_or_default();
        let Some(open) = tasks.iter().find(|task| task["state"] == "open") else { break };
        let asked = approvers.iter().find(|(_, id)| open["assignee"]["id"] == id.as_str());
        let (username, _) = asked.ok_or("somebody else is asked to approve the budget")?;
        let body = json!({"document_version": read.at("/document/version")});
        sign(username).at(read.version()).post(&format!("{approval}/approve"), body).expect(200);
    }
    let version = finance.get(&path).expect(200).version();
    finance.at(version).act(&format!("{path}/activate")).expect(200);
    let compiled_by = compiler.get("/api/v1/me").expect(200).text("/id");
    Ok((made.text("/id").parse()?, compiled_by.parse()?))
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
