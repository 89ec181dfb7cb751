//! Budget lines for stories, and what stands on them.

use crate::{App, Caller, PASSWORD, app::block_on};
use domain::{
    finance::budget_line::{Balance, BudgetLine, Control},
    spine::{Currency, Id, Money},
};
use persistence::{
    finance::budget_line::{self, LedgerReport},
    spine::{Key, Request},
};
use serde_json::{Value, json};

impl App {
    /// Opens a line with so much money, in minor units, as the company does: the head of marketing compiles a
    /// budget of that line alone, the director and finance agree to it, finance activates it. Returns the line's
    /// id.
    #[track_caller]
    pub fn open_budget_line(
        &self,
        department: &str,
        category: &str,
        period: &str,
        control: Control,
        minor: i64,
    ) -> Id<BudgetLine> {
        let [head, director, finance] =
            ["head", "director", "qian"].map(|name| self.sign_in(name, PASSWORD).quietly());
        let amount = Money::from_minor(minor, Currency::Cny);
        let line = json!({"category": category, "period": period, "control": control, "amount": amount});
        let made = head.post("/api/v1/budgets", budget_of(department, &period[..4], line)).expect(201);
        let budget = made.text("/id");
        let path = format!("/api/v1/budgets/{budget}");
        let submitted = head.at(made.version()).act(&format!("{path}/submit")).expect(200);
        let approval = format!("/api/v1/approvals/{}", submitted.text("/approval_id"));
        for approver in [&director, &finance] {
            approve(approver, &approval);
        }
        let approved = finance.get(&path).expect(200).version();
        finance.at(approved).act(&format!("{path}/activate")).expect(200);
        let lines = finance.get(&format!("/api/v1/budget-lines?budget_id={budget}")).expect(200);
        lines.text("/data/0/id").parse().expect("an id")
    }

    /// What stands on a line.
    pub fn balance_of(&self, line: Id<BudgetLine>) -> Balance {
        let key = Key::from(line);
        let read = self
            .database
            .read(Request::system("story"), move |reader| budget_line::find_many(reader, &[key]));
        block_on(read).expect("a line").first().expect("the line").balance
    }

    /// Fails the story unless every balance and holding is the sum of its entries.
    pub fn prove_ledger(&self) {
        let differences = self.rebuilt_ledger().differences;
        assert!(differences.is_empty(), "{differences:?}");
    }

    /// The figures that are not the sum of their entries, and by how much, in minor units.
    pub fn ledger_differences(&self) -> Vec<(&'static str, i64)> {
        let told = self.rebuilt_ledger().differences.into_iter();
        told.map(|difference| (difference.figure, difference.kept - difference.rebuilt)).collect()
    }

    fn rebuilt_ledger(&self) -> LedgerReport {
        block_on(self.database.read(Request::system("story"), budget_line::verify)).expect("a report")
    }
}

/// A budget of a department and year for one line, with everything the regulation asks of one.
pub fn budget_of(department: &str, year: &str, line: Value) -> Value {
    let periods = [year.to_owned(), format!("{year}-Q1"), format!("{year}-03")];
    let objectives = periods
        .map(|period| json!({"period": period, "metric": "sales_amount", "unit": "万元", "target": "100"}));
    let day = |day: &str| format!("{year}-03-{day}");
    let activity = json!({"name": "市场活动", "from": day("10"), "to": day("12"), "place": "杭州",
        "people": "市场部全体", "cost": {"amount": "1.00", "currency": "CNY"}});
    json!({
        "title": "专项预算", "fiscal_year": year.parse::<i32>().expect("a year"), "scope": {"level": "department", "department_id": department},
        "objectives": objectives,
        "strategy": {"product": "主推新品", "price": "稳价", "channel": "渠道下沉", "promotion": "联合促销"},
        "activities": [activity], "lines": [line],
        "indicators": [{"name": "销售额增长率", "target": "不低于 12%"}]
    })
}

#[track_caller]
fn approve(by: &Caller, approval: &str) {
    let read = by.get(approval).expect(200);
    let body = json!({"document_version": read.at("/document/version")});
    by.at(read.version()).post(&format!("{approval}/approve"), body).expect(200);
}
