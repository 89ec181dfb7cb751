//! Why something that was sent could not be read, in both languages: what reads it speaks English, and whoever filled in a
//! form reads Chinese. `[INT-6]`

use super::{MoneyError, in_both};
use serde_json::Value;

/// What those who read dates, numbers and JSON say, by how it begins, and what a Chinese reader is told.
const SAID: &[(&str, &str)] = &[
    ("missing field", "缺少必填内容"),
    ("unknown field", "有接口文档没有的字段"),
    ("unknown variant", "不是可选的值"),
    ("duplicate field", "同一字段出现两次"),
    ("invalid type", "数据类型不符"),
    ("invalid value", "取值不符"),
    ("invalid length", "个数不符"),
    ("invalid digit", "不是数字"),
    ("invalid number", "不是数字"),
    ("number too", "数字超出范围"),
    ("cannot parse integer", "不是整数"),
    ("provided string was not", "须为 true 或 false"),
    ("data did not match", "与接口文档中的任何一种写法都不符"),
    ("input contains invalid", "日期须写作 2026-03-05"),
    ("input is out of range", "没有这一天"),
    ("input is not enough", "日期须写作 2026-03-05"),
    ("premature end", "日期须写作 2026-03-05"),
    ("trailing input", "日期须写作 2026-03-05"),
    ("not an id of ours", "不是本系统的编号"),
    ("unknown permission", "没有这项权限"),
    ("not an RFC 3339", "须为带时区的时间，例如 2026-03-05T09:00:00+08:00"),
    ("not a month such as", "月份须写作 2026-05"),
    ("no amount", "不是金额"),
    ("not in the book currency", "金额须为人民币"),
    ("too many values", "值太多"),
    ("out of bounds", "超出允许范围"),
    ("not UTF-8", "不是 UTF-8 编码"),
    ("the body could not be read", "未能完整读取请求体"),
];

/// What a reader said in English, as people read it in either language. What nobody foresaw is told in Chinese in general.
pub fn told(english: &str) -> Value {
    let of_money = MoneyError::ALL.iter().map(|error| error.texts()).find(|(_, en)| *en == english);
    let of_others = || SAID.iter().find(|(begins, _)| english.starts_with(begins)).map(|(_, zh)| *zh);
    let zh = of_money.map(|(zh, _)| zh).or_else(of_others).unwrap_or(UNFORESEEN);
    in_both(zh, english)
}

/// What is told in Chinese of what nobody foresaw.
const UNFORESEEN: &str = "与接口文档的说明不符";

/// A type of JSON, as people call it.
pub fn kind(name: &str) -> Value {
    let zh = match name {
        "string" => "文字",
        "integer" => "整数",
        "number" => "数字",
        "boolean" => "true 或 false",
        "array" => "列表",
        "object" => "对象",
        "null" => "空值",
        _ => UNFORESEEN,
    };
    let en = match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        "null" => "null",
        _ => "as the API document describes it",
    };
    in_both(zh, en)
}

/// A format of the document, as people call it.
pub fn format(name: &str) -> Value {
    match name {
        "date" => in_both("日期，例如 2026-03-05", "a date such as 2026-03-05"),
        "date-time" => in_both(
            "带时区的时间，例如 2026-03-05T09:00:00+08:00",
            "a time with its offset, such as 2026-03-05T09:00:00+08:00",
        ),
        "uuid" => in_both("本系统的编号", "an id of this system"),
        "int32" | "int64" => kind("integer"),
        _ => in_both(UNFORESEEN, "as the API document describes it"),
    }
}

/// The forms of texts that the document describes by patterns, as people say them. Decimals are told by their digits.
const PATTERNS: &[(&str, &str, &str)] = &[
    (
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "本系统的编号",
        "an id of this system",
    ),
    (
        "^[a-z][a-z0-9-]*$",
        "以小写英文字母开头，只含小写英文字母、数字和连字符",
        "a small letter first, then small letters, digits and hyphens",
    ),
    (
        "^[a-z][a-z0-9_.]*$",
        "以小写英文字母开头，只含小写英文字母、数字、下划线和点",
        "a small letter first, then small letters, digits, underscores and dots",
    ),
    (
        "^[a-z-]+/[a-z0-9-]+$",
        "类别/名称，只含小写英文字母、数字和连字符",
        "kind/name, of small letters, digits and hyphens",
    ),
    (
        "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
        "时刻，例如 08:30，当日结束写作 24:00",
        "a time such as 08:30; the end of the day is 24:00",
    ),
    ("^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "月和日，例如 05-01", "a month and a day, such as 05-01"),
    ("^[A-Z]{1,6}$", "1 至 6 个大写英文字母", "1 to 6 capital letters"),
    ("^[0-9a-f]{64}$", "64 位十六进制数字，小写", "64 hexadecimal digits in small letters"),
    (
        "^2[0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?$",
        "年、季度或月份，例如 2026、2026-Q1、2026-03",
        "a year, a quarter or a month, such as 2026, 2026-Q1, 2026-03",
    ),
];

/// What a pattern of the document asks for; nothing where nobody said it in words.
pub fn pattern(pattern: &str) -> Option<Value> {
    let known = PATTERNS.iter().find(|(known, ..)| *known == pattern);
    known.map(|(_, zh, en)| in_both(*zh, *en)).or_else(|| decimal(pattern))
}

/// A decimal by its digits: `^-?[0-9]{1,15}(\.[0-9]{1,2})?$`.
fn decimal(pattern: &str) -> Option<Value> {
    let signed = pattern.strip_prefix("^-?");
    let rest = signed.or_else(|| pattern.strip_prefix('^'))?.strip_prefix("[0-9]{1,")?;
    let (whole, rest) = rest.split_once('}')?;
    let places = rest.strip_prefix("(\\.[0-9]{1,")?.strip_suffix("})?$")?;
    let (whole, places): (u8, u8) = (whole.parse().ok()?, places.parse().ok()?);
    Some(in_both(
        format!("数字，小数点前最多 {whole} 位，小数点后最多 {places} 位"),
        format!("a number of at most {whole} digits before the point and {places} behind it"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::{Currency, Money};

    #[test]
    fn what_reads_money_is_understood_in_chinese() {
        let refused = |text: &str| Money::parse(text, Currency::Cny).expect_err("no money").to_string();
        assert_eq!(told(&refused("1.234"))["zh-CN"], "小数位数超过币种允许的位数");
        assert_eq!(told(&refused("yuan"))["zh-CN"], "不是金额，金额只写数字和小数点");
    }

    #[test]
    fn what_serde_says_is_understood_in_chinese() {
        let refused = |text: &str| serde_json::from_str::<Vec<u8>>(text).expect_err("no list").to_string();
        assert_eq!(told(&refused("{}"))["zh-CN"], "数据类型不符");
        assert_eq!(told(&refused("[256]"))["zh-CN"], "取值不符");
        assert_eq!(told("nobody foresaw this")["zh-CN"], UNFORESEEN);
    }

    #[test]
    fn a_pattern_is_told_in_words() {
        let amount = pattern(r"^-?[0-9]{1,15}(\.[0-9]{1,3})?$").expect("words");
        assert_eq!(amount["zh-CN"], "数字，小数点前最多 15 位，小数点后最多 3 位");
        assert!(pattern("^[a-z][a-z0-9-]*$").is_some() && pattern("^.*$").is_none());
    }
}
