//! What several of the shipped roles have in common, and why.

use crate::spine::Permission::{self, *};

/// What everybody who works here may do with what is theirs.
pub(super) const STAFF: &[Permission] = &[
    ReadOrganisation,
    ManageAbsences,
    UseApprovals,
    ReadExpenseClaims,
    SubmitExpenseClaims,
    ReadExpenseRequests,
    SubmitExpenseRequests,
    ReadCashAdvances,
    SubmitCashAdvances,
    ReadPayeeAccounts,
    ManagePayeeAccounts,
    ReadExpenseCategories,
    ReadBudgets,
    ReadPolicies,
    ReadRegulations,
    RespondToRegulations,
    ReadFiles,
    UploadFiles,
    ReadAuditFindings,
    RemediateAuditFindings,
    ReadDuties,
    PerformDuties,
    ReadTasks,
    PerformTasks,
    ReadIncentiveEntries,
    ReadIndicators,
    ReadAppraisals,
    TakePartInAppraisals,
    ReadNotices,
];

/// What somebody may do who oversees how money is spent.
pub(super) const OVERSIGHT: &[Permission] = &[ReadRiskSignals, ReadInternalAudits, ReadPostEvaluations];

/// What somebody may do who answers for others, or for the money of all.
pub(super) const LEADERSHIP: &[Permission] = &[
    OverseeApprovals,
    ExportExpenseClaims,
    ExportExpenseRequests,
    ExportCashAdvances,
    ReadInvoices,
    ReadExpenseStatements,
    ReadAccountingPeriods,
    CompileBudgets,
    ExportBudgets,
    ReadVacancies,
    RequestVacancies,
    ExportDuties,
    GiveTasks,
    DraftRegulations,
    ProposeIncentiveEntries,
    ExportIncentiveEntries,
    EnterIndicatorFigures,
    ConfirmIndicatorFigures,
];

/// What somebody may do who answers for people: know who they are, tell them what they must know, and
/// file what they cannot file themselves.
pub(super) const OF_PEOPLE: &[Permission] = &[
    ExportOrganisation,
    SubmitExpenseClaimsForOthers,
    SubmitExpenseRequestsForOthers,
    SubmitCashAdvancesForOthers,
    PublishAnnouncements,
];

/// What somebody may do who serves customers: keep the files of one's own, and ask whether somebody is known already.
pub(super) const SERVES_CUSTOMERS: &[Permission] =
    &[ReadCustomers, MaintainCustomers, LookUpCustomers, RegisterCustomers, WatchQueues];

/// What somebody may do who answers for those who serve customers. Files of customers that leave are another matter.
pub(super) const OF_CUSTOMERS: &[Permission] =
    &[SuperviseCustomers, ClassifyCustomers, ManageOwnership, RuleOwnershipDisputes, ManageSites];

/// What somebody may do who sells: know products and their prices.
pub(super) const SELLS: &[Permission] = &[
    ReadProducts,
    ReadPrices,
    ReadContracts,
    SubmitContracts,
    ReadReceipts,
    RequestRefunds,
    ReadPriceDeviations,
    AskPriceDeviations,
    ReadOrders,
    SubmitOrders,
    ReadCredit,
    RequestCredit,
    ReadUnits,
    ReserveUnits,
    ReadSales,
    ReadCommission,
    ReadSalesPlans,
    ReadFilings,
    SubmitFilings,
    ReadOpportunities,
    WorkOpportunities,
    ReadSalesReports,
    FileSalesReports,
    ReadSalesAnalysis,
];

/// What somebody may do who leads sellers: stand in for them, and answer what is asked about their sales.
pub(super) const LEADS_SELLERS: &[Permission] = &[
    SuperviseContracts,
    SuperviseOrders,
    ProgressOrders,
    DispatchOrders,
    JudgeSales,
    CompileSalesPlans,
    ReviewFilings,
    SuperviseOpportunities,
];

/// What somebody may do who answers for what is sold: prices as they are, what stands behind them, and files of both.
pub(super) const OF_SALES: &[Permission] = &[
    ReadProducts,
    ReadPrices,
    ReadProfit,
    ReadContracts,
    ReadReceipts,
    ReadPriceDeviations,
    ReadOrders,
    ReadCredit,
    ReadUnits,
    ReadSales,
    ReadCommission,
    ReadSalesPlans,
    ReadFilings,
    ReadOpportunities,
    ReadSalesReports,
    ReadSalesAnalysis,
    ExportSales,
];

/// What the office may do: people, their places and what they earn beside their wages; nothing of expenses.
pub(super) const OFFICE: &[Permission] = &[
    ReadOrganisation,
    ManageOrganisation,
    ExportOrganisation,
    ManageAbsences,
    UseApprovals,
    ReadPolicies,
    ReadRegulations,
    RespondToRegulations,
    DraftRegulations,
    PublishRegulations,
    ReadFiles,
    UploadFiles,
    ReadVacancies,
    RequestVacancies,
    ManageVacancies,
    ReadDuties,
    PerformDuties,
    ExportDuties,
    ReadTasks,
    PerformTasks,
    GiveTasks,
    ReadIncentiveEntries,
    ProposeIncentiveEntries,
    DecideIncentiveEntries,
    ExportIncentiveEntries,
    ReadIndicators,
    ManageIndicators,
    EnterIndicatorFigures,
    ConfirmIndicatorFigures,
    ReadAppraisals,
    TakePartInAppraisals,
    ManageAppraisals,
    ExportAppraisals,
    ReadNotices,
    PublishAnnouncements,
];
