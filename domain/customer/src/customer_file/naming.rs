//! By what two names are found to be one: widths, blanks, what companies append, and how it is read. `[CUS-2]`

use crate::spine::typed;
use pinyin::ToPinyin;

/// What companies append to their names, the longest first: it tells nobody apart.
const SUFFIXES: [&str; 22] = [
    "股份有限责任公司",
    "集团股份有限公司",
    "集团有限责任公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "集团公司",
    "有限公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "厂",
    "商行",
    "LIMITED",
    "COMPANY",
    "CORP",
    "GMBH",
    "COLTD",
    "LTD",
    "INC",
    "LLC",
];

/// Fewer characters than this are not left of a name by taking its suffix away.
const REST_MIN: usize = 2;

/// A name as it is compared: one width, large letters, neither blanks nor marks, and of a company without what companies
/// append.
pub fn name_key(name: &str, is_company: bool) -> String {
    let mut key: String = typed::normalised(name).chars().filter(|c| c.is_alphanumeric()).collect();
    while is_company
        && let Some(rest) = SUFFIXES.iter().find_map(|suffix| key.strip_suffix(suffix))
        && rest.chars().count() >= REST_MIN
    {
        key = rest.to_owned();
    }
    key
}

/// How a name that is compared is read, so that 李娜 meets 李那: each character by its first reading.
pub fn name_reading(key: &str) -> String {
    let read =
        |c: char| c.to_pinyin().map_or_else(|| c.to_lowercase().collect(), |sound| sound.plain().to_owned());
    key.chars().map(read).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_or_sound_alike_are_compared_alike() {
        let company = |name: &str| name_key(name, true);
        assert_eq!(company("杭州云帆科技有限公司"), "杭州云帆科技");
        assert_eq!(company("杭州 云帆科技(集团)股份有限公司"), "杭州云帆科技");
        assert_eq!(company("Ａcme Co., Ltd."), company("ACME Co Ltd"));
        assert_eq!(company("公司"), "公司", "something is left of every name");
        assert_eq!(name_key("李 娜", false), "李娜");
        assert_eq!(name_reading("李娜"), name_reading("李那"));
        assert_ne!(name_reading("李娜"), name_reading("立安娜"));
    }
}
