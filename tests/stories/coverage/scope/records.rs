//! A record of every kind, of the marketing department or of 兰兰 in it.

use crate::{
    budget::{LINES, active_budget, budget_of, yuan},
    expense_claim::CLAIMS,
    expense_request::{act, approved as approved_request, request_of},
    file::{PDF, upload},
    internal_audit::{finding, sampled},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{App, Caller, Company, Reply};

/// Where the record of each kind stands, by the path of its kind.
pub type Places = BTreeMap<&'static str, String>;

/// Makes one of each.
pub fn of_marketing(app: &App, company: &Company) -> Places {
    let mut made = Makes { company, places: Places::new() };
    made.identity(app);
    made.organisation();
    made.expenses();
    made.budget();
    made.audit(app);
    made.places
}

struct Makes<'a> {
    company: &'a Company,
    places: Places,
}

impl Makes<'_> {
    fn note(&mut self, kind: &'static str, id: &str) {
        let place = kind.rsplit_once('{').expect("a parameter").0;
        self.places.insert(kind, format!("{place}{id}"));
    }

    /// Makes a record by a POST to where its kind is made.
    #[track_caller]
    fn make(&mut self, by: &Caller, kind: &'static str, body: Value) -> Reply {
        let list = kind.rsplit_once("/{").expect("a parameter").0;
        let made = by.post(list, body).expect(201);
        self.note(kind, &made.text("/id"));
        made
    }

    fn identity(&mut self, app: &App) {
        let boss = &self.company.boss;
        let found = boss.get("/api/v1/users?q=lan").expect(200).text("/data/0/id");
        let grants = boss.get(&format!("/api/v1/users/{found}/grants")).expect(200);
        self.note("/api/v1/users/{id}", &found);
        self.note("/api/v1/grants/{id}", &grants.text("/data/0/id"));
        let session = self.company.who("lan").get("/api/v1/sessions").expect(200).text("/data/0/id");
        self.note("/api/v1/sessions/{id}", &session);
        self.note("/api/v1/roles/{id}", &app.role(boss, "designer"));
        let service = json!({"username": "erp", "kind": "service", "name": "ERP"});
        let service = boss.post("/api/v1/users", service).expect(201).text("/id");
        app.grant(boss, &service, "integration", "all", None);
        let key = json!({"user_id": service, "name": "ERP", "scopes": ["event:read"], "expires_at": null});
        let key = boss.post("/api/v1/api-keys", key).expect(201);
        self.note("/api/v1/api-keys/{id}", &key.text("/api_key/id"));
        let policy = boss.get("/api/v1/policies?limit=1").expect(200).text("/data/0/id");
        self.note("/api/v1/policies/{id}", &policy);
    }

    fn organisation(&mut self) {
        let company = self.company;
        let marketing = &company.departments["marketing"];
        self.note("/api/v1/departments/{id}", marketing);
        self.note("/api/v1/employees/{id}", company.id("lan"));
        let position = json!({"code": "marketing-lead", "name_zh": "市场主管", "department_id": marketing,
            "duties": ["统筹市场工作"]});
        self.make(&company.boss, "/api/v1/positions/{id}", position);
        let absence = json!({"employee_id": company.id("lan"), "stand_in_id": company.id("head"),
            "from": "2026-05-10", "until": "2026-05-20"});
        self.make(&company.boss, "/api/v1/absences/{id}", absence);
    }

    fn budget(&mut self) {
        let (company, marketing) = (self.company, &self.company.departments["marketing"]);
        let (head, qian) = (company.who("head"), company.who("qian"));
        let budget = active_budget(company, budget_of(company));
        self.note("/api/v1/budgets/{id}", &budget);
        let lines =
            qian.get(&format!("{LINES}?budget_id={budget}&category=promotion.advertising")).expect(200);
        let (from, to) = (lines.text("/data/0/id"), lines.text("/data/1/id"));
        self.note("/api/v1/budget-lines/{id}", &from);
        let change = json!({"kind": "adjustment", "fiscal_year": 2026, "reason": "渠道推广提前",
            "movements": [{"from_line_id": from, "to_line_id": to, "amount": yuan("10.00")}]});
        self.make(head, "/api/v1/budget-changes/{id}", change);
        let analysis = json!({"title": "一季度分析", "period": "2026-Q1", "department_id": marketing,
            "text": "正常", "conclusions": ["加快投放"]});
        self.make(head, "/api/v1/budget-analyses/{id}", analysis);
        let statement = json!({"period": "2026-02", "department_id": marketing, "remarks": "无"});
        self.make(qian, "/api/v1/expense-statements/{id}", statement);
        self.note("/api/v1/accounting-periods/{month}", "2026-02");
    }

    fn expenses(&mut self) {
        let (company, lan) = (self.company, self.company.who("lan"));
        let file = upload(lan, "行程单.pdf", PDF).expect(201).text("/id");
        self.note("/api/v1/files/{id}", &file);
        let mut claim = company.claim_of(480);
        claim["attachments"] = json!([file]);
        let claim = self.make(lan, "/api/v1/expense-claims/{id}", claim).text("/id");
        self.note("/api/v1/approvals/{id}", &company.submit("lan", &claim));
        let mirrored = format!("{CLAIMS}/by-external/oa/T-1");
        lan.put(&mirrored, company.claim_of(90)).expect(200);
        self.places.insert("/api/v1/expense-claims/by-external/{source}/{external_id}", mirrored);
        let request = approved_request(company, request_of("other.training", "300.00"));
        let id = request.rsplit('/').next().expect("an id").to_owned();
        self.note("/api/v1/expense-requests/{id}", &id);
        let body = json!({"reason": "改期", "changes": {"urgent": true}});
        let amendment = act(lan, &request, "amendments", body).expect(201).text("/id");
        self.note("/api/v1/expense-request-amendments/{id}", &amendment);
        let advance = json!({"amount": yuan("500.00"), "purpose": "展会现场费用", "settle_on": "2026-03-31"});
        self.make(lan, "/api/v1/cash-advances/{id}", advance);
        let evaluation = json!({"claim_id": claim, "due_on": "2026-04-30",
            "third_party": {"name": "浙江某某管理咨询有限公司", "contact": "周工"},
            "indicators": [{"name": "签约客户", "unit": "家", "expected": "12"}]});
        self.make(company.who("sun"), "/api/v1/post-evaluations/{id}", evaluation);
    }

    fn audit(&mut self, app: &App) {
        let (_, auditor, place, item) = sampled(app, self.company);
        let audit = place.rsplit('/').next().expect("an id").to_owned();
        self.note("/api/v1/internal-audits/{id}", &audit);
        self.note("/api/v1/internal-audit-items/{id}", &item);
        let raised = auditor.post(&format!("{place}/findings"), finding(self.company, None)).expect(201);
        self.note("/api/v1/audit-findings/{id}", &raised.text("/id"));
    }
}
