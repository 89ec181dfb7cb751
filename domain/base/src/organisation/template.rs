//! The departments and positions the five regulations name, ready to be set up. `[ORG-1]`
//!
//! Data only: an administrator may rename, move or close whatever is made from it. Channel development, brand
//! and PR and IT have no positions here, because the regulations describe what these departments do, but name
//! nobody in them.

use super::{DepartmentDetails, PositionDetails};
use crate::spine::{self, Id};

/// A position as a regulation describes it.
#[derive(Debug)]
pub struct PositionTemplate {
    /// Its code.
    pub code: &'static str,
    /// Its Chinese name.
    pub zh: &'static str,
    /// Its English name.
    pub en: &'static str,
    /// Its written duties.
    pub duties: &'static [&'static str],
    /// The clause that describes it.
    pub clause: &'static str,
}

/// A department as a regulation describes it.
#[derive(Debug)]
pub struct DepartmentTemplate {
    /// Its code.
    pub code: &'static str,
    /// Its Chinese name.
    pub zh: &'static str,
    /// Its English name.
    pub en: &'static str,
    /// The code of the department above.
    pub parent: Option<&'static str>,
    /// The clause that sets it up.
    pub clause: &'static str,
    /// Its positions.
    pub positions: &'static [PositionTemplate],
}

const fn department(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    clause: &'static str,
    positions: &'static [PositionTemplate],
) -> DepartmentTemplate {
    DepartmentTemplate { code, zh, en, parent: Some("marketing-centre"), clause, positions }
}

const fn position(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    clause: &'static str,
    duties: &'static [&'static str],
) -> PositionTemplate {
    PositionTemplate { code, zh, en, duties, clause }
}

impl PositionTemplate {
    /// What is written down about the position that is made of it.
    pub fn details(&self, department: Id<spine::Department>) -> PositionDetails {
        PositionDetails {
            code: self.code.to_owned(),
            name_zh: self.zh.to_owned(),
            name_en: self.en.to_owned(),
            department: Some(department),
            duties: self.duties.iter().map(|duty| (*duty).to_owned()).collect(),
            clause: self.clause.to_owned(),
        }
    }
}

impl DepartmentTemplate {
    /// What is written down about the department that is made of it; nobody heads it yet.
    pub fn details(&self, parent: Option<Id<spine::Department>>) -> DepartmentDetails {
        DepartmentDetails {
            code: self.code.to_owned(),
            name_zh: self.zh.to_owned(),
            name_en: self.en.to_owned(),
            parent,
            head: None,
        }
    }
}

/// Every shipped department; one above stands before those below.
pub const DEPARTMENT_TEMPLATES: &[DepartmentTemplate] = &[
    DepartmentTemplate {
        parent: None,
        ..department(
            "marketing-centre",
            "营销中心",
            "Marketing centre",
            "000 §2.1",
            &[
                position(
                    "marketing-director",
                    "营销总监",
                    "Marketing director",
                    "000 §2.1",
                    &["战略规划", "市场分析", "团队管理", "业绩考核"],
                ),
                position(
                    "deputy-marketing-director",
                    "营销中心副总监",
                    "Deputy marketing director",
                    "002 §6 第二章",
                    &[
                        "品牌规划与管理的日常监督工作",
                        "与相关部门的沟通协调工作，统一领导品牌推广与维护",
                        "审核广告整体安排计划，审批广告发布",
                    ],
                ),
                position(
                    "marketing-manager",
                    "营销经理",
                    "Marketing manager",
                    "000 §2.3(1); 004 §2",
                    &[
                        "整体营销策略的规划和执行",
                        "年度、季度和月度工作计划",
                        "营销团队的建设和管理",
                        "费用预算和控制",
                    ],
                ),
            ],
        )
    },
    department(
        "market",
        "市场部",
        "Marketing department",
        "000 §2; 003 市场部职责",
        &[
            position(
                "market-researcher",
                "市场调研员",
                "Market researcher",
                "000 §2.1",
                &["市场调研", "竞争对手分析", "市场趋势预测"],
            ),
            position(
                "market-planner",
                "市场策划专员",
                "Market planner",
                "000 §2.1 二",
                &["市场活动策划", "文案撰写", "推广方案制定"],
            ),
            position(
                "market-specialist",
                "市场专员",
                "Market specialist",
                "000 §2.3(1)",
                &["市场信息收集与分析", "撰写营销报告", "协助制定营销活动方案"],
            ),
        ],
    ),
    department(
        "sales",
        "销售部",
        "Sales department",
        "000 §2",
        &[
            position(
                "sales-director",
                "销售总监",
                "Sales director",
                "000 §2.1",
                &["销售团队的管理", "业绩考核", "销售策略制定"],
            ),
            position(
                "sales-manager",
                "销售经理",
                "Sales manager",
                "000 §2.1",
                &["销售目标的分解", "销售策略的实施", "客户关系的维护"],
            ),
            position(
                "sales-representative",
                "销售代表",
                "Sales representative",
                "000 §2.3(1); 004 §2",
                &["直接与客户沟通", "完成销售任务", "维护客户关系"],
            ),
        ],
    ),
    department(
        "product",
        "产品部",
        "Product department",
        "000 §2",
        &[position(
            "product-specialist",
            "产品专员",
            "Product specialist",
            "000 §2.3(1)",
            &["产品知识的培训与推广", "解答客户疑问", "提供技术支持"],
        )],
    ),
    department(
        "customer-service",
        "客户服务部",
        "Customer service department",
        "000 §2.2 三",
        &[
            position(
                "customer-service-manager",
                "客户服务经理",
                "Customer service manager",
                "000 §2.1",
                &["客户关系维护", "客户满意度调查", "投诉处理"],
            ),
            position(
                "customer-service-agent",
                "客服人员",
                "Customer service agent",
                "004 §2",
                &["客户咨询解答", "订单处理", "售后服务"],
            ),
        ],
    ),
    department(
        "data-analysis",
        "数据分析部",
        "Data analysis department",
        "000 §2.2 五",
        &[position(
            "data-analyst",
            "数据分析员",
            "Data analyst",
            "000 §2.2 五",
            &["收集与分析各类市场数据", "定期提供市场分析报告"],
        )],
    ),
    department("channel-development", "渠道拓展部", "Channel development department", "000 §2.2 四", &[]),
    department("brand-pr", "品牌公关部", "Brand and PR department", "002 §6 第二章", &[]),
    department(
        "planning",
        "市场策划部",
        "Planning department",
        "002 §6 第三章",
        &[position(
            "planning-supervisor",
            "市场策划部主管",
            "Planning supervisor",
            "002 §6 第二章 第三条、第三章 一第八条、二第七条",
            &[
                "统一协调市场调研业务，对委托的市场调查项目进行协调、督促、验收和评价",
                "公司整体市场促销活动的指导，协调相关业务",
                "与销售部主管共同签署广告申请表",
            ],
        )],
    ),
    department(
        "key-accounts",
        "大客户部",
        "Key accounts department",
        "002 §6 第四章",
        &[position(
            "key-account-manager",
            "客户经理",
            "Key account manager",
            "002 §3",
            &[
                "当日没有需求的大客户主动电话联系",
                "一定时间内没有需求的大客户上门了解情况，异常情况立即报告并采取补救措施",
                "从客户角度出发，为大客户量身定做服务",
            ],
        )],
    ),
    department(
        "design",
        "设计部",
        "Design department",
        "000 §2.1 五",
        &[position(
            "designer",
            "设计师",
            "Designer",
            "002 §6 第五章",
            &["营销物料设计、宣传品制作及视觉形象塑造", "对自己负责的设计工作负责到底"],
        )],
    ),
    department("it", "信息技术部", "IT department", "000 §2.1 五", &[]),
    department(
        "event-centre",
        "活动营销中心",
        "Event centre",
        "001 第五条",
        &[position(
            "event-centre-director",
            "活动营销中心总监",
            "Event centre director",
            "001 第四条、第九条、第十六条",
            &["组织、协调和监督中心的工作", "监督和管理活动的策划和执行，以及活动的整体进展"],
        )],
    ),
    DepartmentTemplate {
        parent: Some("event-centre"),
        ..department(
            "event-promotion",
            "市场推广组",
            "Promotion group",
            "001 第十条",
            &[position(
                "event-promoter",
                "市场推广专员",
                "Promotion specialist",
                "001 第十条",
                &["市场调研，了解市场需求和竞争情况", "制定营销推广计划和策略，推动产品销售"],
            )],
        )
    },
    DepartmentTemplate {
        parent: Some("event-centre"),
        ..department(
            "event-planning",
            "活动策划组",
            "Planning group",
            "001 第十一条",
            &[position(
                "event-planner",
                "活动策划专员",
                "Event planner",
                "001 第十一条",
                &["策划和组织各类活动", "制定活动方案和预算"],
            )],
        )
    },
    DepartmentTemplate {
        parent: Some("event-centre"),
        ..department(
            "event-execution",
            "执行组",
            "Execution group",
            "001 第十二条",
            &[position(
                "event-executor",
                "活动执行专员",
                "Event executor",
                "001 第十二条",
                &["场地布置", "活动流程安排", "赞助商管理"],
            )],
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::{Department, DepartmentTree, Position};
    use std::collections::BTreeSet;
    use uuid::Uuid;

    #[test]
    fn every_template_can_be_set_up_in_order() {
        let mut codes = BTreeSet::new();
        for (number, template) in (1..).zip(DEPARTMENT_TEMPLATES) {
            assert!(template.parent.is_none_or(|parent| codes.contains(parent)), "{}", template.code);
            assert!(codes.insert(template.code), "{} twice", template.code);
            let id = Id::from_uuid(Uuid::from_u128(number));
            assert!(Department::create(id, template.details(None), &DepartmentTree::default()).is_ok());
        }
    }

    #[test]
    fn every_position_is_well_formed_and_has_its_duties() {
        let mut codes = BTreeSet::new();
        let department = Id::from_uuid(Uuid::from_u128(1));
        for template in DEPARTMENT_TEMPLATES.iter().flat_map(|department| department.positions) {
            assert!(codes.insert(template.code), "{} twice", template.code);
            assert!(!template.duties.is_empty(), "{}", template.code);
            assert!(
                Position::create(Id::from_uuid(Uuid::from_u128(2)), template.details(department)).is_ok()
            );
        }
    }
}
