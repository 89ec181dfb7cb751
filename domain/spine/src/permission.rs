//! What a caller may be allowed to do. `[ID-4, ID-5]`

use super::{EnumLabels, ValueLabel};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// How far a permission reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// Only what is one's own.
    Own,
    /// What belongs to one department.
    Department,
    /// What belongs to a department or one below it.
    Subtree,
    /// Everything.
    All,
}

crate::labels! { ScopeKind = "ScopeKind":
    Own = "own", "本人", "Own";
    Department = "department", "本部门", "Department";
    Subtree = "subtree", "本部门及下级", "Department and below";
    All = "all", "全部", "All";
}

/// A handler's demand for one permission, as a type: see [`perm`].
pub trait Requires: Send + Sync + 'static {
    /// The permission that is demanded.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// A permission; its code is `noun:verb`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Permission { $(#[doc = $en] $name),* }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// What people read for each permission.
            pub const LABELS: &'static EnumLabels = &EnumLabels {
                name: "Permission",
                values: &[$(ValueLabel { code: $code, zh: $zh, en: $en }),*],
            };
            /// The stable code, such as `expense-claim:approve`.
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// The Chinese label.
            pub const fn zh(self) -> &'static str { match self { $(Self::$name => $zh),* } }
            /// What it allows, in an English sentence.
            pub const fn en(self) -> &'static str { match self { $(Self::$name => $en),* } }
        }

        /// One type per permission, to be named in a handler's signature.
        pub mod perm {
            $(#[doc = $en] #[derive(Debug)] pub struct $name;
              impl super::Requires for $name { const PERMISSION: super::Permission = super::Permission::$name; })*
        }
    };
}

permissions! {
    ReadOrganisation = "organisation:read", "查看组织", "Read departments, positions and employees";
    ManageOrganisation = "organisation:manage", "管理组织", "Change departments, positions and employees";
    ExportOrganisation = "organisation:export", "导出组织名册", "Export lists of departments and employees";
    ManageAbsences = "absence:manage", "登记请假与代理人", "Register absences and stand-ins";
    ReadVacancies = "vacancy:read", "查看用人申请与编制", "Read vacancies and how far the centre is from its standard";
    RequestVacancies = "vacancy:request", "提出用人申请", "Ask for people, change, submit and cancel one's own vacancies";
    ManageVacancies = "vacancy:manage", "管理用人申请", "Cancel vacancies of others";
    ReadRegulations = "regulation:read", "查看制度", "Read regulations, their published versions, and who has acknowledged them as far as one's reach goes";
    RespondToRegulations = "regulation:respond", "确认制度与提出改进建议", "Acknowledge regulations and suggest improvements, in one's own name";
    DraftRegulations = "regulation:draft", "起草制度", "Set up regulations of departments in reach, draft and submit their versions, answer suggestions";
    PublishRegulations = "regulation:publish", "发布与废止制度", "Publish and repeal approved versions, and file signed sheets";
    LoadPacks = "pack:load", "加载行业包", "Load packs: departments, positions, roles, policies and regulations, without approval";
    LoadRegulations = "regulation:load", "启用随附制度", "Enter the regulations that come with the product, in force without approval";
    ReadDuties = "duty:read", "查看应办事项", "Read duties of one's own, of those below one, and in reach";
    PerformDuties = "duty:perform", "办理应办事项", "Report duties done, confirm, waive, extend and hand over those of people below one";
    ExportDuties = "duty:export", "导出应办事项", "Export lists of duties and the compliance board";
    ReadTasks = "task:read", "查看事项", "Read tasks one gave or owns, of those below one, and in reach";
    PerformTasks = "task:perform", "办理事项", "Begin, finish, accept and hand over tasks that are one's own";
    GiveTasks = "task:give", "交办事项", "Give tasks to people below one or of departments in reach";
    ReadNotices = "notice:read", "阅读与回复通知", "Read and answer what was announced to oneself";
    PublishAnnouncements = "announcement:publish", "发布通知公告", "Publish notices and announcements to people in reach, and see who has read them";
    ReadIncentiveEntries = "incentive-entry:read", "查看奖惩台账", "Read rewards and penalties of one's own, of those below one, and in reach";
    ProposeIncentiveEntries = "incentive-entry:propose", "提出奖惩", "Propose rewards and penalties, tell the person, hand them to approvers";
    DecideIncentiveEntries = "incentive-entry:decide", "确认与撤销奖惩", "Confirm, cancel and reverse rewards and penalties";
    PayIncentiveEntries = "incentive-entry:payroll", "奖惩随工资执行", "Take, acknowledge and confirm batches of the payroll";
    ExportIncentiveEntries = "incentive-entry:export", "导出奖惩台账", "Export rewards and penalties, monthly totals and batches";
    ReadProducts = "product:read", "查看产品", "Read products";
    ManageProducts = "product:manage", "管理产品", "Enter and change products";
    ReadProfit = "profit:read", "查看成本与毛利", "Read what products cost, floor prices and profit";
    ManageProductCosts = "product-cost:manage", "管理产品成本", "Say what products cost";
    ReadPrices = "price:read", "查看价目表", "Read price lists and ask which price counts";
    ManagePrices = "price:manage", "管理价目表", "Open price lists and change prices";
    ReadContracts = "sales-contract:read", "查看销售合同", "Read sales contracts of one's own, and in reach";
    SubmitContracts = "sales-contract:submit", "填报销售合同", "Draw up, submit and sign sales contracts of one's own";
    SuperviseContracts = "sales-contract:supervise", "监督销售合同", "Sign and cancel sales contracts of departments in reach";
    ReadSalesPlans = "sales-plan:read", "查看销售目标", "Read sales plans in reach, and what is to be reached by oneself and in reach";
    CompileSalesPlans = "sales-plan:compile", "编制销售计划", "Draw up, submit and revise sales plans of departments in reach";
    ReadFilings = "filing:read", "查看销售报备", "Read filings of one's own, and in reach";
    SubmitFilings = "filing:submit", "销售报备", "File customers one may sell to, extend and give up one's own filings";
    ReviewFilings = "filing:review", "审核销售报备", "Review and rule on filings of departments in reach, where one is no party";
    ReadOpportunities = "opportunity:read", "查看销售机会", "Read opportunities and quotations of one's own, and in reach";
    WorkOpportunities = "opportunity:work", "跟进销售机会", "Open and move opportunities of one's own, and quote";
    SuperviseOpportunities = "opportunity:supervise", "监督销售机会", "Move and hand over opportunities of departments in reach";
    ReadSalesReports = "sales-report:read", "查看销售日报与月报", "Read daily records and monthly reports of one's own, of those below one, and in reach";
    FileSalesReports = "sales-report:file", "填报销售日报与月报", "Confirm one's daily record, compile and submit one's monthly report";
    ReadSalesAnalysis = "sales-analysis:read", "查看销售分析", "Analyse sales in reach";
    ReadReceipts = "receipt:read", "查看收款", "Read receipts and refunds in reach";
    RecordReceipts = "receipt:record", "登记收款", "Record, allocate and bounce receipts";
    RequestRefunds = "refund:request", "申请退款", "Ask for refunds of contracts in reach";
    PayRefunds = "refund:pay", "办理退款", "Pay approved refunds";
    ReadPriceDeviations = "price-deviation:read", "查看价格偏差", "Read price deviations of one's own, and in reach";
    VerifyPriceProtections = "price-protection:verify", "核实价格保护", "Verify, refuse and credit claims for price protection";
    AskPriceDeviations = "price-deviation:ask", "申请价格偏差", "Ask for prices above or below the list";
    ReadOrders = "sales-order:read", "查看销售订单", "Read orders and shipments of one's own, and in reach";
    SubmitOrders = "sales-order:submit", "填报销售订单", "Enter and submit orders of one's own";
    SuperviseOrders = "sales-order:supervise", "监督销售订单", "Hold, release, cancel and cut short orders of departments in reach";
    ProgressOrders = "sales-order:progress", "登记生产进度", "Say how much of an order is produced";
    DispatchOrders = "shipment:dispatch", "登记发货", "Record shipments of orders in reach, their delivery and their taking back";
    ReadCredit = "credit:read", "查看客户授信", "Read what credit customers in reach have and use";
    RequestCredit = "credit:request", "申请客户授信", "Ask for credit limits and releases";
    ReadUnits = "unit:read", "查看房源", "Read units and where they stand";
    ManageUnits = "unit:manage", "管理房源", "Enter units and change their lists";
    ReserveUnits = "unit:reserve", "预留房源", "Reserve units with a deposit";
    SyncOrders = "sales-order:sync", "订单接口", "Take, acknowledge and confirm orders, shipments and receipts for another system";
    ReadSales = "sale:read", "查看成交与业绩", "Read sales one has a part in, and in reach, and whom they count for";
    JudgeSales = "sale:judge", "认定成交事实", "Answer questions about sales in reach, and say what was found or ruled";
    ReadCommission = "commission:read", "查看佣金", "Read commission statements of one's own, and in reach, and object to one's own";
    CompileCommission = "commission:compile", "编制佣金结算单", "Compile and publish commission statements, settle objections";
    ApproveCommission = "commission:approve", "批准佣金结算单", "Approve commission statements";
    PayCommission = "commission:payroll", "佣金随工资发放", "Take, acknowledge and confirm batches of commission";
    ExportSales = "sales:export", "导出销售资料", "Export lists of products, prices, contracts, receipts, sales and commission";
    ReadPayeeAccounts = "payee-account:read", "查看收款账户", "See bank accounts of payees without their numbers: one's own, and in reach";
    ManagePayeeAccounts = "payee-account:manage", "登记收款账户", "Register and retire bank accounts of payees: one's own, of third parties, and in reach";
    RevealPayeeAccounts = "payee-account:reveal", "查看收款账号", "See the numbers of bank accounts in reach";
    ReadUsers = "user:read", "查看账号", "Read user accounts and grants";
    ManageUsers = "user:manage", "管理账号", "Create and disable user accounts, grant roles";
    ExportUsers = "user:export", "导出账号", "Export lists of user accounts";
    ReadRoles = "role:read", "查看角色", "Read roles and permissions";
    ManageRoles = "role:manage", "管理角色", "Make custom roles";
    ManageApiKeys = "api-key:manage", "管理接口密钥", "Issue, rotate and revoke API keys";
    ReadPolicies = "policy:read", "查看政策", "Read policies and their versions";
    ManagePolicies = "policy:manage", "管理政策", "Draft and publish policy versions";
    ReadAudit = "audit:read", "查看审计记录", "Read the audit trail";
    ReadEvents = "event:read", "读取事件流", "Read the feed of events";
    ManageWebhooks = "webhook:manage", "管理事件推送", "Set up webhook endpoints, rotate their secrets, see and resend what they were sent";
    UseApprovals = "approval:use", "处理审批", "Read and decide what waits for one's approval";
    OverseeApprovals = "approval:oversee", "监督审批", "Read every approval in reach";
    ReadExpenseClaims = "expense-claim:read", "查看报销单", "Read expense claims";
    SubmitExpenseClaims = "expense-claim:submit", "填报报销单", "Create, change and submit expense claims";
    SubmitExpenseClaimsForOthers = "expense-claim:submit-for-others", "代他人报销", "Submit expense claims for somebody else";
    ExportExpenseClaims = "expense-claim:export", "导出报销单", "Export lists of expense claims";
    AccountExpenseClaims = "expense-claim:account", "报销核算", "Take, acknowledge, post, pay and reverse expense claims";
    ReadAccountingPeriods = "accounting-period:read", "查看会计期间", "Read accounting periods";
    CloseAccountingPeriods = "accounting-period:close", "关账与申请重新开账", "Close accounting periods and ask to open them again";
    ReadExpenseStatements = "expense-statement:read", "查看费用报表", "Read expense statements";
    CompileExpenseStatements = "expense-statement:compile", "编制费用报表", "Compile and submit expense statements";
    ReadExpenseRequests = "expense-request:read", "查看费用申请", "Read expense requests and their amendments";
    SubmitExpenseRequests = "expense-request:submit", "填报费用申请", "Create, change and submit expense requests";
    SubmitExpenseRequestsForOthers = "expense-request:submit-for-others", "代他人申请费用", "Submit expense requests for somebody else";
    CloseExpenseRequests = "expense-request:close", "关闭费用申请", "Close expense requests of others";
    ExportExpenseRequests = "expense-request:export", "导出费用申请", "Export lists of expense requests";
    ReadCashAdvances = "cash-advance:read", "查看借款单", "Read cash advances and their statements";
    SubmitCashAdvances = "cash-advance:submit", "填报借款单", "Create, change and submit cash advances";
    SubmitCashAdvancesForOthers = "cash-advance:submit-for-others", "代他人借款", "Submit cash advances for somebody else";
    AccountCashAdvances = "cash-advance:account", "借款核算", "Confirm pay-outs and repayments of cash advances";
    ExportCashAdvances = "cash-advance:export", "导出借款单", "Export lists of cash advances";
    ReadExpenseCategories = "expense-category:read", "查看费用类别", "Read expense categories";
    ReadInvoices = "invoice:read", "查看发票", "Search invoices across the company";
    ReadBudgets = "budget:read", "查看预算", "Read budgets, their lines and their execution";
    CompileBudgets = "budget:compile", "编制预算", "Compile and submit budgets and changes of budgets";
    ManageBudgets = "budget:manage", "管理预算", "Activate and close budgets";
    ExportBudgets = "budget:export", "导出预算", "Export budgets, lines and reports";
    ReadRiskSignals = "risk-signal:read", "查看费用风险信号", "See the risk signals of expense claims";
    ReadInternalAudits = "internal-audit:read", "查看内部审计", "Read internal audits and their samples";
    ConductInternalAudits = "internal-audit:conduct", "实施内部审计", "Plan audits, draw samples, conclude, raise and close findings";
    ReadAuditFindings = "audit-finding:read", "查看审计发现", "Read audit findings one is responsible for, or in reach";
    RemediateAuditFindings = "audit-finding:remediate", "审计整改", "Report the remediation of audit findings";
    ReadPostEvaluations = "post-evaluation:read", "查看后评估", "Read post-evaluations by third parties";
    ManagePostEvaluations = "post-evaluation:manage", "管理后评估", "Commission, file and accept post-evaluations";
    ReadCustomers = "customer:read", "查看客户", "Read customers of one's own, of those below one, and in reach; personal data masked where they are others'";
    MaintainCustomers = "customer:maintain", "建立与维护客户档案", "Enter customers, keep their files, record interactions";
    LookUpCustomers = "customer:look-up", "客户查重", "Ask before entering whether a customer is known; the answer is masked";
    RevealCustomers = "customer:reveal", "查看客户完整信息", "See personal data of customers in reach without a mask";
    ClassifyCustomers = "customer:classify", "划分客户重要性与敏感级别", "Say how important and how sensitive customers are";
    SuperviseCustomers = "customer:supervise", "监督客户维护", "Void interactions, merge doubles and override tiers of customers in reach";
    ExportCustomers = "customer:export", "导出客户", "Export lists of customers";
    EraseCustomers = "customer:erase", "删除客户个人信息", "Hand out everything held on a customer, and erase it";
    RegisterCustomers = "registration:register", "接待、登记与领取客户", "Receive and register customers, claim them from the pool and give them up, announce relatives and introductions, dispute ownership";
    ManageOwnership = "ownership:manage", "管理客户归属", "Assign customers, lock them, void facts and tell of deals, in reach";
    RuleOwnershipDisputes = "ownership-dispute:rule", "调解与裁决归属争议", "Mediate and rule on disputes over ownership in reach, where one is no party";
    WatchQueues = "reception-queue:watch", "查看排号", "See whose turn it is at sites in reach and hear when that moves, as a screen at the door does; nothing of visitors";
    ManageSites = "site:manage", "管理销售现场与排号", "Set up sites, say who is on lunch duty, set and suspend queues";
    ReadIndicators = "indicator:read", "查看考核指标", "Read indicators and what is measured";
    ManageIndicators = "indicator:manage", "管理考核指标", "Set up, change and retire indicators";
    EnterIndicatorFigures = "indicator-figure:enter", "填报指标数据", "Enter and take back figures of people below one or in reach";
    ConfirmIndicatorFigures = "indicator-figure:confirm", "确认指标数据", "Confirm or reject figures that somebody else entered, in reach";
    ReadAppraisals = "appraisal:read", "查看绩效考核", "Read appraisals and figures of one's own, of those below one, and in reach";
    TakePartInAppraisals = "appraisal:take-part", "参与绩效考核", "Review where one is asked to, set targets of people below one, object to one's own result";
    ManageAppraisals = "appraisal:manage", "组织绩效考核", "Open periods, score, calibrate, publish, rule on objections, in reach";
    ApproveReopenings = "appraisal:approve-reopening", "批准重新打开考核", "Agree that an appraisal that is final is opened again";
    ExportAppraisals = "appraisal:export", "导出绩效考核", "Export lists of appraisals and figures";
    ReadFiles = "file:read", "查看附件", "Read attachments of documents in reach";
    UploadFiles = "file:upload", "上传附件", "Upload attachments";
}

impl Permission {
    /// What it is called in English, in a few words: `Expense claim: submit for others`.
    pub fn name_en(self) -> String {
        let words = self.code().replace('-', " ").replacen(':', ": ", 1);
        let mut letters = words.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Permission {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|p| p.code() == code).ok_or(())
    }
}

impl Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(|()| serde::de::Error::custom("unknown permission"))
    }
}

impl utoipa::PartialSchema for Permission {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(Self::ALL.iter().map(|p| p.code())))
            .into()
    }
}
impl ToSchema for Permission {}
