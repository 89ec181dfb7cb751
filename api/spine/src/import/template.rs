//! The empty form: which columns a file has, as a workbook or CSV to be filled in, or as JSON for a front end.

use super::{Imported, column::ImportColumn};
use crate::spine::{
    Answer, Argument, Described, Description, Format, Problem, Reading, Reply, View, answer, attachment,
    edge, export::harmless,
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header,
};
use csv::{Terminator, WriterBuilder};
use domain::spine::Language;
use persistence::spine::Failure;
use rust_xlsxwriter::{Color, DataValidation, Format as Style, Note, Workbook, Worksheet, XlsxError};
use serde::Serialize;
use std::future::{Ready, ready};
use utoipa::{
    ToSchema,
    openapi::{ContentBuilder, KnownFormat, ObjectBuilder, SchemaFormat, schema::Type},
};

/// In which format a template is wanted.
#[derive(Clone, Copy, Debug)]
pub struct TemplateFormat(Format);

impl TemplateFormat {
    const OFFERED: &'static [Format] = &[Format::Json, Format::Csv, Format::Xlsx];
}

impl FromRequest for TemplateFormat {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Format::wanted(request, Self::OFFERED).map(Self))
    }
}

impl Argument for TemplateFormat {
    fn describe(description: &mut Description) {
        let about = "The format; else `Accept` decides: the columns as JSON, or a file to be filled in.";
        description.parameters.push(Format::parameter(Self::OFFERED, about));
        description.problems.extend([400, 406]);
    }
}

/// A template, or why not.
pub type Template = Result<TemplateFile, Problem>;

/// One column of an import.
#[derive(Serialize, ToSchema)]
struct ImportTemplateColumn {
    /// The field, accepted as heading.
    #[schema(max_length = 60)]
    name: &'static str,
    /// The Chinese heading.
    #[schema(max_length = 60)]
    zh: &'static str,
    /// The English heading.
    #[schema(max_length = 60)]
    en: &'static str,
    /// Whether every row must have something there.
    required: bool,
    /// What stands there, in Chinese.
    #[schema(max_length = 500)]
    about_zh: &'static str,
    /// What stands there, in English.
    #[schema(max_length = 500)]
    about_en: &'static str,
}

/// Which columns a file to be imported has.
#[derive(Serialize, ToSchema)]
pub struct ImportTemplate {
    /// The columns, in order.
    #[schema(max_items = 100)]
    columns: Vec<ImportTemplateColumn>,
}
impl View for ImportTemplate {}

/// The columns as JSON, or a file to be filled in.
pub enum TemplateFile {
    /// The columns.
    Columns(Answer<ImportTemplate>),
    /// A file.
    File {
        /// CSV or XLSX.
        format: Format,
        /// Its plain name.
        name: String,
        /// The name people read.
        title: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Reading {
    /// The template of an import; `filled` with rows that stand already, a cell for each column. `lists`: what the company
    /// has to choose from in some columns, beside what there is to choose everywhere.
    pub async fn template<T: Imported>(
        &self,
        TemplateFormat(format): TemplateFormat,
        filled: Vec<Vec<String>>,
        lists: Vec<(&'static str, Vec<String>)>,
    ) -> Template {
        if format == Format::Json {
            let shape = self.shape().fit::<ImportTemplate>()?;
            let template = columns::<T>();
            let body = shape.cut(&template).map_err(Failure::from)?;
            return Ok(TemplateFile::Columns(Answer::fresh(answer::store_as::<_, 200>(&template, body))));
        }
        self.shape().for_file(false)?;
        let language = edge::language(self.request().headers());
        let bytes = if format == Format::Csv {
            as_csv::<T>(language, &filled)?
        } else {
            let made = actix_web::web::block(move || as_workbook::<T>(language, &filled, &lists)).await;
            made.map_err(Failure::fault)?.map_err(Failure::fault)?
        };
        let name = format!("{}-template.{}", T::FILE.name, format.ending());
        let title = format!("{}.{}", T::FILE.text(language), format.ending());
        Ok(TemplateFile::File { format, name, title, bytes })
    }
}

fn columns<T: Imported>() -> ImportTemplate {
    let column = |column: &ImportColumn| ImportTemplateColumn {
        name: column.name,
        zh: column.zh,
        en: column.en,
        required: column.required,
        about_zh: column.about.0,
        about_en: column.about.1,
    };
    ImportTemplate { columns: T::COLUMNS.iter().map(column).collect() }
}

fn as_csv<T: Imported>(language: Language, filled: &[Vec<String>]) -> Result<Vec<u8>, Failure> {
    let mut file =
        WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let headings = T::COLUMNS.iter().map(|column| column.heading(language));
    file.write_record(headings).map_err(Failure::fault)?;
    for row in filled {
        let cells = row.iter().map(|cell| harmless(cell.as_str().into()).into_owned());
        file.write_record(cells).map_err(Failure::fault)?;
    }
    file.into_inner().map_err(Failure::fault)
}

/// The sheet on which the choices stand, hidden: a list of a cell itself may have 255 characters.
const CHOICES: &str = "选项";
/// How many rows below the headings have drop-downs.
const FILLED_IN_MAX: u32 = 2_000;

fn as_workbook<T: Imported>(
    language: Language,
    filled: &[Vec<String>],
    lists: &[(&'static str, Vec<String>)],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    let (text, amount) = (Style::new().set_num_format("@"), Style::new().set_num_format("#,##0.00"));
    for (at, column) in (0..).zip(T::COLUMNS) {
        sheet.set_column_width(at, 22)?;
        let is_number = T::NUMBERS.contains(&column.name);
        sheet.set_column_format(at, if is_number { &amount } else { &text })?;
        head(sheet, at, column, language)?;
    }
    for (row, cells) in (1..).zip(filled) {
        for ((at, cell), column) in (0..).zip(cells).zip(T::COLUMNS).filter(|((_, cell), _)| !cell.is_empty())
        {
            match cell.parse::<f64>().ok().filter(|_| T::NUMBERS.contains(&column.name)) {
                Some(number) => sheet.write_number_with_format(row, at, number, &amount)?,
                None => sheet.write_string_with_format(row, at, cell, &text)?,
            };
        }
    }
    let mut offered: Vec<(u16, Vec<String>)> = Vec::new();
    for (at, column) in (0..).zip(T::COLUMNS) {
        let own = T::choices(column.name).into_iter().map(str::to_owned);
        let of_company =
            lists.iter().filter(|(name, _)| *name == column.name).flat_map(|(_, list)| list.clone());
        let all: Vec<String> = own.chain(of_company).collect();
        if !all.is_empty() {
            let range = format!("={CHOICES}!${0}$1:${0}${1}", letter(at), all.len());
            let choice = DataValidation::new().allow_list_formula(range.as_str().into());
            sheet.add_data_validation(1, at, FILLED_IN_MAX, at, &choice.show_error_message(false))?;
            offered.push((at, all));
        }
    }
    let choices = book.add_worksheet();
    choices.set_name(CHOICES)?.set_hidden(true);
    for (at, list) in offered {
        for (row, choice) in (0..).zip(list) {
            choices.write_string(row, at, choice)?;
        }
    }
    book.save_to_buffer()
}

/// The letter of one of the first columns.
fn letter(at: u16) -> char {
    char::from(b'A' + u8::try_from(at.min(25)).unwrap_or(25))
}

fn head(sheet: &mut Worksheet, at: u16, column: &ImportColumn, language: Language) -> Result<(), XlsxError> {
    let bold = Style::new().set_bold();
    let style = if column.required { bold.set_background_color(Color::RGB(0x00FF_F2CC)) } else { bold };
    let mark = if column.required { "*" } else { "" };
    sheet.write_string_with_format(0, at, format!("{mark}{}", column.heading(language)), &style)?;
    let about = match language {
        Language::Chinese => column.about.0,
        Language::English => column.about.1,
    };
    sheet.insert_note(0, at, &Note::new(about).add_author_prefix(false))?;
    Ok(())
}

impl Responder for TemplateFile {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Columns(answer) => answer.respond_to(request),
            Self::File { format, name, title, bytes } => HttpResponse::Ok()
                .insert_header((header::CONTENT_TYPE, format.media_type()))
                .insert_header(attachment(&name, &title))
                .body(bytes),
        }
    }
}

impl Described for TemplateFile {
    fn describe(description: &mut Description) {
        Reply::<ImportTemplate>::describe(description);
        let Some(response) = description.responses.get_mut(&200) else { return };
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let binary = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        for (format, schema) in [(Format::Csv, text()), (Format::Xlsx, binary)] {
            let content = ContentBuilder::new().schema(Some(schema.build())).build();
            let essence = format.media_type().split(';').next().unwrap_or_default().to_owned();
            response.content.insert(essence, utoipa::openapi::RefOr::T(content));
        }
    }
}
