//! What a file does not say is not guessed: commas, merged cells, empty cells, names. `[INT-5]`

use crate::{
    budget::path,
    budget_import::{draft, import, lines, refused},
};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::json;
use tests::{App, stories};

stories! {
    an_amount_whose_commas_stand_wrong_is_refused,
    merged_cells_say_the_same_in_every_row,
    an_empty_cell_of_a_column_is_no_default,
    departments_and_categories_are_named_as_people_call_them,
    a_template_offers_what_there_is_to_choose_and_amounts_as_numbers,
}

fn an_amount_whose_commas_stand_wrong_is_refused(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let sheet = |amount: &str| format!("category,period,amount\nother.training,2026,\"{amount}\"\n");
    for amount in ["1234,50", "12,34.50", "1,23", "1234,567"] {
        let report = import(head, &budget, "?validate_only=true", sheet(amount).as_bytes()).expect(200);
        let wrong = vec![(2, vec![("amount".to_owned(), "validation.format".to_owned())])];
        assert_eq!(refused(&report), wrong, "{amount}: {report}");
    }
    import(head, &budget, "", sheet("￥1,234.50").as_bytes()).expect(200);
    assert_eq!(lines(head, &budget)[2].2, "1234.50");
}

fn merged_cells_say_the_same_in_every_row(app: App) {
    let company = app.company();
    let director = company.who("director");
    let mut body = crate::budget::budget_of(&company);
    body["scope"]["department_id"] = json!(company.departments["centre"]);
    (body["sums"], body["lines"]) = (json!([]), json!([]));
    let mut line = crate::budget::budget_of(&company)["lines"][0].clone();
    line["department_id"] = json!(company.departments["centre"]);
    body["lines"] = json!([line]);
    let budget = director.post(crate::budget::BUDGETS, body).expect(201).text("/id");
    let mut book = Workbook::new();
    let (sheet, plain) = (book.add_worksheet(), Format::new());
    for (at, heading) in (0..).zip(["部门", "费用类别", "期间", "金额"]) {
        sheet.write_string(0, at, heading).expect("a heading");
    }
    sheet.merge_range(1, 0, 3, 0, "sales", &plain).expect("a range");
    for (row, category) in (1..).zip(["other.training", "other.software", "other.market_research"]) {
        sheet.write_string(row, 1, category).expect("a category");
        sheet.write_number(row, 2, 2026).expect("a year");
        sheet.write_number(row, 3, 100).expect("an amount");
    }
    let report = import(director, &budget, "", &book.save_to_buffer().expect("bytes")).expect(200);
    assert_eq!(report.at("/created"), 3, "{report}");
    let shown = director.get(&path(&budget)).expect(200).at("/lines");
    let sales = &company.departments["sales"];
    let of_sales =
        shown.as_array().into_iter().flatten().filter(|line| line["department_id"] == json!(sales));
    assert_eq!(of_sales.count(), 3, "{shown}");
}

fn an_empty_cell_of_a_column_is_no_default(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let sheet = "部门,费用类别,期间,金额\nmarketing,other.training,2026,10\n,other.software,2026,20\n";
    let report = import(head, &budget, "?validate_only=true", sheet.as_bytes()).expect(200);
    let blank = vec![(3, vec![("department".to_owned(), "import.blank_cell".to_owned())])];
    assert_eq!(refused(&report), blank, "{report}");
    let without = "费用类别,期间,金额\nother.training,2026,10\nother.software,2026,20\n";
    let report = import(head, &budget, "", without.as_bytes()).expect(200);
    assert_eq!(report.at("/created"), 2, "without the column the usual applies: {report}");
}

fn departments_and_categories_are_named_as_people_call_them(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let place = format!("/api/v1/departments/{}", company.departments["marketing"]);
    let own = head.get(&place).expect(200).text("/name_zh");
    let sheet =
        format!("部门,费用类别,期间,金额\n{own},营销培训费,2026,10\n没有的部门,营销培训费,2026-Q1,20\n");
    let report = import(head, &budget, "?partial=true", sheet.as_bytes()).expect(200);
    let unknown = vec![(3, vec![("department".to_owned(), "validation.unknown_reference".to_owned())])];
    assert_eq!(refused(&report), unknown, "{report}");
    assert!(lines(head, &budget).iter().any(|line| line.0 == "other.training"), "by its name");
    // A name that two have is nobody's.
    for code in ["twin-one", "twin-two"] {
        let body = json!({"code": code, "name_zh": "双子部", "name_en": code,
            "parent_id": company.departments["marketing"]});
        company.boss.post("/api/v1/departments", body).expect(201);
    }
    let sheet = "部门,费用类别,期间,金额\n双子部,营销培训费,2026-Q2,10\n";
    let report = import(head, &budget, "?validate_only=true", sheet.as_bytes()).expect(200);
    let ambiguous = vec![(2, vec![("department".to_owned(), "import.ambiguous_name".to_owned())])];
    assert_eq!(refused(&report), ambiguous, "{report}");
}

fn a_template_offers_what_there_is_to_choose_and_amounts_as_numbers(app: App) {
    use calamine::{Data, Reader, Xlsx};
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let template = format!("{}/lines/import-template?format=xlsx&filled=true", path(&budget));
    let bytes = head.get(&template).expect(200).bytes;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes.clone())).expect("a workbook");
    let first = book.sheet_names().first().cloned().expect("a sheet");
    let range = book.worksheet_range(&first).expect("cells");
    let amount = range.get_value((1, 3)).cloned();
    assert!(matches!(amount, Some(Data::Float(_) | Data::Int(_))), "{amount:?}");
    let choices = book.worksheet_range("选项").expect("the choices");
    let offered: Vec<String> = choices.cells().map(|(.., cell)| cell.to_string()).collect();
    for choice in ["营销培训费", "按月分解", "应急资金"] {
        assert!(offered.iter().any(|one| one == choice), "{choice}: {offered:?}");
    }
    let same = import(head, &budget, "?replace=true", &bytes).expect(200);
    assert_eq!((same.at("/unchanged"), same.at("/changed")), (json!(2), json!(0)), "{same}");
}
