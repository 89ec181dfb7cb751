//! The sorts of paper that a Chinese clerk holds in hand, each with the numbers that are printed on it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What sort of invoice it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// 增值税专用发票: code and number; its tax can be deductible.
    VatSpecial,
    /// 增值税普通发票, also electronic and in rolls: code and number; its tax is never deductible.
    VatGeneral,
    /// 数电票（增值税专用发票）: a number of 20 digits, no code; its tax can be deductible.
    FullyDigitalSpecial,
    /// 数电票（普通发票）: a number of 20 digits, no code.
    FullyDigitalGeneral,
    /// 铁路电子客票: a number of 20 digits; the seller's tax number is not printed, the tax is computed.
    RailTicket,
    /// 航空运输电子客票行程单: 20 digits, or the 13 digits of the ticket.
    AirItinerary,
    /// 公路、水路等客票: code and number, or 20 digits; the tax is computed.
    PassengerTicket,
    /// 通行费电子发票: code and number, or 20 digits; the tax is printed.
    Toll,
    /// 机动车销售统一发票: code and number, or 20 digits; the tax is printed.
    VehicleSale,
    /// 出租车发票: code and number; neither buyer nor tax is printed.
    TaxiReceipt,
    /// 通用定额发票: code and number; neither buyer nor tax is printed.
    FixedAmount,
    /// 通用机打发票: code and number; neither buyer nor tax is printed.
    MachinePrinted,
    /// 财政票据: a code of 8 digits and a number of 10 (older ones of 8 and 8 to 12).
    FiscalReceipt,
    /// Anything else: receipts from abroad, slips without official numbers.
    Other,
}

crate::labels! { InvoiceKind = "InvoiceKind":
    VatSpecial = "vat_special", "增值税专用发票", "VAT special invoice";
    VatGeneral = "vat_general", "增值税普通发票", "VAT general invoice";
    FullyDigitalSpecial = "fully_digital_special", "数电票（专用发票）", "Fully digital special invoice";
    FullyDigitalGeneral = "fully_digital_general", "数电票（普通发票）", "Fully digital general invoice";
    RailTicket = "rail_ticket", "铁路电子客票", "Rail e-ticket";
    AirItinerary = "air_itinerary", "航空电子客票行程单", "Air itinerary";
    PassengerTicket = "passenger_ticket", "公路、水路客票", "Coach or ferry ticket";
    Toll = "toll", "通行费发票", "Toll invoice";
    VehicleSale = "vehicle_sale", "机动车销售统一发票", "Vehicle sale invoice";
    TaxiReceipt = "taxi_receipt", "出租车发票", "Taxi receipt";
    FixedAmount = "fixed_amount", "定额发票", "Fixed-amount invoice";
    MachinePrinted = "machine_printed", "通用机打发票", "Machine-printed invoice";
    FiscalReceipt = "fiscal_receipt", "财政票据", "Fiscal receipt";
    Other = "other", "其他票据", "Other receipt";
}

/// Which numbers are printed on a paper: how many digits each may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Numbering {
    /// A number alone.
    Number(&'static [usize]),
    /// A code and a number.
    Coded(&'static [usize], &'static [usize]),
    /// A code and a number on older papers, 20 digits alone on newer ones.
    CodedOrDigital,
    /// Whatever the seller writes.
    Free,
}

/// How many digits the code of an official invoice has.
pub(super) const CODE: &[usize] = &[10, 12];
/// How many digits the number beside such a code has.
pub(super) const NUMBER: &[usize] = &[8];
/// How many digits the number of a fully digital invoice has.
pub(super) const DIGITAL: &[usize] = &[20];

impl InvoiceKind {
    /// Whether both sides and their tax numbers are printed on it.
    pub const fn names_both_sides(self) -> bool {
        matches!(
            self,
            Self::VatSpecial
                | Self::VatGeneral
                | Self::FullyDigitalSpecial
                | Self::FullyDigitalGeneral
                | Self::Toll
                | Self::VehicleSale
        )
    }
    /// Whether it is made out under the tax office or the treasury of China, and so in yuan.
    pub const fn is_official(self) -> bool {
        !matches!(self, Self::Other)
    }
    /// Whether a tax is printed on it that can be deducted.
    pub const fn prints_deductible_tax(self) -> bool {
        matches!(
            self,
            Self::VatSpecial
                | Self::FullyDigitalSpecial
                | Self::Toll
                | Self::VehicleSale
                | Self::AirItinerary
                | Self::RailTicket
        )
    }
    /// Whether it is a ticket of a passenger, of which the tax may be computed.
    pub const fn is_passenger_transport(self) -> bool {
        matches!(self, Self::RailTicket | Self::AirItinerary | Self::PassengerTicket)
    }

    pub(super) const fn numbering(self) -> Numbering {
        match self {
            Self::VatSpecial
            | Self::VatGeneral
            | Self::TaxiReceipt
            | Self::FixedAmount
            | Self::MachinePrinted => Numbering::Coded(CODE, NUMBER),
            Self::FullyDigitalSpecial | Self::FullyDigitalGeneral | Self::RailTicket => {
                Numbering::Number(DIGITAL)
            }
            Self::AirItinerary => Numbering::Number(&[20, 13]),
            Self::PassengerTicket | Self::Toll | Self::VehicleSale => Numbering::CodedOrDigital,
            Self::FiscalReceipt => Numbering::Coded(&[8], &[8, 9, 10, 11, 12]),
            Self::Other => Numbering::Free,
        }
    }
}
