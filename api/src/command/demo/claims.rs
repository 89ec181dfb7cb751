//! Claims in every state, told as short stories.

use super::{
    company::{Company, FOUNDER},
    script::Script,
};
use chrono::Duration;
use serde_json::{Value, json};

/// How far a claim comes.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Draft,
    WithHead,
    WithFinance,
    Returned,
    Rejected,
    Withdrawn,
    Void,
    Approved,
    Reduced,
    Revoked,
    Acknowledged,
    PostingRefused,
    Posted,
    PartiallyPaid,
    Paid,
    Reversed,
}

/// Who claims, what, how much at least and at most (fen), how far it comes.
type Plot = (&'static str, &'static Spending, (i64, i64), End);

struct Spending {
    category: &'static str,
    description: &'static str,
    seller: (&'static str, &'static str),
    details: &'static [(&'static str, &'static str)],
    /// The tender it was awarded in, where much is bought.
    tender: Option<&'static str>,
}

const TRAVEL: Spending = Spending {
    category: "entertainment.travel",
    description: "杭州—上海往返高铁及住宿",
    seller: ("上海浦江之星酒店有限公司", "91310115MA1K3RTW1J"),
    details: &[("route", "杭州—上海—杭州"), ("days", "2")],
    tender: None,
};
const DINNER: Spending = Spending {
    category: "entertainment.client",
    description: "客户答谢晚宴",
    seller: ("杭州云栖酒店有限公司", "91330100799655058B"),
    details: &[("customer", "宁波海澜商贸有限公司"), ("head_count", "6")],
    tender: None,
};
const FAIR: Spending = Spending {
    category: "promotion.event_planning",
    description: "春季展会展位搭建",
    seller: ("杭州会展服务有限公司", "91330106MA2XYQPT3N"),
    details: &[],
    tender: Some("ZB-2026-003"),
};
const COURSE: Spending = Spending {
    category: "other.training",
    description: "销售技能培训课程",
    seller: ("浙江知行培训有限公司", "91330108MA28LKQ05W"),
    details: &[],
    tender: None,
};

const PLOTS: &[Plot] = &[
    ("jin.ming", &TRAVEL, (60_000, 180_000), End::Paid),
    ("wei.xin", &DINNER, (80_000, 300_000), End::Paid),
    ("shi.lei", &FAIR, (1_200_000, 3_800_000), End::Paid),
    ("tao.ran", &TRAVEL, (60_000, 180_000), End::PartiallyPaid),
    ("qi.hong", &DINNER, (80_000, 300_000), End::Posted),
    ("xie.tao", &TRAVEL, (60_000, 180_000), End::Acknowledged),
    ("kong.yang", &COURSE, (200_000, 480_000), End::PostingRefused),
    ("zou.yi", &TRAVEL, (60_000, 180_000), End::Reversed),
    ("cao.yu", &FAIR, (5_200_000, 8_000_000), End::Approved),
    ("yu.shan", &DINNER, (80_000, 300_000), End::Reduced),
    ("bai.xue", &COURSE, (100_000, 300_000), End::Revoked),
    ("jiang.nan", &DINNER, (80_000, 300_000), End::Rejected),
    ("shui.qing", &COURSE, (100_000, 300_000), End::Void),
    ("dou.kai", &FAIR, (600_000, 1_900_000), End::Returned),
    ("zhang.yun", &TRAVEL, (60_000, 180_000), End::Withdrawn),
    ("yan.bing", &COURSE, (100_000, 300_000), End::WithFinance),
    ("hua.rong", &TRAVEL, (60_000, 180_000), End::WithHead),
    ("jin.ming", &DINNER, (80_000, 300_000), End::WithHead),
    ("wei.xin", &TRAVEL, (60_000, 180_000), End::Draft),
];

/// How often the whole cast plays.
const ROUNDS: usize = 3;

/// Tells all stories; answers a line about them.
pub(super) fn play(script: &mut Script, company: &Company) -> Result<String, String> {
    let mut told = 0;
    for round in 0..ROUNDS {
        // What is unfinished in the last round stays unfinished; earlier rounds come to an end.
        let last = round + 1 == ROUNDS;
        for plot in PLOTS {
            let pause = script.number(4, 9);
            script.pass(Duration::hours(pause));
            let end = if last { plot.3 } else { finished(plot.3) };
            if last && matches!(end, End::WithFinance | End::WithHead | End::Draft) {
                // What still waits was submitted just now, so that no time limit has passed.
                script.pass_until_shortly_before_the_end();
            }
            tell(script, company, plot, end)?;
            told += 1;
        }
    }
    Ok(format!("{} people, {told} expense claims", company.employees.len()))
}

fn finished(end: End) -> End {
    match end {
        End::Draft
        | End::WithHead
        | End::WithFinance
        | End::Acknowledged
        | End::Posted
        | End::PartiallyPaid => End::Paid,
        other => other,
    }
}

fn tell(script: &mut Script, company: &Company, plot: &Plot, end: End) -> Result<(), String> {
    let (who, ..) = *plot;
    let claim = write(script, plot)?;
    let path = format!("/api/v1/expense-claims/{}", claim.0);
    if end == End::Draft {
        return Ok(());
    }
    if end == End::Void {
        script.act(who, &format!("{path}/void"), claim.1, json!({"reason": "重复填报"}))?;
        return Ok(());
    }
    script.act(who, &format!("{path}/submit"), claim.1, Value::Null)?;
    script.pass(Duration::minutes(30));
    match end {
        End::WithHead => Ok(()),
        End::Withdrawn => {
            let version = version(script, who, &path)?;
            script
                .act(who, &format!("{path}/withdraw"), version, json!({"note": "补充发票后再提交"}))
                .map(drop)
        }
        End::Rejected => decide(script, company, &claim.0, "reject").map(drop),
        End::Returned => decide(script, company, &claim.0, "return").map(drop),
        End::WithFinance => decide(script, company, &claim.0, "approve").map(drop),
        _ => after_approval(script, company, who, &claim.0, end),
    }
}

fn after_approval(
    script: &mut Script,
    company: &Company,
    who: &str,
    claim: &str,
    end: End,
) -> Result<(), String> {
    let path = format!("/api/v1/expense-claims/{claim}");
    if end == End::Reduced {
        decide(script, company, claim, "approve")?;
        reduce(script, &path)?;
    }
    while decide(script, company, claim, "approve")? {}
    if matches!(end, End::Approved | End::Reduced) {
        return Ok(());
    }
    if end == End::Revoked {
        let version = version(script, who, &path)?;
        return script.act(who, &format!("{path}/revoke"), version, json!({"reason": "活动取消"})).map(drop);
    }
    hand_over(script, claim, end)?;
    if end == End::Reversed {
        let version = version(script, "qian.wei", &path)?;
        let counter =
            script.act("qian.wei", &format!("{path}/reverse"), version, json!({"reason": "入账科目有误"}))?;
        return hand_over(script, &counter.text("/id")?, End::Posted);
    }
    Ok(())
}

/// Writes a draft; answers its id and version.
fn write(script: &mut Script, plot: &Plot) -> Result<(String, i64), String> {
    let (who, spending, (least, most), _) = *plot;
    let total = script.number(least, most);
    let tax = total * 6 / 106;
    let money = |fen: i64| json!({"amount": format!("{}.{:02}", fen / 100, fen % 100), "currency": "CNY"});
    let day = script.today();
    let number = script.invoice_number();
    let (seller, tax_number) = spending.seller;
    let mut details = json!({
        "background": "一季度市场拓展",
        "purpose": spending.description,
        "participants": "本部门及客户代表",
        "expected_effect": "增进合作，促成签约",
    });
    for (name, value) in spending.details {
        details[*name] = value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number));
    }
    let photograph = script.upload(who, "现场照片.png")?;
    let body = json!({
        "attachments": [photograph],
        "business_date": day,
        "details": details,
        "lines": [{
            "category": spending.category,
            "description": spending.description,
            "occurred_on": day,
            "claimed": money(total),
            "tender": spending.tender.map(|reference| json!({"reference": reference})),
            "invoices": [{
                "kind": "fully_digital_special",
                "number": number,
                "issued_on": day,
                "seller": {"name": seller, "tax_number": tax_number},
                "buyer": {"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"},
                "net": money(total - tax),
                "tax": money(tax),
                "total": money(total),
            }],
        }],
    });
    let made = script.post(who, "/api/v1/expense-claims", body)?;
    Ok((made.text("/id")?, made.version.unwrap_or(1)))
}

fn version(script: &mut Script, who: &str, path: &str) -> Result<i64, String> {
    script.get(who, path)?.version.ok_or_else(|| format!("{path} has no version"))
}

/// Whoever a claim waits for decides it; false where it waits for nobody. Another server of the same database, by whose
/// clock the story is long over, may remind or replace somebody in that instant: then it is looked at anew.
fn decide(script: &mut Script, company: &Company, claim: &str, verb: &str) -> Result<bool, String> {
    const LOOKS: u32 = 20;
    for _ in 0..LOOKS {
        let claim = script.get(FOUNDER, &format!("/api/v1/expense-claims/{claim}"))?;
        let path = format!("/api/v1/approvals/{}", claim.text("/approval_id")?);
        let approval = script.get(FOUNDER, &path)?;
        let tasks = approval.body["tasks"].as_array().into_iter().flatten();
        let open =
            tasks.filter(|task| task["state"] == "open").find_map(|task| task["assignee"]["id"].as_str());
        let who =
            company.employees.iter().find_map(|(name, id)| (Some(id.as_str()) == open).then_some(*name));
        let Some(approver) = who else { return Ok(false) };
        let read = claim.version;
        let body = match verb {
            "approve" => json!({"document_version": read, "note": "同意"}),
            "reject" => json!({"document_version": read, "reason": "不符合报销制度"}),
            _ => json!({"document_version": read, "reason": "请补充活动照片"}),
        };
        let version = approval.version.unwrap_or(1);
        if script.act_if_current(approver, &format!("{path}/{verb}"), version, body)?.is_some() {
            script.pass(Duration::minutes(20));
            return Ok(true);
        }
    }
    Err(format!("{claim} moved on whenever it was to be decided"))
}

/// Finance approves a tenth less.
fn reduce(script: &mut Script, path: &str) -> Result<(), String> {
    let claim = script.get("qian.wei", path)?;
    let claimed = claim.text("/lines/0/claimed/amount")?;
    let fen: i64 = claimed.replace('.', "").parse().map_err(|_| claimed.clone())?;
    let less = fen * 9 / 10;
    let approved = json!({"amount": format!("{}.{:02}", less / 100, less % 100), "currency": "CNY"});
    let lines = json!({"lines": [{"line": 1, "approved": approved, "reason": "超出招待标准部分不予报销"}]});
    script.act("qian.wei", &format!("{path}/reduce"), claim.version.unwrap_or(1), lines).map(drop)
}

/// The ERP takes, acknowledges, posts and pays, as far as the story goes.
fn hand_over(script: &mut Script, claim: &str, end: End) -> Result<(), String> {
    let day = script.today();
    let number = script.number(100, 9_999_999);
    let call = |script: &mut Script, verb: &str, body: Value| {
        let done = script.post("erp", &format!("/api/v1/erp/expense-claims/{verb}"), body)?;
        match done.body.pointer("/data/0/refusal") {
            Some(Value::Null) | None => Ok(()),
            Some(refusal) => Err(format!("{verb}: {refusal}")),
        }
    };
    call(script, "acknowledge", json!({"reference": format!("ERP-{number}"), "claim_ids": [claim]}))?;
    if end == End::Acknowledged {
        return Ok(());
    }
    if end == End::PostingRefused {
        let item = json!({"claim_id": claim, "refusal": {"code": "GL-041", "text": "会计期间已关闭"}});
        return call(script, "refuse-posting", json!({"items": [item]}));
    }
    let voucher =
        json!({"number": format!("记-{number}"), "year": chrono::Datelike::year(&day), "posted_on": day});
    call(script, "confirm-posting", json!({"items": [{"claim_id": claim, "voucher": voucher}]}))?;
    if matches!(end, End::Posted | End::Reversed) {
        return Ok(());
    }
    let payable =
        script.get("qian.wei", &format!("/api/v1/expense-claims/{claim}"))?.text("/payable/amount")?;
    let fen: i64 = payable.replace('.', "").parse().map_err(|_| payable.clone())?;
    let paid = if end == End::PartiallyPaid { fen / 2 } else { fen };
    let amount = json!({"amount": format!("{}.{:02}", paid / 100, paid % 100), "currency": "CNY"});
    let payment =
        json!({"claim_id": claim, "reference": format!("PAY-{number}"), "amount": amount, "paid_on": day});
    call(script, "confirm-payments", json!({"items": [payment]}))
}
