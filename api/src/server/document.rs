//! The OpenAPI documents: of the whole product and of each wing, and the page on which somebody reads and tries them.

use crate::{
    WINGS,
    spine::{Problem, Wing, codes, document, get_only, is_known, read_route},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use flate2::{Compression, write::GzEncoder};
use persistence::spine::Failure;
use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use tokio::sync::OnceCell;
use utoipa_swagger_ui::{Config, Url};

/// Something that is the same for everybody until the next version of the product: as it is, and packed.
#[derive(Clone)]
struct Fixed {
    content_type: String,
    bytes: web::Bytes,
    packed: web::Bytes,
    etag: String,
}

impl Fixed {
    fn new(content_type: impl Into<String>, bytes: web::Bytes) -> std::io::Result<Self> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&bytes)?;
        let packed = packer.finish()?.into();
        let etag = format!("\"{:08x}\"", crc32fast::hash(&bytes));
        Ok(Self { content_type: content_type.into(), bytes, packed, etag })
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = is_known(request, &self.etag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        // It may be kept and is asked after each time: the next version of the product has another.
        response
            .insert_header((header::ETAG, self.etag.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-cache"));
        if known {
            return response.finish();
        }
        response.content_type(self.content_type.as_str());
        if takes_gzip(request) {
            return response.insert_header((header::CONTENT_ENCODING, "gzip")).body(self.packed.clone());
        }
        response.body(self.bytes.clone())
    }
}

/// Whether what asks unpacks what is sent.
fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let codings = accepted.unwrap_or_default().split(',');
    codings.map(|coding| coding.replace(' ', "")).any(|coding| {
        let weight = coding.strip_prefix("gzip").map(|rest| rest.strip_prefix(";q=").unwrap_or("1"));
        weight.and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|weight| weight > 0.0)
    })
}

/// A document of all wings, or of one.
struct Document {
    wing: Option<&'static Wing>,
    /// What it is called where one chooses.
    title: String,
    /// Where it lies.
    path: String,
    /// Making it takes more memory than the rest of a server at rest, so it is made when it is asked for first, and
    /// kept as the bytes that are sent.
    made: OnceCell<Fixed>,
}

/// All of them, the whole first.
static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let whole = Document::new(None, "全部 · Everything".to_owned(), "/openapi.json".to_owned());
    let wing = |wing: &&'static Wing| {
        let title = format!("{} · {}", wing.zh, wing.en);
        Document::new(Some(*wing), title, format!("/openapi/{}.json", wing.name))
    };
    [whole].into_iter().chain(WINGS.iter().map(wing)).collect()
});

impl Document {
    fn new(wing: Option<&'static Wing>, title: String, path: String) -> Self {
        Self { wing, title, path, made: OnceCell::new() }
    }

    async fn answer(&'static self, request: HttpRequest) -> Result<HttpResponse, Problem> {
        let made = self.made.get_or_try_init(|| async {
            let make = || {
                let json = document(crate::routes(), self.wing, &persistence::HOUSE)
                    .to_json()
                    .map_err(Failure::fault)?;
                Fixed::new("application/json", json.into()).map_err(Failure::fault)
            };
            web::block(make).await.map_err(Failure::fault)?
        });
        Ok(made.await?.answer(&request))
    }
}

pub(super) fn configure(config: &mut web::ServiceConfig) {
    for document in DOCUMENTS.iter() {
        config.service(get_only(&document.path, read_route().to(move |request| document.answer(request))));
    }
    for place in ["/", "/docs"] {
        config.service(get_only(place, read_route().to(|| async { web::Redirect::to("/docs/") })));
    }
    config.service(get_only("/docs/{file:.*}", read_route().to(page)));
}

/// How the page is shown: a list to open and to search, with the token kept while one goes on reading.
static PAGE: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let choices = DOCUMENTS.iter().map(|document| Url::new(&document.title, &document.path));
    let config = Config::new(choices)
        .filter(true)
        .doc_expansion("none")
        .deep_linking(true)
        .persist_authorization(true)
        .default_models_expand_depth(-1)
        .display_request_duration(true);
    Arc::new(config)
});

/// A file of the page on which the documents are read.
async fn page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    static FILES: LazyLock<Mutex<HashMap<String, Fixed>>> = LazyLock::new(Mutex::default);
    let name = request.match_info().get("file").unwrap_or_default().to_owned();
    let kept = || FILES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = kept().get(&name) {
        return Ok(file.answer(&request));
    }
    let read = utoipa_swagger_ui::serve(&name, PAGE.clone());
    let read = read.map_err(|error| Failure::fault(error.to_string()))?;
    let file = read.ok_or_else(|| Problem::new(codes::NOT_FOUND))?;
    let file = Fixed::new(file.content_type, file.bytes.into_owned().into()).map_err(Failure::fault)?;
    // Only names of files that there are come here, so it does not grow.
    kept().insert(name, file.clone());
    Ok(file.answer(&request))
}
