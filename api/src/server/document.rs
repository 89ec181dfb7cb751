//! The OpenAPI documents: of the whole product and of each wing, and where somebody chooses among them.

use crate::{
    WINGS,
    spine::{Problem, Wing, document, get_only, is_known, read_route},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use persistence::spine::Failure;
use std::sync::LazyLock;
use tokio::sync::OnceCell;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

/// A document of all wings, or of one.
struct Document {
    wing: Option<&'static Wing>,
    /// What it is called where one chooses.
    title: String,
    /// Where it lies.
    path: String,
    /// Making it takes more memory than the rest of a server at rest, so it is made when it is asked for first, and
    /// kept as the bytes that are sent.
    made: OnceCell<web::Bytes>,
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
            let make = || document(&crate::routes(), self.wing).to_json();
            let json = web::block(make).await.map_err(Failure::fault)?;
            Ok::<_, Failure>(json?.into())
        });
        let bytes = made.await?;
        let etag = format!("\"{:08x}\"", crc32fast::hash(bytes));
        let known = is_known(&request, &etag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        // It may be kept and is asked after each time: the next version of the product has another.
        response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, "no-cache"));
        if known {
            return Ok(response.finish());
        }
        Ok(response.content_type("application/json").body(bytes.clone()))
    }
}

pub(super) fn configure(config: &mut web::ServiceConfig) {
    for document in DOCUMENTS.iter() {
        config.service(get_only(&document.path, read_route().to(move |request| document.answer(request))));
    }
    config.service(get_only("/docs", read_route().to(|| async { web::Redirect::to("/docs/") })));
}

/// Where they can be read.
pub(super) fn browser() -> SwaggerUi {
    let choices = DOCUMENTS.iter().map(|document| Url::new(&document.title, &document.path));
    SwaggerUi::new("/docs/{_:.*}").config(Config::new(choices))
}
