//! What can be wrong with a file of rows that somebody hands in. `[INT-5]`

crate::refusals! { IMPORT_REFUSALS:
    IMPORT_UNREADABLE = "import.unreadable", Invalid, "无法读取文件，请提供 CSV 或 XLSX：{reason}", "The file cannot be read; CSV or XLSX is wanted: {reason}";
    IMPORT_LEGACY = "import.legacy_workbook", Invalid, "旧版 Excel（.xls）不支持，请另存为 XLSX 或 CSV", "Old workbooks (.xls) are not read; save it as XLSX or CSV";
    IMPORT_BAD_ENCODING = "import.bad_encoding", Invalid, "文本编码须为 UTF-8 或 GB18030", "The text must be in UTF-8 or GB18030";
    IMPORT_EMPTY = "import.empty", Invalid, "文件中没有数据行", "There are no rows in the file";
    IMPORT_TOO_LARGE = "import.too_large", Invalid, "文件超出上限：最多 {rows} 行、{columns} 列", "The file is too large: at most {rows} rows and {columns} columns";
    IMPORT_COLUMN_MISSING = "import.column_missing", Invalid, "缺少列“{column}”", "The column \"{column}\" is missing";
    IMPORT_COLUMN_UNKNOWN = "import.column_unknown", Invalid, "未知的列“{column}”", "There is no column \"{column}\"";
    IMPORT_COLUMN_TWICE = "import.column_twice", Invalid, "列“{column}”出现两次", "The column \"{column}\" stands twice";
    IMPORT_ROWS_REFUSED = "import.rows_refused", Invalid, "{count} 行有问题，未导入任何内容", "{count} rows are wrong; nothing was imported";
    IMPORT_ROW_TWICE = "import.row_twice", Invalid, "与第 {row} 行重复", "The same as row {row}";
    IMPORT_BLANK = "import.blank_cell", Invalid, "文件中有此列，须逐行填写；如需按默认处理，请删除整列", "The column is in the file, so it needs a value in every row. To use the default instead, delete the whole column";
    IMPORT_AMBIGUOUS = "import.ambiguous_name", Invalid, "有多个“{name}”，请填写代码", "There are several called \"{name}\"; give the code";
    IMPORT_NOT_A_CHOICE = "import.not_a_choice", Invalid, "须为下列之一：{choices}", "Must be one of: {choices}";
}
