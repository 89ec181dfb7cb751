//! 杭州云杉营销服务有限公司: a marketing centre of thirty people.

use super::{PASSWORD, script::Script};
use domain::{
    identity::{ADMINISTRATION_OFFICE, EMPLOYEE, SHIPPED_ROLES},
    spine::ScopeKind,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Code, Chinese name, English name, code of the department above.
const DEPARTMENTS: &[(&str, &str, &str, Option<&str>)] = &[
    ("office", "总经理办公室", "General management", None),
    ("finance", "财务部", "Finance", Some("office")),
    ("hr", "人事行政部", "HR and administration", Some("office")),
    ("marketing-center", "营销中心", "Marketing centre", Some("office")),
    ("marketing", "市场部", "Marketing", Some("marketing-center")),
    ("sales", "销售部", "Sales", Some("marketing-center")),
    ("sales-east", "销售部华东区", "Sales, east", Some("sales")),
    ("sales-south", "销售部华南区", "Sales, south", Some("sales")),
    ("service", "客户服务部", "Customer service", Some("marketing-center")),
    ("brand", "品牌公关部", "Brand and PR", Some("marketing-center")),
];

/// One person: user name, name, department, role, user name of the superior.
type Person = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

/// Everybody, superiors first.
const PEOPLE: &[Person] = &[
    ("zhao.guoqiang", "赵国强", "office", "general-manager", None),
    ("qian.wei", "钱伟", "finance", "finance", Some("zhao.guoqiang")),
    ("zheng.li", "郑丽", "finance", "finance", Some("qian.wei")),
    ("feng.juan", "冯娟", "office", "internal-auditor", Some("zhao.guoqiang")),
    ("chen.jing", "陈静", "hr", "administration-office", Some("zhao.guoqiang")),
    ("sun.lei", "孙磊", "marketing-center", "marketing-director", Some("zhao.guoqiang")),
    ("zhou.min", "周敏", "marketing-center", "deputy-director", Some("sun.lei")),
    ("li.na", "李娜", "marketing", "department-head", Some("zhou.min")),
    ("wu.hao", "吴昊", "sales", "department-head", Some("sun.lei")),
    ("zhang.wei", "张伟", "sales-east", "sales-manager", Some("wu.hao")),
    ("wang.fang", "王芳", "sales-south", "sales-manager", Some("wu.hao")),
    ("he.ping", "何平", "service", "department-head", Some("sun.lei")),
    ("lv.jia", "吕佳", "brand", "department-head", Some("zhou.min")),
    ("shi.lei", "施蕾", "marketing", "market-specialist", Some("li.na")),
    ("kong.yang", "孔阳", "marketing", "market-specialist", Some("li.na")),
    ("cao.yu", "曹宇", "marketing", "planner", Some("li.na")),
    ("yan.bing", "严冰", "marketing", "data-analyst", Some("li.na")),
    ("hua.rong", "华蓉", "marketing", "designer", Some("li.na")),
    ("jin.ming", "金明", "sales-east", "sales-representative", Some("zhang.wei")),
    ("wei.xin", "魏欣", "sales-east", "sales-representative", Some("zhang.wei")),
    ("tao.ran", "陶然", "sales-east", "sales-representative", Some("zhang.wei")),
    ("jiang.nan", "姜楠", "sales-east", "sales-representative", Some("zhang.wei")),
    ("qi.hong", "戚红", "sales-south", "sales-representative", Some("wang.fang")),
    ("xie.tao", "谢涛", "sales-south", "sales-representative", Some("wang.fang")),
    ("zou.yi", "邹怡", "sales-south", "sales-representative", Some("wang.fang")),
    ("yu.shan", "喻珊", "sales-south", "sales-representative", Some("wang.fang")),
    ("bai.xue", "柏雪", "service", "customer-service", Some("he.ping")),
    ("shui.qing", "水清", "service", "customer-service", Some("he.ping")),
    ("dou.kai", "窦凯", "brand", "market-specialist", Some("lv.jia")),
    ("zhang.yun", "章云", "brand", "designer", Some("lv.jia")),
];

/// Department code, user name of its head.
const HEADS: &[(&str, &str)] = &[
    ("office", "zhao.guoqiang"),
    ("finance", "qian.wei"),
    ("hr", "chen.jing"),
    ("marketing-center", "sun.lei"),
    ("marketing", "li.na"),
    ("sales", "wu.hao"),
    ("sales-east", "zhang.wei"),
    ("sales-south", "wang.fang"),
    ("service", "he.ping"),
    ("brand", "lv.jia"),
];

/// The ids the API gave.
pub(super) struct Company {
    pub employees: BTreeMap<&'static str, String>,
    pub departments: BTreeMap<&'static str, String>,
}

/// Who founds the company: an administrator of the demo's own.
pub(super) const FOUNDER: &str = "demo.admin";

/// Sets up departments, people, accounts, roles and the ERP's key.
pub(super) fn found(script: &mut Script) -> Result<Company, String> {
    let departments = departments(script)?;
    let roles = roles(script)?;
    let mut employees: BTreeMap<&'static str, String> = BTreeMap::new();
    for (index, (username, name, department, role, superior)) in PEOPLE.iter().enumerate() {
        let hired = script.post(
            FOUNDER,
            "/api/v1/employees",
            json!({
                "number": format!("E{:04}", index + 1),
                "name": name,
                "joined_on": "2020-01-02",
                "department_id": departments[department],
                "superior_id": superior.and_then(|superior| employees.get(superior)),
            }),
        )?;
        let employee = hired.text("/id")?;
        account(script, username, name, Some(&employee), role, &roles)?;
        employees.insert(username, employee);
    }
    let own = json!({"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"});
    script.post(FOUNDER, "/api/v1/own-companies", json!({"companies": [own]}))?;
    for (code, head) in HEADS {
        let path = format!("/api/v1/departments/{}", departments[code]);
        let version = script.get(FOUNDER, &path)?.version.unwrap_or(1);
        script.patch(FOUNDER, &path, version, json!({"head_id": employees[head]}))?;
    }
    erp(script, &roles)?;
    Ok(Company { employees, departments })
}

fn departments(script: &mut Script) -> Result<BTreeMap<&'static str, String>, String> {
    let mut ids: BTreeMap<&'static str, String> = BTreeMap::new();
    for (code, zh, en, above) in DEPARTMENTS {
        let parent = above.and_then(|above| ids.get(above));
        let body = json!({"code": code, "name_zh": zh, "name_en": en, "parent_id": parent});
        let made = script.post(FOUNDER, "/api/v1/departments", body)?;
        ids.insert(code, made.text("/id")?);
    }
    Ok(ids)
}

/// The ids of the shipped roles, by code.
fn roles(script: &mut Script) -> Result<BTreeMap<String, String>, String> {
    let listed = script.get(FOUNDER, "/api/v1/roles?limit=200")?;
    let roles = listed.body["data"].as_array().cloned().unwrap_or_default();
    let text = |role: &Value, name: &str| role[name].as_str().unwrap_or_default().to_owned();
    Ok(roles.iter().map(|role| (text(role, "code"), text(role, "id"))).collect())
}

/// How far a role reaches in this company: as far as the product suggests.
fn scope(role: &str) -> Result<ScopeKind, String> {
    let shipped = SHIPPED_ROLES.iter().find(|shipped| shipped.code == role);
    shipped.map(|shipped| shipped.usual_scope).ok_or_else(|| format!("no role {role}"))
}

fn account(
    script: &mut Script,
    username: &str,
    name: &str,
    employee: Option<&str>,
    role: &str,
    roles: &BTreeMap<String, String>,
) -> Result<String, String> {
    let (kind, password) = if employee.is_some() { ("person", Some(PASSWORD)) } else { ("service", None) };
    let body = json!({
        "username": username,
        "kind": kind,
        "name": name,
        "employee_id": employee,
        "password": password,
        "must_change_password": false,
    });
    let user = script.post(FOUNDER, "/api/v1/users", body)?.text("/id")?;
    let grant = json!({"role_id": roles.get(role), "scope": scope(role)?});
    script.post(FOUNDER, &format!("/api/v1/users/{user}/grants"), grant)?;
    if role == ADMINISTRATION_OFFICE {
        let own = json!({"role_id": roles.get(EMPLOYEE), "scope": scope(EMPLOYEE)?});
        script.post(FOUNDER, &format!("/api/v1/users/{user}/grants"), own)?;
    }
    Ok(user)
}

/// The ERP: a service account with a key for the hand-over.
fn erp(script: &mut Script, roles: &BTreeMap<String, String>) -> Result<(), String> {
    let user = account(script, "erp", "ERP", None, "integration", roles)?;
    let scopes = ["expense-claim:read", "expense-claim:account", "event:read"];
    let issued = script.post(
        FOUNDER,
        "/api/v1/api-keys",
        json!({"user_id": user, "name": "ERP", "scopes": scopes}),
    )?;
    script.keep_key("erp", issued.text("/key")?);
    Ok(())
}
