//! Audits and samples as files.

use crate::spine::{Cell, Column, Exported, Label};
use domain::finance::audit_risk::RiskSignal;
use persistence::finance::internal_audit::{InternalAuditView, item::AuditItemView};

impl Exported for InternalAuditView {
    const FILE: Label = Label { name: "internal-audits", zh: "内部审计", en: "Internal audits" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |audit| (&audit.number).into()),
        Column::new("title", "名称", "Title", |audit| (&audit.title).into()),
        Column::new("status", "状态", "Status", |audit| audit.status.labels().into()),
        Column::new("from", "期间起", "From", |audit| audit.from.into()),
        Column::new("to", "期间止", "To", |audit| audit.to.into()),
        Column::new("department", "部门", "Department", |audit| {
            audit.department.as_ref().map(|department| &department.name_zh).into()
        }),
        Column::new("category", "费用类别", "Category", |audit| audit.category.as_ref().into()),
        Column::new("auditor", "审计人员", "Auditor", |audit| (&audit.auditor.name).into()),
        Column::new("items", "样本数", "Items", |audit| audit.items.into()),
        Column::new("items_open", "未作结论", "Open items", |audit| audit.items_open.into()),
        Column::new("findings_open", "未关闭发现", "Open findings", |audit| audit.findings_open.into()),
        Column::new("conclusion", "审计结论", "Conclusion", |audit| audit.conclusion.as_ref().into()),
        Column::new("created_at", "立项时间", "Planned at", |audit| audit.created_at.into()),
        Column::new("reported_at", "报告时间", "Reported at", |audit| audit.reported_at.into()),
        Column::new("ended_at", "结束时间", "Ended at", |audit| audit.ended_at.into()),
    ];
}

/// The names of the rules that saw something, each once.
fn rules(signals: &[RiskSignal]) -> Cell<'static> {
    let mut names: Vec<&str> = signals.iter().map(|signal| signal.rule.labels().0).collect();
    names.dedup();
    names.join("、").into()
}

impl Exported for AuditItemView {
    const FILE: Label = Label { name: "internal-audit-items", zh: "审计样本", en: "Audit sample" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("position", "序号", "No.", |item| item.position.into()),
        Column::new("claim_number", "报销单号", "Claim", |item| (&item.claim_number).into()),
        Column::new("claim_version", "版本", "Version", |item| item.claim_version.into()),
        Column::new("submitter", "填报人", "Submitter", |item| (&item.submitter.name).into()),
        Column::new("beneficiary", "收款人", "Beneficiary", |item| (&item.beneficiary.name).into()),
        Column::new("department", "部门", "Department", |item| (&item.department.name_zh).into()),
        Column::new("business_date", "业务日期", "Business date", |item| item.business_date.into()),
        Column::new("payable", "应付金额", "Payable", |item| item.payable.into()),
        Column::new("currency", "币种", "Currency", |item| item.payable.currency().code().into()),
        Column::new("origin", "抽取方式", "Origin", |item| item.origin.labels().into()),
        Column::new("score", "风险分", "Score", |item| i64::from(item.score).into()),
        Column::new("signals", "风险信号", "Signals", |item| rules(&item.signals)),
        Column::new("verdict", "结论", "Verdict", |item| {
            item.verdict.map(|verdict| verdict.labels()).into()
        }),
        Column::new("note", "说明", "Note", |item| item.note.as_ref().into()),
        Column::new("concluded_at", "结论时间", "Concluded at", |item| item.concluded_at.into()),
    ];
}
