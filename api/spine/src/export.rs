//! The same list as a file: CSV, NDJSON or XLSX, with the same filters and the same scope. `[INT-4]`
//!
//! A view says once which [`Column`]s it has; a list route answers through [`Reading::list`]. The rows of a file are read
//! page by page, each page a short read of its own: however long the download takes, no transaction stays open, and
//! memory stays flat.

mod csv;
mod format;
mod xlsx;

pub use self::csv::csv_text;
pub(super) use self::csv::harmless;
use format::Dialect;
pub use format::Format;
pub use persistence::spine::{Cell, Column, Exported, Label};

use super::{
    Answer, AppState, Described, Description, Guard, Listing, Problem, Reading, Reply, Wanted, codes, edge,
    notice, shape::Fitting,
};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header, web};
use bytes::Bytes;
use domain::spine::{BusinessDate, LIST_EXPORTED, Language};
use futures_util::stream::{self, Stream, StreamExt};
use persistence::spine::{ExportGate, Failure, Filter, Mark, Page, Reader, Request, Slice};
use serde::Serialize;
use serde_json::json;
use std::{pin::Pin, sync::Arc};
use utoipa::{ToSchema, openapi::RefOr};

/// How many rows are read at once: a read of a few milliseconds.
const ROWS_AT_ONCE: i64 = 1_000;

/// The rest of a file, as it is produced.
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Problem>>>>;

/// A list that can also be had as a file.
pub type List<V> = Result<Listed<V>, Problem>;

/// A page of a list, or all of it as a file.
pub enum Listed<V: ToSchema> {
    /// A page, as JSON.
    Page(Answer<Listing<V>>),
    /// Everything that matches, as a file.
    File(Download),
}

/// A file that is produced while it is sent.
pub struct Download {
    format: Format,
    name: String,
    title: String,
    pieces: Pieces,
}

/// Reads one page of a list.
type PageOf<T> = dyn Fn(&mut Reader<'_>, &Page) -> Result<Slice<T>, Failure> + Send + Sync;

/// What a page was turned into, and behind which row the next one begins.
type PageRead<P> = Result<(P, Option<Mark>), Problem>;

/// What all pages of one export share.
struct Source<T> {
    database: persistence::spine::Database,
    request: Request,
    page_of: Arc<PageOf<T>>,
}

impl<T: Exported> Source<T> {
    /// Reads a page behind a row and turns it into something, all on a database thread; answers also
    /// behind which row the next page begins.
    fn page<P: Send + 'static, F: FnOnce(&[T]) -> Result<P, Failure> + Send + 'static>(
        &self,
        after: Option<Mark>,
        turn: F,
    ) -> impl Future<Output = PageRead<P>> + use<P, F, T> {
        let (database, request, page_of) =
            (self.database.clone(), self.request.clone(), self.page_of.clone());
        async move {
            let read = database.read(request, move |reader| {
                if let Some(permission) = T::PERMISSION {
                    reader.bound_by(permission)?;
                }
                let slice = page_of(reader, &Page { after, ..Page::first(ROWS_AT_ONCE) })?;
                Ok((turn(&slice.data)?, slice.next))
            });
            Ok(read.await?)
        }
    }
}

impl<T: Exported> Source<T> {
    /// Lets the gates of a list look at how many rows it has, where it has any.
    async fn pass_gates(&self) -> Result<(), Problem> {
        let Some(permission) = T::PERMISSION else { return Ok(()) };
        let page_of = self.page_of.clone();
        let passed = self.database.read(self.request.clone(), move |reader| {
            let gates = reader.house().all::<ExportGate>().filter(|gate| gate.permission == permission);
            let gates: Vec<&ExportGate> = gates.collect();
            if gates.is_empty() {
                return Ok(());
            }
            reader.bound_by(permission)?;
            let page = Page { include_total: true, ..Page::first(1) };
            let rows = page_of(reader, &page)?.total.unwrap_or_default();
            gates.into_iter().try_for_each(|gate| (gate.allow)(reader, T::FILE.name, rows))
        });
        Ok(passed.await?)
    }
}

impl Reading {
    /// Answers a list as it is wanted: a page of it as JSON, or everything that matches as a file. `work` reads one page
    /// of what a filter lets through; it runs many times for a file.
    pub async fn list<G: Guard, F: Filter, T: Exported>(
        &self,
        who: G,
        wanted: Wanted<F>,
        work: impl Fn(&mut Reader<'_>, &F, &Page) -> Result<Slice<T>, Failure> + Send + Sync + 'static,
    ) -> List<T> {
        let Wanted { filter, format, paged } = wanted;
        let page_of = move |reader: &mut Reader<'_>, page: &Page| work(reader, &filter, page);
        if format == Format::Json {
            return self.page(who, paged, page_of).await.map(Listed::Page);
        }
        let page = paged.page()?;
        let shape = self.shape().fit::<T>()?;
        self.shape().for_file(format == Format::Ndjson)?;
        let database = self.database()?.clone();
        let source = Source { request: self.as_asked(&who), page_of: Arc::new(page_of), database };
        source.pass_gates().await?;
        let language = edge::language(self.request().headers());
        let today = source.database.now().date_in(source.database.zone());
        let dialect = Dialect::wanted(self.request())?;
        let pieces = produce((format, dialect), source, page.after, language, shape).await?;
        self.tell_export::<T>(format).await?;
        let (name, title) = names::<T>(format, language, today);
        Ok(Listed::File(Download { format, name, title, pieces }))
    }
}

impl Reading {
    /// Tells the trail that a list is taken away, before it is: whose, and which part of it.
    async fn tell_export<T: Exported>(&self, format: Format) -> Result<(), Problem> {
        let request = self.request();
        let state = request.app_data::<web::Data<AppState>>().ok_or_else(|| Problem::new(codes::INTERNAL))?;
        let facts = json!({"list": T::FILE.name, "format": format.ending(), "query": request.query_string()});
        let teller = notice::teller(request);
        let user = teller.principal.actor.user.uuid();
        Ok(notice::tell(state, teller, LIST_EXPORTED, Some(user), facts).await?)
    }
}

async fn produce<T: Exported>(
    (format, dialect): (Format, Dialect),
    source: Source<T>,
    after: Option<Mark>,
    language: Language,
    shape: Fitting,
) -> Result<Pieces, Problem> {
    let zone = source.database.zone();
    match format {
        Format::Csv => {
            let head = csv::head::<T>(language)?;
            pieces(source, after, Some(head), move |rows| csv::rows(rows, language, zone, dialect)).await
        }
        Format::Ndjson | Format::Json => pieces(source, after, None, move |rows| lines(rows, &shape)).await,
        Format::Xlsx => xlsx::produce(source, after, language, zone).await,
    }
}

/// A line of JSON for each row: what the list shows.
fn lines<T: Serialize>(rows: &[T], shape: &Fitting) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend(shape.cut(row)?);
        bytes.push(b'\n');
    }
    Ok(bytes.into())
}

/// Reads the first page now, so that a refusal is still an answer, and the others as they are sent. What
/// fails later breaks the connection off: half a file never looks whole.
async fn pieces<T: Exported>(
    source: Source<T>,
    after: Option<Mark>,
    head: Option<Bytes>,
    turn: impl Fn(&[T]) -> Result<Bytes, Failure> + Clone + Send + 'static,
) -> Result<Pieces, Problem> {
    let (first, next) = source.page(after, turn.clone()).await?;
    let rest = stream::try_unfold(next, move |next| {
        let read = next.map(|next| source.page(Some(next), turn.clone()));
        async move {
            match read {
                None => Ok(None),
                Some(read) => read.await.map(Some),
            }
        }
    });
    let begin = stream::iter(head.into_iter().chain([first]).map(Ok));
    Ok(Box::pin(begin.chain(rest)))
}

/// The file's plain name, and the one people read.
fn names<T: Exported>(format: Format, language: Language, today: BusinessDate) -> (String, String) {
    let (Label { name, .. }, ending) = (T::FILE, format.ending());
    (format!("{name}-{today}.{ending}"), format!("{}-{today}.{ending}", T::FILE.text(language)))
}

/// `Content-Disposition` of a file to be saved: a plain name for old clients, the real one for all
/// others (RFC 6266, RFC 8187).
pub fn attachment(plain: &str, name: &str) -> header::ContentDisposition {
    use header::{Charset, DispositionParam, DispositionType, ExtendedValue};
    let mut parameters = vec![DispositionParam::Filename(plain.to_owned())];
    if name != plain {
        parameters.push(DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.as_bytes().to_vec(),
        }));
    }
    header::ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

impl<V: ToSchema> Responder for Listed<V> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Page(answer) => answer.respond_to(request),
            Self::File(Download { format, name, title, pieces }) => HttpResponse::Ok()
                .insert_header((header::CONTENT_TYPE, format.media_type()))
                .insert_header(attachment(&name, &title))
                .streaming(pieces),
        }
    }
}

impl<V: Exported> Described for Listed<V> {
    /// JSON alone is what a list answers unless a file is asked for, and so what programs are made for: the parameter
    /// `format` says what else there is.
    fn describe(description: &mut Description) {
        Reply::<Listing<V>>::describe(description);
        let disposition = description.header("Content-Disposition", "With a file: its name (RFC 6266).");
        let Some(response) = description.responses.get_mut(&200) else { return };
        response.headers.insert("Content-Disposition".to_owned(), RefOr::Ref(disposition));
        if V::PERMISSION.is_some() {
            description.problems.insert(403);
        }
    }
}

/// Failing to build a file is our fault.
fn fault(error: impl std::fmt::Display) -> Problem {
    log::error!("export: {error}");
    Problem::new(codes::INTERNAL)
}

/// The text of a flag.
const fn flag(flag: bool, language: Language) -> &'static str {
    match (flag, language) {
        (true, Language::Chinese) => "是",
        (false, Language::Chinese) => "否",
        (true, Language::English) => "yes",
        (false, Language::English) => "no",
    }
}
